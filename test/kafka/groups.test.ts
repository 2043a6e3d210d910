import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { ConnectorConfig, KafkaConfig } from '../../config/types.ts';
import { OffsetsError } from '../../worker/herder.ts';
import { createGroups } from '../../worker/kafka/groups.ts';
import { kafkaConfig, startMember } from '../support/broker.ts';
import { AUTHORIZER, allow, USERS } from './access.ts';
import { sampleRecords } from './audit.ts';
import { kafkaSuite } from './suite.ts';

const CLUSTER_ID = 'dGFpbHJhY2UtdGVzdC0wMQ';

function connectorOf(
  name: string,
  kafka: KafkaConfig,
  topics: readonly string[] | null = ['groups-a'],
): ConnectorConfig {
  // Only what the code under test reads.
  return { name, topics, kafka } as unknown as ConnectorConfig;
}

await kafkaSuite(
  'groups from outside of them',
  '4',
  ground => {
    const failures: string[] = [];
    afterEach(() => failures.splice(0));

    const groupsWith = (reader: 'auto' | 'portable', timeoutMs = 25_000) =>
      createGroups({
        worker: { reader, admin: { global: { 'bootstrap.servers': ground.node.bootstrap() }, topic: {} } },
        onFailure: (connector, text) => failures.push(`${connector}: ${text}`),
        timeoutMs,
      });
    const plain = (name: string, more: Record<string, string> = {}, topics?: readonly string[] | null) =>
      connectorOf(name, kafkaConfig(ground.node.bootstrap(), `connect-${name}`, more), topics);
    const carols = (name: string) =>
      connectorOf(
        name,
        kafkaConfig(ground.node.bootstrap('LOGIN'), `connect-${name}`, {
          'security.protocol': 'sasl_plaintext',
          'sasl.mechanisms': 'PLAIN',
          'sasl.username': 'carol',
          'sasl.password': USERS.carol,
        }),
      );

    async function topics(...names: string[]): Promise<void> {
      for (const name of names) await ground.node.createTopic(name, 3).catch(() => undefined);
    }

    const refused = (text: string) => (error: Error) => {
      assert.ok(error instanceof OffsetsError);
      assert.equal(error.message, text);
      return true;
    };

    test('the offsets of the whole group, other topics included; altered, taken back, and as before elsewhere', async () => {
      const groups = groupsWith('auto');
      await topics('groups-a', 'groups-b');
      const connector = plain('altered');
      assert.deepEqual(await groups.offsets(connector), [], 'of a group that there is not');
      await groups.alter(connector, [
        { topic: 'groups-b', partition: 1, offset: 7 },
        { topic: 'groups-a', partition: 2, offset: 9_007_199_254_740_991 },
        { topic: 'groups-a', partition: 0, offset: 0 },
      ]);
      assert.deepEqual(await groups.offsets(connector), [
        { topic: 'groups-a', partition: 0, offset: 0 },
        { topic: 'groups-a', partition: 2, offset: 9_007_199_254_740_991 },
        { topic: 'groups-b', partition: 1, offset: 7 },
      ]);
      await groups.alter(connector, [
        { topic: 'groups-a', partition: 2, offset: null },
        { topic: 'groups-a', partition: 1, offset: 5 },
        { topic: 'groups-b', partition: 2, offset: null },
      ]);
      assert.deepEqual(await groups.offsets(connector), [
        { topic: 'groups-a', partition: 0, offset: 0 },
        { topic: 'groups-a', partition: 1, offset: 5 },
        { topic: 'groups-b', partition: 1, offset: 7 },
      ]);
      await groups.reset(connector);
      assert.deepEqual(await groups.offsets(connector), []);
      await groups.reset(connector);
      assert.deepEqual(failures, []);
    });

    test('a partition that there is not, and an offset that can not be, are refused in the words of Kafka Connect', async () => {
      const groups = groupsWith('auto');
      await topics('groups-a');
      const connector = plain('wrong');
      const text = 'Failed to alter consumer group offsets for connector wrong';
      for (const wrong of [
        { topic: 'groups-none', partition: 0, offset: 1 },
        { topic: 'groups-a', partition: 99, offset: 1 },
        { topic: 'groups-a', partition: -1, offset: 1 },
        { topic: 'groups-a', partition: 0, offset: null },
      ]) {
        await assert.rejects(groups.alter(connector, [wrong]), refused(text));
      }
      assert.match(failures[0]!, /^wrong: Failed .* connector wrong: .*groups-none-0.*(unknown|does not exist)/i);
      assert.equal(failures.length, 4);
      await assert.rejects(
        groups.alter(connector, [{ topic: 'groups-a', partition: 0, offset: -1 }]),
        refused('Failed to modify offsets for sink connector wrong'),
      );
      assert.match(failures[4]!, /negative offset -1/);
    });

    test('a group with members keeps what it has, and says what may be the matter', async t => {
      const groups = groupsWith('auto');
      await topics('groups-a');
      const connector = plain('joined');
      const { kafka } = connector;
      const member = await startMember(t, { config: kafka, topics: ['groups-a'] });
      await ground.node.produce('groups-a', sampleRecords(1, 3));
      await member.when(() => member.owned.size === 3);
      const zombies = (what: string) =>
        `Failed to ${what} consumer group offsets for connector joined either because its tasks haven't stopped completely yet or the connector was resumed before the request to ${what} its offsets could be successfully completed. If the connector is in a stopped state, this operation can be safely retried. If it doesn't eventually succeed, the Connect cluster may need to be restarted to get rid of the zombie sink tasks.`;
      const at = { topic: 'groups-a', partition: 0 };
      await assert.rejects(groups.alter(connector, [{ ...at, offset: 2 }]), refused(zombies('alter')));
      await assert.rejects(groups.alter(connector, [{ ...at, offset: null }]), refused(zombies('alter')));
      await assert.rejects(groups.reset(connector), refused(zombies('reset')));
      assert.equal(member.owned.size, 3, 'nobody has left for it');
      await member.leave();
      await groups.alter(connector, [{ ...at, offset: 2 }]);
      assert.deepEqual(await groups.offsets(connector), [{ ...at, offset: 2 }]);
      await groups.reset(connector);
    });

    test('what a user may not do is refused, said with its reason where the operator looks, and no password with it', async () => {
      const groups = groupsWith('auto');
      await topics('groups-a');
      const connector = carols('denied');
      const at = { topic: 'groups-a', partition: 0, offset: 1 };
      const list = 'Failed to retrieve consumer group offsets for sink connector denied';
      const alter = 'Failed to alter consumer group offsets for connector denied';
      await assert.rejects(groups.offsets(connector), refused(list));
      await assert.rejects(groups.alter(connector, [at]), refused(alter));
      await assert.rejects(
        groups.reset(connector),
        refused('Failed to reset consumer group offsets for connector denied'),
      );
      for (const each of failures) assert.match(each, /authoriz|not allowed/i);
      assert.ok(!failures.join().includes(USERS.carol));
      await allow(ground.node, 'carol', ['Read'], { group: 'connect-denied' });
      await allow(ground.node, 'carol', ['Read'], { topic: 'groups-a' });
      await groups.alter(connector, [at]);
      assert.deepEqual(await groups.offsets(connector), [at]);
      await assert.rejects(groups.alter(connector, [{ ...at, offset: null }]), refused(alter), 'that takes DELETE');
      await allow(ground.node, 'carol', ['Delete'], { group: 'connect-denied' });
      await groups.alter(connector, [{ ...at, offset: null }]);
      await groups.reset(connector);
    });

    test('a wrong password ends in time, with its reason', async () => {
      const connector = carols('stranger');
      const { consumer } = connector.kafka;
      const kafka = {
        ...connector.kafka,
        consumer: { ...consumer, global: { ...consumer.global, 'sasl.password': 'guessed' } },
      };
      await assert.rejects(
        groupsWith('auto', 3_000).offsets({ ...connector, kafka }),
        refused('Failed to retrieve consumer group offsets for sink connector stranger'),
      );
      assert.match(failures[0]!, /refused the credentials/);
      assert.ok(!failures[0]!.includes('guessed'));
    });

    test('which cluster it is, asked many times at once', async () => {
      const { clusterId } = groupsWith('auto');
      assert.deepEqual(await Promise.all([clusterId(), clusterId(), clusterId()]), Array(3).fill(CLUSTER_ID));
    });

    test('many questions at once have their turns', async () => {
      const groups = groupsWith('auto');
      await topics('groups-a');
      const names = Array.from({ length: 12 }, (_, i) => `many-${i}`);
      await Promise.all(names.map(name => groups.alter(plain(name), [{ topic: 'groups-a', partition: 0, offset: 3 }])));
      const answers = await Promise.all(names.map(name => groups.offsets(plain(name))));
      assert.deepEqual(answers, Array(12).fill([{ topic: 'groups-a', partition: 0, offset: 3 }]));
    });

    test('without the native reader offsets of named topics are told, and what can not be done says what it takes', async () => {
      await topics('groups-a', 'groups-b');
      await groupsWith('auto').alter(plain('portable'), [
        { topic: 'groups-a', partition: 1, offset: 4 },
        { topic: 'groups-b', partition: 1, offset: 4 },
      ]);
      const groups = groupsWith('portable');
      const at = { topic: 'groups-a', partition: 1, offset: 4 };
      assert.deepEqual(await groups.offsets(plain('portable')), [at]);
      assert.deepEqual(await groups.offsets(plain('portable', {}, ['groups-none'])), []);
      const why = ': this takes the native reader, and reader=portable is set';
      await assert.rejects(
        groups.offsets(plain('portable', {}, null)),
        refused(`Failed to retrieve consumer group offsets for sink connector portable${why}`),
      );
      await assert.rejects(
        groups.alter(plain('portable'), [at]),
        refused(`Failed to alter consumer group offsets for connector portable${why}`),
      );
      await assert.rejects(
        groups.reset(plain('portable')),
        refused(`Failed to reset consumer group offsets for connector portable${why}`),
      );
      assert.equal(await groups.clusterId(), null);
    });

    test('a broker that hangs holds nobody longer than allowed, and what comes after is answered', async () => {
      const { node } = ground;
      await topics('groups-a');
      const groups = groupsWith('auto', 3_000);
      const connector = plain('hung');
      await groups.alter(connector, [{ topic: 'groups-a', partition: 0, offset: 3 }]);
      process.kill(node.pid!, 'SIGSTOP');
      try {
        const answers = await Promise.allSettled([
          groups.offsets(connector),
          groups.reset(connector),
          groups.offsets(connector),
        ]);
        assert.deepEqual(
          answers.map(({ status }) => status),
          ['rejected', 'rejected', 'rejected'],
        );
      } finally {
        process.kill(node.pid!, 'SIGCONT');
      }
      assert.deepEqual(await groupsWith('auto').offsets(connector), [{ topic: 'groups-a', partition: 0, offset: 3 }]);
    });

    test('a broker that hangs amid the questions, and comes back: each ends in its time, and the process goes on', async () => {
      const { node } = ground;
      await topics('groups-a');
      const groups = groupsWith('auto', 1_500);
      const at = { topic: 'groups-a', partition: 0 };
      for (let round = 0; round < 4; round++) {
        const all = Promise.allSettled(
          Array.from({ length: 12 }, (_, i) => {
            const connector = plain(`amid-${round}-${i}`);
            if (i % 3 === 0) return groups.alter(connector, [{ ...at, offset: 3 }]);
            return i % 3 === 1 ? groups.offsets(connector) : groups.reset(connector);
          }),
        );
        await groups.offsets(plain('amid')).catch(() => undefined);
        process.kill(node.pid!, 'SIGSTOP');
        try {
          for (const answer of await all) {
            if (answer.status === 'rejected') assert.ok(answer.reason instanceof OffsetsError);
          }
        } finally {
          process.kill(node.pid!, 'SIGCONT');
        }
        await groupsWith('auto').alter(plain('amid'), [{ ...at, offset: round }]);
      }
    });
  },
  { properties: AUTHORIZER, users: USERS },
);
