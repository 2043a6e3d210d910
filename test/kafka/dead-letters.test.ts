import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Message } from '../../worker/kafka/library.ts';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { SOURCES } from './jars.ts';
import type { KafkaNode } from './node.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const KEY = Buffer.from([0, 1, 2, 253, 254, 255]);
const BINARY = Buffer.from([255, 0, 10]);
const WITH_NUL = Buffer.from('a\0b');

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
    const offsets = new Map([[broken, await produceBroken(node, broken)]]);
    for (const record of [refused, nothing]) {
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
    const ofBroken = headersOf(letterOf(letters, broken));
    assert.equal(String(ofBroken.get('trace')?.[0]), 'abc');
    assert.deepEqual(String(ofBroken.get('binary.base64')?.[0]), BINARY.toString('base64'), 'bytes that are no text');
    assert.deepEqual(String(ofBroken.get('nul.base64')?.[0]), WITH_NUL.toString('base64'), 'text with a NUL');
    assert.ok(ofBroken.has('none'), 'a header without a value');
    const ends = [...(await node.watermarks('parcels'))].map(([partition, { high }]) => [partition, high]);
    assert.deepEqual(
      [...(await node.committed(groupOf('parcels'), 'parcels'))],
      ends,
      'committed past the dead letters',
    );
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

/** The record that is no JSON, with headers that only Java can write. */
async function produceBroken(node: KafkaNode, { partition, key, value }: NewRecord): Promise<number> {
  const encode = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');
  const headers = ['trace', encode('abc'), 'binary', encode(BINARY), 'nul', encode(WITH_NUL), 'none', 'null'];
  const record = ['parcels', String(partition), encode(key!), encode(value!)];
  const source = join(SOURCES, 'ProduceRecord.java');
  return Number(await node.java(source, [node.bootstrap(), ...record, ...headers]));
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
