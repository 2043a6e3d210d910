import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchItem } from '../../../connector/batch.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { type Part, section } from '../../../connector/http/parts.ts';
import { createHeadersOf, idempotencyKeyOf } from '../../../connector/http/request-identity.ts';
import { answer, Bench, batchOf } from './fixtures.ts';

const BARE = { header: 'idempotency-key', prefix: '', quoted: false };

/** Some records of a partition; `first` is the ledger's number of the first one. */
function itemOf(topic: string, partition: number, offsets: readonly number[], first = 0): BatchItem {
  const block = buildBlock(offsets.map(offset => ({ topic, partition, offset, value: `${offset}` })));
  return { slice: { block, topic, partition, start: 0, end: offsets.length, first }, lane: topic, detached: false };
}

function whole(...items: readonly BatchItem[]): Part[] {
  return items.map(item => ({ item, start: item.slice.start, end: item.slice.end }));
}

const keyOf = (...parts: readonly Part[]): string => idempotencyKeyOf(parts, BARE);

describe('an idempotency key', () => {
  it('names the first and the last record of each partition', () => {
    assert.equal(keyOf(...whole(itemOf('orders', 3, [42, 43, 47]))), 'orders-3-42..47');
    assert.equal(keyOf(...whole(itemOf('orders', 3, [7]))), 'orders-3-7..7');
    const two = whole(itemOf('orders', 3, [1, 2]), itemOf('returns', 0, [5, 9], 20));
    assert.equal(keyOf(...two), 'orders-3-1..2,returns-0-5..9');
  });

  it('does not know slices: the same records from other reads are the same', () => {
    const apart = whole(itemOf('orders', 3, [1, 2], 10), itemOf('orders', 3, [5], 12), itemOf('orders', 3, [6, 7], 13));
    assert.equal(keyOf(...apart), keyOf(...whole(itemOf('orders', 3, [1, 2, 5, 6, 7]))));
  });

  it('is another one where something is missing in the middle', () => {
    const parts = whole(itemOf('orders', 3, [1, 2, 3, 4, 5]));
    assert.equal(keyOf(...section(parts, 0, 1), ...section(parts, 2, 5)), 'orders-3-1..1,orders-3-3..5');
    const slices = whole(itemOf('o', 0, [1], 0), itemOf('o', 0, [2], 1), itemOf('o', 0, [3], 2));
    assert.equal(keyOf(slices[0]!, slices[2]!), 'o-0-1..1,o-0-3..3');
  });

  it('keeps the order of the body: other bytes under the same key would be refused', () => {
    const [a, b] = whole(itemOf('a', 0, [1]), itemOf('b', 0, [1]));
    assert.notEqual(keyOf(a!, b!), keyOf(b!, a!));
  });

  it('is hashed where it is longer than 128 characters, and not before', () => {
    const topic = 't'.repeat(128 - '-0-1..2'.length);
    assert.equal(keyOf(...whole(itemOf(topic, 0, [1, 2]))), `${topic}-0-1..2`);
    const text = `${topic}-0-1..10`;
    const hashed = `sha256-${createHash('sha256').update(text).digest('hex')}`;
    assert.equal(keyOf(...whole(itemOf(topic, 0, [1, 10]))), hashed);
    const some = { ...BARE, prefix: 'shop:', quoted: true };
    assert.equal(idempotencyKeyOf(whole(itemOf(topic, 0, [1, 10])), some), `"shop:${hashed}"`);
  });

  it('stands in quotes where it is a structured field, with what the user puts before it', () => {
    const parts = whole(itemOf('orders', 3, [1]));
    assert.equal(idempotencyKeyOf(parts, { ...BARE, quoted: true }), '"orders-3-1..1"');
    assert.equal(idempotencyKeyOf(parts, { ...BARE, prefix: 'eu/', quoted: true }), '"eu/orders-3-1..1"');
  });

  const offsets = fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 12 }).map(all => all.sort((a, b) => a - b));

  it('is the same for the same records only', () => {
    const selection = fc.tuple(
      offsets,
      fc.array(fc.boolean(), { maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(selection, ([all, ...choices]) => {
        const parts = whole(itemOf('orders', 0, all));
        const [one, other] = choices.map(keep => all.map((_, i) => keep[i] ?? true));
        const keys = [one!, other!].map(keep =>
          keyOf(...keep.flatMap((kept, i) => (kept ? section(parts, i, i + 1) : []))),
        );
        assert.equal(
          keys[0] === keys[1],
          one!.every((kept, i) => kept === other![i]),
        );
      }),
    );
  });

  it('never breaks a header line, whatever a topic is called', () => {
    const topic = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\r\nx: y', '"', '\\', '\0', 'ü', ' '));
    fc.assert(
      fc.property(topic, offsets, (name, some) => {
        const parts = whole(itemOf(name, 0, some));
        assert.match(idempotencyKeyOf(parts, BARE), /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/);
        assert.match(idempotencyKeyOf(parts, { ...BARE, quoted: true }), /^"[\x21\x23-\x5b\x5d-\x7e]{1,128}"$/);
      }),
    );
  });
});

describe('a request', () => {
  const identity = { idempotencyKey: { ...BARE, header: 'x-key' }, traceContext: true };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const traced = (count: number): BatchItem => {
    const records = Array.from({ length: count }, (_, offset) => ({
      offset,
      topic: 'orders',
      value: `${offset}`,
      headers: [['traceparent', Buffer.from(traceparent)]] as const,
    }));
    const block = buildBlock(records, { headers: true });
    return {
      slice: { block, topic: 'orders', partition: 0, start: 0, end: count, first: 0 },
      lane: 0,
      detached: false,
    };
  };

  it('says nothing of its records unless it is asked to', () => {
    assert.equal(createHeadersOf({ idempotencyKey: null, traceContext: false }), null);
  });

  it('has its key again when it is repeated, and each half has its own when it is taken apart', async () => {
    const answers = [answer(503), answer(400), answer(200), answer(200)];
    const bench = new Bench((_, count) => answers[count - 1]!, { http: { identity } });
    await bench.deliver(batchOf([traced(4)]));
    const keys = bench.transport.requests.map(({ headers }) => headers['x-key']);
    assert.deepEqual(keys, ['orders-0-0..3', 'orders-0-0..3', 'orders-0-0..1', 'orders-0-2..3']);
  });

  it('carries the trace context of its one record, and none of several', async () => {
    const bench = new Bench((_, count) => answer(count === 1 ? 400 : 200), { http: { identity } });
    await bench.deliver(batchOf([traced(2)]));
    const contexts = bench.transport.requests.map(({ headers }) => headers['traceparent']);
    assert.deepEqual(contexts, [undefined, traceparent, traceparent]);
  });

  it('what a 207 left is not taken for the whole', async () => {
    const multi = answer(207, '[{"status":200},{"status":429},{"status":200},{"status":429}]', {
      'content-type': 'application/json',
    });
    const bench = new Bench((_, count) => (count === 1 ? multi : answer(200)), { http: { identity } });
    await bench.deliver(batchOf([traced(4)]));
    const keys = bench.transport.requests.map(({ headers }) => headers['x-key']);
    assert.deepEqual(keys, ['orders-0-0..3', 'orders-0-1..1,orders-0-3..3']);
  });
});
