import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { systemFiles } from '../../../config/source/files.ts';
import { KeyStoreError } from '../../../config/stores/jks.ts';
import { readKeyMaterial, readTrustStore } from '../../../config/stores/key-store.ts';
import { assertFault, connectorOf, type Keys } from '../written.ts';

const PASSWORD = 'secret-pass';
const KEY_PASSWORD = 'key-pass';
const skip = spawnSync('keytool', ['-help']).error === undefined ? false : 'no keytool on the PATH';
const directory = mkdtempSync(join(tmpdir(), 'tailrace-stores-'));
const path = (file: string): string => join(directory, file);

function keytool(...args: readonly string[]): string {
  return execFileSync('keytool', [...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const ALGORITHMS = { rsa: ['-keyalg', 'RSA', '-keysize', '2048'], ec: ['-keyalg', 'EC', '-groupname', 'secp256r1'] };

/** An authority, and for each algorithm a key with a certificate of the authority, as JKS and as PKCS12. */
before(
  () => {
    if (skip !== false) return;
    const store = (file: string, password = PASSWORD) => ['-keystore', path(file), '-storepass', password];
    const jks = ['-storetype', 'JKS'];
    keytool('-genkeypair', '-alias', 'ca', '-dname', 'CN=ca', '-ext', 'bc:c', ...ALGORITHMS.rsa, ...store('ca.p12'));
    writeFileSync(path('ca.pem'), keytool('-exportcert', '-rfc', '-alias', 'ca', ...store('ca.p12')));
    for (const [type, options] of [
      ['jks', jks],
      ['p12', ['-storetype', 'PKCS12']],
    ] as const) {
      keytool(
        '-importcert',
        '-noprompt',
        '-alias',
        'ca',
        '-file',
        path('ca.pem'),
        ...options,
        ...store(`trust.${type}`),
      );
    }
    for (const [name, algorithm] of Object.entries(ALGORITHMS)) {
      const own = [...jks, ...store(`${name}.jks`), '-keypass', KEY_PASSWORD, '-alias', name];
      keytool('-genkeypair', '-dname', `CN=${name}`, ...algorithm, ...own);
      keytool('-certreq', '-file', path(`${name}.csr`), ...own);
      keytool(
        '-gencert',
        '-alias',
        'ca',
        '-infile',
        path(`${name}.csr`),
        '-outfile',
        path(`${name}.crt`),
        '-rfc',
        ...store('ca.p12'),
      );
      keytool('-importcert', '-noprompt', '-alias', 'ca', '-file', path('ca.pem'), ...jks, ...store(`${name}.jks`));
      keytool('-importcert', '-noprompt', '-file', path(`${name}.crt`), ...own);
      const source = ['-srckeystore', path(`${name}.jks`), '-srcstorepass', PASSWORD, '-srcalias', name];
      const target = ['-destkeystore', path(`${name}.p12`), '-deststorepass', PASSWORD, '-deststoretype', 'PKCS12'];
      keytool('-importkeystore', ...source, '-srckeypass', KEY_PASSWORD, ...target, '-destkeypass', PASSWORD);
    }
  },
  { timeout: 120_000 },
);
after(() => rmSync(directory, { recursive: true }));

for (const type of ['jks', 'p12']) {
  test(`key store: a ${type} trust store gives its authority`, { skip }, () => {
    const pem = readTrustStore(readFileSync(path(`trust.${type}`)), PASSWORD);
    assert.equal(new X509Certificate(pem).subject, 'CN=ca');
    assert.equal(
      new X509Certificate(pem).fingerprint256,
      new X509Certificate(readFileSync(path('ca.pem'))).fingerprint256,
    );
  });

  for (const name of Object.keys(ALGORITHMS)) {
    test(`key store: a ${type} key store gives its ${name} key, and its certificate before that of the authority`, {
      skip,
    }, () => {
      const keyPassword = type === 'jks' ? KEY_PASSWORD : null;
      const { keyPem, chainPem } = readKeyMaterial(readFileSync(path(`${name}.${type}`)), PASSWORD, keyPassword);
      const chain = chainPem.split(/(?<=-----END CERTIFICATE-----\n)/).map(pem => new X509Certificate(pem));
      assert.deepEqual(
        chain.map(({ subject }) => subject),
        [`CN=${name}`, 'CN=ca'],
      );
      assert(chain[0]!.checkPrivateKey(createPrivateKey(keyPem)));
    });
  }

  test(`key store: a wrong password of a ${type} store is told`, { skip }, () => {
    const refuse = (read: () => unknown, message: RegExp) =>
      assert.throws(read, error => error instanceof KeyStoreError && message.test(error.message));
    const bytes = readFileSync(path(`rsa.${type}`));
    refuse(() => readKeyMaterial(bytes, 'wrong', null), /has another password, or is damaged/);
    refuse(() => readKeyMaterial(bytes, PASSWORD, 'wrong'), /holds a key with another password|has one password/);
    refuse(() => readTrustStore(bytes.subarray(0, 200), PASSWORD), /damaged|neither/);
    refuse(() => readKeyMaterial(readFileSync(path(`trust.${type}`)), PASSWORD, null), /holds no private key/);
  });
}

test('key store: a JKS trust store opens without a password, a PKCS12 one does not', { skip }, () => {
  assert.match(readTrustStore(readFileSync(path('trust.jks')), null), /BEGIN CERTIFICATE/);
  assert.throws(() => readTrustStore(readFileSync(path('trust.p12')), null), /needs its password/);
});

test('key store: what OpenSSL wrote is read too', { skip }, () => {
  const { keyPem } = readKeyMaterial(readFileSync(path('ec.p12')), PASSWORD, null);
  writeFileSync(path('own.key'), keyPem);
  const files = [
    '-inkey',
    path('own.key'),
    '-in',
    path('ec.crt'),
    '-certfile',
    path('ca.pem'),
    '-out',
    path('own.p12'),
  ];
  execFileSync('openssl', ['pkcs12', '-export', ...files, '-passout', 'pass:x y']);
  assert.equal(readKeyMaterial(readFileSync(path('own.p12')), 'x y', 'x y').keyPem, keyPem);
});

test('key store: other formats are told apart', () => {
  assert.throws(() => readTrustStore(Buffer.from('-----BEGIN CERTIFICATE-----'), 'x'), /neither a JKS nor a PKCS12/);
  assert.throws(() => readTrustStore(Buffer.from('cececece00000002', 'hex'), 'x'), /JCEKS/);
});

const SSL: Keys = { 'consumer.override.security.protocol': 'SSL' };

test('tls: Java stores reach the client as PEM, whatever their type is said to be', { skip }, () => {
  const stores = {
    ...SSL,
    'consumer.override.ssl.truststore.location': path('trust.p12'),
    'consumer.override.ssl.truststore.password': PASSWORD,
    'consumer.override.ssl.keystore.location': path('rsa.jks'),
    'consumer.override.ssl.keystore.password': PASSWORD,
    'consumer.override.ssl.key.password': KEY_PASSWORD,
  };
  const { global } = connectorOf(stores, { files: systemFiles }).kafka.consumer;
  const names = Object.keys(global).filter(key => key.startsWith('ssl.'));
  assert.deepEqual(names.sort(), ['ssl.ca.pem', 'ssl.certificate.pem', 'ssl.key.pem']);
  assert(global['ssl.key.pem'] instanceof Secret);
  assert.match(String(global['ssl.ca.pem']), /BEGIN CERTIFICATE/);
});

test('tls: a store that can not be opened is a fault of its key, without its password', { skip }, () => {
  const key = 'consumer.override.ssl.truststore.location';
  const keys = { ...SSL, [key]: path('trust.p12'), 'consumer.override.ssl.truststore.password': 'canary' };
  assertFault({ connector: keys, files: systemFiles }, 'invalid', key, /^names a store that has another password/);
  const none = { ...keys, [key]: path('none') };
  assertFault({ connector: none, files: systemFiles }, 'unreadable', key, /there is no such file/);
});
