import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { type Certificate, createCertificate } from '../../connector/http/certificate.ts';
import { Endpoint } from '../../support/endpoint.ts';
import { look, outline, the } from './looking.ts';

const DAY_MS = 86_400_000;
const until = (days: number) => new Date(Date.now() + days * DAY_MS + 3_600_000);
const authority = createCertificate({ subject: 'Test authority', authority: true, names: [], notAfter: until(300) });
const good = createCertificate({ issuer: authority, notAfter: until(90) });
const TRUST = { 'http.ssl.truststore.certificates': authority.cert };

async function serve(t: TestContext, tls: TlsOptions): Promise<Endpoint> {
  const endpoint = await new Endpoint({ tls }).start();
  t.after(() => endpoint.close());
  return endpoint;
}

describe('check: TLS', () => {
  it('tells chain, names, days and what was agreed on, and sends nothing', async t => {
    const endpoint = await serve(t, { cert: good.cert + authority.cert, key: good.key });
    const findings = await look({ ...TRUST, 'http.url': endpoint.url.href });
    assert.deepEqual(outline(findings), ['tcp ok', 'tls ok', 'endpoint skipped']);
    const { text, facts, subject } = the(findings, 'tls');
    assert.equal(subject, endpoint.url.host);
    assert.match(
      text,
      /^TLSv1\.3, TLS_\w+, http\/1\.1; endpoint\.test ← Test authority; 90 days left, until \d{4}-\d\d-\d\d$/,
    );
    assert.deepEqual(
      [facts['protocol'], facts['daysLeft'], facts['names'], facts['chain']],
      [
        'TLSv1.3',
        90,
        ['127.0.0.1', 'localhost'],
        ['endpoint.test → Test authority', 'Test authority → Test authority'],
      ],
    );
    assert.equal(endpoint.count, 0);
  });

  const faults: readonly [name: string, server: Certificate, ca: string | null, text: RegExp, advice: RegExp][] = [
    [
      'an expired one',
      createCertificate({ issuer: authority, notBefore: until(-40), notAfter: until(-4) }),
      authority.cert,
      /^the certificate \(endpoint\.test\) expired on \d{4}-\d\d-\d\d, 3 days ago$/,
      /renewed; or this machine’s clock is wrong, which says \d{4}-\d\d-\d\d$/,
    ],
    [
      'one of tomorrow',
      createCertificate({ issuer: authority, notBefore: until(1), notAfter: until(90) }),
      authority.cert,
      /^the certificate \(endpoint\.test\) is not valid yet: it begins on \d{4}-\d\d-\d\d$/,
      /clock is wrong/,
    ],
    [
      'one for another name',
      createCertificate({ issuer: authority, names: ['elsewhere.test', '10.0.0.1'] }),
      authority.cert,
      /^the certificate is not for 127\.0\.0\.1, but for elsewhere\.test, 10\.0\.0\.1$/,
      /for 127\.0\.0\.1$/,
    ],
    [
      'one without any name',
      createCertificate({ issuer: authority, names: [] }),
      authority.cert,
      /^the certificate is not for 127\.0\.0\.1, but for endpoint\.test \(it has no alternative names/,
      /URL/,
    ],
    [
      'a self-signed one',
      createCertificate(),
      null,
      /^the certificate \(endpoint\.test\) is self-signed, and not trusted here$/,
      /^trust that authority with http\.ssl\.ca\.location/,
    ],
    [
      'one of an authority that is not known',
      good,
      null,
      /^the certificate \(endpoint\.test\) is signed by Test authority, which is no authority that is known here$/,
      /http\.ssl\.ca\.location; or the server leaves the certificates of its authorities out of its chain$/,
    ],
  ];
  for (const [name, { cert, key }, ca, text, advice] of faults) {
    it(`says of ${name} how it is and what to do`, async t => {
      const endpoint = await serve(t, { cert, key });
      const trust = ca === null ? {} : { 'http.ssl.truststore.certificates': ca };
      const findings = await look({ ...trust, 'http.url': endpoint.url.href }, { send: '{}' });
      assert.deepEqual(outline(findings), ['tcp ok', 'tls failed', 'endpoint skipped']);
      const found = the(findings, 'tls');
      assert.match(found.text, text);
      assert.match(found.advice!, advice);
      assert.match(the(findings, 'endpoint').text, /^not looked at, since tls of 127\.0\.0\.1:\d+ failed$/);
      assert.equal(endpoint.count, 0);
    });
  }

  it('names the authority that has expired, and not the certificate', async t => {
    const old = createCertificate({
      subject: 'Old authority',
      authority: true,
      names: [],
      notBefore: until(-40),
      notAfter: until(-2),
    });
    const server = createCertificate({ issuer: old });
    const endpoint = await serve(t, { cert: server.cert + old.cert, key: server.key });
    const findings = await look({ 'http.ssl.truststore.certificates': old.cert, 'http.url': endpoint.url.href });
    assert.match(
      the(findings, 'tls').text,
      /^the certificate of its authority Old authority expired on \S+, 1 day ago$/,
    );
  });

  it('warns of one that ends soon, and of one that nobody verifies', async t => {
    const soon = createCertificate({ issuer: authority, notAfter: until(7) });
    const endpoint = await serve(t, { cert: soon.cert, key: soon.key });
    const ending = the(await look({ ...TRUST, 'http.url': endpoint.url.href }), 'tls');
    assert.deepEqual([ending.outcome, ending.facts['daysLeft']], ['warning', 7]);
    assert.match(ending.text, /it ends in 7 days$/);
    const unverified = the(await look({ 'http.ssl.verification.mode': 'none', 'http.url': endpoint.url.href }), 'tls');
    assert.equal(unverified.outcome, 'warning');
    assert.match(unverified.advice!, /http\.ssl\.verification\.mode=none/);
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`says that a server of ${version} wants a client certificate, or takes the one that it has`, async t => {
      const tls = { cert: good.cert, key: good.key, ca: authority.cert, requestCert: true, minVersion: version };
      const endpoint = await serve(t, { ...tls, maxVersion: version, rejectUnauthorized: true });
      const none = the(await look({ ...TRUST, 'http.url': endpoint.url.href }), 'tls');
      assert.equal(none.outcome, 'failed');
      assert.match(`${none.text}: ${none.advice}`, /http\.ssl\.certificate\.location/);
      const client = createCertificate({ subject: 'worker', issuer: authority, names: [] });
      const shown = { 'http.ssl.keystore.certificate.chain': client.cert, 'http.ssl.keystore.key': client.key };
      const one = the(await look({ ...TRUST, ...shown, 'http.url': endpoint.url.href }), 'tls');
      assert.equal(one.outcome, 'ok', one.text);
      assert.equal(endpoint.count, 0);
    });
  }

  it('says that HTTP/2 is not spoken where it is wanted', async t => {
    const endpoint = await serve(t, { cert: good.cert, key: good.key });
    const found = the(await look({ ...TRUST, 'http.version': '2', 'http.url': endpoint.url.href }), 'tls');
    assert.equal(found.outcome, 'failed', found.text);
    assert.match(`${found.text}: ${found.advice}`, /HTTP\/2|http\.version/);
  });

  it('says of a port without TLS that it has none, and of one that keeps quiet that it does', async t => {
    const plain = await new Endpoint().start();
    t.after(() => plain.close());
    const http = the(await look({ 'http.url': plain.url.href.replace('http:', 'https:') }), 'tls');
    assert.match(http.text, /does not speak TLS$/);
    const quiet = createServer(socket => socket.on('error', () => undefined).resume());
    await new Promise<void>(resolve => quiet.listen(0, '127.0.0.1', resolve));
    t.after(() => quiet.close());
    const { port } = quiet.address() as { port: number };
    const findings = await look({ 'http.url': `https://127.0.0.1:${port}/` }, { timeoutMs: 300 });
    assert.deepEqual(outline(findings), ['tcp ok', 'tls failed', 'endpoint skipped']);
    assert.match(the(findings, 'tls').text, /in time$|within 300 ms$/);
  });
});
