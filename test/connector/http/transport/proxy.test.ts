import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../../config/secret.ts';
import { Endpoint } from '../../../support/endpoint.ts';
import { ForwardProxy, type ForwardProxyOptions } from '../../../support/forward-proxy.ts';
import { oauth2Config } from '../../../support/oauth2.ts';
import { createCertificate } from '../certificate.ts';
import { numbered, recordsOf } from '../fixtures.ts';
import { through, trusting } from '../proxies.ts';
import { CLIENT, Rig } from '../rig.ts';
import { endpointFor, failureOf, post, rawEndpointFor, transportFor } from '../wire.ts';

const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });
const { cert, key } = createCertificate({ issuer: authority });
const TRUSTED = trusting(authority.cert);
const WANTS = /^the proxy 127\.0\.0\.1:\d+ wants credentials: check http\.proxy\.username and http\.proxy\.password$/;
const USER = { username: 'wörker', password: new Secret('canary:/+') };

async function proxyFor(t: TestContext, options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const proxy = await new ForwardProxy(options).start();
  t.after(() => proxy.close());
  return proxy;
}

describe('a proxy', () => {
  it('opens a tunnel to https targets, and alone sees its credentials', async t => {
    const endpoint = await endpointFor(t, { tls: { cert, key } });
    const proxy = await proxyFor(t, { user: () => 'wörker:canary:/+' });
    const connection = through(proxy.url, { credentials: USER });
    const transport = transportFor(t, TRUSTED, 1, { connection });
    for (let i = 0; i < 3; i++) assert.equal((await post(transport, endpoint.url)).status, 200);
    assert.equal(proxy.connections, 1, 'a tunnel is kept like any connection');
    const { host } = endpoint.url;
    const basic = Buffer.from('wörker:canary:/+').toString('base64');
    const head = `CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\nproxy-authorization: Basic ${basic}\r\n\r\n`;
    assert.equal(proxy.requests[0]!.head, head);
    for (const { headers, path } of endpoint.requests) {
      assert.deepEqual([headers['proxy-authorization'], headers.host, path], [undefined, host, '/in']);
    }
  });

  it('is written to in absolute form for http targets', async t => {
    const endpoint = await endpointFor(t);
    const proxy = await proxyFor(t, { user: () => 'wörker:canary:/+' });
    const transport = transportFor(t, {}, 1, { connection: through(proxy.url, { credentials: USER }) });
    const url = new URL('?a=1&b=%2F', endpoint.url);
    const answers = [await post(transport, url), await post(transport, url)];
    assert.deepEqual(
      answers.map(({ status, forwardedBy }) => [status, forwardedBy]),
      Array(2).fill([200, proxy.url.host]),
    );
    const [first] = proxy.requests;
    assert.equal(first!.target, `${endpoint.url.origin}/in?a=1&b=%2F`);
    assert.match(first!.head, new RegExp(`\r\nhost: ${endpoint.url.host}\r\n`));
    assert.match(first!.head, /\r\nproxy-authorization: Basic \S+\r\n/);
    assert.deepEqual([proxy.connections, endpoint.count], [1, 2]);
  });

  it('that wants credentials for http targets is told from an endpoint that does not', async t => {
    const endpoint = await endpointFor(t);
    const proxy = await proxyFor(t, { user: () => 'somebody:else' });
    const transport = transportFor(t, {}, 2, { connection: through(proxy.url, { credentials: USER }) });
    const error = await failureOf(post(transport, endpoint.url));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['PROXY_AUTHENTICATION', false, false]);
    assert.match(error.message, WANTS);
    const variable = transportFor(t, {}, 2, { connection: through(proxy.url, { source: 'http_proxy' }) });
    assert.match((await failureOf(post(variable, endpoint.url))).message, /check user and password in http_proxy$/);
    endpoint.answers.push({ status: 407 });
    assert.equal((await post(transportFor(t), endpoint.url)).status, 407, 'without a proxy it is an answer as any');
    assert.equal(endpoint.count, 1);
  });

  it('is spoken to over TLS, within which there is TLS again', async t => {
    const proxy = await proxyFor(t, { tls: { cert, key, requestCert: true, rejectUnauthorized: false } });
    const connection = through(proxy.url, { tls: TRUSTED });
    for (const options of [{ tls: { cert, key } }, {}]) {
      const endpoint = await endpointFor(t, options);
      const transport = transportFor(t, TRUSTED, 1, { connection });
      endpoint.answers.push({ body: 'x'.repeat(999) });
      assert.equal((await post(transport, endpoint.url)).body.length, 999);
      const large = Buffer.alloc(3_000_000, ' ');
      const { status, bodySent } = await post(transport, endpoint.url, undefined, large);
      assert.deepEqual([status, bodySent], [200, true]);
      assert.equal(endpoint.requests[1]!.body.length, large.length);
    }
  });

  it('has a certificate of its own, which is looked at', async t => {
    const endpoint = await endpointFor(t, { tls: { cert, key } });
    const other = createCertificate({ issuer: authority, names: ['elsewhere.test'] });
    const rows: [tls: ForwardProxyOptions['tls'] & object, code: string, reason: RegExp][] = [
      [createCertificate(), 'DEPTH_ZERO_SELF_SIGNED_CERT', /^the proxy \S+ shows a self-signed certificate/],
      [
        other,
        'ERR_TLS_CERT_ALTNAME_INVALID',
        /^the certificate of the proxy \S+ is for another name: check http\.proxy/,
      ],
    ];
    for (const [tls, code, reason] of rows) {
      const proxy = await proxyFor(t, { tls: { ...tls, maxVersion: 'TLSv1.2' } });
      const transport = transportFor(t, TRUSTED, 1, { connection: through(proxy.url, { tls: TRUSTED }) });
      for (let i = 0; i < 3; i++) {
        const error = await failureOf(post(transport, endpoint.url));
        assert.deepEqual([error.code, error.retriable, error.ambiguous], [code, false, false]);
        assert.match(error.message, reason);
      }
    }
    const plain = await rawEndpointFor(t, () => ({ read: 1, bytes: 'HTTP/1.1 400 No\r\n\r\n', afterwards: 'end' }));
    const url = new URL(plain.url.origin.replace('http:', 'https:'));
    const error = await failureOf(post(transportFor(t, TRUSTED, 1, { connection: through(url) }), endpoint.url));
    assert.match(error.message, /^the proxy \S+ does not speak TLS: write http:\/\/ in http\.proxy\.url\?$/);
  });

  it('is not blamed for the endpoint’s certificate', async t => {
    const endpoint = await endpointFor(t, { tls: { ...createCertificate() } });
    const proxy = await proxyFor(t);
    const transport = transportFor(t, {}, 1, { connection: through(proxy.url) });
    const error = await failureOf(post(transport, endpoint.url));
    assert.equal(error.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.match(
      error.message,
      new RegExp(`^${endpoint.url.host} shows .* \\(through the proxy ${proxy.url.host}\\)$`),
    );
  });

  it('that is not there is named, and a name of it that does not exist', async t => {
    const proxy = await new ForwardProxy().start();
    const { url } = proxy;
    await proxy.close();
    for (const target of ['https://endpoint.test/', 'http://endpoint.test/']) {
      const gone = transportFor(t, {}, 1, { connection: through(url, { source: 'HTTPS_PROXY' }) });
      const error = await failureOf(post(gone, new URL(target)));
      assert.deepEqual([error.code, error.retriable, error.ambiguous], ['ECONNREFUSED', true, false]);
      assert.match(error.message, new RegExp(`^nothing listens at the proxy ${url.host}: .* HTTPS_PROXY right`));
      const nameless = transportFor(t, {}, 1, { connection: through(new URL('http://proxy.invalid:3128')) });
      assert.match((await failureOf(post(nameless, new URL(target)))).message, /the proxy proxy\.invalid:3128/);
    }
  });

  it('resolves the names of targets by itself', async t => {
    const endpoint = await endpointFor(t);
    const proxy = await proxyFor(t, { script: () => ({ bytes: 'HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n' }) });
    const lookup = () => assert.fail('nothing is to be looked up here');
    const transport = transportFor(t, {}, 1, { connection: through(proxy.url), lookup });
    assert.equal((await post(transport, new URL('http://name.invalid:81/x'))).status, 502);
    assert.match((await failureOf(post(transport, new URL('https://name.invalid')))).message, /name\.invalid \(502\)$/);
    assert.deepEqual(
      proxy.requests.map(({ target }) => target),
      ['http://name.invalid:81/x', 'name.invalid:443'],
    );
    assert.equal(endpoint.count, 0);
  });

  it('that never answers holds nothing back when the transport is closed', async t => {
    const proxy = await proxyFor(t, { script: () => ({}) });
    const transport = transportFor(t, {}, 3, { connection: through(proxy.url) });
    const failed = [1, 2, 3].map(() => failureOf(post(transport, new URL('https://endpoint.test'))));
    while (proxy.requests.length < 3) await new Promise(resolve => setImmediate(resolve));
    await transport.close();
    for (const error of await Promise.all(failed)) assert.equal(error.ambiguous, false);
    while (proxy.open > 0) await new Promise(resolve => setImmediate(resolve));
  });

  it('is left without a socket behind when it takes too long', async t => {
    const proxy = await proxyFor(t, { script: () => ({ bytes: 'HTTP/1.1 200 OK\r\n\r\n' }) });
    const transport = transportFor(t, {}, 2, { connection: through(proxy.url), connectTimeoutMs: 50 });
    const error = await failureOf(post(transport, new URL('https://endpoint.test')));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['CONNECT_TIMEOUT', true, false]);
    while (proxy.open > 0) await new Promise(resolve => setImmediate(resolve));
  });

  it('carries the requests for tokens as well, parks with its reason, and goes on once its credentials are right', async t => {
    let password = 'old';
    const proxy = await proxyFor(t, { user: () => `worker:${password}` });
    const endpoint = await new Endpoint({ oauth2: CLIENT }).start();
    const auth = oauth2Config({ tokenUrl: endpoint.tokenUrl, id: CLIENT.clientId, secret: CLIENT.clientSecret });
    const credentials = { username: 'worker', password: new Secret('canary') };
    const rig = new Rig(endpoint, { http: { auth, connection: through(proxy.url, { credentials }) } });
    t.after(async () => {
      await rig.sink.close();
      await endpoint.close();
    });
    const running = rig.start(numbered(2));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.ok(state.state === 'parked');
    assert.match(state.reason, /^no token: the proxy \S+ wants credentials: check http\.proxy\.username/);
    assert.equal(endpoint.tokens!.issued, 0);
    password = 'canary';
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1]);
    const targets = new Set(proxy.requests.map(({ target }) => new URL(target).pathname));
    assert.deepEqual([...targets], ['/token', '/in']);
    assert.doesNotMatch(JSON.stringify(rig.facts), /canary/);
  });

  it('is named where an answer may be its own', async t => {
    const proxy = await proxyFor(t, {
      script: (_, count) =>
        count === 1 ? { bytes: 'HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n', afterwards: 'end' } : null,
    });
    const endpoint = await new Endpoint().start();
    const rig = new Rig(endpoint, { http: { connection: through(proxy.url) } });
    t.after(async () => {
      await rig.sink.close();
      await endpoint.close();
    });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.match(
      state.state === 'parked' ? state.reason : '',
      /^the endpoint, or the proxy \S+ before it, answered 403:/,
    );
    assert.deepEqual(await running.end, { kind: 'done' });
  });
});
