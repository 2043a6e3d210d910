import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ExactHeader } from '../../../connector/block.ts';
import type { Host } from '../../../worker/cli/host.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import { createBelonging } from '../../../worker/dead-letters/belonging.ts';
import { openEndpointTarget } from '../../../worker/dead-letters/create-target.ts';
import type { Ground } from '../../../worker/dead-letters/ground.ts';
import { type Letter, readLetter } from '../../../worker/dead-letters/letter.ts';
import { type Outcome, ReplayError } from '../../../worker/dead-letters/target.ts';
import { createLog } from '../../../worker/telemetry/log.ts';
import { createLoggers } from '../../../worker/telemetry/loggers.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';
import { type Keys, parse } from '../../config/written.ts';
import { Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { contextHeaders, letterRecord } from './letters.ts';

const TRANSFORM = 'org.apache.kafka.connect.transforms';

/** The connector of these keys with a real endpoint, and what is told beside the outcomes. */
async function setUp(t: TestContext, keys: Keys | ((url: string) => Keys), options: EndpointOptions = {}) {
  const endpoint = await new Endpoint(options).start();
  const lines: string[] = [];
  const { worker, connectors } = parse({
    worker: { 'value.converter.schemas.enable': 'false' },
    connector: {
      topics: 'orders,parcels',
      'http.url': endpoint.url.href,
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'false',
      'retry.backoff.ms': '10',
      'retry.backoff.max.ms': '20',
      ...(typeof keys === 'function' ? keys(endpoint.url.href) : keys),
    },
  });
  const connector = connectors[0]!;
  const masking = createMasking([]);
  const loggers = createLoggers('WARN', systemClock.wall);
  const log = createLog({ loggers, writer: { write: line => lines.push(line) }, readable: true, masking });
  // Only what the code under test reads.
  const host = { clock: systemClock, random: systemRandom } as unknown as Host;
  const ground: Ground = { worker, connector, topic: 'orders-dlq', masking, log, shown: text => text, host };
  const target = openEndpointTarget(ground, createBelonging(connector, null));
  t.after(async () => {
    await target.close();
    await endpoint.close();
  });
  const deliver = async (letters: readonly Letter[], signals = quiet()): Promise<readonly (Outcome | undefined)[]> => {
    const outcomes: (Outcome | undefined)[] = letters.map(() => undefined);
    const settle = (index: number, outcome: Outcome): void => {
      assert.equal(outcomes[index], undefined, `letter ${index} is settled once`);
      outcomes[index] = outcome;
    };
    await target.deliver(letters, settle, signals);
    return outcomes;
  };
  return { endpoint, deliver, lines };
}

const quiet = () => ({ stop: new AbortController().signal, abort: new AbortController().signal });

function letterOf(
  value: string | null,
  at: { topic?: string; partition?: string; offset?: string } = {},
  own: readonly ExactHeader[] = [],
): Letter {
  const headers = [...own, ...contextHeaders(at)];
  return readLetter(letterRecord({ value: value === null ? null : Buffer.from(value), headers }));
}

const kinds = (outcomes: readonly (Outcome | undefined)[]) => outcomes.map(outcome => outcome?.kind);

test('letters go out in batches, those of a partition in their order, and each is settled', async t => {
  const { endpoint, deliver } = await setUp(t, { 'batch.max.records': '4' });
  const letters = Array.from({ length: 25 }, (_, i) =>
    letterOf(`{"id":${i}}`, { partition: String(i % 3), offset: String(1_000 - i) }),
  );
  assert.deepEqual(
    kinds(await deliver(letters)),
    letters.map(() => 'replayed'),
  );
  const ids = endpoint.records.map(record => (record as { id: number }).id);
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    letters.map((_, i) => i),
  );
  for (const partition of [0, 1, 2]) {
    const own = ids.filter(id => id % 3 === partition);
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
      `partition ${partition}, though its offsets fall`,
    );
  }
  assert.ok(endpoint.requests.length < 25);
});

test('converter, transforms and route see the record as it was at its origin', async t => {
  const { endpoint, deliver } = await setUp(t, {
    transforms: 'where,drop',
    'transforms.where.type': `${TRANSFORM}.InsertField$Value`,
    'transforms.where.topic.field': 'topic',
    'transforms.where.partition.field': 'partition',
    'transforms.where.offset.field': 'offset',
    'transforms.drop.type': `${TRANSFORM}.Filter`,
    'transforms.drop.predicate': 'marked',
    predicates: 'marked',
    'predicates.marked.type': `${TRANSFORM}.predicates.HasHeaderKey`,
    'predicates.marked.name': 'drop-me',
  });
  const outcomes = await deliver([
    letterOf('{"id":1}', { topic: 'parcels', partition: '7', offset: '4711' }),
    letterOf('{"id":2}', {}, [['drop-me', null]]),
    letterOf('{"id":', {}),
    letterOf(null),
  ]);
  assert.deepEqual(kinds(outcomes), ['replayed', 'dropped', 'refused', 'refused']);
  assert.deepEqual(endpoint.records, [{ id: 1, topic: 'parcels', partition: 7, offset: 4711 }]);
  assert.match((outcomes[2] as { reason: string }).reason, /Converting byte\[\] to Kafka Connect data failed/);
  assert.match((outcomes[3] as { reason: string }).reason, /null/);
});

test('one refused record among many is found, and the others go', async t => {
  const script: EndpointOptions['script'] = ({ body }) => ({ status: body.includes('"bad"') ? 400 : 200 });
  const { endpoint, deliver } = await setUp(t, {}, { script });
  const letters = Array.from({ length: 16 }, (_, i) => letterOf(i === 5 ? '{"id":"bad"}' : `{"id":${i}}`));
  const outcomes = await deliver(letters);
  assert.deepEqual(
    kinds(outcomes),
    letters.map((_, i) => (i === 5 ? 'refused' : 'replayed')),
  );
  assert.match((outcomes[5] as { reason: string }).reason, /400/);
  assert.ok(endpoint.requests.length > 1);
});

test('a 207 that refuses one record refuses that letter alone', async t => {
  const script: EndpointOptions['script'] = ({ body }) => {
    const statuses = (JSON.parse(body.toString()) as { id: number }[]).map(({ id }) => ({
      status: id === 2 ? 422 : 200,
    }));
    return { status: 207, body: JSON.stringify(statuses) };
  };
  const { deliver } = await setUp(t, {}, { script });
  const outcomes = await deliver([1, 2, 3].map(id => letterOf(`{"id":${id}}`)));
  assert.deepEqual(kinds(outcomes), ['replayed', 'refused', 'replayed']);
});

test('an outage is waited for, and told', async t => {
  let requests = 0;
  const script: EndpointOptions['script'] = () => ({ status: ++requests < 4 ? 503 : 200 });
  const { deliver, lines } = await setUp(t, {}, { script });
  assert.deepEqual(kinds(await deliver([letterOf('{"id":1}')])), ['replayed']);
  assert.match(lines.join(''), /503/);
});

test('letters without a place, and of topics that the connector does not read, go nowhere', async t => {
  const { endpoint, deliver } = await setUp(t, {});
  const outcomes = await deliver([
    readLetter(letterRecord({ headers: [] })),
    letterOf('{"id":1}', { topic: '__consumer_offsets' }),
    letterOf('{"id":1}', { partition: 'x' }),
    letterOf('{"id":2}'),
  ]);
  assert.deepEqual(kinds(outcomes), ['misplaced', 'misplaced', 'misplaced', 'replayed']);
  assert.match((outcomes[1] as { reason: string }).reason, /does not read its origin topic __consumer_offsets/);
  assert.deepEqual(endpoint.records, [{ id: 2 }]);
});

test('of several endpoints each gets the letters of its topics, in bodies of its own', async t => {
  const { endpoint, deliver } = await setUp(t, url => ({
    topics: 'orders,parcels',
    endpoints: 'one,two',
    'endpoints.one.topics': 'orders',
    'endpoints.one.http.url': `${url}/one`,
    'endpoints.two.topics': 'parcels',
    'endpoints.two.http.url': `${url}/two`,
    'endpoints.two.batch.format': 'ndjson',
  }));
  const letters = [1, 2, 3, 4].map(id => letterOf(`{"id":${id}}`, { topic: id % 2 === 0 ? 'parcels' : 'orders' }));
  assert.deepEqual(
    kinds(await deliver(letters)),
    letters.map(() => 'replayed'),
  );
  const bodies = Object.fromEntries(endpoint.requests.map(({ path, body }) => [path, body.toString()]));
  assert.deepEqual(bodies, { '/in/one': '[{"id":1},{"id":3}]', '/in/two': '{"id":2}\n{"id":4}\n' });
});

test('an endpoint that refuses us for good ends it, with what was settled', async t => {
  const script: EndpointOptions['script'] = () => ({ status: 401 });
  const { deliver } = await setUp(t, { 'http.auth.fail.fast': 'true' }, { script });
  await assert.rejects(deliver([letterOf('{"id":1}')]), ReplayError);
});

test('a stop lets requests end and sends no other; an abort waits for none', async t => {
  let release = (): void => {};
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const { endpoint, deliver } = await setUp(
    t,
    { 'batch.max.records': '1', 'delivery.max.in.flight': '1' },
    { script: () => ({ after: held }) },
  );
  const stop = new AbortController();
  const delivered = deliver([letterOf('{"id":1}'), letterOf('{"id":2}', { partition: '1' })], {
    stop: stop.signal,
    abort: new AbortController().signal,
  });
  await endpoint.arrived(1);
  stop.abort();
  release();
  assert.deepEqual(kinds(await delivered), ['replayed', undefined]);

  const abort = new AbortController();
  const hung = await setUp(t, {}, { script: () => ({ after: new Promise(() => {}) }) });
  const aborted = hung.deliver([letterOf('{"id":1}')], { stop: new AbortController().signal, abort: abort.signal });
  await hung.endpoint.arrived(1);
  abort.abort();
  assert.deepEqual(kinds(await aborted), [undefined]);
});
