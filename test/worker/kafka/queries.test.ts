import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaConsumer as Client, Metadata } from '../../../worker/kafka/library.ts';
import { Queries } from '../../../worker/kafka/queries.ts';
import { OFFSET_END, type TopicPartition } from '../../../worker/task/ports.ts';

const TIMED_OUT = -185;
const NOT_LEADER = 6;
const DENIED = 29;
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

type Done<T> = (error: unknown, result?: T) => void;

/** node-rdkafka's client of topics with eight partitions, each ending at its number; `bad` fail, and whole lists with them. */
class FakeClient {
  readonly asked: string[] = [];
  readonly bad = new Map<string, number>();
  /** Answers that the test gives itself. */
  hold = false;
  readonly held: (() => void)[] = [];

  offsetsForTimes(list: TopicPartition[], _timeout: number, done: Done<object[]>): void {
    this.asked.push(list.map(nameOf).join(' '));
    const code = list.map(one => this.bad.get(nameOf(one))).find(bad => bad !== undefined);
    const answer = (): void =>
      code === undefined
        ? done(
            null,
            list.map(one => ({ ...one, offset: one.partition })),
          )
        : done({ code, message: 'fails' });
    if (this.hold) this.held.push(answer);
    else answer();
  }

  getMetadata(_options: object, done: Done<Metadata>): void {
    this.asked.push('metadata');
    const topics = ['a', 'b'].map(name => ({
      name,
      partitions: [0, 1, 2, 3, 4, 5, 6, 7].map(id => ({
        id,
        leader: this.bad.get(`${name}${id}`) === TIMED_OUT ? -1 : 1,
        replicas: [],
        isrs: [],
      })),
    }));
    done(null, { orig_broker_id: 1, orig_broker_name: '', brokers: [], topics });
  }

  queries(): Queries {
    return new Queries(() => this as unknown as Client);
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}${partition}`;
}

const ofTopic = (topic: string): TopicPartition[] => [0, 1, 2, 3, 4, 5, 6, 7].map(partition => ({ topic, partition }));

async function ends(client: FakeClient, list: readonly TopicPartition[]): Promise<(number | string)[]> {
  const answers = await client.queries().offsets(list, OFFSET_END, 1_000);
  return answers.map(answer => (typeof answer === 'number' ? answer : `fault ${answer.code}`));
}

test('one job answers for all partitions', async () => {
  const client = new FakeClient();
  assert.deepEqual(await ends(client, ofTopic('a')), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(client.asked.length, 1);
});

test('the error of one partition is its own: the list is asked in parts', async () => {
  const client = new FakeClient();
  client.bad.set('a5', NOT_LEADER);
  const answers = await ends(client, [...ofTopic('a'), ...ofTopic('b')]);
  assert.deepEqual(answers, [0, 1, 2, 3, 4, `fault ${NOT_LEADER}`, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
  assert.ok(client.asked.length <= 9, client.asked.join(' | '));
});

test('a partition without a leader takes the whole time once, and the others are asked without it', async () => {
  const client = new FakeClient();
  client.bad.set('a2', TIMED_OUT);
  const answers = await ends(client, ofTopic('a'));
  assert.deepEqual(answers, [0, 1, 'fault 3', 3, 4, 5, 6, 7]);
  assert.deepEqual(client.asked, ['a0 a1 a2 a3 a4 a5 a6 a7', 'metadata', 'a0 a1 a3 a4 a5 a6 a7']);
});

test('a topic that one may not describe is not asked about partition by partition', async () => {
  const client = new FakeClient();
  for (const one of ofTopic('b')) client.bad.set(nameOf(one), DENIED);
  const answers = await ends(client, [...ofTopic('a'), ...ofTopic('b')]);
  assert.deepEqual(answers.slice(8), Array(8).fill(`fault ${DENIED}`));
  assert.equal(client.asked.length, 3);
  await assert.rejects(client.queries().offsets(ofTopic('b'), OFFSET_END, 1_000), { code: DENIED });
});

test('of all clients of the process one question runs at a time, each in its turn', async () => {
  const [one, other] = [new FakeClient(), new FakeClient()];
  one.hold = true;
  const slow = one.queries().offsets(ofTopic('a'), OFFSET_END, 1_000);
  const next = [other, other].map(client => client.queries().offsets(ofTopic('b'), OFFSET_END, 1_000));
  await turn();
  assert.deepEqual([one.asked.length, other.asked.length], [1, 0]);
  one.held[0]!();
  await Promise.all([slow, ...next]);
  assert.equal(other.asked.length, 2);
});

test('a question whose client is gone by its turn fails, and gives the turn on', async () => {
  const client = new FakeClient();
  const gone = new Queries(() => {
    throw new Error('not connected');
  });
  await assert.rejects(gone.offsets(ofTopic('a'), OFFSET_END, 1_000), /not connected/);
  assert.equal((await ends(client, ofTopic('a'))).length, 8);
});
