import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Secret } from '../../../config/secret.ts';
import type { EndpointOptions } from '../../support/endpoint.ts';
import { createCertificate } from './certificate.ts';
import { endpointFor, failureOf, post, transportFor } from './wire.ts';

describe('TLS', () => {
  const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });
  const good = createCertificate({ issuer: authority });

  it('trusts the configured authority, and shows the configured certificate', async t => {
    const client = createCertificate({ subject: 'worker', issuer: authority, names: [] });
    const endpoint = await endpointFor(t, {
      tls: { cert: good.cert, key: good.key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    });
    const known = transportFor(t, { ca: authority.cert, certificate: client.cert, key: new Secret(client.key) });
    assert.equal((await post(known, endpoint.url)).status, 200);
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`says that a server of ${version} wants a certificate, or another one`, async t => {
      const tls = { cert: good.cert, key: good.key, ca: authority.cert, requestCert: true, minVersion: version };
      const endpoint = await endpointFor(t, { tls: { ...tls, maxVersion: version, rejectUnauthorized: true } });
      const none = await failureOf(post(transportFor(t, { ca: authority.cert }), endpoint.url));
      assert.match(none.message, /http\.ssl\.certificate\.location/, none.code);
      const stranger = createCertificate({ subject: 'stranger', names: [] });
      const wrong = { ca: authority.cert, certificate: stranger.cert, key: new Secret(stranger.key) };
      const refused = await failureOf(post(transportFor(t, wrong), endpoint.url));
      assert.match(refused.message, /certificate|closed|cut/, refused.code);
      assert.equal(endpoint.count, 0);
    });
  }

  it('is verified, and of version 1.2 at least, whatever Node’s variables and options say', async t => {
    const self = createCertificate();
    const old = {
      cert: good.cert,
      key: good.key,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    };
    const untrusted = await endpointFor(t, { tls: { cert: self.cert, key: self.key } });
    const outdated = await endpointFor(t, { tls: old as EndpointOptions['tls'] & object });
    const program = `
      import { createHttpTransport } from ${JSON.stringify(new URL('../../../connector/http/transport/transport.js', import.meta.url))};
      const ca = ${JSON.stringify(authority.cert)};
      for (const [url, trusted] of [[${JSON.stringify(untrusted.url)}, null], [${JSON.stringify(outdated.url)}, ca]]) {
        const tls = { ca: trusted, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' };
        const transport = createHttpTransport({ tls, connectTimeoutMs: 5000, maxInFlight: 1 });
        const request = { method: 'POST', url: new URL(url), headers: {}, body: Buffer.from('[]') };
        const sent = transport.send(request, { signal: new AbortController().signal, maxResponseBytes: 100 });
        console.log(await sent.then(({ status }) => status, ({ code }) => code));
        await transport.close();
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '--tls-min-v1.0 --no-warnings' },
    });
    const [first, second] = stdout.trim().split('\n');
    assert.equal(first, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.match(second!, /^E/);
    assert.equal(untrusted.count + outdated.count, 0);
  });

  const DAY_MS = 86_400_000;
  const bad: [name: string, server: ReturnType<typeof createCertificate>, ca: string | null, code: string][] = [
    ['a self-signed certificate', createCertificate(), null, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['an authority that is not known', good, null, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [
      'an expired certificate',
      createCertificate({ issuer: authority, notAfter: new Date(Date.now() - DAY_MS / 2) }),
      authority.cert,
      'CERT_HAS_EXPIRED',
    ],
    [
      'a certificate of tomorrow',
      createCertificate({ issuer: authority, notBefore: new Date(Date.now() + DAY_MS) }),
      authority.cert,
      'CERT_NOT_YET_VALID',
    ],
    [
      'a certificate for another name',
      createCertificate({ issuer: authority, names: ['elsewhere.test'] }),
      authority.cert,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ];
  for (const [name, { cert, key }, ca, code] of bad) {
    it(`refuses ${name}, and says so`, async t => {
      const endpoint = await endpointFor(t, { tls: { cert, key } });
      const error = await failureOf(post(transportFor(t, { ca }), endpoint.url));
      assert.deepEqual([error.code, error.retriable, error.ambiguous], [code, false, false]);
      assert.equal(endpoint.count, 0);
    });
  }

  it('refuses old versions of the protocol', async t => {
    const tls = {
      cert: good.cert,
      key: good.key,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    };
    const endpoint = await endpointFor(t, { tls: tls as EndpointOptions['tls'] & object });
    const error = await failureOf(post(transportFor(t, { ca: authority.cert }), endpoint.url));
    assert.deepEqual([error.retriable, error.ambiguous], [false, false], error.code);
  });

  it('says when the other side speaks no TLS at all', async t => {
    const endpoint = await endpointFor(t);
    const url = new URL(endpoint.url.href.replace('http:', 'https:'));
    const error = await failureOf(post(transportFor(t), url));
    assert.equal(error.retriable, false, error.code);
    assert.match(error.message, /TLS/);
  });

  it('says when the configured key is none', async t => {
    const endpoint = await endpointFor(t, { tls: { cert: good.cert, key: good.key } });
    const error = await failureOf(
      post(transportFor(t, { ca: 'no certificate', key: new Secret('canary') }), endpoint.url),
    );
    assert.doesNotMatch(error.message, /canary/);
    assert.equal(error.retriable, false, error.code);
  });
});
