import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ExactHeader, FLAG_NULL, type Header, type SinkRecord, valueAt } from '../../connector/block.ts';
import { blockFromMessages, buildBlock, type KafkaMessage } from '../../connector/block-builder.ts';
import { decodeExactly, decodeHeaders, encodeHeaders, recordAt } from '../../connector/headers-column.ts';

const bytes = fc.uint8Array({ maxLength: 30 }).map(each => Buffer.from(each));
const headerName = fc.oneof(fc.constantFrom('', 'a', '__proto__', '7', 'é😀'), fc.string());
const header = fc.tuple(headerName, fc.oneof(bytes, fc.constant(null)));

const record: fc.Arbitrary<Omit<SinkRecord, 'offset'>> = fc.record({
  topic: fc.constantFrom('orders', 'events', 'orders.v2'),
  partition: fc.nat(3),
  timestamp: fc.oneof(fc.constant(-1), fc.nat(2 ** 41)),
  value: fc.oneof(bytes, fc.constant(null)),
  key: fc.oneof(bytes, fc.constant(null)),
  headers: fc.array(header, { maxLength: 3 }),
});

/** Runs of records that arrive together, as fetches bring them, and single ones between. */
const arrivals = fc
  .array(record, { maxLength: 40 })
  .map(records => records.map((each, i) => ({ ...each, offset: 1_000 + i * 3 })));

function everyRecord(block: ReturnType<typeof buildBlock>): SinkRecord[] {
  return block.runs.flatMap(run =>
    Array.from({ length: run.end - run.start }, (_, k) => recordAt(block, run, run.start + k)),
  );
}

const place = (each: { topic: string; partition: number }) => `${each.topic}/${each.partition}`;

function grouped(records: readonly SinkRecord[]): Map<string, SinkRecord[]> {
  const groups = new Map<string, SinkRecord[]>();
  for (const each of records) groups.set(place(each), [...(groups.get(place(each)) ?? []), each]);
  return groups;
}

describe('a block of arriving records', () => {
  it('holds every record once, byte for byte, each partition in one run and in its order', () => {
    fc.assert(
      fc.property(arrivals, fc.constantFrom(',', '\n', '', '\r\n--é--'), (records, text) => {
        const separator = Buffer.from(text);
        const block = buildBlock(records, { separator });
        const byPartition = grouped(records);
        assert.deepEqual(everyRecord(block), [...byPartition.values()].flat());
        assert.deepEqual(block.runs.map(place), [...byPartition.keys()]);
        assert.equal(block.count, records.length);
        let next = 0;
        for (const run of block.runs) {
          assert.equal(run.start, next, 'runs follow one another without a gap');
          assert.ok(run.end > run.start);
          next = run.end;
        }
        assert.equal(next, block.count);
      }),
    );
  });

  it('puts the separator behind each value and nothing else between them', () => {
    const block = buildBlock([{ value: '1' }, { value: null }, { value: '' }, { value: '{"a":2}' }], {
      separator: Buffer.from('\n'),
    });
    assert.equal(block.values.toString(), '1\n\n\n{"a":2}\n');
    assert.deepEqual([...block.valueEnd], [1, 2, 3, 11]);
    assert.deepEqual([...block.flags], [0, FLAG_NULL, 0, 0]);
    assert.equal(valueAt(block, 1), null);
    assert.equal(valueAt(block, 2)?.length, 0);
  });

  it('shares no memory with what it was built from', () => {
    const value = Buffer.from('"a"');
    const key = Buffer.from('k');
    const block = blockFromMessages([{ topic: 't', partition: 0, offset: 0, value, key }], {
      separator: Buffer.from(','),
      keys: true,
      headers: true,
    });
    value.fill(0);
    key.fill(0);
    const { value: kept, key: keptKey } = recordAt(block, block.runs[0]!, 0);
    assert.deepEqual([kept?.toString(), keptKey?.toString()], ['"a"', 'k']);
  });

  it('takes messages as node-rdkafka makes them', () => {
    const message = { topic: 't', partition: 3, offset: 2 ** 40, value: Buffer.from('1') };
    const messages: KafkaMessage[] = [
      {
        ...message,
        key: 'schlüssel',
        timestamp: 5,
        headers: [{ a: Buffer.from('1') }, { b: 'text' }, { a: Buffer.of() }],
      },
      { ...message, key: Buffer.of(0xff) },
      { ...message, key: '', headers: [] },
      { ...message, key: null },
    ];
    const block = blockFromMessages(messages, { separator: Buffer.from(','), keys: true, headers: true });
    const records = everyRecord(block);
    assert.deepEqual(
      records.map(each => each.key),
      [Buffer.from('schlüssel'), Buffer.of(0xff), Buffer.of(), null],
    );
    assert.deepEqual(
      records.map(each => each.timestamp),
      [5, -1, -1, -1],
    );
    assert.deepEqual(records[0]!.headers, [
      ['a', Buffer.from('1')],
      ['b', Buffer.from('text')],
      ['a', Buffer.of()],
    ]);
    assert.deepEqual(records[2]!.headers, []);
    assert.equal(records[3]!.offset, 2 ** 40);
  });

  it('takes the value of a header named __proto__ from where node-rdkafka puts it', () => {
    const header = {};
    Reflect.set(header, '__proto__', Buffer.from('p'));
    const message = { topic: 't', partition: 0, offset: 0, value: null, headers: [{ a: null }, header] };
    const block = blockFromMessages([message], { separator: Buffer.from(','), keys: true, headers: true });
    assert.deepEqual(everyRecord(block)[0]!.headers, [
      ['a', null],
      ['__proto__', Buffer.from('p')],
    ]);
  });

  it('keeps keys and headers only when they are asked for', () => {
    const block = buildBlock([{ value: '1', key: Buffer.from('k'), headers: [['h', null]] }], {
      keys: false,
      headers: false,
    });
    assert.deepEqual([block.keys, block.headers], [null, null]);
    assert.deepEqual(recordAt(block, block.runs[0]!, 0), {
      topic: 't',
      partition: 0,
      offset: 0,
      timestamp: -1,
      value: Buffer.from('1'),
      key: null,
      headers: [],
    });
  });

  it('is empty when nothing arrived', () => {
    const block = buildBlock([]);
    assert.deepEqual([block.count, block.values.length, block.runs], [0, 0, []]);
  });

  it('refuses a separator that could be a part of a character', () => {
    assert.throws(() => buildBlock([{ value: '1' }], { separator: Buffer.of(0xbf) }), RangeError);
  });
});

describe('encoded headers', () => {
  it('come back as they were: order, repeated names, null and empty values', () => {
    fc.assert(
      fc.property(fc.array(header), (headers: Header[]) => {
        const wellFormed = headers.map(([name, value]): Header => [Buffer.from(name).toString(), value]);
        assert.deepEqual(decodeHeaders(encodeHeaders(wellFormed)), wellFormed);
      }),
    );
    assert.deepEqual(decodeHeaders(Buffer.alloc(0)), []);
  });

  it('keep names that are no text as bytes, where they are asked for exactly; else they read as in Java', () => {
    const name = Buffer.of(0x61, 0xff, 0x00, 0xc3);
    const headers: ExactHeader[] = [
      [name, null],
      ['é\0\ufffd', Buffer.alloc(0)],
      ['', Buffer.of(1)],
    ];
    const encoded = encodeHeaders(headers);
    assert.deepEqual(decodeExactly(encoded), headers);
    assert.deepEqual(
      decodeHeaders(encoded).map(([text]) => text),
      ['a\ufffd\0\ufffd', 'é\0\ufffd', ''],
    );
    assert.deepEqual(encodeHeaders(decodeExactly(encoded)), encoded);
    assert.deepEqual(decodeExactly(Buffer.alloc(0)), []);
  });
});
