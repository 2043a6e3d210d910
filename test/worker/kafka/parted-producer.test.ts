import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPartedProducer } from '../../../worker/kafka/parted-producer.ts';
import type { KafkaProducer, ProducerRecord } from '../../../worker/task/ports.ts';

/** Keeps what it is asked for. */
function cluster(name: string, heard: string[]): KafkaProducer {
  const say = async (what: string): Promise<void> => {
    heard.push(`${name} ${what}`);
  };
  return {
    connect: () => say('connect'),
    ensureTopic: (topic, partitions, factor) => say(`ensure ${topic} ${partitions} ${factor}`),
    publish: ({ topic }) => say(`publish ${topic}`),
    disconnect: ms => say(`disconnect ${ms}`),
  };
}

const record = (topic: string): ProducerRecord => ({ topic, key: null, value: null, headers: [], timestamp: -1 });

async function run(first: boolean): Promise<string[]> {
  const heard: string[] = [];
  const parted = createPartedProducer(
    first ? cluster('letters', heard) : null,
    cluster('reports', heard),
    new Set(['done', 'failed']),
  );
  await parted.connect(new AbortController().signal);
  for (const topic of first ? ['done', 'dlq', 'failed'] : ['done', 'failed']) {
    await parted.ensureTopic(topic, 2, 3);
    await parted.publish(record(topic));
  }
  await parted.disconnect(5);
  return heard;
}

test('a producer of two clusters writes each topic to its own, and to no other', async () => {
  assert.deepEqual(await run(true), [
    ...['letters connect', 'reports connect'],
    ...['reports ensure done 2 3', 'reports publish done'],
    ...['letters ensure dlq 2 3', 'letters publish dlq'],
    ...['reports ensure failed 2 3', 'reports publish failed'],
    ...['letters disconnect 5', 'reports disconnect 5'],
  ]);
  assert.deepEqual(await run(false), [
    'reports connect',
    ...['reports ensure done 2 3', 'reports publish done'],
    ...['reports ensure failed 2 3', 'reports publish failed'],
    'reports disconnect 5',
  ]);
});
