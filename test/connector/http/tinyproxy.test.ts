import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { Endpoint } from '../../support/endpoint.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import {
  skipWithoutTinyproxy,
  startTinyproxy,
  type Tinyproxy,
  type TinyproxyOptions,
} from '../../support/tinyproxy.ts';
import { createCertificate } from './certificate.ts';
import { numbered, recordsOf } from './fixtures.ts';
import { through, trusting } from './proxies.ts';
import { CLIENT, Rig } from './rig.ts';

const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });
const { cert, key } = createCertificate({ issuer: authority });
const USER = { user: 'worker', password: 'canary-4711' };
const CREDENTIALS = { username: USER.user, password: new Secret(USER.password) };

const WANTS =
  /^no token: the proxy 127\.0\.0\.1:\d+ wants credentials: check http\.proxy\.username and http\.proxy\.password$/;
/** To a request in absolute form it answers as a server would, so that nobody can tell. */
const ANSWERED = /^the authorization server.* answered 401/;

async function proxyFor(t: TestContext, options: TinyproxyOptions = USER): Promise<Tinyproxy> {
  const proxy = await startTinyproxy(options);
  t.after(() => proxy.stop());
  return proxy;
}

/** Endpoint and authorization server in one, and the sink that reaches both through the proxy. */
async function rigBehind(t: TestContext, proxy: Tinyproxy, secure: boolean): Promise<Rig> {
  const endpoint = await new Endpoint({ oauth2: CLIENT, ...(secure && { tls: { cert, key } }) }).start();
  const auth = oauth2Config({ tokenUrl: endpoint.tokenUrl, id: CLIENT.clientId, secret: CLIENT.clientSecret });
  const connection = through(proxy.url, { credentials: CREDENTIALS });
  const rig = new Rig(endpoint, { http: { auth, connection, tls: trusting(authority.cert) } });
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return rig;
}

describe('tinyproxy', { skip: await skipWithoutTinyproxy() }, () => {
  for (const secure of [true, false]) {
    const scheme = secure ? 'https' : 'http';

    it(`carries records and tokens to ${scheme}`, async t => {
      const proxy = await proxyFor(t);
      const rig = await rigBehind(t, proxy, secure);
      for (let i = 0; i < 3; i++) {
        assert.deepEqual(recordsOf(await rig.deliver(numbered(3)), 'delivered'), [0, 1, 2]);
      }
      assert.deepEqual([rig.endpoint.count, rig.endpoint.tokens!.issued], [3, 1]);
      for (const { headers } of rig.endpoint.requests) assert.equal(headers['proxy-authorization'], undefined);
      const log = await proxy.log();
      assert.match(log, secure ? /CONNECT 127\.0\.0\.1:\d+/ : /POST http:\/\/127\.0\.0\.1:\d+\/in/);
      assert.deepEqual(
        rig.facts.filter(fact => fact.kind === 'request-failed'),
        [],
      );
    });

    it(`parks when it knows another user only, for ${scheme}, and goes on once it knows the user`, async t => {
      const proxy = await startTinyproxy({ ...USER, password: 'another' });
      const rig = await rigBehind(t, proxy, secure);
      const running = rig.start(numbered(2));
      await rig.heard('endpoint-parked');
      const { state } = rig.sink;
      assert.ok(state.state === 'parked');
      assert.match(state.reason, secure ? WANTS : ANSWERED);
      await proxy.stop();
      await proxyFor(t, { ...USER, port: Number(proxy.url.port) });
      assert.deepEqual(await running.end, { kind: 'done' });
      assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1]);
      assert.doesNotMatch(JSON.stringify(rig.facts), /canary/);
    });
  }

  for (const secure of [true, false]) {
    it(`that was told no user is told from the endpoint, with ${secure ? 'https' : 'http'}`, async t => {
      const proxy = await proxyFor(t);
      const endpoint = await new Endpoint(secure ? { tls: { cert, key } } : {}).start();
      const rig = new Rig(endpoint, { http: { connection: through(proxy.url), tls: trusting(authority.cert) } });
      const running = rig.start(numbered(1));
      await rig.heard('endpoint-parked');
      const { state } = rig.sink;
      assert.match(state.state === 'parked' ? state.reason : '', /^the proxy \S+ wants credentials: check http\.proxy/);
      await rig.sink.close();
      assert.deepEqual([await running.end, endpoint.count], [{ kind: 'aborted' }, 0]);
      await endpoint.close();
    });
  }

  it('that lets CONNECT reach other ports alone says so, and passes http on all the same', async t => {
    const proxy = await proxyFor(t, { ...USER, tunnels: [443] });
    const connection = through(proxy.url, { credentials: CREDENTIALS });
    for (const secure of [true, false]) {
      const endpoint = await new Endpoint(secure ? { tls: { cert, key } } : {}).start();
      const rig = new Rig(endpoint, { http: { connection, tls: trusting(authority.cert) } });
      t.after(async () => {
        await rig.sink.close();
        await endpoint.close();
      });
      const running = rig.start(numbered(1));
      if (!secure) {
        assert.deepEqual(await running.end, { kind: 'done' });
        continue;
      }
      await rig.heard('endpoint-parked');
      const { state } = rig.sink;
      assert.match(
        state.state === 'parked' ? state.reason : '',
        /^the proxy \S+ does not let a connection to \S+ through/,
      );
      assert.equal(endpoint.connections, 0);
    }
  });

  it('that finds no endpoint has the request repeated until there is one', async t => {
    const proxy = await proxyFor(t);
    const first = await new Endpoint({ tls: { cert, key } }).start();
    const port = Number(first.url.port);
    const connection = through(proxy.url, { credentials: CREDENTIALS });
    const rig = new Rig(first, { http: { connection, tls: trusting(authority.cert) } });
    await first.close();
    const running = rig.start(numbered(2));
    await rig.heard('request-failed', 3);
    const [failed] = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact] : []));
    assert.match(failed!.reason, /^the proxy \S+ could not open a connection to 127\.0\.0\.1:\d+ \(5\d\d\)$/);
    assert.deepEqual([failed!.class, failed!.ambiguous], ['retry', false]);
    const second = await new Endpoint({ tls: { cert, key } }).start(port);
    t.after(async () => {
      await rig.sink.close();
      await second.close();
    });
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(second.records, [0, 1]);
  });
});
