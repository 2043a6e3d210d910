import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createKafkaConsumer } from '../../worker/kafka/consumer.ts';
import { createKafkaProducer } from '../../worker/kafka/producer.ts';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { Endpoint } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const limit = { timeout: 40_000 };

/** Every client of librdkafka has one main thread of this name (Linux). */
function clients(): number {
  return readdirSync('/proc/self/task').filter(id => nameOf(id) === 'rdk:main').length;
}

function nameOf(thread: string): string | null {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
  } catch {
    // It ended meanwhile.
    return null;
  }
}

/** Resolves when no more clients are there than `count`: closing ends in the background. */
async function settled(count: number): Promise<void> {
  while (clients() > count) await new Promise(resolve => setTimeout(resolve, 20));
}

describe('a stop while a client connects leaves no client behind', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  /** When the signal comes: at once, a few turns later, in the very turn in which the client is connected. */
  const MOMENTS = [0, 1, 5, 20, 50, 'connected'] as const;

  for (const moment of MOMENTS) {
    for (const [what, create] of [
      ['consumer', () => createKafkaConsumer({ kafka: config(), topics: ['any'], topicsRegex: null })],
      ['producer', () => createKafkaProducer(config())],
    ] as const) {
      it(`a ${what}, ${moment === 'connected' ? 'as it is connected' : `after ${moment} ms`}`, limit, async () => {
        const before = clients();
        const client = create();
        const aborting = new AbortController();
        const connecting = client.connect(aborting.signal).then(
          () => true,
          () => false,
        );
        if (moment === 'connected') await connecting;
        else await new Promise(resolve => setTimeout(resolve, moment));
        aborting.abort(new Error('stopped'));
        await client.disconnect(1_000);
        await connecting;
        await settled(before);
      });
    }
  }

  it('a client that nobody answers', limit, async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const before = clients();
    const kafka = kafkaConfig(`127.0.0.1:${port}`, 'mute');
    const consumer = createKafkaConsumer({ kafka, topics: ['any'], topicsRegex: null, connectAttemptMs: 500 });
    const refused = assert.rejects(consumer.connect(new AbortController().signal), /not connected/);
    await consumer.disconnect();
    await refused;
    await settled(before);
    server.close();
  });

  it('a task, at any moment of its start', limit, async t => {
    const endpoint = new Endpoint();
    await endpoint.start();
    t.after(() => endpoint.close());
    await broker.createTopic('started');
    const before = clients();
    for (const ms of [0, 1, 3, 10, 30, 100]) {
      const started = connectorConfig(config(), ['started'], endpoint.url);
      const dead = { ...started.errors, tolerance: 'all', deadLetterTopic: 'started' } as const;
      const task = new RunningTask(t, { ...started, errors: dead });
      await new Promise(resolve => setTimeout(resolve, ms));
      assert.deepEqual(await task.stop(), { clean: true, trace: null });
    }
    await settled(before);
  });

  function config() {
    return kafkaConfig(broker.bootstrapServers, 'leaving');
  }
});
