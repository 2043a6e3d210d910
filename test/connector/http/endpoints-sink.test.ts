import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointConfig } from '../../../config/types.ts';
import type { Batch, Sink } from '../../../connector/batch.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import type { Fact } from '../../../connector/facts.ts';
import { createEndpointsSink } from '../../../connector/http/endpoints-sink.ts';
import type { HttpRequest, HttpTransport } from '../../../connector/ports.ts';
import { Scope } from '../../../connector/scope.ts';
import { systemClock } from '../../../worker/clock.ts';
import { connectorOf } from '../../config/written.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { MemoryFiles } from '../../support/small-files.ts';

const NAMES = ['a', 'b'] as const;

/** Two endpoints, by the hosts of their addresses, each answering as it is told to. */
function setUp(keys: Readonly<Record<string, string>> = {}) {
  const { endpoints } = connectorOf({
    'http.url': null,
    topics: NAMES.join(),
    endpoints: NAMES.join(),
    'retry.backoff.ms': '1',
    'retry.backoff.max.ms': '1',
    ...Object.fromEntries(NAMES.map(name => [`endpoints.${name}.topics`, name])),
    ...Object.fromEntries(NAMES.map(name => [`endpoints.${name}.http.url`, `http://${name}.example/`])),
    ...keys,
  });
  const statuses: Record<string, number> = { 'a.example': 200, 'b.example': 200 };
  const sent: HttpRequest[] = [];
  let closed = 0;
  const transport: HttpTransport = {
    async send(request) {
      sent.push(request);
      const isToken = request.url.hostname === 'login.example';
      const body = isToken ? '{"access_token":"t","token_type":"Bearer","expires_in":600}' : '';
      const status = isToken ? 200 : statuses[request.url.hostname]!;
      return {
        status,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(body),
        complete: true,
        bodySent: true,
      };
    },
    close: async () => {
      closed++;
    },
  };
  const facts: Fact[] = [];
  const sink = createEndpointsSink({
    endpoints: endpoints as readonly EndpointConfig[],
    endpointOf: topic => NAMES.indexOf(topic as 'a'),
    maxInFlight: 4,
    errorsTolerance: 'all',
    transport,
    files: new MemoryFiles(),
    clock: systemClock,
    random: () => 0.5,
    announce: fact => facts.push(fact),
  });
  return { sink, statuses, sent, facts, closed: () => closed };
}

function batchOf(...topics: readonly string[]): Batch {
  const items = topics.map(topic => {
    const block = buildBlock([{ topic, value: '1' }]);
    return { slice: { block, topic, partition: 0, start: 0, end: 1, first: 0 }, lane: topic, detached: false };
  });
  return { id: 1, items, records: items.length, bytes: 3 };
}

const deliver = (sink: Sink, batch: Batch, scope = new Scope()) => sink.deliver(batch, () => {}, scope, ANY_ROOM);

test('endpoints’ sink: records go to the endpoint of their topic, and never to two in one request', async () => {
  const { sink, sent } = setUp({ 'endpoints.b.batch.format': 'ndjson' });
  assert.deepEqual(await deliver(sink, batchOf('a')), { kind: 'done' });
  assert.deepEqual(await deliver(sink, batchOf('b')), { kind: 'done' });
  assert.deepEqual(
    sent.map(({ url, body }) => `${url.host} ${body}`),
    ['a.example [1]', 'b.example 1\n'],
  );
  await assert.rejects(deliver(sink, batchOf('a', 'b')), TypeError);
  await sink.close();
});

test('endpoints’ sink: its state is the worst of all, with the name; facts tell the name', async () => {
  const { sink, statuses, facts } = setUp();
  statuses['b.example'] = 503;
  statuses['a.example'] = 200;
  const scope = new Scope();
  const under = deliver(sink, batchOf('b'), scope);
  while (sink.state.state === 'ok') await new Promise(resolve => setImmediate(resolve));
  assert.equal(sink.state.state, 'retrying');
  assert.match(sink.state.state === 'retrying' ? sink.state.reason : '', /^b: /);
  statuses['a.example'] = 403;
  const other = deliver(sink, batchOf('a'), scope);
  const isParked = (): boolean => sink.state.state === 'parked';
  while (!isParked()) await new Promise(resolve => setImmediate(resolve));
  assert.match(JSON.stringify(sink.state), /"reason":"a: /);
  assert.ok(facts.some(fact => fact.kind === 'endpoint-parked' && fact.endpoint === 'a'));
  assert.ok(facts.some(fact => fact.kind === 'request-failed' && fact.endpoint === 'b'));
  statuses['a.example'] = 200;
  statuses['b.example'] = 200;
  assert.deepEqual(await Promise.all([under, other]), [{ kind: 'done' }, { kind: 'done' }]);
  assert.deepEqual(sink.state, { state: 'ok' });
  await sink.close();
});

test('endpoints’ sink: one token serves all, and what they share is closed once', async () => {
  const { sink, sent, closed } = setUp({
    'http.auth.type': 'oauth2',
    'oauth2.token.url': 'http://login.example/token',
    'oauth2.client.id': 'id',
    'oauth2.client.secret': 'secret',
  });
  await Promise.all([deliver(sink, batchOf('a')), deliver(sink, batchOf('b'))]);
  assert.equal(sent.filter(({ url }) => url.hostname === 'login.example').length, 1);
  assert.ok(sent.slice(1).every(({ headers }) => headers['authorization'] === 'Bearer t'));
  assert.equal(sink.state.credentials?.refreshes, 1);
  await sink.close();
  assert.equal(closed(), 1);
});

test('endpoints’ sink: one that refuses the credentials for good is named', async () => {
  const { sink, statuses } = setUp({ 'http.auth.fail.fast': 'true' });
  statuses['a.example'] = 403;
  const end = await deliver(sink, batchOf('a'));
  assert.match(end.kind === 'fatal' ? end.error.message : '', /^a: the endpoint answered 403/);
  await sink.close();
});

test('endpoints’ sink: what waits for its turn is not sent to an endpoint that was parked meanwhile', async () => {
  const { sink, statuses, sent } = setUp({ 'retry.backoff.ms': '60000', 'retry.backoff.max.ms': '60000' });
  statuses['a.example'] = 403;
  const scope = new Scope();
  const all = Array.from({ length: 8 }, () => deliver(sink, batchOf('a'), scope));
  while (sink.state.state !== 'parked') await new Promise(resolve => setImmediate(resolve));
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
  // As many as could be in flight together; the others knew.
  assert.ok(sent.length <= 3, `${sent.length} requests`);
  scope.abort();
  assert.ok((await Promise.all(all)).every(({ kind }) => kind === 'aborted'));
  await sink.close();
});
