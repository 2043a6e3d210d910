import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExactHeader, SinkRecord } from '../../connector/block.ts';
import type { Message } from '../../worker/kafka/library.ts';
import { skipWithoutNativeReader } from '../reader/available.ts';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { type ExactRecord, produceExactly, readExactly } from './exactly.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { type Ground, kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

const KEY = Buffer.from([0, 1, 2, 253, 254, 255]);
const BINARY = Buffer.from([255, 0, 10]);
const EMPTY = Buffer.alloc(0);
const NATIVE = { skip: skipWithoutNativeReader() };

const plain = { partition: 0, timestamp: 1_700_000_000_000, key: KEY, value: Buffer.from('{"id":'), headers: [] };
const FIRST_MILLISECOND = { ...plain, timestamp: 0 };
const WITH_HEADERS: ExactRecord = {
  ...plain,
  headers: [
    ['text', Buffer.from('grün')],
    ['ü', BINARY],
    ['nul', Buffer.from('a\0b')],
    ['none', null],
    ['empty', EMPTY],
    ['twice', null],
    ['twice', EMPTY],
    ['twice', BINARY],
    ['2', Buffer.from('before 1')],
    ['1', Buffer.from('behind 2')],
    ['', Buffer.from('no name')],
    ['__proto__', Buffer.from('p')],
    ['__connect.errors.topic', Buffer.from('of an earlier letter')],
  ],
};
/** The same headers as node-rdkafka sends them. */
const AS_TEXTS: readonly ExactHeader[] = [
  ['text', Buffer.from('grün')],
  ['ü.base64', Buffer.from('/wAK')],
  ['nul.base64', Buffer.from('YQBi')],
  ['none', EMPTY],
  ['empty', EMPTY],
  ['twice', EMPTY],
  ['twice', EMPTY],
  ['twice.base64', Buffer.from('/wAK')],
  ['2', Buffer.from('before 1')],
  ['1', Buffer.from('behind 2')],
  ['', Buffer.from('no name')],
  ['__proto__', Buffer.from('p')],
  ['__connect.errors.topic', Buffer.from('of an earlier letter')],
];

/** Records that can not be delivered, each with something of its own. */
const SHAPES: readonly ExactRecord[] = [
  plain,
  { ...plain, key: null, value: null },
  { ...plain, key: EMPTY, value: EMPTY },
  FIRST_MILLISECOND,
  { ...plain, timestamp: 1 },
  { ...plain, value: Buffer.alloc(1_000_000, 0xff) },
  WITH_HEADERS,
  { ...plain, headers: [['a\0b', EMPTY]] },
  { ...plain, headers: [['large', Buffer.alloc(30_000, 0xfe)]] },
  {
    ...plain,
    headers: Array.from({ length: 10_000 }, (_, i) => [`h${i % 7}`, i % 3 === 0 ? null : Buffer.of(i & 255)]),
  },
];

await kafkaSuite('dead letters', '4', ground => {
  test('go to their topic with bytes, key, headers and the reason; their neighbours are delivered', async t => {
    const { node, collector } = ground;
    await node.createTopic('parcels', 2);
    const good = sampleRecords(2, 500);
    const refused: NewRecord = {
      partition: 1,
      key: 'refused',
      value: '{"id":"1:9999","refuse":true}',
      headers: [
        ['a', '1'],
        ['a', '2'],
        ['ü', 'grün'],
      ],
    };
    const nothing: NewRecord = { partition: 1, key: 'nothing', value: null };
    const broken: NewRecord = { partition: 0, key: KEY, value: '{"id":' };
    await node.produce('parcels', good.slice(0, 600));
    const offsets = new Map<NewRecord, number>();
    for (const record of [broken, refused, nothing]) {
      const [written] = await node.produce('parcels', [record]);
      offsets.set(record, written!.offset);
    }
    await node.produce('parcels', good.slice(600));
    collector.script(({ body }) =>
      body.includes('"refuse":true') ? { status: 400, body: '{"error":"no such parcel"}' } : { status: 200 },
    );
    const sink = sinkFile('parcels', 'parcels', collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'parcels-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
      'errors.deadletterqueue.context.headers.enable': 'true',
    });
    const program = await startProgram(workerFile(node), sink);
    await collector.when('the good ones', ({ distinct }) => distinct === good.length);
    assert.equal(await program.stop(), 0);

    const result = audit(idsOf(good), collector.journal);
    const letters = await node.readAll('parcels-dlq');
    t.diagnostic(`${auditLine(result)}; ${letters.length} dead letters`);
    assertExactlyOnce(result);
    assert.equal(letters.length, offsets.size);
    for (const [record, offset] of offsets) {
      const letter = letterOf(letters, record);
      assert.deepEqual(letter.value, record.value === null ? null : Buffer.from(record.value));
      const context = headersOf(letter);
      const expected = {
        topic: 'parcels',
        partition: record.partition,
        offset,
        'connector.name': 'parcels',
        'task.id': 0,
      };
      for (const [name, value] of Object.entries(expected)) {
        assert.equal(String(context.get(`__connect.errors.${name}`)?.[0]), String(value), name);
      }
      for (const name of ['stage', 'class.name', 'exception.class.name', 'exception.message', 'exception.stacktrace']) {
        assert.ok(context.has(`__connect.errors.${name}`), `the header ${name}`);
      }
      t.diagnostic(
        `${record === broken ? 'broken' : record.key}: ${context.get('__connect.errors.exception.message')?.[0]}`,
      );
    }
    const ofRefused = headersOf(letterOf(letters, refused));
    assert.deepEqual(ofRefused.get('a')?.map(String), ['1', '2'], 'a repeated header survives');
    assert.deepEqual(ofRefused.get('ü')?.map(String), ['grün']);
    const ends = [...(await node.watermarks('parcels'))].map(([partition, { high }]) => [partition, high]);
    assert.deepEqual(
      [...(await node.committed(groupOf('parcels'), 'parcels'))],
      ends,
      'committed past the dead letters',
    );
  });

  test('are, to Java, the very records with their context behind', NATIVE, async () => {
    const { source, letters } = await park(ground, 'native', SHAPES);
    for (const record of source) {
      const { offset: _, headers, ...letter } = letters.get(record.offset)!;
      const { offset: __, topic, ...expected } = record;
      const own = headers.slice(0, record.headers.length);
      assert.deepEqual({ ...letter, headers: own }, { ...expected, topic: `${topic}-dlq` });
      const context = headers.slice(own.length).map(([name]) => String(name));
      assert.ok(context.length >= 10 && context.every(name => name.startsWith('__connect.errors.')), String(context));
    }
  });

  test('are, with the portable reader, records with headers of texts, and of the present for a time of 0', async () => {
    const { source, letters } = await park(ground, 'portable', [WITH_HEADERS, FIRST_MILLISECOND]);
    const [first, second] = source.map(({ offset }) => letters.get(offset)!);
    assert.deepEqual(first!.headers.slice(0, WITH_HEADERS.headers.length), AS_TEXTS);
    assert.equal(first!.timestamp, WITH_HEADERS.timestamp);
    assert.ok(second!.timestamp > plain.timestamp);
  });

  test('that are too large for their topic together, but not alone, are parked as Java parks them', async () => {
    const { node, collector } = ground;
    await node.createTopic('many', 1);
    await node.createTopic('many-dlq', 1, { 'max.message.bytes': '4000' });
    const records = Array.from(
      { length: 400 },
      (_, i): NewRecord => ({ partition: 0, key: `${i}`, value: `{"id":${i}` }),
    );
    await node.produce('many', records);
    const parked = {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'many-dlq',
      'errors.deadletterqueue.context.headers.enable': 'true',
    };
    const program = await startProgram(workerFile(node), sinkFile('many', 'many', collector.url, parked));
    await committedToEnd(node, groupOf('many'), 'many');
    // Alone it is too large as well.
    await node.produce('many', [{ partition: 0, key: 'large', value: `{${' '.repeat(5_000)}` }]);
    const line = await program.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    assert.match(line.msg, /many-0 offset 400 was refused: .*max\.message\.bytes/);
    assert.equal(await program.stop(), 4);
    assert.deepEqual(
      new Set((await node.readAll('many-dlq')).map(({ key }) => String(key))),
      new Set(records.map(({ key }) => key)),
    );
  });

  test('of an outage are written only where that was asked for, once each, and never past what failed the task', async () => {
    const { node, collector } = ground;
    await node.createTopic('limited', 2);
    const lost = sampleRecords(2, 30);
    await node.produce('limited', lost);
    collector.script(() => ({ status: 503 }));
    const limit = { 'delivery.max.attempts': '3', 'errors.tolerance': 'all' };
    const parked = {
      'errors.deadletterqueue.topic.name': 'limited-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
      'errors.deadletterqueue.context.headers.enable': 'true',
    };
    const failing = await startProgram(
      workerFile(node),
      sinkFile('limited', 'limited', collector.url, { ...limit, ...parked }),
    );
    const line = await failing.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    assert.match(
      line.msg,
      /limited-\d offset 0 the first of them, was given up after 3 attempts .*503.* delivery\.on\.exhausted/,
    );
    assert.equal(await failing.stop(), 4);
    assert.deepEqual([...(await node.committed(groupOf('limited'), 'limited')).values()], []);

    const asked = { ...limit, ...parked, 'delivery.on.exhausted': 'error' };
    const program = await startProgram(workerFile(node), sinkFile('limited', 'limited', collector.url, asked));
    const warned = await program.logged('the warning', ({ msg }) =>
      msg.includes('lets an outage of the endpoint cost'),
    );
    assert.match(warned.msg, /sent 3 times in vain go to limited-dlq/);
    await committedToEnd(node, groupOf('limited'), 'limited');
    assert.match(await program.metrics(), /^tailrace_requests_given_up_total\{[^}]*\} [1-9]/m);
    collector.script();
    const good = sampleRecords(2, 30, { first: 30 });
    await node.produce('limited', good);
    await collector.when('the good ones', ({ distinct }) => distinct === good.length);
    assert.equal(await program.stop(), 0);
    assertExactlyOnce(audit(idsOf(good), collector.journal));
    const letters = await node.readAll('limited-dlq');
    assert.deepEqual(letters.map(({ key }) => String(key)).toSorted(), idsOf(lost).toSorted());
    for (const letter of letters) {
      const context = headersOf(letter);
      assert.equal(
        String(context.get('__connect.errors.exception.message')?.[0]),
        'the endpoint answered 503; given up after 3 attempts (delivery.max.attempts)',
      );
      assert.equal(String(context.get('tailrace.http.status')?.[0]), '503');
    }
  });

  test('of a time that their topic does not take fail the task, and say what to change', async t => {
    const { node, collector } = ground;
    // An hour ahead is as far as Kafka 4 lets a record be, unless the topic says otherwise.
    await node.createTopic('ahead', 1, { 'message.timestamp.after.max.ms': '9223372036854775807' });
    await produceExactly(node, 'ahead', [{ ...plain, timestamp: Date.now() + 86_400_000 }]);
    const sink = sinkFile('ahead', 'ahead', collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'ahead-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
    });
    const program = await startProgram(workerFile(node), sink);
    const line = await program.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    t.diagnostic(line.msg);
    assert.match(line.msg, /ahead-0 offset 0 was refused: .*message\.timestamp\.after\.max\.ms/);
    assert.equal(await program.stop(), 4);
    assert.equal((await node.committed(groupOf('ahead'), 'ahead')).get(0), undefined);
  });

  test('without tolerance the first bad record fails the task, and nothing past it is committed', async t => {
    const { node, collector } = ground;
    await node.createTopic('strict', 1);
    const records: NewRecord[] = sampleRecords(1, 50);
    records.splice(20, 0, { partition: 0, key: 'bad', value: 'not json' });
    await node.produce('strict', records);
    const program = await startProgram(workerFile(node), sinkFile('strict', 'strict', collector.url));
    const line = await program.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    t.diagnostic(line.msg);
    assert.match(line.msg, /strict-0.*\b20\b/, 'where the record is');
    assert.equal(await program.stop(), 4);
    assert.equal((await node.committed(groupOf('strict'), 'strict')).get(0), 20);
    const before = idsOf(records.slice(0, 20));
    assertExactlyOnce(audit(before, collector.journal));
  });
});

/** The context stands behind the record's own headers. */
function offsetOf({ headers }: SinkRecord): number {
  return Number(headers.findLast(([name]) => name === '__connect.errors.offset')![1]);
}

/** Has a sink park all of these records. @returns them, and the letters by the offsets that they tell, both as Java reads them */
async function park({ node, collector }: Ground, reader: string, records: readonly ExactRecord[]) {
  const [topic, letters] = [`shapes-${reader}`, `shapes-${reader}-dlq`];
  for (const each of [topic, letters]) await node.createTopic(each, 1);
  await produceExactly(node, topic, records);
  const sink = sinkFile(topic, topic, collector.url, {
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': letters,
    'errors.deadletterqueue.context.headers.enable': 'true',
  });
  const program = await startProgram(workerFile(node, { reader }), sink);
  await committedToEnd(node, groupOf(topic), topic);
  assert.equal(await program.stop(), 0);
  const source = await readExactly(node, topic);
  const written = source.map(({ topic: _, offset: __, ...record }) => record);
  assert.deepEqual(written, records, 'the records are what they are meant to be');
  const found = new Map((await readExactly(node, letters)).map(letter => [offsetOf(letter), letter]));
  assert.equal(found.size, source.length);
  return { source, letters: found };
}

function letterOf(letters: readonly Message[], { key }: NewRecord): Message {
  const letter = letters.find(each => Buffer.from(key!).equals(each.key as Buffer));
  assert.ok(letter, `a dead letter for the key ${key}`);
  return letter;
}

function headersOf(record: Message): Map<string, unknown[]> {
  const all = new Map<string, unknown[]>();
  for (const header of record.headers ?? []) {
    for (const [name, value] of Object.entries(header)) all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}
