import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { systemFiles } from '../../../config/source/files.ts';
import { readCertificates, readPrivateKey } from '../../../config/stores/pem.ts';
import { remarkOnValidity } from '../../../config/stores/validity.ts';
import { type Authority, createAuthority, type Identity } from '../../support/certificates.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from '../written.ts';
import { PEM_FORMS, PEM_JUNK } from './pem-texts.ts';

/** Of nobody, valid on the first day of 2021. */
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBBjCBrgIBATAKBggqhkjOPQQDAjAQMQ4wDAYDVQQDDAVlbmRlZDAeFw0yMTAx
MDEwMDAwMDBaFw0yMTAxMDIwMDAwMDBaMBAxDjAMBgNVBAMMBWVuZGVkMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAETofnlEoq68Si3ptzZB+bw7bD4SuZWQYNO9zx
qT48rspiruUuuiFhGrfEPKvg4CkgEweEkNftYak+Gkh7pUC1XTAKBggqhkjOPQQD
AgNHADBEAiBUhdkfT+b4ueRt/TZiM18UwAnRyBMohlAs3LCbG/8HsgIgTMUV/w3g
pY2GKWaqljetY4WArm3DH9qtjsyLWoGvKGA=
-----END CERTIFICATE-----
`;

const directory = mkdtempSync(join(tmpdir(), 'tailrace-pem-'));
const path = (file: string): string => join(directory, file);
let authority: Authority;
let own: Identity;
let other: Identity;

/** The private key in another form, and encrypted where there is a password. */
function keyAs(type: 'pkcs8' | 'sec1', password?: string): string {
  const cipher = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password };
  return createPrivateKey(own.key)
    .export({ type, format: 'pem', ...cipher })
    .toString();
}

before(async () => {
  authority = await createAuthority(directory);
  own = await authority.issue('own');
  other = await authority.issue('other');
});
after(() => rmSync(directory, { recursive: true }));

describe('PEM', () => {
  for (const [name, write] of PEM_FORMS) {
    test(`${name} is read`, () => {
      const chain = write(own.certificate + authority.certificate);
      const subjects = readCertificates(chain).map(({ subject }) => subject);
      assert.deepEqual(subjects, ['CN=own', 'CN=Test authority']);
      for (const [text, password] of [
        [keyAs('pkcs8'), null],
        [keyAs('pkcs8', 'p w'), 'p w'],
        [keyAs('sec1'), null],
      ] as const) {
        const { key, encrypted } = readPrivateKey(write(text), password);
        assert(key.equals(createPrivateKey(own.key)));
        assert.equal(encrypted, password !== null);
      }
    });
  }

  test('a key that is encrypted as OpenSSL did before PKCS #8 is read', () => {
    const text = keyAs('sec1', 'p');
    assert.match(text, /Proc-Type/);
    for (const written of [text, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', ' ')]) {
      assert(readPrivateKey(written, 'p').key.equals(createPrivateKey(own.key)));
    }
    assert.throws(() => readPrivateKey(text, null), /its password is missing/);
  });

  test('a wrong password is told as such, also where what it decrypts ends as padding does', () => {
    const text = keyAs('sec1', 'p');
    for (let wrong = 0; wrong < 3000; wrong++) {
      assert.throws(() => readPrivateKey(text, `wrong ${wrong}`), /another password, or is damaged/);
    }
  });

  for (const cipher of ['RC2-CBC', 'DES-CBC', 'BF-CBC', 'IDEA-CBC', 'NONE-CBC']) {
    test(`a key that is encrypted by ${cipher} is refused with what to do`, () => {
      const text = keyAs('sec1', 'p').replace(/DEK-Info: .*/, `DEK-Info: ${cipher},0123456789ABCDEF`);
      assert.throws(() => readPrivateKey(text, 'p'), /in a way that OpenSSL does not read: openssl pkcs8 -topk8/);
    });
  }

  for (const [text, reason] of PEM_JUNK) {
    test(`${JSON.stringify(text)} is none`, () => {
      assert.throws(() => readCertificates(text), reason);
      assert.throws(() => readPrivateKey(text, null), reason);
    });
  }

  test('what is no certificate, or no key, is told by its place', () => {
    const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    assert.throws(() => readCertificates(own.certificate + junk), /holds what is no certificate \(2 of 2\)/);
    assert.throws(() => readPrivateKey(junk.replaceAll('CERTIFICATE', 'PRIVATE KEY'), null), /can not be read/);
    assert.throws(() => readPrivateKey(own.key + other.key, null), /holds 2 private keys: keep the one to use/);
    assert.throws(() => readPrivateKey(own.certificate, null), /holds no PEM private key/);
    assert.throws(() => readCertificates(own.key), /holds no PEM certificate/);
  });

  test('a megabyte of anything is refused at once', () => {
    const pieces = [
      '-',
      '-----BEGIN ',
      '-BEGIN A-',
      '-----BEGIN CERTIFICATE-----',
      'BEGIN',
      'A',
      ' ',
      '\n',
      ':',
      '=',
      '-END ',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(1_048_576 / piece.length));
      for (const whole of [text, `-----BEGIN PRIVATE KEY-----${text}-----END PRIVATE KEY-----`]) {
        assert.throws(() => readPrivateKey(whole, null));
        assert.throws(() => readCertificates(whole));
      }
    }
  });

  test('one that has ended, or not begun, is remarked', () => {
    const chain = own.certificate + authority.certificate;
    const day = 86_400_000;
    assert.equal(remarkOnValidity(chain, true), null);
    assert.match(
      remarkOnValidity(chain, true, Date.now() + 9 * day)!,
      /^holds a certificate that ended on \d{4}-\d\d-\d\d$/,
    );
    assert.match(
      remarkOnValidity(chain, true, Date.now() - 9 * day)!,
      /^holds a certificate that is valid from .* on only$/,
    );
    const mixed = `${EXPIRED}${authority.certificate}`;
    assert.match(remarkOnValidity(mixed, true)!, /ended on 2021-01-02$/);
    assert.equal(remarkOnValidity(mixed, false), null, 'of authorities one is enough');
  });
});

const SSL = { 'security.protocol': 'SSL' };

/** As the value of a properties file, whose lines end within it. */
function inline(pem: string): string {
  return pem.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

function consumerKeys(keys: Keys): Keys {
  return Object.fromEntries(
    Object.entries({ ...SSL, ...keys }).map(([key, value]) => [`consumer.override.${key}`, value]),
  );
}

/** What the client gets, secrets revealed. */
function client(keys: Keys): Readonly<Record<string, string>> {
  const { global } = connectorOf(consumerKeys(keys), { files: systemFiles }).kafka.consumer;
  const entries = Object.entries(global).filter(([key]) => /^(?:ssl|https)\./.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]));
}

function file(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

describe('the PEM keys of the Kafka clients', () => {
  test('however they are written, the client gets PEM that OpenSSL reads', () => {
    const expected = {
      'ssl.ca.pem': authority.certificate,
      'ssl.certificate.pem': own.certificate,
      'ssl.key.pem': own.key,
    };
    for (const [, write] of PEM_FORMS) {
      const [ca, chain, key] = [authority.certificate, own.certificate, own.key].map(write) as [string, string, string];
      const texts = {
        'ssl.truststore.certificates': ca,
        'ssl.keystore.certificate.chain': chain,
        'ssl.keystore.key': key,
      };
      const inlined = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, inline(text)]));
      const [caFile, chainFile, keyFile] = [file('ca.pem', ca), file('chain.pem', chain), file('key.pem', key)];
      const store = {
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': caFile,
        'ssl.keystore.type': 'pem',
        'ssl.keystore.location': file('store.pem', `${key}\n${chain}`),
      };
      const files = { 'ssl.ca.location': caFile, 'ssl.certificate.location': chainFile, 'ssl.key.location': keyFile };
      const native = { 'ssl.ca.pem': inline(ca), 'ssl.certificate.pem': inline(chain), 'ssl.key.pem': inline(key) };
      for (const keys of [inlined, store, files, native]) assert.deepEqual(client(keys), expected);
    }
  });

  test('an encrypted key is handed over as it is without its password', () => {
    const keys = {
      'ssl.keystore.certificate.chain': inline(own.certificate),
      'ssl.keystore.key': inline(keyAs('pkcs8', 'secret')),
      'ssl.key.password': 'secret',
    };
    assert.deepEqual(client(keys), { 'ssl.certificate.pem': own.certificate, 'ssl.key.pem': own.key });
  });

  test('what is wrong with them is a fault of the key, and nothing of them is told', () => {
    const mutual = {
      'ssl.keystore.certificate.chain': inline(own.certificate),
      'ssl.keystore.key': inline(keyAs('pkcs8', 'canary')),
      'ssl.key.password': 'canary',
    };
    const refuses = (keys: Keys, code: string, key: string, message: RegExp) => {
      assertFault({ connector: consumerKeys(keys), files: systemFiles }, code, `consumer.override.${key}`, message);
      assert.doesNotMatch(faultLines({ connector: consumerKeys(keys), files: systemFiles }).join(), /canary/);
    };
    refuses(
      { ...mutual, 'ssl.key.password': 'canary2' },
      'invalid',
      'ssl.keystore.key',
      /^holds a private key with another/,
    );
    refuses({ ...mutual, 'ssl.key.password': null }, 'invalid', 'ssl.keystore.key', /^holds an encrypted private key/);
    refuses(
      { ...mutual, 'ssl.keystore.key': inline(other.key) },
      'invalid',
      'ssl.keystore.key',
      /no certificate for its/,
    );
    refuses({ ...mutual, 'ssl.keystore.key': 'canary' }, 'invalid', 'ssl.keystore.key', /^holds no PEM private key/);
    refuses(
      { ...mutual, 'ssl.keystore.key': null },
      'missing',
      'ssl.keystore.certificate.chain',
      /needs its private key/,
    );
    refuses(
      { ...mutual, 'ssl.keystore.certificate.chain': null },
      'missing',
      'ssl.keystore.key',
      /needs its certificate/,
    );
    refuses(
      { ...mutual, 'ssl.keystore.certificate.chain': 'x' },
      'invalid',
      'ssl.keystore.certificate.chain',
      /^holds no/,
    );
    const junk = file('junk.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    for (const key of ['ssl.ca.location', 'ssl.truststore.location']) {
      const type = { 'ssl.truststore.type': 'PEM' };
      refuses({ ...type, [key]: junk }, 'invalid', key, /^names a (file|store) that holds what is no certificate/);
      refuses({ ...type, [key]: path('none') }, 'unreadable', key, /there is no such file/);
    }
    refuses({ 'ssl.crl.location': junk }, 'invalid', 'ssl.crl.location', /holds no PEM revocation list/);
    const ca = inline(authority.certificate);
    refuses({ 'ssl.ca.pem': ca, 'ssl.truststore.certificates': ca }, 'conflict', 'ssl.ca.pem', /mean the same/);
  });

  test('what OpenSSL finds by itself is left to it', () => {
    for (const location of ['probe', directory])
      assert.deepEqual(client({ 'ssl.ca.location': location }), { 'ssl.ca.location': location });
  });

  test('the authorities of a token endpoint are read where one is asked over HTTPS', () => {
    const oidc = {
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.oauthbearer.token.endpoint.url': 'https://login.example.org/token',
      'sasl.oauthbearer.client.id': 'i',
      'sasl.oauthbearer.client.secret': 's',
    };
    const location = authority.certificatePath;
    assert.deepEqual(client({ ...oidc, 'https.ca.location': location }), { 'https.ca.location': location });
    const oneLine = file('line.pem', authority.certificate.replaceAll('\n', ' '));
    assert.deepEqual(client({ ...oidc, 'https.ca.location': oneLine }), { 'https.ca.pem': authority.certificate });
    const key = 'consumer.override.https.ca.location';
    const junk = consumerKeys({ ...oidc, 'https.ca.location': own.keyPath });
    assertFault({ connector: junk, files: systemFiles }, 'invalid', key, /holds no PEM certificate/);
    const idle = consumerKeys({
      ...oidc,
      'sasl.oauthbearer.token.endpoint.url': 'http://localhost/',
      'https.ca.location': '/none',
    });
    assert.deepEqual(parse({ connector: idle }).notices, [
      `sink.properties: ${key} has no effect: the token endpoint is not https`,
    ]);
  });

  test('files that no TLS asks for are not even looked at, as in Java', () => {
    const connector = {
      'consumer.override.ssl.truststore.location': '/none',
      'consumer.override.ssl.keystore.key': 'x',
    };
    assert.match(
      parse({ connector }).notices.join(),
      /keystore\.key have no effect: security\.protocol .* is PLAINTEXT$/,
    );
  });
});

test('http.ssl: any form of PEM is read, and one that has ended is remarked', () => {
  for (const [, write] of PEM_FORMS) {
    const connector = {
      'http.ssl.ca.location': file('a.pem', write(authority.certificate)),
      'http.ssl.certificate.location': file('b.pem', write(own.certificate)),
      'http.ssl.key.location': file('c.pem', write(keyAs('pkcs8', 'p'))),
      'http.ssl.key.password': 'p',
    };
    const { tls } = connectorOf(connector, { files: systemFiles }).http;
    assert.deepEqual([tls.ca, tls.certificate], [authority.certificate, own.certificate]);
    assert.equal(tls.keyPassword?.reveal(), 'p');
    assert(createPrivateKey({ key: tls.key!.reveal(), passphrase: 'p' }).equals(createPrivateKey(own.key)));
  }
  const connector = { 'http.ssl.ca.location': file('old.pem', EXPIRED) };
  assert.deepEqual(parse({ connector, files: systemFiles }).notices, [
    'sink.properties: http.ssl.ca.location holds a certificate that ended on 2021-01-02',
  ]);
});

test('http.ssl: junk is a fault of its key', () => {
  const [ca, certificate, key] = [
    'http.ssl.ca.location',
    'http.ssl.certificate.location',
    'http.ssl.key.location',
  ] as const;
  const mutual = { [certificate]: own.certificatePath, [key]: own.keyPath };
  const refuses = (connector: Keys, name: string, message: RegExp) =>
    assertFault({ connector, files: systemFiles }, 'invalid', name, message);
  const junk = file('junk.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  refuses({ [ca]: junk }, ca, /^names a file that holds what is no certificate \(1 of 1\)$/);
  refuses({ [ca]: own.keyPath }, ca, /holds no PEM certificate/);
  refuses({ ...mutual, [certificate]: junk }, certificate, /holds what is no certificate/);
  refuses({ ...mutual, [key]: other.keyPath }, key, /holds no certificate for its private key/);
  const encrypted = { ...mutual, [key]: file('locked.pem', keyAs('pkcs8', 'p')) };
  refuses(encrypted, key, /holds an encrypted private key: its password is missing/);
  refuses({ ...encrypted, 'http.ssl.key.password': 'canary' }, key, /holds a private key with another password/);
  const needless = parse({ connector: { ...mutual, 'http.ssl.key.password': 'p' }, files: systemFiles }).notices;
  assert.deepEqual(needless, [
    'sink.properties: http.ssl.key.password has no effect: the private key is not encrypted',
  ]);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:512',
      '-nodes',
      '-keyout',
      path('weak.key'),
      '-out',
      path('weak.crt'),
      '-subj',
      '/CN=weak',
    ],
    { stdio: 'ignore' },
  );
  refuses({ [certificate]: path('weak.crt'), [key]: path('weak.key') }, certificate, /refuses: .*key too small/);
});
