import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import type { BatchConfig, HttpConfig } from '../../../config/types.ts';
import type { Batch, Verdict } from '../../../connector/batch.ts';
import type { Fact } from '../../../connector/facts.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createHttpSink } from '../../../connector/http/sink.ts';
import { createHttpTransport } from '../../../connector/http/transport.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import { type Answer, Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { createCertificate } from './certificate.ts';
import { batchConfig, batchOf, blockOf, httpConfig, itemOf, numbered, type Running, recordsOf } from './fixtures.ts';

const CLIENT = { clientId: 'tailrace', clientSecret: 'canary secret/+' };

interface Changes {
  readonly endpoint?: EndpointOptions;
  readonly http?: Partial<HttpConfig>;
  readonly batch?: Partial<BatchConfig>;
  readonly tolerance?: 'none' | 'all';
}

/** The whole sink over real sockets: what the simulated network of the other tests can't show. */
class Rig {
  readonly facts: Fact[] = [];
  readonly endpoint: Endpoint;
  readonly sink: ReturnType<typeof createHttpSink>;
  readonly #waiting: (() => void)[] = [];

  constructor(endpoint: Endpoint, changes: Changes) {
    this.endpoint = endpoint;
    const http = httpConfig({ url: endpoint.url, retryBackoffMs: 1, retryBackoffMaxMs: 50, ...changes.http });
    this.sink = createHttpSink({
      http,
      batch: batchConfig(changes.batch),
      errorsTolerance: changes.tolerance ?? 'all',
      transport: createHttpTransport({ tls: http.tls, connectTimeoutMs: http.connectTimeoutMs, maxInFlight: 8 }),
      clock: systemClock,
      random: systemRandom,
      announce: fact => {
        this.facts.push(fact);
        for (const wake of this.#waiting.splice(0)) wake();
      },
    });
  }

  start(batch: Batch): Running {
    const verdicts: Verdict[] = [];
    const end = this.sink.deliver(batch, verdict => verdicts.push(verdict), new AbortController().signal);
    return { verdicts, end };
  }

  async deliver(batch: Batch): Promise<readonly Verdict[]> {
    const { verdicts, end } = this.start(batch);
    assert.deepEqual(await end, { kind: 'done' });
    return verdicts;
  }

  /** Waits until a fact of this kind was announced so many times. */
  async heard(kind: Fact['kind'], times = 1): Promise<void> {
    while (this.facts.filter(fact => fact.kind === kind).length < times) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }
}

async function rigFor(t: TestContext, changes: Changes = {}): Promise<Rig> {
  const endpoint = await new Endpoint(changes.endpoint).start();
  const rig = new Rig(endpoint, changes);
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return rig;
}

async function oauthRig(
  t: TestContext,
  http: Partial<HttpConfig> = {},
  mode: 'header' | 'body' = 'header',
): Promise<Rig> {
  const endpoint = await new Endpoint({ oauth2: CLIENT }).start();
  const auth = {
    type: 'oauth2',
    tokenUrl: endpoint.tokenUrl,
    clientId: CLIENT.clientId,
    clientSecret: new Secret(CLIENT.clientSecret),
    scope: null,
    clientAuthMode: mode,
  } as const;
  const rig = new Rig(endpoint, { http: { auth, ...http } });
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return rig;
}

describe('the sink over sockets', () => {
  for (const format of ['array', 'ndjson', 'envelope'] as const) {
    it(`delivers ${format} bodies that the endpoint reads record by record`, async t => {
      const rig = await rigFor(t, { batch: { format } });
      const { separator } = bodyFormat(batchConfig({ format }));
      const values = ['{"a": 1}', '{\n"b":\r\n"ü"}', '[1,\n2]', '"x"'];
      const batch = batchOf([itemOf(blockOf(values, separator)), itemOf(blockOf(['5', '6'], separator), 1, 2)]);
      await rig.deliver(batch);
      assert.deepEqual(rig.endpoint.records, [{ a: 1 }, { b: 'ü' }, [1, 2], 'x', 6]);
    });
  }

  it('delivers single bodies', async t => {
    const rig = await rigFor(t, { batch: { format: 'single', maxRecords: 1 } });
    await rig.deliver(batchOf([itemOf(blockOf(['[1, 2]']))]));
    assert.equal(rig.endpoint.requests[0]!.body.toString(), '[1, 2]');
  });

  const troubles: [name: string, answers: Answer[]][] = [
    ['a burst of 5xx', [500, 502, 503, 504, 520, 599].map(status => ({ status }))],
    ['429 with Retry-After', [{ status: 429, headers: { 'retry-after': '0' } }]],
    ['connections cut before the answer', [{ cut: 'before' }, { cut: 'before' }]],
    ['a connection cut within the answer', [{ cut: 'within', body: 'x', headers: { 'content-length': '9' } }]],
    ['garbage', [{ raw: 'no http\r\n\r\n' }]],
    ['an endless body', [{ endless: true, body: 'x'.repeat(10_000) }]],
    ['408, 425 and 499', [408, 425, 499].map(status => ({ status }))],
  ];
  for (const [name, answers] of troubles) {
    it(`gets through ${name} with every record delivered`, async t => {
      const rig = await rigFor(t);
      rig.endpoint.answers.push(...answers);
      const verdicts = await rig.deliver(numbered(3, 2));
      assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2, 3, 4]);
      assert.equal(rig.endpoint.count, answers.length + 1);
      assert.equal(new Set(rig.endpoint.requests.map(({ body }) => body.toString())).size, 1, 'the same bytes');
    });
  }

  it('cuts an answer that drips longer than the deadline, and tries again', async t => {
    const rig = await rigFor(t, { http: { timeoutMs: 100 } });
    rig.endpoint.answers.push({ endless: 10, body: 'x' }, { after: new Promise(() => {}) });
    await rig.deliver(numbered(1));
    const failed = rig.facts.filter(fact => fact.kind === 'request-failed');
    assert.deepEqual(
      failed.map(({ code, ambiguous }) => [code, ambiguous]),
      [
        ['DEADLINE_EXCEEDED', true],
        ['DEADLINE_EXCEEDED', true],
      ],
    );
  });

  it('waits for an endpoint that is not there yet', async t => {
    const first = await new Endpoint().start();
    const port = Number(first.url.port);
    const rig = new Rig(first, {});
    await first.close();
    const running = rig.start(numbered(2));
    await rig.heard('request-failed', 3);
    assert.equal(rig.sink.state.state, 'retrying');
    const second = await new Endpoint().start(port);
    t.after(async () => {
      await rig.sink.close();
      await second.close();
    });
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(second.records, [0, 1]);
  });

  it('sends the next request whole when bytes nobody asked for lie on the connection', async t => {
    const rig = await rigFor(t);
    const forged = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
    rig.endpoint.answers.push({ unsolicited: forged, unsolicitedAfter: Promise.resolve() }, { status: 400 });
    await rig.deliver(numbered(1));
    const verdicts = await rig.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0], 'the forged 200 confirmed nothing');
  });

  it('parks on a web page with status 200, and never follows a redirect', async t => {
    const elsewhere = await new Endpoint().start();
    t.after(() => elsewhere.close());
    for (const answer of [
      { body: '<!DOCTYPE html><html><title>Please log in</title></html>', headers: { 'content-type': 'text/html' } },
      { status: 308, headers: { location: elsewhere.url.href } },
    ]) {
      const rig = await rigFor(t);
      rig.endpoint.answers.push(answer, answer, answer);
      const running = rig.start(numbered(1));
      await rig.heard('endpoint-parked');
      assert.equal(rig.sink.state.state, 'parked');
      assert.deepEqual(running.verdicts, []);
      assert.deepEqual(await running.end, { kind: 'done' });
      assert.equal(rig.endpoint.count, 4);
    }
    assert.equal(elsewhere.count, 0);
  });

  it('parks on a certificate that it can not trust, with the reason', async t => {
    const { cert, key } = createCertificate();
    const rig = await rigFor(t, { endpoint: { tls: { cert, key } } });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.ok(state.state === 'parked');
    assert.match(state.reason, /^127\.0\.0\.1:\d+ shows a self-signed certificate/);
    assert.equal(rig.endpoint.count, 0);
    await rig.sink.close();
    assert.deepEqual(await running.end, { kind: 'aborted' });
  });

  it('settles a 207 record by record', async t => {
    const rig = await rigFor(t);
    const entry = (status: number): object => ({ status, message: 'canary' });
    rig.endpoint.answers.push(
      { status: 207, body: JSON.stringify({ responses: [200, 400, 503].map(entry) }) },
      { status: 207, body: JSON.stringify([entry(200)]) },
    );
    const verdicts = await rig.deliver(numbered(3));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 2]);
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
    assert.ok(!JSON.stringify(rig.facts).includes('canary'));
  });

  it('leaves out what was detached while it waited', async t => {
    const rig = await rigFor(t);
    const batch = numbered(2, 2);
    let go: () => void = () => {};
    rig.endpoint.answers.push({ status: 503, after: new Promise<void>(resolve => (go = resolve)) });
    const running = rig.start(batch);
    await rig.endpoint.arrived(1);
    batch.items[0]!.detached = true;
    go();
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(rig.endpoint.requests[1]!.body.toString(), '[2,3]');
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [2, 3]);
  });
});

describe('the sink with OAuth 2.0 over sockets', () => {
  for (const mode of ['header', 'body'] as const) {
    it(`gets a token with the client in the ${mode}, and posts with it`, async t => {
      const rig = await oauthRig(t, {}, mode);
      await rig.deliver(numbered(2));
      assert.equal(rig.endpoint.requests[0]!.headers.authorization, 'Bearer token-1');
      assert.equal(rig.endpoint.tokens!.issued, 1);
    });
  }

  it('renews once when the token was revoked under eight deliveries', async t => {
    const rig = await oauthRig(t);
    await rig.deliver(numbered(1));
    rig.endpoint.tokens!.revoke();
    await Promise.all(Array.from({ length: 8 }, () => rig.deliver(numbered(3))));
    assert.equal(rig.endpoint.tokens!.issued, 2);
    assert.ok(rig.endpoint.count <= 1 + 16);
    assert.deepEqual(rig.sink.state, { state: 'ok' });
  });

  it('parks on a second 401, and recovers when the endpoint accepts its tokens again', async t => {
    const rig = await oauthRig(t);
    const tokens = rig.endpoint.tokens!;
    const bad = { status: 200, body: JSON.stringify({ access_token: 'unknown', token_type: 'bearer' }) };
    tokens.answers.push(bad, bad, bad, bad);
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    assert.deepEqual(running.verdicts, []);
    assert.deepEqual(await running.end, { kind: 'done' });
    await rig.heard('endpoint-recovered');
    assert.deepEqual(rig.endpoint.requests.at(-1)!.headers.authorization, 'Bearer token-1');
  });

  it('parks on 403 without asking for another token', async t => {
    const rig = await oauthRig(t);
    rig.endpoint.answers.push({ status: 403 }, { status: 403 }, { status: 403 });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.equal(rig.endpoint.tokens!.issued, 1);
  });

  it('fails fast where the user asked for it', async t => {
    const rig = await oauthRig(t, { authFailFast: true });
    rig.endpoint.answers.push({ status: 403 });
    const { kind } = await rig.start(numbered(1)).end;
    assert.equal(kind, 'fatal');
  });

  it('parks on a client that is not known, and says nothing secret', async t => {
    const rig = await oauthRig(t);
    rig.endpoint.tokens!.answers.push({ status: 401, body: '{"error":"invalid_client","hint":"canary"}' });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.ok(state.state === 'ok' || /invalid_client/.test(state.reason));
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.ok(!JSON.stringify(rig.facts).includes('canary'));
    assert.ok(!JSON.stringify(rig.facts).includes('token-1'));
  });
});
