import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './program.ts';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
}

const LOCKED = Object.entries(json<{ packages: Record<string, Locked> }>('package-lock.json').packages).filter(
  ([path]) => path !== '',
);

/** The product's sources; tests may do as they like. */
function sources(directory: string): readonly string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.startsWith('kafka/reader/build/'))
    .map(file => `${directory}/${file}`);
}
const SOURCES = ['config', 'connector', 'worker'].flatMap(sources);

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, part] of least.entries()) if (parts[index] !== part) return parts[index]! > part;
  return true;
}

test('S11: undici is of a version in which its known holes are closed, in the lock and as it is installed', () => {
  const least = [7, 29, 0];
  const locked = LOCKED.filter(([path]) => path.endsWith('/undici'));
  assert.equal(locked.length, 1, 'one undici, which the whole program uses');
  assert(isAtLeast(locked[0]![1].version, least), locked[0]![1].version);
  assert(isAtLeast(json<{ version: string }>('node_modules/undici/package.json').version, least));
  const { dependencies } = json<{ dependencies: Record<string, string> }>('package.json');
  assert(isAtLeast(dependencies['undici']!.replace('^', ''), least), 'and nothing older satisfies package.json');
});

const NODES_CLIENT = /import \{[^}]*\b(request|get|Agent|globalAgent|ClientRequest)\b[^}]*\} from 'node:https?'/;

test('S11: of undici the pool is used: no interceptors, agents, caches, proxies, cookies or fetch of its own', () => {
  const used = SOURCES.flatMap(file => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const imported = /import (?:type )?\{([^}]*)\} from 'undici'/.exec(text)?.[1];
    assert.doesNotMatch(text, /\.compose\(|\binterceptors\b\s*[.[]|setGlobalDispatcher|(?<![\w.#])fetch\(/, file);
    // `top` asks a worker's listener, one request a connection; everything that delivers goes by the transport.
    if (file !== 'worker/cli/top/client.ts') assert.doesNotMatch(text, NODES_CLIENT, file);
    return imported?.split(',').map(name => name.replace(/\btype\b/, '').trim()) ?? [];
  });
  assert.deepEqual([...new Set(used)].filter(Boolean).sort(), ['Client', 'Dispatcher', 'Pool', 'buildConnector']);
});

const CLIENT = 'node_modules/node-rdkafka/build/Release/node-librdkafka.node';

/** What the Kafka client links beside the system's own C and C++: the native part of a bill of materials. */
const LINKED = ['libcrypto', 'libcurl', 'libsasl2', 'libssl', 'libz', 'libzstd'];

/** DT_NEEDED of a shared object, as `readelf -d` prints it; null without binutils. */
function needs(path: string): readonly string[] | null {
  try {
    const text = execFileSync('readelf', ['-d', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...text.matchAll(/\(NEEDED\).*\[([^\]]+)\]/g)].map(([, name]) => name!);
  } catch {
    return null;
  }
}

test('S12: the Kafka client links these libraries of the system, and none that nobody knows of', t => {
  const addon = join(ROOT, CLIENT);
  const own = existsSync(addon) ? needs(addon) : null;
  if (own === null) return t.skip('needs the compiled client and readelf');
  const deps = join(dirname(realpathSync(addon)), '../deps');
  const librdkafka = existsSync(join(deps, 'librdkafka.so.1')) ? needs(join(deps, 'librdkafka.so.1')) : [];
  const system = /^(?:lib(?:c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so|ld-linux|librdkafka)/;
  const others = [...own, ...(librdkafka ?? [])].filter(name => !system.test(name));
  const names = new Set(others.map(name => name.replace(/\.so.*$/, '')));
  assert.deepEqual(
    [...names].filter(name => !LINKED.includes(name)),
    [],
  );
});

test('S12: which librdkafka it is, is pinned, and what is compiled in beside it is named', () => {
  const { dependencies } = json<{ dependencies: Record<string, string> }>('package.json');
  for (const name of ['node-rdkafka', '@nozbe/simdjson']) assert.match(dependencies[name]!, /^\d+\.\d+\.\d+$/, name);
  const { librdkafka } = json<{ librdkafka: string }>('node_modules/node-rdkafka/package.json');
  assert(isAtLeast(librdkafka, [2, 12, 0]), librdkafka);
});

test('S13: every package is locked by its content, and comes from no host that a lock names', () => {
  assert(LOCKED.length > 50);
  for (const [path, { integrity, resolved, link }] of LOCKED) {
    assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path);
    assert.deepEqual([resolved, link], [undefined, undefined], path);
  }
  assert.doesNotMatch(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), /"(?:git\+|file:|http:|ssh:)/);
});

test('S13: one package has a script that runs when it is installed, and it is the Kafka client', () => {
  const scripted = LOCKED.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  assert.deepEqual(scripted, ['node_modules/node-rdkafka']);
  const setup = readFileSync(join(ROOT, 'scripts/setup.sh'), 'utf8');
  for (const [line] of setup.matchAll(/npm (?:ci|install|i)\b.*/g)) assert.match(line, /--ignore-scripts/, line);
});

test('S13: what runs depends on few packages, each known', () => {
  const { dependencies } = json<{ dependencies: Record<string, string> }>('package.json');
  assert(Object.keys(dependencies).length <= 15);
  const running = LOCKED.filter(([, { dev, optional }]) => dev !== true && optional !== true);
  assert(running.length <= 85, running.map(([path]) => path).join(' '));
});

test('S10: what a peer sent is compared with a secret in constant time, and nowhere else', () => {
  for (const file of SOURCES) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    assert.doesNotMatch(text, /reveal\(\)\s*[!=]==?|[!=]==?\s*[\w.]*\.reveal\(\)/, file);
    // Of its listeners' key alone; passwords are known by their hashes.
    if (!file.startsWith('worker/admin/') || file === 'worker/admin/listener.ts') continue;
    assert.doesNotMatch(text, /headers\.authorization|reveal\(|\bSecret\b/, file);
    if (/password/.test(text))
      assert.doesNotMatch(text, /(?:password|digest|hash)\)?\s*===(?! undefined| null)/i, file);
  }
});
