import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAG_FILTERED, FLAG_INVALID } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import type { HttpRequest, HttpTransport } from '../../../connector/ports.ts';
import { Scope } from '../../../connector/scope.ts';
import { Bounds, createBoundedTransport } from '../../../worker/tune/bounds.ts';
import { Sample } from '../../../worker/tune/sample.ts';
import { quantile, relativeError, throughput } from '../../../worker/tune/statistics.ts';
import { seeded } from './models.ts';

const OK = { status: 200, headers: {}, body: Buffer.alloc(0), complete: true, bodySent: true };

function bounded(limits: { requests?: number; bytes?: number; ms?: number }) {
  let sent = 0;
  let now = 0;
  let stopped = 0;
  const inner: HttpTransport = {
    async send() {
      sent++;
      return OK;
    },
    close: async () => undefined,
  };
  const bounds = new Bounds({ requests: 1e9, bytes: 1e9, ms: 1e9, ...limits }, 0);
  const transport = createBoundedTransport(inner, { bounds, now: () => now, stop: () => stopped++ });
  const request = (bytes: number): HttpRequest => ({
    method: 'POST',
    url: new URL('http://x/'),
    headers: {},
    body: Buffer.alloc(bytes),
  });
  return {
    bounds,
    send: (bytes: number) => transport.send(request(bytes), { signal: new Scope(), maxResponseBytes: 0 }),
    counts: () => ({ sent, stopped }),
    move: (ms: number) => {
      now += ms;
    },
  };
}

test('not one request more than allowed is sent, however many ask at a time', async () => {
  const { send, counts, bounds } = bounded({ requests: 10 });
  const ends = await Promise.allSettled(Array.from({ length: 25 }, () => send(1)));
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 10);
  assert.deepEqual(counts(), { sent: 10, stopped: 15 });
  assert.equal(bounds.reached, 'requests');
});

test('not one byte more than allowed is sent; what still fits is', async () => {
  const { send, counts, bounds } = bounded({ bytes: 100 });
  await send(60);
  await assert.rejects(send(41));
  await send(40);
  assert.equal(counts().sent, 2);
  assert.deepEqual(bounds.used(5), { requests: 2, bytes: 100, ms: 5 });
  assert.equal(bounds.reached, 'bytes');
});

test('nothing is sent once the time is over', async () => {
  const { send, counts, move, bounds } = bounded({ ms: 1_000 });
  move(999);
  await send(1);
  move(1);
  await assert.rejects(send(1));
  assert.equal(counts().sent, 1);
  assert.equal(bounds.reached, 'ms');
  assert.equal(bounds.left(2_000).ms, 0);
});

const FORMAT = bodyFormat({
  format: 'array',
  maxRecords: 500,
  maxBytes: 1_048_576,
  targetBytes: null,
  lingerMs: 0,
  envelopePrefix: '',
  envelopeSuffix: '',
  prefix: '',
  separator: '',
  suffix: '',
  content: 'json',
});

test('records go round and round, in batches of just so many, from each partition in turn', () => {
  const records = Array.from({ length: 10 }, (_, i) => ({ value: `{"n":${i}}`, partition: i % 2, offset: i }));
  const sample = new Sample([buildBlock(records)]);
  const next = sample.batches(FORMAT, 3, 1_000);
  const partitions = new Set<number>();
  let records3 = 0;
  for (let i = 0; i < 20; i++) {
    const batch = next();
    assert.equal(batch.records, 3);
    records3 += batch.items.reduce((sum, { slice }) => sum + slice.end - slice.start, 0);
    for (const { slice } of batch.items) partitions.add(slice.partition);
  }
  assert.equal(records3, 60);
  assert.deepEqual([...partitions].sort(), [0, 1]);
});

test('a batch larger than the sample holds records of it more than once', () => {
  const sample = new Sample([buildBlock([{ value: '1' }, { value: '2' }])]);
  assert.equal(sample.batches(FORMAT, 7, 1_000)().records, 7);
});

test('bytes end a batch before its records do', () => {
  const sample = new Sample([buildBlock(Array.from({ length: 10 }, () => ({ value: '"12345678"' })))]);
  const batch = sample.batches(FORMAT, 100, 35)();
  assert.ok(batch.bytes <= 35);
  assert.equal(batch.records, 3);
});

test('what can not be sent is left out, and told', () => {
  const block = buildBlock([{ value: '1' }, { value: 'no' }, { value: '3' }, { value: '4' }]);
  block.flags[1] = FLAG_INVALID;
  block.flags[3] = FLAG_FILTERED;
  const sample = new Sample([block]);
  assert.deepEqual([sample.facts.records, sample.facts.unfit], [2, 2]);
  const batch = sample.batches(FORMAT, 4, 1_000)();
  assert.equal(batch.records, 4, 'what is left out ends no batch');
  for (const { slice } of batch.items) {
    for (let i = slice.start; i < slice.end; i++) assert.ok(i === 0 || i === 2);
  }
});

test('partitions without end cost no more than their records: none is filled for a large batch alone', () => {
  const records = Array.from({ length: 600 }, (_, i) => ({ value: '1', partition: i % 300, offset: i }));
  const next = new Sample([buildBlock(records)]).batches(FORMAT, 10_000, 1_000_000);
  for (let i = 0; i < 5; i++) {
    const { items, records: carried } = next();
    assert.equal(carried, 10_000);
    const partitions = new Set(items.map(({ slice }) => slice.partition));
    assert.ok(partitions.size > 250, `${partitions.size} partitions`);
  }
});

test('sizes, and the rate at which records came', () => {
  const values = [...Array.from({ length: 99 }, () => 'x'.repeat(10)), 'x'.repeat(1_000)];
  const records = values.map((value, i) => ({ value, timestamp: 1_700_000_000_000 + i * 10, offset: i }));
  const { bytes, arrivalPerSecond } = new Sample([buildBlock(records)]).facts;
  assert.deepEqual([bytes.p99, bytes.most], [10, 1_000]);
  assert.ok(Math.abs(arrivalPerSecond! / 100 - 1) < 0.05, `${arrivalPerSecond}`);
  assert.equal(new Sample([buildBlock([{ value: '1' }])]).facts.arrivalPerSecond, null);
});

test('a few records of long ago change nothing of the rate', () => {
  const old = [0, 1].map(i => ({ value: '1', timestamp: 1_000 + i, offset: i }));
  const young = Array.from({ length: 200 }, (_, i) => ({
    value: '1',
    timestamp: 1_700_000_000_000 + i,
    offset: i + 2,
  }));
  const { arrivalPerSecond } = new Sample([buildBlock([...old, ...young])]).facts;
  assert.ok(Math.abs(arrivalPerSecond! / 1_000 - 1) < 0.1, `${arrivalPerSecond}`);
});

test('quantiles by nearest rank', () => {
  assert.equal(quantile([], 0.5), 0);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2);
  assert.equal(quantile([1, 2, 3, 4], 0.99), 4);
});

test('a steady rate is known exactly, one by chance as well as the number of events allows, and few events not at all', () => {
  const steady = Array.from({ length: 80 }, (_, i) => i + 1);
  assert.ok(relativeError(steady, 0) < 1e-9);
  const random = seeded(5);
  let at = 0;
  const chance = Array.from({ length: 800 }, () => (at += -Math.log(1 - random())));
  const error = relativeError(chance, 0);
  assert.ok(error > 0.01 && error < 0.08, `${error}`);
  assert.equal(relativeError(steady.slice(0, 20), 0), Number.POSITIVE_INFINITY);
});

test('of few requests that come in waves the time of one says how many there are', () => {
  // Four workers that take 210 ms, six requests in flight: 19 a second.
  const waves = [420, 420, 630, 630, 630, 630];
  assert.ok(Math.abs(throughput(waves, 420, 6, (210 + 210 + 420 + 420 + 210) / 5) - 4 / 0.21) < 2);
  const steady = Array.from({ length: 100 }, (_, i) => 10 * (i + 1));
  assert.equal(throughput(steady, 0, 6, 1), 100, 'what is known well is counted');
  assert.equal(throughput([], 0, 6, null), 0);
  assert.equal(throughput([100], 0, 1, null), 10);
});
