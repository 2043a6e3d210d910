import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { explainFiles } from '../../config/explain.ts';
import { systemFiles } from '../../config/source/files.ts';
import type { TlsConfig } from '../../config/types.ts';
import { createHttpTransport } from '../../connector/http/transport/transport.ts';
import { type Authority, createAuthority, type Identity } from '../support/certificates.ts';
import { Endpoint, type EndpointOptions } from '../support/endpoint.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

const PASSWORD = 'store-pass';
const KEY_PASSWORD = 'key-pass';
const noKeytool = spawnSync('keytool', ['-help']).error === undefined ? false : 'no keytool on the PATH';
const directory = mkdtempSync(join(tmpdir(), 'tailrace-http-tls-'));
const path = (file: string): string => join(directory, file);
const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, { stdio: 'pipe' });

let authority: Authority;
let mine: Identity;
let server: Identity;

before(async () => {
  authority = await createAuthority(directory);
  mine = await authority.issue('mine');
  server = await authority.issue('server', ['127.0.0.1']);
  const pass = ['-passout', `pass:${PASSWORD}`];
  run('openssl', 'pkcs12', '-export', '-nokeys', '-in', authority.certificatePath, '-out', path('trust.p12'), ...pass);
  const own = ['-in', mine.certificatePath, '-inkey', mine.keyPath, '-certfile', authority.certificatePath];
  run('openssl', 'pkcs12', '-export', '-name', 'mine', ...own, '-out', path('mine.p12'), ...pass);
  run(
    'openssl',
    'pkcs8',
    '-topk8',
    '-in',
    mine.keyPath,
    '-out',
    path('locked.key'),
    '-passout',
    `pass:${KEY_PASSWORD}`,
  );
  writeFileSync(
    path('locked.pem'),
    readFileSync(path('locked.key'), 'utf8') + mine.certificate + authority.certificate,
  );
  if (noKeytool !== false) return;
  const jks = ['-storetype', 'JKS', '-keystore', path('trust.jks'), '-storepass', PASSWORD];
  run('keytool', '-importcert', '-noprompt', '-alias', 'ca', '-file', authority.certificatePath, ...jks);
  const from = ['-srckeystore', path('mine.p12'), '-srcstoretype', 'PKCS12', '-srcstorepass', PASSWORD];
  const to = ['-destkeystore', path('mine.jks'), '-deststoretype', 'JKS', '-deststorepass', PASSWORD];
  run('keytool', '-importkeystore', '-srcalias', 'mine', ...from, ...to, '-destkeypass', KEY_PASSWORD);
});
after(() => rmSync(directory, { recursive: true }));

/** The keys below `http.ssl.`, by what stands behind that. */
function ssl(keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`http.ssl.${key}`, value]));
}

function tlsOf(keys: Keys): TlsConfig {
  return connectorOf(ssl(keys), { files: systemFiles }).http.tls;
}

function refused(keys: Keys, code: string, key: string, message: RegExp): void {
  const written = { connector: ssl(keys), files: systemFiles };
  assertFault(written, code, `http.ssl.${key}`, message);
  assert.doesNotMatch(faultLines(written).join(), /canary/);
}

/** As a value that was continued over lines has it. */
function oneLine(pem: string): string {
  return pem.replaceAll('\n', ' ');
}

function trusts(keys: Keys): void {
  const { ca } = tlsOf(keys);
  assert.equal(new X509Certificate(ca!).fingerprint256, new X509Certificate(authority.certificate).fingerprint256);
}

function shows(keys: Keys): void {
  const { certificate, key, keyPassword } = tlsOf(keys);
  const passphrase = keyPassword?.reveal() ?? '';
  assert(new X509Certificate(certificate!).checkPrivateKey(createPrivateKey({ key: key!.reveal(), passphrase })));
  assert.equal(new X509Certificate(certificate!).subject, 'CN=mine');
}

/** Each form of an authority, and of a client certificate, with the keytool that it needs. */
const AUTHORITIES: readonly [form: string, keys: () => Keys, skip: string | false][] = [
  ['PEM', () => ({ 'ca.location': authority.certificatePath }), false],
  ['PEM as a store', () => ({ 'truststore.location': authority.certificatePath }), false],
  [
    'PEM as a store that says so',
    () => ({ 'truststore.location': authority.certificatePath, 'truststore.type': 'PEM' }),
    false,
  ],
  ['PEM in the value', () => ({ 'truststore.certificates': oneLine(authority.certificate) }), false],
  ['PKCS12', () => ({ 'truststore.location': path('trust.p12'), 'truststore.password': PASSWORD }), false],
  [
    'PKCS12 as Java is told of it',
    () => ({ 'truststore.location': path('trust.p12'), 'truststore.password': PASSWORD, 'truststore.type': 'JKS' }),
    false,
  ],
  ['JKS', () => ({ 'truststore.location': path('trust.jks'), 'truststore.password': PASSWORD }), noKeytool],
  ['JKS without its password', () => ({ 'truststore.location': path('trust.jks') }), noKeytool],
];
const IDENTITIES: readonly [form: string, keys: () => Keys, skip: string | false][] = [
  ['PEM', () => ({ 'certificate.location': mine.certificatePath, 'key.location': mine.keyPath }), false],
  [
    'PEM with a password',
    () => ({
      'certificate.location': mine.certificatePath,
      'key.location': path('locked.key'),
      'key.password': KEY_PASSWORD,
    }),
    false,
  ],
  ['PEM of both', () => ({ 'keystore.location': mine.storePath, 'keystore.type': 'PEM' }), false],
  [
    'PEM of both with a password',
    () => ({ 'keystore.location': path('locked.pem'), 'key.password': KEY_PASSWORD }),
    false,
  ],
  [
    'PEM in values',
    () => ({ 'keystore.certificate.chain': oneLine(mine.certificate), 'keystore.key': oneLine(mine.key) }),
    false,
  ],
  [
    'PEM in a file and a value',
    () => ({ 'certificate.location': mine.certificatePath, 'keystore.key': oneLine(mine.key) }),
    false,
  ],
  ['PKCS12', () => ({ 'keystore.location': path('mine.p12'), 'keystore.password': PASSWORD }), false],
  [
    'JKS',
    () => ({
      'keystore.location': path('mine.jks'),
      'keystore.password': PASSWORD,
      'key.password': KEY_PASSWORD,
      'keystore.type': 'JKS',
    }),
    noKeytool,
  ],
];

describe('TLS of the endpoint', () => {
  for (const [form, keys, skip] of AUTHORITIES) {
    it(`trusts an authority as ${form}`, { skip }, () => trusts(keys()));
  }
  for (const [form, keys, skip] of IDENTITIES) {
    it(`shows a certificate as ${form}`, { skip }, () => shows(keys()));
  }

  it('reaches a server that wants a certificate, in each form of the two', async t => {
    const tls = { cert: server.certificate, key: server.key, ca: authority.certificate };
    const endpoint = await new Endpoint({ tls: { ...tls, requestCert: true, rejectUnauthorized: true } }).start();
    t.after(() => endpoint.close());
    let reached = 0;
    for (const [index, [, shown, noShow]] of IDENTITIES.entries()) {
      const [, trusted, noTrust] = AUTHORITIES[index]!;
      if (noTrust !== false || noShow !== false) continue;
      assert.equal(await ask(endpoint.url, tlsOf({ ...trusted(), ...shown() })), 200);
      reached++;
    }
    assert.equal(endpoint.count, reached);
    assert.ok(reached >= 6);
  });

  it('says which keys contradict each other', () => {
    const [p12, pem] = [{ 'truststore.location': path('trust.p12'), 'truststore.password': PASSWORD }, authority];
    refused(
      { ...p12, 'ca.location': pem.certificatePath },
      'conflict',
      'ca.location',
      /http\.ssl\.truststore\.location/,
    );
    refused(
      { 'truststore.certificates': oneLine(pem.certificate), 'ca.location': pem.certificatePath },
      'conflict',
      'ca.location',
      /exclude each other/,
    );
    const store = { 'keystore.location': path('mine.p12'), 'keystore.password': PASSWORD };
    refused({ ...store, 'key.location': mine.keyPath }, 'conflict', 'key.location', /http\.ssl\.keystore\.location/);
    refused(
      { ...store, 'certificate.location': mine.certificatePath },
      'conflict',
      'certificate.location',
      /exclude each other/,
    );
    refused(
      {
        'certificate.location': mine.certificatePath,
        'key.location': mine.keyPath,
        'keystore.key': oneLine(mine.key),
      },
      'conflict',
      'key.location',
      /exclude each other/,
    );
    refused({ 'keystore.key': oneLine(mine.key) }, 'missing', 'keystore.key', /keystore\.certificate\.chain/);
  });

  it('says what is wrong with a store, and nothing of what is in it', () => {
    const trust = { 'truststore.location': path('trust.p12') };
    refused(trust, 'invalid', 'truststore.location', /^names a store that needs its password/);
    refused({ ...trust, 'truststore.password': 'canary' }, 'invalid', 'truststore.location', /another password/);
    refused({ ...trust, 'truststore.type': 'PEM' }, 'invalid', 'truststore.location', /no PEM certificate/);
    const open = { ...trust, 'truststore.password': PASSWORD };
    refused({ ...open, 'truststore.type': 'BCFKS' }, 'invalid', 'truststore.type', /must be JKS, PKCS12 or PEM/);
    refused({ 'truststore.location': path('none') }, 'unreadable', 'truststore.location', /no such file/);
    refused({ 'truststore.location': mine.keyPath }, 'invalid', 'truststore.location', /no PEM certificate/);
    refused({ 'truststore.certificates': 'canary' }, 'invalid', 'truststore.certificates', /^holds no PEM certificate/);
    const store = { 'keystore.location': path('mine.p12'), 'keystore.password': PASSWORD };
    refused({ ...store, 'key.password': 'canary' }, 'invalid', 'keystore.location', /one password/);
    refused({ 'keystore.location': path('locked.pem') }, 'invalid', 'keystore.location', /password is missing/);
    const trustOnly = { 'keystore.location': path('trust.p12'), 'keystore.password': PASSWORD };
    refused(trustOnly, 'invalid', 'keystore.location', /holds no private key/);
  });

  it('says which keys have no effect', () => {
    const notices = (keys: Keys, url = 'https://a.test/') =>
      parse({ connector: { ...ssl(keys), 'http.url': url }, files: systemFiles }).notices.join('\n');
    const all = {
      'truststore.location': path('trust.p12'),
      'truststore.password': PASSWORD,
      'keystore.location': path('mine.p12'),
      'keystore.password': PASSWORD,
      'protocol.min': 'TLSv1.3',
    };
    assert.equal(notices(all), '');
    const idle = notices(all, 'http://127.0.0.1/');
    for (const key of Object.keys(all)) assert.ok(idle.includes(`http.ssl.${key}`), key);
    assert.match(idle, /have no effect: no address is https/);
    assert.match(notices({ 'truststore.password': 'x' }), /there is no http\.ssl\.truststore\.location/);
    assert.match(notices({ 'keystore.type': 'JKS' }), /there is no http\.ssl\.keystore\.location/);
    const pem = { 'truststore.location': authority.certificatePath, 'truststore.password': 'x' };
    assert.match(notices(pem), /a PEM file has no password/);
    const both = { 'keystore.location': mine.storePath, 'keystore.password': 'x' };
    assert.match(notices(both), /a PEM key's password is http\.ssl\.key\.password/);
    assert.match(notices({ ...all, 'verification.mode': 'none' }), /truststore\.location.* have no effect: .*is none/);
  });
});

describe('what is verified of the endpoint', () => {
  const of = (name: Identity) => ({ cert: name.certificate, key: name.key });
  const trusted = () => ({ 'ca.location': authority.certificatePath });

  async function outcome(t: { after(fn: () => unknown): void }, tls: EndpointOptions['tls'], keys: Keys) {
    const endpoint = await new Endpoint({ tls: tls! }).start();
    t.after(() => endpoint.close());
    return ask(endpoint.url, tlsOf(keys));
  }

  it('is the name and the authority, the authority alone, or nothing', async t => {
    const elsewhere = await authority.issue('elsewhere', ['elsewhere.test']);
    const stranger = await (await createAuthority(mkdtempSync(path('stranger-')))).issue('stranger', ['127.0.0.1']);
    const modes = ['full', 'certificate', 'none'];
    const outcomes = [];
    for (const mode of modes) {
      for (const identity of [server, elsewhere, stranger]) {
        outcomes.push(await outcome(t, of(identity), { ...trusted(), 'verification.mode': mode }));
      }
    }
    assert.deepEqual(outcomes, [
      ...[200, 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...[200, 200, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...[200, 200, 200],
    ]);
  });

  it('does not begin below the lowest version', async t => {
    const old = { ...of(server), maxVersion: 'TLSv1.2' } as const;
    assert.equal(await outcome(t, old, trusted()), 200);
    assert.match(String(await outcome(t, old, { ...trusted(), 'protocol.min': 'TLSv1.3' })), /^E/);
    assert.equal(await outcome(t, of(server), { ...trusted(), 'protocol.min': 'TLSv1.3' }), 200);
    refused({ 'protocol.min': 'TLSv1.1' }, 'invalid', 'protocol.min', /must be TLSv1\.2 or TLSv1\.3/);
  });

  it('does not go above the highest version', async t => {
    const modern = { ...of(server), minVersion: 'TLSv1.3' } as const;
    const capped = { 'protocol.max': 'TLSv1.2' };
    // With authorities of its own a connection has a context of its own, without it has Node's.
    for (const keys of [trusted(), { 'verification.mode': 'none' }]) {
      assert.equal(await outcome(t, modern, keys), 200);
      assert.match(String(await outcome(t, modern, { ...keys, ...capped })), /^E/);
      assert.equal(await outcome(t, of(server), { ...keys, ...capped }), 200);
    }
    const none = { ...capped, 'protocol.min': 'TLSv1.3' };
    refused(none, 'conflict', 'protocol.max', /must not be below http\.ssl\.protocol\.min, TLSv1\.3/);
  });

  for (const [mode, text] of [
    ['none', /is none: everybody on the way can read and change/],
    ['certificate', /is certificate: whoever has a certificate/],
  ] as const) {
    it(`is warned of with ${mode}, at the start and in the explanation`, () => {
      const keys = ssl({ 'verification.mode': mode });
      const { warnings, notices } = parse({ connector: keys, files: systemFiles });
      assert.deepEqual([warnings.length, notices], [1, []]);
      assert.match(warnings[0]!, text);
      assert.deepEqual(parse({ connector: { ...keys, 'http.url': 'http://127.0.0.1/' } }).warnings, []);
      const file = path(`${mode}.properties`);
      const lines = ['name=a', 'connector.class=HttpSink', 'topics=a', 'http.url=https://a.test/'];
      writeFileSync(file, `${lines.join('\n')}\nhttp.ssl.verification.mode=${mode}\n`);
      const { sources } = explainFiles({ files: [file], env: {}, overrides: [] });
      const explained = sources[0]!.keys.find(({ key }) => key === 'http.ssl.verification.mode')!;
      assert.deepEqual([explained.outcome, explained.value], ['honoured', mode]);
      assert.match(explained.reasons.join(), text);
    });
  }
});

/** The status, or why there is none. */
async function ask(url: URL, tls: TlsConfig): Promise<number | string> {
  const transport = createHttpTransport({ tls, connectTimeoutMs: 20_000, maxInFlight: 1 });
  const request = { method: 'POST', url, headers: {}, body: Buffer.from('[]') };
  const signal = new AbortController().signal;
  try {
    return (await transport.send(request, { signal, maxResponseBytes: 100 })).status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code!;
  } finally {
    await transport.close();
  }
}
