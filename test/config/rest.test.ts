import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { systemFiles } from '../../config/source/files.ts';
import type { RestConfig } from '../../config/types.ts';
import { type Authority, createAuthority, type Identity } from '../support/certificates.ts';
import { assertFault, type Keys, parse } from './written.ts';

function rest(worker: Keys): RestConfig {
  return parse({ worker, files: systemFiles }).worker.rest;
}

test('rest: what the keys of Kafka Connect say', () => {
  const said = rest({
    listeners: 'http://localhost:8083,http://10.0.0.1:1',
    'admin.listeners': 'http://127.0.0.1:9083',
    'rest.advertised.host.name': 'worker-1',
    'rest.advertised.port': '80',
    'access.control.allow.origin': 'https://a.example, https://*.b.example',
    'access.control.allow.methods': 'get,Put',
    'response.http.headers.config': 'set X-Frame-Options:DENY',
    'topic.tracking.enable': 'FALSE',
    'topic.tracking.allow.reset': 'false',
  });
  assert.deepEqual(said, {
    listeners: [
      { protocol: 'http', host: 'localhost', port: 8083 },
      { protocol: 'http', host: '10.0.0.1', port: 1 },
    ],
    adminListeners: [{ protocol: 'http', host: '127.0.0.1', port: 9083 }],
    tls: null,
    adminTls: null,
    advertised: { host: 'worker-1', port: 80 },
    usersFile: null,
    readers: [],
    allowInsecureWrites: false,
    cors: { origins: ['https://a.example', 'https://*.b.example'], methods: ['GET', 'PUT'] },
    responseHeaders: [{ action: 'set', name: 'X-Frame-Options', value: 'DENY' }],
    topicTracking: { enabled: false, reset: false },
  });
  assert.deepEqual(rest({ 'admin.listeners': '' }).adminListeners, []);
  assert.deepEqual(rest({ 'access.control.allow.origin': '*' }).cors, {
    origins: ['*'],
    methods: ['GET', 'POST', 'HEAD'],
  });
});

test('rest: the advertised listener gives host and port where no other is written', () => {
  const listeners = 'http://a:1,http://b:2';
  assert.deepEqual(rest({ listeners, 'rest.advertised.listener': 'http' }).advertised, { host: 'a', port: 1 });
  const port = { listeners, 'rest.advertised.listener': 'HTTP', 'rest.advertised.port': '9' };
  assert.deepEqual(rest(port).advertised, { host: 'a', port: 9 });
  const key = 'rest.advertised.listener';
  assertFault({ worker: { listeners, [key]: 'https' } }, 'conflict', key, /the protocol of no listener/);
});

test('rest: users are in a file that can be read', () => {
  const key = 'listeners.basic.auth.file';
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-rest-'));
  const file = join(directory, 'users');
  writeFileSync(file, 'ops:$2y$05$abc\n', { mode: 0o644 });
  const worker = { [key]: file, 'listeners.basic.auth.read.only': 'a, b' };
  const { worker: config, notices } = parse({ worker, files: systemFiles });
  assert.deepEqual([config.rest.usersFile, config.rest.readers], [file, ['a', 'b']]);
  assert.deepEqual(notices, [
    `worker.properties: ${key} names a file of hashes, which every user of this machine may read`,
  ]);
  rmSync(directory, { recursive: true });
  assertFault({ worker, files: systemFiles }, 'unreadable', key, /can't be read: there is no such file/);
  assert.match(
    parse({ worker: { 'listeners.basic.auth.read.only': 'a' } }).notices.join(),
    /has no effect: there is no/,
  );
});

test('rest: a JVM file whose listener was protected by an extension starts, and is told what protects it here', () => {
  const key = 'rest.extension.classes';
  const basic = 'org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension';
  const { warnings } = parse({ worker: { [key]: basic } });
  assert.match(warnings.join(), /rest\.extension\.classes protects nothing here: .*listeners\.basic\.auth\.file/);
  assertFault({ worker: { [key]: `${basic},x.Y` } }, 'unsupported', key, /JVM extensions can not be loaded/);
});

test('rest: who may write where other machines reach a listener is told', () => {
  const open = { listeners: 'http://:8083' };
  const told = (worker: Keys) => {
    const { warnings, notices } = parse({ worker: { ...open, ...worker } });
    return [...warnings, ...notices].filter(line => /other machines|everybody who/.test(line));
  };
  assert.match(
    told({}).join(),
    /lets other machines read connectors, .* on 0\.0\.0\.0, without TLS or authentication; changes are refused there unless/,
  );
  assert.deepEqual(told({ 'listeners.allow.insecure.remote': 'true' }), []);
  const [warning, ...more] = told({
    'listeners.allow.insecure.writes': 'true',
    'listeners.allow.insecure.remote': 'true',
  });
  assert.match(warning!, /insecure\.writes lets everybody who reaches 0\.0\.0\.0 change connectors, without TLS/);
  assert.deepEqual(more, []);
  assert.deepEqual(told({ listeners: 'http://127.0.0.1:1', 'listeners.allow.insecure.writes': 'true' }), []);
});

describe('rest: https', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-rest-tls-'));
  const path = (file: string): string => join(directory, file);
  let authority: Authority;
  let server: Identity;

  before(async () => {
    authority = await createAuthority(directory);
    server = await authority.issue('server', ['127.0.0.1']);
    const own = ['-name', 'server', '-in', server.certificatePath, '-inkey', server.keyPath];
    const p12 = ['-out', path('server.p12'), '-passout', 'pass:store-pass'];
    execFileSync('openssl', ['pkcs12', '-export', ...own, ...p12], { stdio: 'pipe' });
  });
  after(() => rmSync(directory, { recursive: true }));

  const HTTPS = { listeners: 'https://127.0.0.1:8443' };
  const store = (prefix: string) => ({
    [`${prefix}ssl.keystore.location`]: path('server.p12'),
    [`${prefix}ssl.keystore.password`]: 'store-pass',
  });

  it('takes its certificate from a store, by the prefix or without', () => {
    for (const prefix of ['listeners.https.', '']) {
      const { tls, adminTls } = rest({ ...HTTPS, ...store(prefix) });
      assert.equal(tls?.certificate.trim(), server.certificate.trim());
      assert.match(tls!.key.reveal(), /^-----BEGIN PRIVATE KEY-----/);
      assert.deepEqual(
        [tls?.ca, tls?.clientAuth, tls?.minVersion, tls?.maxVersion, tls?.ciphers],
        [null, 'none', 'TLSv1.2', 'TLSv1.3', null],
      );
      assert.equal(adminTls, null);
    }
  });

  it('lets no key without the prefix count where one with it is written', () => {
    const worker = { ...HTTPS, ...store(''), 'listeners.https.ssl.client.auth': 'none' };
    assertFault(
      { worker, files: systemFiles },
      'missing',
      'listeners',
      /needs a certificate: write listeners\.https\.ssl\.keystore/,
    );
    const both = { ...HTTPS, ...store('listeners.https.'), 'ssl.client.auth': 'required' };
    assert.equal(rest(both).tls?.clientAuth, 'none');
    assert.equal(rest({ ...HTTPS, ...store(''), 'ssl.client.auth': 'Required' }).tls?.clientAuth, 'required');
  });

  it('has admin listeners with a certificate of their own', () => {
    const worker = { 'admin.listeners': 'https://127.0.0.1:9443', ...store('admin.listeners.https.') };
    const { tls, adminTls } = rest(worker);
    assert.equal(tls, null);
    assert.equal(adminTls?.certificate.trim(), server.certificate.trim());
  });

  it('takes authorities, versions and suites, by the names of Java too', () => {
    const { tls } = rest({
      ...HTTPS,
      ...store('listeners.https.'),
      'listeners.https.ssl.client.auth': 'requested',
      'listeners.https.ssl.truststore.type': 'PEM',
      'listeners.https.ssl.truststore.location': authority.certificatePath,
      'listeners.https.ssl.enabled.protocols': 'TLSv1.2',
      'listeners.https.ssl.protocol': 'TLSv1.2',
      'listeners.https.ssl.cipher.suites':
        'TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,' +
        'TLS_RSA_WITH_AES_256_CBC_SHA,ECDHE-RSA-AES256-GCM-SHA384',
    });
    assert.equal(tls?.ca?.trim(), authority.certificate.trim());
    assert.deepEqual([tls?.clientAuth, tls?.minVersion, tls?.maxVersion], ['requested', 'TLSv1.2', 'TLSv1.2']);
    assert.equal(
      tls?.ciphers,
      'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:AES256-SHA:ECDHE-RSA-AES256-GCM-SHA384',
    );
  });

  it('refuses what is older, unknown or not there', () => {
    const worker = { ...HTTPS, ...store('listeners.https.') };
    const refuse = (name: string, value: string, code: string, message: RegExp) => {
      const key = `listeners.https.ssl.${name}`;
      assertFault({ worker: { ...worker, [key]: value }, files: systemFiles }, code, key, message);
    };
    refuse('enabled.protocols', 'TLSv1.1,TLSv1.2', 'unsupported', /older versions are not spoken/);
    refuse('cipher.suites', 'TLS_RSA_WITH_NULL', 'unsupported', /NULL is none/);
    refuse('client.auth', 'maybe', 'invalid', /must be none, requested or required/);
    const wrong = { ...worker, 'listeners.https.ssl.keystore.password': 'store-pas' };
    assertFault(
      { worker: wrong, files: systemFiles },
      'invalid',
      'listeners.https.ssl.keystore.location',
      /another password/,
    );
    refuse('keystore.location', path('nothing'), 'unreadable', /there is no such file/);
    assertFault({ worker: HTTPS }, 'missing', 'listeners', /has https, which needs a certificate/);
  });

  it('says which keys have no effect', () => {
    const { notices } = parse({ worker: store('listeners.https.'), files: systemFiles });
    assert.match(notices.join(), /listeners\.https\.ssl\.keystore\.location, .* have no effect: no listener is https/);
  });

  it('says when everybody may read its private key', () => {
    chmodSync(path('server.p12'), 0o644);
    const { notices } = parse({ worker: { ...HTTPS, ...store('listeners.https.') }, files: systemFiles });
    chmodSync(path('server.p12'), 0o600);
    assert.match(
      notices.join(),
      /listeners\.https\.ssl\.keystore\.location names a file with a private key, which every user/,
    );
  });

  it('does not tell its password nor its key', () => {
    const config = parse({ worker: { ...HTTPS, ...store('listeners.https.') }, files: systemFiles });
    assert.doesNotMatch(JSON.stringify(config), /store-pass|PRIVATE KEY/);
  });
});
