import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaConfig } from '../../config/types.ts';
import { type Block, valueAt } from '../../connector/block.ts';
import { openInquiry } from '../../worker/kafka/inquiry.ts';
import { type LogRange, type LogReaderOptions, readLog } from '../../worker/kafka/log-reader.ts';
import type { KafkaError } from '../../worker/task/kafka-error.ts';
import { kafkaConfig, startMember } from '../support/broker.ts';
import { AUTHORIZER, allow, USERS } from './access.ts';
import { sampleRecords } from './audit.ts';
import { kafkaSuite } from './suite.ts';

const BLOCKS = { separator: Buffer.from(','), keys: true, headers: true, json: false, members: null, quotedUpTo: null };

function offsetsIn(blocks: readonly Block[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const block of blocks) {
    assert.equal(block.runs.at(-1)!.end, block.count, 'a block holds what was asked for, and no more');
    for (const { topic, partition, start, end } of block.runs) {
      const key = `${topic}-${partition}`;
      found.set(key, [...(found.get(key) ?? []), ...block.offset.slice(start, end)]);
    }
  }
  return found;
}

const upTo = (end: number, from = 0): number[] => Array.from({ length: end - from }, (_, i) => from + i);

await kafkaSuite(
  'logs are read from outside of any group',
  '4',
  ground => {
    const plain = (group = 'log-reader') => kafkaConfig(ground.node.bootstrap(), group);
    const carols = () =>
      kafkaConfig(ground.node.bootstrap('LOGIN'), 'connect-carol', {
        'security.protocol': 'sasl_plaintext',
        'sasl.mechanisms': 'PLAIN',
        'sasl.username': 'carol',
        'sasl.password': USERS.carol,
      });

    async function all(
      ranges: readonly LogRange[],
      reader: 'native' | 'portable',
      more: Partial<LogReaderOptions> = {},
    ): Promise<readonly Block[]> {
      const blocks: Block[] = [];
      for await (const block of readLog(ranges, { kafka: plain(), reader, blocks: BLOCKS, timeoutMs: 20_000, ...more }))
        blocks.push(block);
      return blocks;
    }

    for (const reader of ['native', 'portable'] as const) {
      const named = (name: string): string => `${name}-${reader}`;
      const range = (name: string, partition: number, from: number, to: number): LogRange => ({
        topic: named(name),
        partition,
        from,
        to,
      });

      test(`${reader}: exactly what was asked for, in order, whole or cut at both ends`, async () => {
        const { node } = ground;
        await node.createTopic(named('cut'), 3);
        const records = sampleRecords(3, 3_000);
        await node.produce(named('cut'), records);
        const blocks = await all(
          [range('cut', 0, 0, 3_000), range('cut', 1, 17, 1_234), range('cut', 2, 9, 9)],
          reader,
        );
        const found = offsetsIn(blocks);
        assert.deepEqual([...found.keys()].sort(), [`${named('cut')}-0`, `${named('cut')}-1`]);
        assert.deepEqual(found.get(`${named('cut')}-0`), upTo(3_000));
        assert.deepEqual(found.get(`${named('cut')}-1`), upTo(1_234, 17));
        const values = new Map(records.map(({ key, value }) => [String(key), String(value)]));
        for (const block of blocks) {
          for (let i = 0; i < block.count; i++) {
            const key = block.keys!.bytes.toString('utf8', i === 0 ? 0 : block.keys!.end[i - 1], block.keys!.end[i]);
            assert.equal(String(valueAt(block, i)), values.get(key));
          }
        }
      });

      test(`${reader}: gaps, aborted transactions and an open one: it ends where nothing more can be read`, async () => {
        const { node } = ground;
        await node.createTopic(named('shapes'), 1);
        await node.produceTransactions(named('shapes'), [
          { end: 'commit', records: sampleRecords(1, 2) },
          { end: 'abort', records: sampleRecords(1, 2) },
          { end: 'commit', records: sampleRecords(1, 1) },
          { end: 'open', records: sampleRecords(1, 2) },
        ]);
        // 0 1 (2) | 3 4 (5) | 6 (7) | 8 9: in brackets what only Kafka sees.
        assert.deepEqual(
          offsetsIn(await all([range('shapes', 0, 0, 10)], reader)).get(`${named('shapes')}-0`),
          [0, 1, 6],
        );
        assert.deepEqual(offsetsIn(await all([range('shapes', 0, 1, 6)], reader)).get(`${named('shapes')}-0`), [1]);
        assert.deepEqual(await all([range('shapes', 0, 3, 6)], reader), []);
      });

      test(`${reader}: nothing is committed, nobody joins, and the members of the group stay undisturbed`, async t => {
        const { node } = ground;
        const config = plain(named('group'));
        await node.createTopic(named('quiet'), 2);
        await node.produce(named('quiet'), sampleRecords(2, 10));
        const inquiry = await openInquiry({ kafka: config, reader: 'auto', timeoutMs: 20_000 });
        t.after(() => inquiry.close());
        await all([range('quiet', 0, 0, 10)], reader, { kafka: config });
        assert.equal((await inquiry.group())!.state, 'Dead', 'no group is left behind');
        const member = await startMember(t, { config, topics: [named('quiet')] });
        await member.when(() => member.records.length === 20);
        const rebalances = member.events.filter(({ kind }) => kind === 'assign' || kind === 'revoke').length;
        await all([range('quiet', 0, 0, 10), range('quiet', 1, 5, 10)], reader, { kafka: config });
        assert.equal((await inquiry.group())!.members.length, 1);
        assert.deepEqual(await inquiry.committed([]), []);
        assert.equal(member.events.filter(({ kind }) => kind === 'assign' || kind === 'revoke').length, rebalances);
      });

      test(`${reader}: a topic that may not be read, or is not there: told so, of which partition`, async () => {
        const { node } = ground;
        await node.createTopic(named('denied'), 1);
        await node.produce(named('denied'), sampleRecords(1, 1));
        await allow(node, 'carol', ['Describe'], { topic: named('denied') });
        await assert.rejects(all([range('denied', 0, 0, 1)], reader, { kafka: carols() }), (error: KafkaError) => {
          assert.match(error.message, /not allowed to use a topic: grant this user READ/);
          return true;
        });
        await allow(node, 'carol', ['Read'], { topic: named('denied') });
        // No right on any group is needed.
        const read = await all([range('denied', 0, 0, 1)], reader, { kafka: carols() });
        assert.deepEqual(offsetsIn(read).get(`${named('denied')}-0`), [0]);
        await assert.rejects(
          all([range('nowhere', 0, 0, 1)], reader, { timeoutMs: 5_000 }),
          /does not exist|no such partition/,
        );
      });

      test(`${reader}: stopped in the middle, by who reads and by a signal; an empty list asks nobody`, async () => {
        const { node } = ground;
        await node.createTopic(named('stopped'), 1);
        await node.produce(named('stopped'), sampleRecords(1, 20_000));
        const options = { kafka: plain(), reader, blocks: BLOCKS, timeoutMs: 20_000 };
        let blocks = 0;
        for await (const block of readLog([range('stopped', 0, 0, 20_000)], options)) {
          assert.ok(block.count > 0);
          if (++blocks === 2) break;
        }
        assert.equal(blocks, 2);
        const controller = new AbortController();
        const reading = async () => {
          for await (const _ of readLog([range('stopped', 0, 0, 20_000)], { ...options, signal: controller.signal }))
            controller.abort(new Error('enough'));
        };
        await assert.rejects(reading(), /enough/);
        await assert.rejects(reading(), /enough/, 'before it has begun');
        const nobody: KafkaConfig = kafkaConfig('127.0.0.1:1', 'nobody');
        assert.deepEqual(await all([], reader, { kafka: nobody }), []);
        await assert.rejects(
          all([range('stopped', 0, 0, 1)], reader, { kafka: nobody, timeoutMs: 1_500 }),
          /bootstrap\.servers/,
        );
      });

      test(`${reader}: a broker that hangs in the middle ends it in time`, async () => {
        const { node } = ground;
        await node.createTopic(named('hangs'), 1);
        await node.produce(named('hangs'), sampleRecords(1, 10));
        let stopped = false;
        const log = (): void => {
          if (!stopped) process.kill(node.pid!, 'SIGSTOP');
          stopped = true;
        };
        const kafka = kafkaConfig(node.bootstrap(), 'hangs', { debug: 'feature' });
        try {
          await assert.rejects(
            all([range('hangs', 0, 0, 10)], reader, { kafka, log, timeoutMs: 3_000 }),
            /did not answer|failed/,
          );
        } finally {
          process.kill(node.pid!, 'SIGCONT');
        }
        assert.ok(stopped);
      });
    }
  },
  { properties: AUTHORIZER, users: USERS },
);
