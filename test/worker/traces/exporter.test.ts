import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import type { TracesConfig } from '../../../config/types.ts';
import type { Span } from '../../../connector/spans.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import type { TaskFact } from '../../../worker/task/facts.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';
import { openTraces } from '../../../worker/traces/open.ts';
import { MOST_SPANS, SPANS_AT_ONCE } from '../../../worker/traces/span-queue.ts';
import { Conditions } from '../../support/conditions.ts';
import { type Answer, Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { spansIn } from '../../support/otlp.ts';

const CANARY = 'canary-secret-of-a-header';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

function span(number: number, changes: Partial<Span> = {}): Span {
  return {
    traceId: TRACE,
    spanId: (number + 1).toString(16).padStart(16, '0'),
    parentSpanId: null,
    traceState: null,
    flags: 1,
    startMs: 1_700_000_000_123,
    durationMs: 4.5678,
    method: 'POST',
    attributes: { 'http.response.status_code': 200 },
    fixed: { 'url.full': 'https://example.org/in' },
    links: [],
    droppedLinks: 0,
    error: null,
    ...changes,
  };
}

async function setUp(t: TestContext, options: EndpointOptions = {}, changes: Partial<TracesConfig> = {}) {
  const collector = await new Endpoint(options).start();
  const traces = openTraces(
    {
      endpoint: new URL('/v1/traces', collector.url),
      headers: { authorization: new Secret(`Bearer ${CANARY}`) },
      sampling: { ratio: 1, byParent: true },
      resource: { 'service.name': 'orders-to-http' },
      timeoutMs: 5_000,
      compression: 'none',
      tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
      ...changes,
    },
    { clock: systemClock, random: systemRandom, version: '1.2.3' },
  );
  const facts: TaskFact[] = [];
  const changed = new Conditions();
  const announce = (fact: TaskFact): void => {
    facts.push(fact);
    changed.changed();
  };
  const { mask } = createMasking([new Secret(CANARY)]);
  const task = traces.of({ common: { 'tailrace.connector': 'orders', 'tailrace.task': 0 }, announce, mask });
  t.after(async () => {
    await traces.close(0);
    await collector.close();
  });
  const spans = () => collector.requests.flatMap(spansIn);
  const counted = (kind: 'spans-exported' | 'spans-dropped'): number =>
    facts.reduce((sum, fact) => sum + (fact.kind === kind ? fact.spans : 0), 0);
  const reasons = () => facts.flatMap(fact => (fact.kind === 'spans-dropped' ? [fact.reason] : []));
  return {
    collector,
    traces,
    task,
    facts,
    spans,
    counted,
    reasons,
    when: (condition: () => boolean) => changed.met(condition),
  };
}

describe('spans that are exported', () => {
  it('arrive as OTLP has them, to the last field', async t => {
    const { collector, task, spans, when, counted } = await setUp(t);
    const link = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
    task.end(span(0, { parentSpanId: 'c'.repeat(16), traceState: 'a=b', flags: 3, links: [link], droppedLinks: 7 }));
    task.end(span(1, { error: 'the endpoint answered 503' }));
    await when(() => counted('spans-exported') === 2);
    const [first, second] = spans();
    const { resource, attributes, ...rest } = first!;
    assert.deepEqual(rest, {
      traceId: TRACE,
      spanId: '0000000000000001',
      parentSpanId: 'c'.repeat(16),
      traceState: 'a=b',
      flags: 0x303,
      name: 'POST',
      kind: 3,
      startTimeUnixNano: '1700000000123000000',
      endTimeUnixNano: '1700000000127568000',
      links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: 0x300 }],
      droppedLinksCount: 7,
      status: {},
    });
    assert.deepEqual(attributes, {
      'url.full': 'https://example.org/in',
      'http.response.status_code': 200,
      'tailrace.connector': 'orders',
      'tailrace.task': 0,
    });
    assert.match(String(resource['service.instance.id']), /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      { ...resource, 'service.instance.id': '' },
      {
        'service.name': 'orders-to-http',
        'service.version': '1.2.3',
        'service.instance.id': '',
        'telemetry.sdk.name': 'tailrace',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': '1.2.3',
      },
    );
    assert.deepEqual(second!.status, { code: 2, message: 'the endpoint answered 503' });
    assert.ok(!('links' in second!) && !('parentSpanId' in second!));
    const { path, headers } = collector.requests[0]!;
    assert.deepEqual([path, headers['authorization']], ['/v1/traces', `Bearer ${CANARY}`]);
  });

  it('go together, in the order in which they ended, at most so many at once', async t => {
    const { collector, task, spans, when, counted } = await setUp(t);
    for (let i = 0; i < 1_300; i++) task.end(span(i));
    await when(() => counted('spans-exported') === 1_300);
    assert.deepEqual(
      collector.requests.map(request => spansIn(request).length),
      [SPANS_AT_ONCE, SPANS_AT_ONCE, 276],
    );
    assert.deepEqual(
      spans().map(({ spanId }) => Number.parseInt(spanId, 16)),
      Array.from({ length: 1_300 }, (_, i) => i + 1),
    );
  });

  it('are compressed where that is asked for', async t => {
    const { collector, task, spans, when, counted } = await setUp(t, {}, { compression: 'gzip' });
    for (let i = 0; i < 100; i++) task.end(span(i));
    await when(() => counted('spans-exported') === 100);
    assert.equal(collector.requests[0]!.headers['content-encoding'], 'gzip');
    assert.equal(spans().length, 100);
  });

  it('hold no secret of the configuration, nor does what is said of them', async t => {
    const answer: Answer = { status: 400, body: JSON.stringify({ message: `bad token ${CANARY}` }) };
    const { collector, task, facts, when, counted } = await setUp(t, { script: () => answer });
    const fixed = { 'url.full': `https://example.org/hooks/${CANARY}` };
    task.end(span(0, { fixed, error: `refused with ${CANARY}` }));
    await when(() => counted('spans-dropped') === 1);
    const { body } = collector.requests[0]!;
    assert.ok(!body.includes(CANARY) && body.includes('[hidden]'));
    assert.ok(!JSON.stringify(facts).includes(CANARY));
    assert.match(JSON.stringify(facts), /it answered 400: bad token \[hidden\]/);
  });

  it('are told of in short, and no piece of a secret is left where that is cut', async t => {
    for (let before = 190; before < 280; before += 10) {
      const body = JSON.stringify({ message: `${'-'.repeat(before)}${CANARY}${'-'.repeat(50_000)}` });
      const { task, when, counted, reasons } = await setUp(t, { script: () => ({ status: 400, body }) });
      task.end(span(0));
      await when(() => counted('spans-dropped') === 1);
      const [reason] = reasons();
      assert.ok(reason!.length <= 256 && !reason!.includes('canary'), reason);
    }
  });

  it('are recorded for the part of the traces that is asked for, the same for all who ask for it', async t => {
    const { traces } = await setUp(t, {}, { sampling: { ratio: 0.25, byParent: false } });
    const one = traces.of({ common: {}, announce: () => undefined, mask: text => text });
    const ids = Array.from(
      { length: 4_000 },
      (_, i) => `${'0'.repeat(16)}${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(16, '0')}`,
    );
    const spread = ids.map(id => `${id.slice(0, 19)}${id.slice(24)}${id.slice(19, 24)}`);
    const sampled = spread.filter(id => one.samples(id)).length / spread.length;
    assert.ok(sampled > 0.2 && sampled < 0.3, String(sampled));
    const none = await setUp(t, {}, { sampling: { ratio: 0, byParent: true } });
    assert.equal(none.task.samples('f'.repeat(32)), false);
    const all = await setUp(t);
    assert.equal(all.task.samples(`${'f'.repeat(16)}${'0'.repeat(16)}`), true);
    assert.deepEqual([all.task.byParent, one.byParent], [true, false]);
  });
});

describe('a receiver that does not do as it should', () => {
  it('is asked again where it may recover, as late as it says, and nothing is lost', async t => {
    const answers: Answer[] = [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '0' } },
      { cut: 'before' },
      {},
    ];
    const { collector, task, spans, when, counted } = await setUp(t, {
      script: (_, count) => answers[count - 1] ?? {},
    });
    task.end(span(0));
    await when(() => counted('spans-exported') === 1);
    assert.equal(collector.requests.length, 4);
    assert.deepEqual(new Set(collector.requests.map(({ body }) => body.toString())).size, 1, 'the same each time');
    assert.equal(spans().length, 4);
    assert.equal(counted('spans-dropped'), 0);
  });

  it('costs the spans of an export that it refuses, and no others', async t => {
    const { task, when, counted, reasons, collector } = await setUp(t, {
      script: (_, count) => (count === 1 ? { status: 413 } : {}),
    });
    for (let i = 0; i < SPANS_AT_ONCE; i++) task.end(span(i));
    task.end(span(9_999));
    await when(() => counted('spans-exported') === 1);
    assert.equal(counted('spans-dropped'), SPANS_AT_ONCE);
    assert.deepEqual(reasons(), ['it answered 413']);
    assert.equal(collector.requests.length, 2, 'what is refused is not sent again');
  });

  it('may take a part, and says why', async t => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } });
    const { task, when, counted, reasons } = await setUp(t, { script: () => ({ body }) });
    for (let i = 0; i < 5; i++) task.end(span(i));
    await when(() => counted('spans-dropped') === 2);
    assert.equal(counted('spans-exported'), 3);
    assert.deepEqual(reasons(), ['it refused some: too old']);
  });

  it('may answer anything: what is no OTLP is read by its status alone', async t => {
    const bodies = [
      '',
      'null',
      '[]',
      '{"partialSuccess":7}',
      '{"partialSuccess":{"rejectedSpans":"many"}}',
      '<html>',
      '{"partialSuccess":{"rejectedSpans":1e999}}',
    ];
    for (const body of bodies) {
      const { task, when, counted } = await setUp(t, { script: () => ({ body }) });
      task.end(span(0));
      await when(() => counted('spans-exported') + counted('spans-dropped') === 1);
      assert.equal(counted('spans-exported'), body.includes('1e999') ? 0 : 1, body);
    }
    const endless = await setUp(t, { script: () => ({ body: 'x'.repeat(65_536), endless: true }) });
    endless.task.end(span(0));
    await endless.when(() => endless.counted('spans-exported') === 1);
  });

  it('and hangs costs bounded memory, and whoever ends spans no time: what there is no room for is counted', async t => {
    const { collector, traces, task, facts, counted } = await setUp(t, {
      script: () => ({ after: new Promise(() => undefined) }),
    });
    const links = Array.from(
      { length: 128 },
      (_, i) => `00-${'a'.repeat(32)}-${(i + 1).toString(16).padStart(16, '0')}-01`,
    );
    for (let i = 0; i < 50_000; i++) task.end(span(i));
    for (let i = 0; i < 50_000; i++) task.end(span(i, { links }));
    assert.equal(facts.length, 0, 'nothing is told at once, since it could be told a hundred thousand times');
    await collector.arrived(1);
    await traces.close(0);
    assert.equal(counted('spans-exported'), 0);
    assert.equal(counted('spans-dropped'), 100_000);
    const held = facts.flatMap(fact => (fact.kind === 'spans-dropped' ? [fact.spans] : []));
    assert.ok(held.slice(0, 2).reduce((a, b) => a + b, 0) <= MOST_SPANS + SPANS_AT_ONCE, String(held));
    assert.ok(held.length <= 3, 'in few words');
  });

  it('and hangs holds up no end, and one that answers gets all before it', async t => {
    const hanging = await setUp(t, { script: () => ({ after: new Promise(() => undefined) }) });
    hanging.task.end(span(0));
    await hanging.traces.close(20);
    assert.equal(hanging.counted('spans-dropped'), 1);
    const prompt = await setUp(t);
    for (let i = 0; i < 700; i++) prompt.task.end(span(i));
    await prompt.traces.close(5_000);
    assert.equal(prompt.counted('spans-exported'), 700);
    assert.equal(prompt.spans().length, 700);
    prompt.task.end(span(0));
    assert.equal(prompt.counted('spans-dropped'), 1, 'what comes later is counted, too');
  });
});
