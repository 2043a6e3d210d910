import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemFiles } from '../../config/source/files.ts';
import type { Config } from '../../config/types.ts';
import { type Keys, textsOf } from '../config/written.ts';
import { faultsOrConfig, folder, program, SINK, WORKER } from './program.ts';

const GENEROUS = { timeout: 60_000 };
const CONTENT = 'c4n4ry-content';
const placeholder = (path: string, key: string) => `\u0024{p:${path}:${key}}`;

/** `in/` is allowed, what lies beside it is not; `secrets` stands in both. */
function confined(t: TestContext): string {
  const at = folder(t);
  for (const name of ['in', 'in2', 'in/deep']) mkdirSync(join(at, name));
  for (const name of ['in/secrets', 'in/deep/secrets']) writeFileSync(join(at, name), 'token=allowed-value\n');
  for (const name of ['secrets', 'in2/secrets']) writeFileSync(join(at, name), `token=${CONTENT}\n`);
  return at;
}

function provided(kind: 'File' | 'Directory', allowed: string | null, key: string, value: string) {
  const worker: Record<string, string> = {
    'config.providers': 'p',
    'config.providers.p.class': `${kind}ConfigProvider`,
  };
  if (allowed !== null) worker['config.providers.p.param.allowed.paths'] = allowed;
  const connector: Keys =
    key === 'token'
      ? { 'http.auth.type': 'bearer', 'http.auth.bearer.token': value }
      : { 'consumer.override.security.protocol': 'SSL', [key]: value };
  return faultsOrConfig(textsOf({ worker, connector, files: systemFiles }));
}

function tokenOf(config: Config | null): string | null {
  const auth = config?.connectors[0]?.http.auth;
  return auth?.type === 'bearer' ? auth.token.reveal() : null;
}

/** Ways out of the allowed directory, each to a file that holds the key. */
const WAYS_OUT: Readonly<Record<string, (at: string) => string>> = {
  'two dots': at => `${at}/in/../secrets`,
  'two dots behind a directory that there is': at => `${at}/in/deep/../../secrets`,
  'a directory that begins alike': at => `${at}/in2/secrets`,
  'a link to the file': at => {
    symlinkSync(join(at, 'secrets'), join(at, 'in/link'));
    return `${at}/in/link`;
  },
  'a link to the directory': at => {
    symlinkSync(at, join(at, 'in/up'));
    return `${at}/in/up/secrets`;
  },
  'a link to a link': at => {
    symlinkSync('../secrets', join(at, 'in/one'));
    symlinkSync('one', join(at, 'in/two'));
    return `${at}/in/two`;
  },
  'the root of a process': at => `/proc/self/root${at}/secrets`,
  'the root of a process, by a link': at => {
    symlinkSync('/proc/self/root', join(at, 'in/root'));
    return `${at}/in/root${at}/secrets`;
  },
  'slashes and dots': at => `${at}//in/.//..///secrets`,
};

for (const [name, way] of Object.entries(WAYS_OUT)) {
  test(`S4: a provider's allowed paths hold against ${name}`, t => {
    const at = confined(t);
    const path = way(at);
    const { config, faults } = provided('File', join(at, 'in'), 'token', placeholder(path, 'token'));
    assert.equal(config, null);
    assert.doesNotMatch(JSON.stringify(faults), new RegExp(CONTENT));
    assert.match(faults.map(({ message }) => message).join('\n'), /outside of the provider's allowed\.paths/);
    const open = provided('File', null, 'token', placeholder(path, 'token'));
    assert.equal(tokenOf(open.config), CONTENT, 'nothing but the allowed paths keeps it out');
  });
}

test('S4: a key of a directory is the name of a file in it, and nothing that leads elsewhere', t => {
  const at = confined(t);
  symlinkSync('../secrets', join(at, 'in/link'));
  for (const key of ['../secrets', 'deep/../../secrets', '..', '.', '', 'link', '/etc/passwd', '..\\\\secrets']) {
    const { config, faults } = provided('Directory', join(at, 'in'), 'token', placeholder(join(at, 'in'), key));
    assert.equal(tokenOf(config), null, key);
    assert.doesNotMatch(JSON.stringify(faults), new RegExp(CONTENT), key);
  }
});

test('S4: a placeholder that a value brings along is not filled in again', t => {
  const at = confined(t);
  const inner = placeholder(join(at, 'in/secrets'), 'token');
  writeFileSync(join(at, 'in/nested'), `key=${inner.replaceAll('\\', '\\\\')}\n`);
  const { config } = provided('File', join(at, 'in'), 'token', placeholder(join(at, 'in/nested'), 'key'));
  assert.equal(tokenOf(config), inner);
});

/** What is no file to read to its end: each would hang the start, or fill the memory. */
const NO_FILES: Readonly<Record<string, (path: string, t: TestContext) => void>> = {
  'a pipe that nobody writes into': path => void execFileSync('mkfifo', [path]),
  'a pipe that somebody holds open': (path, t) => {
    execFileSync('mkfifo', [path]);
    const held = openSync(path, 'r+');
    t.after(() => closeSync(held));
  },
  'a device without an end': path => symlinkSync('/dev/zero', path),
  'random bytes without an end': path => symlinkSync('/dev/urandom', path),
  'standard input': path => symlinkSync('/dev/stdin', path),
  'a socket': (path, t) => {
    const server = createServer().listen(path);
    t.after(() => server.close());
  },
  'a directory': path => mkdirSync(path),
  'a file of a gigabyte': path => {
    writeFileSync(path, `token=${CONTENT}\n`);
    truncateSync(path, 1_073_741_824);
  },
  'a file of a tebibyte': path => {
    writeFileSync(path, `token=${CONTENT}\n`);
    truncateSync(path, 1_099_511_627_776);
  },
  'a circle of links': path => symlinkSync(path, path),
  'a link to nothing': path => symlinkSync(`${path}-nowhere`, path),
  'the memory of the process': path => symlinkSync('/proc/self/mem', path),
  'the addresses of the kernel': path => symlinkSync('/proc/kallsyms', path),
  'a process’ own command': path => symlinkSync('/proc/self/exe', path),
};

for (const [name, make] of Object.entries(NO_FILES)) {
  test(`S4: ${name} is refused where a secret, a certificate or a store is read`, GENEROUS, t => {
    const path = join(folder(t), 'it');
    make(path, t);
    const before = process.memoryUsage().arrayBuffers;
    for (const { config, faults } of [
      provided('File', null, 'token', placeholder(path, 'token')),
      provided('Directory', null, 'token', placeholder(join(path, '..'), 'it')),
      provided('File', null, 'http.ssl.ca.location', path),
      provided('File', null, 'http.ssl.key.location', path),
      provided('File', null, 'consumer.override.ssl.truststore.location', path),
      provided('File', null, 'consumer.override.ssl.keystore.location', path),
    ]) {
      assert.equal(config, null);
      assert.match(faults.map(({ message }) => message).join('\n'), /can't be read: |has no such file/);
      assert.doesNotMatch(JSON.stringify(faults), new RegExp(CONTENT));
    }
    assert(process.memoryUsage().arrayBuffers - before < 32 * 1_048_576);
  });
}

test('S4: the program ends by itself where a file of it never would', GENEROUS, async t => {
  const at = folder(t);
  writeFileSync(join(at, 'w.properties'), WORKER);
  writeFileSync(join(at, 's.properties'), SINK);
  execFileSync('mkfifo', [join(at, 'pipe')]);
  symlinkSync('/dev/zero', join(at, 'zero'));
  truncateSync(openAnew(join(at, 'large')), 1_073_741_824);
  const names = ['pipe', 'zero', 'large'];
  const commands = [...names.map(name => [name, 's.properties']), ['w.properties', ...names]];
  for (const argv of commands) {
    const { code, err } = await program(at, ['run', ...argv]);
    assert.equal(code, argv.length === 2 ? 2 : 3, err);
    for (const name of names.filter(each => argv.includes(each))) {
      assert.match(err, new RegExp(`  ${name} can't be read: it is (a pipe|a device|larger)`));
    }
  }
});

function openAnew(path: string): string {
  writeFileSync(path, '');
  return path;
}

test('S4: another file that takes a file’s place after it was looked at is looked at again', t => {
  const at = folder(t);
  writeFileSync(join(at, 'file'), 'token=first-value\n');
  execFileSync('mkfifo', [join(at, 'pipe')]);
  assert.equal(tokenOf(provided('File', at, 'token', placeholder(join(at, 'file'), 'token')).config), 'first-value');
  renameSync(join(at, 'pipe'), join(at, 'file'));
  assert.equal(provided('File', at, 'token', placeholder(join(at, 'file'), 'token')).config, null);
  rmSync(join(at, 'file'));
  writeFileSync(join(at, 'other'), 'token=second-value\n');
  linkSync(join(at, 'other'), join(at, 'file'));
  assert.equal(tokenOf(provided('File', at, 'token', placeholder(join(at, 'file'), 'token')).config), 'second-value');
});

/** Keys that name a file, and what it must be. */
const NAMING: readonly string[] = [
  ...['http.ssl.ca.location', 'http.ssl.certificate.location', 'http.ssl.key.location'],
  ...['ssl.truststore.location', 'ssl.keystore.location'].map(key => `consumer.override.${key}`),
];

test('S3: no fault repeats what stands in a file that was named by mistake', async t => {
  const at = folder(t);
  const lines = [CONTENT, `password=${CONTENT}`, `root:${CONTENT}:0:0:/root`, `-----BEGIN ${CONTENT}-----`];
  const texts = [...lines, lines.join('\n'), `{"token": "${CONTENT}"}`, `\ud83d\u0000${CONTENT}`, `\\u12${CONTENT}`];
  writeFileSync(join(at, 'w.properties'), WORKER, { mode: 0o600 });
  for (const [index, text] of texts.entries()) {
    const path = join(at, `named-${index}`);
    writeFileSync(path, text);
    for (const key of NAMING) {
      for (const type of ['PEM', 'JKS', 'PKCS12']) {
        const connector = {
          'http.url': 'https://a/',
          'consumer.override.security.protocol': 'SSL',
          [key]: path,
          [key.startsWith('http.') ? 'http.method' : key.replace('location', 'type')]: key.startsWith('http.')
            ? 'PUT'
            : type,
        };
        const { faults, config } = faultsOrConfig(textsOf({ connector, files: systemFiles }));
        assert.doesNotMatch(JSON.stringify(faults), new RegExp(CONTENT), `${key} ${type} ${text}`);
        assert(config === null || type === 'PEM' || key.startsWith('http.'), `${key} ${type} takes ${text}`);
      }
    }
    const kept = provided('File', null, 'http.method', placeholder(path, 'password'));
    assert.doesNotMatch(JSON.stringify(kept.faults), new RegExp(CONTENT));
  }
});

test('S3: a file of another kind that is run as a configuration is not printed', async t => {
  const at = folder(t);
  writeFileSync(join(at, 'w.properties'), WORKER, { mode: 0o600 });
  const secretFiles = {
    key: `-----BEGIN PRIVATE KEY-----\n${CONTENT}\nMIIEvQ${CONTENT}==\n-----END PRIVATE KEY-----\n`,
    shadow: `root:$6$${CONTENT}:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n`,
    netrc: `machine a login b password ${CONTENT}\n`,
    env: `AWS_SECRET_ACCESS_KEY=${CONTENT}\nexport TOKEN=${CONTENT}\n`,
    'kube.yaml': `users:\n- name: a\n  user:\n    token: ${CONTENT}\n`,
    'token.json': `{"type": "service_account", "private_key": "${CONTENT}"}`,
    history: `curl -H "Authorization: Bearer ${CONTENT}" https://a/\n`,
  };
  for (const [name, text] of Object.entries(secretFiles)) writeFileSync(join(at, name), text, { mode: 0o600 });
  const names = Object.keys(secretFiles);
  for (const command of ['run', 'explain']) {
    const { code, out, err } = await program(at, [command, 'w.properties', ...names]);
    assert.equal(code, 3, out + err);
    for (const name of names) assert.match(out + err, new RegExp(`  ${name}:\\d+: `));
    assert.doesNotMatch(out + err, new RegExp(CONTENT), command);
  }
});

test('S21: a file with a secret that everybody may read gets a remark, one that its owner alone may read gets none', async t => {
  const at = folder(t);
  const secret = 'http.auth.type=bearer\nhttp.auth.bearer.token=c4n4ry-value\n';
  writeFileSync(join(at, 'w.properties'), WORKER);
  const said = async (text: string, mode: number): Promise<string> => {
    writeFileSync(join(at, 's.properties'), text);
    chmodSync(join(at, 's.properties'), mode);
    return (await program(at, ['explain', 'w.properties', 's.properties'])).out;
  };
  const remark = /every user of this machine may read/;
  assert.match(await said(SINK + secret, 0o644), remark);
  assert.doesNotMatch(await said(SINK + secret, 0o600), remark);
  assert.doesNotMatch(await said(SINK, 0o604), remark);
});
