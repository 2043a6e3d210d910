import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { HttpConfig } from '../../../config/types.ts';
import type { Batch } from '../../../connector/batch.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createHttpSink } from '../../../connector/http/sink.ts';
import { createTransports } from '../../../connector/http/transport/create.ts';
import { Scope } from '../../../connector/scope.ts';
import type { Span } from '../../../connector/spans.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import { smallFiles } from '../../../worker/small-files.ts';
import { type Answer, Endpoint } from '../../support/endpoint.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { batchConfig, batchOf, httpConfig, itemOf } from './fixtures.ts';
import { CLIENT } from './rig.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

function traceparent(number: number, flags = '01'): string {
  return `00-${number.toString(16).padStart(32, '0')}-${number.toString(16).padStart(16, '0')}-${flags}`;
}

/** Records with these `traceparent`s; null: none. */
function batchWith(contexts: readonly (string | null)[], more: Readonly<Record<string, string>> = {}): Batch {
  const block = buildBlock(
    contexts.map((context, i) => ({
      value: String(i),
      headers: [...(context === null ? [] : [['traceparent', context] as const]), ...Object.entries(more)].map(
        ([name, text]) => [name, Buffer.from(text)] as const,
      ),
    })),
    { headers: true },
  );
  return batchOf([itemOf(block)]);
}

interface Setting {
  readonly http?: Partial<HttpConfig>;
  readonly answers?: readonly Answer[];
  readonly samples?: boolean;
  readonly byParent?: boolean;
}

async function setUp(t: TestContext, { http: changes, answers = [], samples = true, byParent = true }: Setting = {}) {
  const endpoint = await new Endpoint().start();
  endpoint.answers.push(...answers);
  const spans: Span[] = [];
  const http = httpConfig({ url: endpoint.url, retryBackoffMs: 1, retryBackoffMaxMs: 5, ...changes });
  const sink = createHttpSink({
    http,
    batch: batchConfig(),
    errorsTolerance: 'all',
    ...createTransports(http, { tls: http.tls, connectTimeoutMs: 5_000, maxInFlight: 4, connection: http.connection }),
    files: smallFiles,
    clock: systemClock,
    random: systemRandom,
    announce: () => undefined,
    tracing: { samples: () => samples, byParent, end: span => spans.push(span) },
  });
  t.after(async () => {
    await sink.close();
    await endpoint.close();
  });
  const scope = new Scope();
  const deliver = (batch: Batch) => sink.deliver(batch, () => undefined, scope, ANY_ROOM);
  return { endpoint, spans, deliver, scope };
}

describe('the span of a request', () => {
  it('is a child of the one record’s, and what the endpoint hangs its own below', async t => {
    const { endpoint, spans, deliver } = await setUp(t);
    await deliver(batchWith([`00-${TRACE}-${PARENT}-03`], { tracestate: 'vendor=a' }));
    const [span] = spans;
    assert.deepEqual([span!.traceId, span!.parentSpanId, span!.flags], [TRACE, PARENT, 3]);
    assert.equal(span!.traceState, 'vendor=a');
    assert.notEqual(span!.spanId, PARENT);
    assert.deepEqual([span!.links, span!.droppedLinks, span!.error], [[], 0, null]);
    const { headers } = endpoint.requests[0]!;
    assert.equal(headers['traceparent'], `00-${TRACE}-${span!.spanId}-03`);
    assert.equal(headers['tracestate'], 'vendor=a');
  });

  it('begins a trace with links to those of several records, each once', async t => {
    const { endpoint, spans, deliver } = await setUp(t);
    await deliver(batchWith([traceparent(1), null, traceparent(2, '00'), traceparent(1), 'none at all']));
    const [span] = spans;
    assert.deepEqual(span!.links, [traceparent(1), traceparent(2, '00')]);
    assert.deepEqual([span!.parentSpanId, span!.traceState, span!.droppedLinks], [null, null, 0]);
    assert.match(span!.traceId, /^(?!0+$)[0-9a-f]{32}$/);
    const { headers } = endpoint.requests[0]!;
    assert.equal(headers['traceparent'], `00-${span!.traceId}-${span!.spanId}-01`);
    assert.equal(headers['tracestate'], undefined);
  });

  it('has at most 128 links, and says how many more there were', async t => {
    const { spans, deliver } = await setUp(t);
    await deliver(batchWith(Array.from({ length: 400 }, (_, i) => traceparent((i % 300) + 1))));
    assert.deepEqual([spans[0]!.links.length, spans[0]!.droppedLinks], [128, 172]);
    assert.equal(spans[0]!.links[127], traceparent(128));
  });

  it('says what was asked, and what came of it, by the names of the conventions', async t => {
    const { endpoint, spans, deliver } = await setUp(t, { http: { headers: {} } });
    await deliver(batchWith([null]));
    const { attributes, fixed, method, startMs, durationMs } = spans[0]!;
    assert.equal(method, 'POST');
    assert.deepEqual(
      { ...attributes, ...fixed },
      {
        'http.request.method': 'POST',
        'server.address': '127.0.0.1',
        'server.port': Number(endpoint.url.port),
        'url.full': endpoint.url.href,
        'network.protocol.version': '1.1',
        'messaging.system': 'kafka',
        'http.request.body.size': endpoint.requests[0]!.body.length,
        'messaging.batch.message_count': 1,
        'messaging.destination.name': 'events',
        'messaging.destination.partition.id': '0',
        'messaging.kafka.offset': 0,
        'tailrace.outcome': 'delivered',
        'http.response.status_code': 200,
      },
    );
    assert.ok(Math.abs(startMs - Date.now()) < 60_000 && durationMs >= 0);
  });

  it('has no query of the address, and nothing that a record decided', async t => {
    const endpoint = await new Endpoint().start();
    t.after(() => endpoint.close());
    const { spans, deliver } = await setUp(t, { http: { url: new URL(`${endpoint.url.href}?sig=canary-secret`) } });
    await deliver(batchWith([null]));
    assert.equal(endpoint.requests[0]!.path, '/in?sig=canary-secret');
    assert.equal(spans[0]!.fixed['url.full'], endpoint.url.href);
    assert.ok(!JSON.stringify(spans).includes('canary'));
  });

  it('is one for each time that the request is sent, and says why that failed', async t => {
    const { endpoint, spans, deliver } = await setUp(t, { answers: [{ status: 503 }, { cut: 'before' }] });
    assert.deepEqual(await deliver(batchWith([null, null])), { kind: 'done' });
    assert.equal(endpoint.requests.length, 3);
    const told = spans.map(({ attributes }) => [
      attributes['http.request.resend_count'],
      attributes['http.response.status_code'],
      attributes['error.type'],
      attributes['tailrace.outcome'],
    ]);
    assert.deepEqual(told, [
      [undefined, 503, '503', 'retry'],
      [1, undefined, 'UND_ERR_SOCKET', 'retry'],
      [2, 200, undefined, 'delivered'],
    ]);
    assert.match(spans[0]!.error!, /503/);
    assert.equal(spans.at(-1)!.error, null);
    const carried = endpoint.requests.map(({ headers }) => headers['traceparent']);
    assert.deepEqual(
      carried,
      spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    );
    assert.equal(new Set(carried).size, carried.length);
  });

  it('counts the records that the endpoint confirmed one by one', async t => {
    const { spans, deliver } = await setUp(t, {
      answers: [{ status: 207, body: '[{"status":201},{"status":400},{"status":201}]' }],
    });
    await deliver(batchWith([null, null, null]));
    assert.equal(spans[0]!.attributes['tailrace.outcome'], 'per-record');
    assert.equal(spans[0]!.attributes['tailrace.records.confirmed'], 2);
    assert.match(spans[0]!.error!, /1 of 3/);
  });

  it('is not made where the record’s own context says no, and its trace goes on all the same', async t => {
    const { endpoint, spans, deliver } = await setUp(t);
    await deliver(batchWith([`00-${TRACE}-${PARENT}-00`]));
    assert.deepEqual(spans, []);
    assert.match(
      endpoint.requests[0]!.headers['traceparent'] as string,
      new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-00$`),
    );
  });

  it('is made as the ratio says where records have none, or are not asked', async t => {
    for (const [samples, byParent, context, expected] of [
      [false, true, null, 0],
      [true, true, null, 1],
      [false, false, `00-${TRACE}-${PARENT}-01`, 0],
      [true, false, `00-${TRACE}-${PARENT}-00`, 1],
    ] as const) {
      const { endpoint, spans, deliver } = await setUp(t, { samples, byParent });
      await deliver(batchWith([context]));
      assert.equal(spans.length, expected);
      assert.match(endpoint.requests[0]!.headers['traceparent'] as string, samples ? /-01$/ : /-00$/);
    }
  });

  it('wins over headers that records had forwarded', async t => {
    const { endpoint, spans, deliver } = await setUp(t, {
      http: { identity: { idempotencyKey: null, traceContext: true } },
    });
    await deliver(batchWith([`00-${TRACE}-${PARENT}-01`], { tracestate: 'a=b' }));
    const { headers } = endpoint.requests[0]!;
    assert.equal(headers['traceparent'], `00-${TRACE}-${spans[0]!.spanId}-01`);
    assert.equal(headers['tracestate'], 'a=b');
  });

  it('tells of a request that was given up', async t => {
    const { endpoint, spans, deliver, scope } = await setUp(t, { answers: [{ after: new Promise(() => undefined) }] });
    const end = deliver(batchWith([null]));
    await endpoint.arrived(1);
    scope.abort();
    assert.deepEqual(await end, { kind: 'aborted' });
    assert.equal(spans.length, 1);
    assert.equal(spans[0]!.attributes['error.type'], 'aborted');
    assert.match(spans[0]!.error!, /given up/);
  });

  it('is not made of what was never sent', async t => {
    const refusing = await new Endpoint({ script: () => ({ status: 500 }) }).start();
    t.after(() => refusing.close());
    const auth = oauth2Config({ tokenUrl: refusing.url, id: CLIENT.clientId, secret: CLIENT.clientSecret });
    const { endpoint, spans, deliver, scope } = await setUp(t, { http: { auth } });
    const end = deliver(batchWith([null]));
    await refusing.arrived(2);
    scope.abort();
    await end;
    assert.deepEqual([endpoint.requests.length, spans.length], [0, 0]);
  });
});
