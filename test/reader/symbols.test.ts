import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skipWithoutNativeReader } from './available.ts';
import { runChild } from './child.ts';

const ADDON = fileURLToPath(new URL('../../../worker/kafka/reader/build/Release/reader.node', import.meta.url));
const CLIENT = createRequire(import.meta.url).resolve('node-rdkafka/build/Release/node-librdkafka.node');
const LIBRDKAFKA = join(CLIENT, '..', '..', 'deps', 'librdkafka.so.1');
const LINUX = process.platform === 'linux';
const limit = { timeout: 120_000 };

/** What the addon may take from others, as the linker names it: no symbol of simdjson, or of any other library in Node. */
const WANTED: Readonly<Record<string, RegExp>> = {
  V8: /^_ZNK?2v8/,
  Node: /^(_ZN4node\w+|node_module_register)$/,
  libuv: /^uv_\w+$/,
  librdkafka: /^rd_kafka_\w+$/,
  'node-rdkafka': /^_ZNK?9NodeKafka10Connection\w+$/,
  'the C and C++ libraries': /@(GLIBC|GLIBCXX|CXXABI|GCC)_[\d.]+$/,
  'the linker': /^(__gmon_start__|_ITM_(de)?registerTMCloneTable|__asan_\w+|__cxa_finalize)$/,
};

/** The names of a file's dynamic symbols, those of the C library with their version. */
function symbols(file: string, which: '--defined-only' | '--undefined-only'): readonly string[] {
  const lines = execFileSync('nm', ['-D', '--format=posix', which, file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(' ', 1)[0]!);
}

interface Binding {
  readonly from: string;
  readonly to: string;
  readonly symbol: string;
  /** The version that was asked for; empty where none was. */
  readonly version: string;
}

/** What the loader wrote for LD_DEBUG=bindings. */
async function bindingsIn(folder: string): Promise<readonly Binding[]> {
  const found: Binding[] = [];
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'latin1');
    const lines = text.matchAll(/binding file (\S+) \[0\] to (\S+) \[0\]: \w+ symbol `([^']+)'(?: \[(\w[\w.]*)\])?/g);
    for (const [, from, to, symbol, version = ''] of lines)
      found.push({ from: basename(from!), to: basename(to!), symbol: symbol!, version });
  }
  return found;
}

/** Every symbol is looked up when a library is loaded, so that none is missed that is not used here. */
async function bindingsOf(code: string, more: NodeJS.ProcessEnv = {}): Promise<readonly Binding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-bindings-'));
  try {
    const env = { LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: join(folder, 'ld'), LD_BIND_NOW: '1', ...more };
    const [exit, signal, output] = await runChild('localhost:1', code, env);
    assert.deepEqual([exit, signal], [0, null], output);
    return await bindingsIn(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('symbols of the native half', { skip: skipWithoutNativeReader() || (!LINUX && 'Linux only') }, () => {
  it('the reader takes nothing but what it is meant to', () => {
    const wrong = symbols(ADDON, '--undefined-only').filter(name => !Object.values(WANTED).some(one => one.test(name)));
    assert.deepEqual(wrong, []);
  });

  it('nothing of the reader can be seen by others', () => {
    assert.deepEqual(symbols(ADDON, '--defined-only'), []);
  });

  it(
    'the client and its libraries are bound to each other, and to Node for its own interfaces alone',
    limit,
    async () => {
      const bindings = await bindingsOf('process.exit();', { LD_PRELOAD: '' });
      const node = basename(process.execPath);
      const ours = new Set(bindings.map(({ from }) => from).filter(file => file !== node));
      for (const file of ['reader.node', basename(CLIENT), basename(LIBRDKAFKA)]) assert.ok(ours.has(file), file);
      const addons = ['reader.node', basename(CLIENT)];
      const wrong = bindings.filter(({ from, to, symbol, version }) => {
        // What Node shares with the C and C++ libraries (their `stdout` lies in Node's memory), it shares with everybody.
        if (to !== node || from === node || /^(GLIBC|GLIBCXX|CXXABI|GCC)_/.test(version)) return false;
        return !addons.includes(from) || !/^(_ZNK?2v8|_ZN4node|_ZT[ISV]N?K?2v8|node_module_register$|uv_)/.test(symbol);
      });
      assert.deepEqual(wrong.slice(0, 20), []);
    },
  );

  it('every symbol that Node has too comes from the library that the client was compiled against', limit, async () => {
    const nodes = new Set(symbols(process.execPath, '--defined-only').map(name => name.replace(/@.*/, '')));
    const shared = symbols(LIBRDKAFKA, '--undefined-only').filter(name => nodes.has(name.replace(/@.*/, '')));
    const names = new Set(shared.map(name => name.replace(/@.*/, '')));
    // Else this proves nothing: a Node that is linked with the system's libraries exports none.
    if (!names.has('SSL_CTX_new')) return;
    const bindings = await bindingsOf('process.exit();', { LD_PRELOAD: '' });
    const of = (symbol: string): string | undefined =>
      bindings.find(binding => binding.from === basename(LIBRDKAFKA) && binding.symbol === symbol)?.to;
    assert.match(of('SSL_CTX_new')!, /^libssl\.so/);
    assert.match(of('EVP_DigestInit_ex') ?? of('EVP_MD_get_size') ?? of('EVP_sha256')!, /^libcrypto\.so/);
    assert.match(of('inflate')!, /^libz\.so/);
    assert.match(of('ZSTD_compressStream')!, /^libzstd\.so/);
  });
});
