import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaConfig } from '../../config/types.ts';
import { type Inquiry, type InquiryOptions, openInquiry } from '../../worker/kafka/inquiry.ts';
import type { KafkaFault } from '../../worker/task/ports.ts';
import { kafkaConfig, startMember } from '../support/broker.ts';
import { AUTHORIZER, allow, USERS } from './access.ts';
import { sampleRecords } from './audit.ts';
import { KAFKA_VERSIONS, type KafkaLine } from './jars.ts';
import { kafkaSuite } from './suite.ts';
import { until } from './until.ts';

const CLUSTER_ID = 'dGFpbHJhY2UtdGVzdC0wMQ';

async function inquire<T>(
  kafka: KafkaConfig,
  use: (inquiry: Inquiry) => Promise<T>,
  more: Partial<InquiryOptions> = {},
): Promise<T> {
  const inquiry = await openInquiry({ kafka, reader: 'auto', timeoutMs: 15_000, ...more });
  try {
    return await use(inquiry);
  } finally {
    await inquiry.close();
  }
}

function messageOf(fault: unknown): string {
  return (fault as KafkaFault).message;
}

for (const line of Object.keys(KAFKA_VERSIONS) as KafkaLine[]) {
  await kafkaSuite(
    'what brokers tell who asks',
    line,
    ground => {
      const plain = (group: string) => kafkaConfig(ground.node.bootstrap(), group);
      const carols = (group: string, password: string = USERS.carol) =>
        kafkaConfig(ground.node.bootstrap('LOGIN'), group, {
          'security.protocol': 'sasl_plaintext',
          'sasl.mechanisms': 'PLAIN',
          'sasl.username': 'carol',
          'sasl.password': password,
        });

      test('the cluster: its id, brokers, what one may do to it, and which Kafka it is at least', async () => {
        for (const as of ['consumer', 'producer', 'admin'] as const) {
          await inquire(
            plain('cluster'),
            async inquiry => {
              const { id, brokers, controller, operations } = await inquiry.cluster();
              assert.equal(id, CLUSTER_ID);
              assert.equal(brokers.length, 1);
              assert.equal(controller, brokers[0]!.id);
              assert.equal(
                `${brokers[0]!.host}:${brokers[0]!.port}`.split(':')[1],
                ground.node.bootstrap().split(':')[1],
              );
              assert.ok(operations?.includes('CREATE'), String(operations));
              assert.equal(inquiry.brokerVersion(), KAFKA_VERSIONS[line].split('.', 2).join('.'));
            },
            { as },
          );
        }
      });

      test('topics: each partition with its leader, what one may do, and why there is nothing to tell', async () => {
        const { node } = ground;
        await node.createTopic('told', 3);
        await node.createTopic('hidden', 1);
        await allow(node, 'carol', ['Read', 'Write'], { topic: 'told' });
        await inquire(carols('topics'), async inquiry => {
          const [told, hidden, none, again] = await inquiry.topics(['told', 'hidden', 'none', 'told']);
          assert.deepEqual(again, told);
          assert.equal(told!.fault, null);
          assert.match(told!.id!, /^[\w+/]{22}$/);
          assert.deepEqual([...told!.operations!].sort(), ['DESCRIBE', 'READ', 'WRITE']);
          assert.deepEqual(
            told!.partitions.map(({ partition, leader, replicas, isr }) => [partition, leader, replicas, isr]),
            [0, 1, 2].map(partition => [partition, 1, [1], [1]]),
          );
          assert.match(messageOf(hidden!.fault), /not allowed to use a topic: grant this user READ and DESCRIBE/);
          // Who may not see a topic is not told whether there is one.
          assert.match(messageOf(none!.fault), /not allowed to use a topic/);
          assert.deepEqual(await inquiry.topicNames(), ['told']);
        });
        await inquire(plain('topics'), async inquiry => {
          const [none] = await inquiry.topics(['none']);
          assert.match(messageOf(none!.fault), /the topic does not exist: create it, or correct its name/);
          assert.deepEqual(await inquiry.topics([]), []);
          assert.equal((await inquiry.topics(['none']))[0]!.fault !== null, true, 'asking has not created it');
        });
      });

      test('a group: none, with members and what they hold, empty again', async t => {
        const { node } = ground;
        await node.createTopic('grouped', 3);
        await node.produce('grouped', sampleRecords(3, 3));
        const config = plain('members');
        await inquire(config, async inquiry => {
          assert.deepEqual(
            { ...(await inquiry.group()), operations: [] },
            { state: 'Dead', type: 'Classic', assignor: null, members: [], operations: [] },
          );
          const member = await startMember(t, { config, topics: ['grouped'] });
          await member.when(() => member.owned.size === 3);
          const group = await inquiry.group();
          assert.equal(group!.state, 'Stable');
          assert.equal(group!.type, 'Classic');
          assert.ok(group!.operations?.includes('READ'), String(group!.operations));
          assert.equal(group!.members.length, 1);
          const { host, instanceId, partitions, clientId } = group!.members[0]!;
          assert.match(host, /127\.0\.0\.1/);
          assert.equal(instanceId, null);
          assert.notEqual(clientId, '');
          assert.deepEqual(partitions.map(({ topic, partition }) => `${topic}-${partition}`).sort(), [
            'grouped-0',
            'grouped-1',
            'grouped-2',
          ]);
          await assert.rejects(
            inquiry.alter([{ topic: 'grouped', partition: 0, offset: 1 }]),
            /./,
            'a group with members keeps what it has',
          );
          await member.leave();
          const left = await inquiry.group();
          // A classic group without offsets is gone with its last member.
          assert.match(left!.state, /^(Empty|Dead)$/);
          assert.deepEqual(left!.members, []);
        });
      });

      test('a group that this user may not see: told so, by which right', async () => {
        const { node } = ground;
        await inquire(carols('secret-group'), async inquiry => {
          await assert.rejects(inquiry.group(), /not allowed to use the consumer group: grant this user READ on it/);
          await assert.rejects(inquiry.committed([]), /not allowed to use the consumer group/);
        });
        await allow(node, 'carol', ['Describe'], { group: 'secret-group' });
        await inquire(carols('secret-group'), async inquiry => {
          assert.deepEqual((await inquiry.group())!.operations, ['DESCRIBE']);
        });
      });

      test('ends of logs and offsets of a time, a thousand partitions, those that can not be told in their places', async () => {
        const { node } = ground;
        await node.createTopic('times', 2);
        await node.createTopic('wide', 1_000);
        await node.produce(
          'times',
          [10, 20, 20, 30].map(timestamp => ({ partition: 0, key: 'k', value: '{}', timestamp })),
        );
        const at = (partition: number, topic = 'times') => ({ topic, partition });
        await inquire(
          plain('ends'),
          async inquiry => {
            const list = [at(1), at(7), at(0), at(0, 'nowhere')];
            const [one, beyond, zero, nowhere] = await inquiry.logEnds(list);
            assert.deepEqual(one, { low: 0, high: 0 });
            assert.deepEqual(zero, { low: 0, high: 4 });
            assert.match(messageOf(beyond), /no such partition/);
            assert.deepEqual((beyond as KafkaFault).at, at(7));
            assert.match(messageOf(nowhere), /does not exist/);
            const times = async (epochMs: number) => (await inquiry.offsetsAt([at(0), at(1)], epochMs))!;
            assert.deepEqual(await times(0), [0, null]);
            assert.deepEqual(await times(11), [1, null]);
            assert.deepEqual(await times(20), [1, null]);
            assert.deepEqual(await times(30), [3, null]);
            assert.deepEqual(await times(31), [null, null]);
            const wide = Array.from({ length: 1_000 }, (_, partition) => at(partition, 'wide'));
            assert.deepEqual(await inquiry.logEnds(wide), Array(1_000).fill({ low: 0, high: 0 }));
            assert.deepEqual(await inquiry.logEnds([]), []);
          },
          { timeoutMs: 60_000 },
        );
      });

      test('an open transaction: the last stable record is told apart from the last one', async () => {
        const { node } = ground;
        await node.createTopic('open', 1);
        await node.produceTransactions('open', [
          { end: 'commit', records: sampleRecords(1, 2) },
          { end: 'open', records: sampleRecords(1, 3) },
        ]);
        await inquire(plain('open'), async inquiry => {
          const list = [{ topic: 'open', partition: 0 }];
          const [all] = await inquiry.logEnds(list);
          const [stable] = await inquiry.logEnds(list, true);
          assert.deepEqual(
            [all, stable],
            [
              { low: 0, high: 6 },
              { low: 0, high: 3 },
            ],
          );
        });
      });

      test('what a group has committed, with the topic that it was committed for; a wrong partition is told, others are committed', async () => {
        const { node } = ground;
        await node.createTopic('kept', 3);
        await inquire(plain('commits'), async inquiry => {
          const at = (partition: number, offset: number) => ({ topic: 'kept', partition, offset });
          const topicId = (await inquiry.topics(['kept']))[0]!.id;
          assert.deepEqual(await inquiry.committed([]), []);
          assert.deepEqual(await inquiry.alter([{ ...at(0, 7), topicId }, at(2, 0)]), []);
          const faults = await inquiry.alter([at(9, 1), at(1, 4)]);
          assert.deepEqual(
            faults!.map(fault => fault.at),
            [{ topic: 'kept', partition: 9 }],
          );
          assert.match(messageOf(faults![0]), /does not exist|no such partition/);
          const committed = await inquiry.committed([]);
          assert.deepEqual(
            committed.map(one => ('offset' in one ? [one.partition, one.offset, one.topicId] : one)).sort(),
            [
              [0, 7, topicId],
              [1, 4, null],
              [2, 0, null],
            ],
          );
          assert.deepEqual(
            await node.committed('commits', 'kept'),
            new Map([
              [0, 7],
              [1, 4],
              [2, 0],
            ]),
          );
        });
      });

      test('the portable client asks what it can, and says nothing of the rest', async () => {
        const { node } = ground;
        await node.createTopic('ported', 2);
        await node.produce('ported', sampleRecords(2, 3));
        await inquire(
          plain('ported'),
          async inquiry => {
            const list = [0, 1].map(partition => ({ topic: 'ported', partition }));
            const { id, brokers, operations } = await inquiry.cluster();
            assert.deepEqual([id, brokers.length, operations], [null, 1, null]);
            assert.equal(await inquiry.group(), null);
            assert.equal(await inquiry.offsetsAt(list, 0), null);
            assert.equal(await inquiry.alter([]), null);
            const [ported, none] = await inquiry.topics(['ported', 'none-ported']);
            assert.deepEqual(
              ported!.partitions.map(({ partition }) => partition),
              [0, 1],
            );
            assert.match(messageOf(none!.fault), /does not exist/);
            const ends = await inquiry.logEnds(list);
            assert.equal(
              ends.reduce((sum, end) => sum + ('high' in end ? end.high : NaN), 0),
              6,
            );
            assert.deepEqual(await inquiry.committed(list), []);
            assert.equal(inquiry.brokerVersion(), null);
          },
          { reader: 'portable' },
        );
      });

      test('a wrong password, a port that nobody listens on: told in words, before the time is up', async () => {
        const wrong = inquire(carols('wrong', 'guessed'), async () => undefined, { timeoutMs: 300_000 });
        await assert.rejects(wrong, (error: Error) => {
          assert.match(error.message, /Kafka refused the credentials/);
          assert.ok(!error.message.includes('guessed'));
          return true;
        });
        await assert.rejects(
          inquire(kafkaConfig('127.0.0.1:1', 'nobody'), async () => undefined, { timeoutMs: 2_000 }),
          /check bootstrap\.servers/,
        );
      });

      test('a broker that hangs under questions: each ends in its time, and what comes after is answered', async () => {
        const { node } = ground;
        await node.createTopic('hung', 1);
        const list = [{ topic: 'hung', partition: 0 }];
        await inquire(
          plain('hung'),
          async inquiry => {
            await inquiry.cluster();
            process.kill(node.pid!, 'SIGSTOP');
            try {
              const all = [
                inquiry.cluster(),
                inquiry.topics(['hung']),
                inquiry.group(),
                inquiry.logEnds(list),
                inquiry.committed(list),
              ];
              for (const answer of await Promise.allSettled(all)) {
                assert.equal(answer.status, 'rejected');
                assert.match(String(answer.status === 'rejected' && answer.reason), /KafkaError/);
              }
            } finally {
              process.kill(node.pid!, 'SIGCONT');
            }
          },
          { timeoutMs: 2_000 },
        );
        await inquire(plain('hung'), inquiry =>
          // A broker that was away for long has to be heard of again before it leads anything.
          until(
            'an answer',
            () => inquiry.logEnds(list),
            ([ends]) => ends !== undefined && 'high' in ends,
          ),
        );
      });
    },
    { properties: AUTHORIZER, users: USERS },
  );
}
