import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KafkaNode, startKafka } from '../../kafka/node.ts';
import type { World } from './step.ts';

/** What both workers are told of converters and commits. */
export const CONVERTERS = {
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'offset.flush.interval.ms': '500',
} as const;

const TOPICS = ['rest', 'rest-fails', 'rest-offsets'];
const PARTITIONS = 4;

/** A worker that runs. */
export interface Worker {
  readonly origin: URL;
  stop(): Promise<void>;
}

/** One worker with brokers and an endpoint of its own, so that two of them may have connectors of the same names. */
export interface Side extends World {
  readonly worker: Worker;
  /** Where its endpoint is. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** @param start brings up the worker against these brokers */
export async function startSide(start: (bootstrap: string) => Promise<Worker>): Promise<Side> {
  const node = await startKafka({ version: '4' });
  const endpoint = await startEndpoint();
  try {
    for (const topic of TOPICS) await node.createTopic(topic, PARTITIONS);
    const worker = await start(node.bootstrap());
    return {
      worker,
      endpoint: endpoint.url,
      answer: endpoint.answer,
      produce: (topic, count) => produce(node, topic, count),
      async stop() {
        await worker.stop();
        await endpoint.stop();
        await node.stop();
      },
    };
  } catch (error) {
    await endpoint.stop();
    await node.stop();
    throw error;
  }
}

async function produce(node: KafkaNode, topic: string, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => ({ partition: i % PARTITIONS, value: `{"number":${i}}` }));
  await node.produce(topic, records);
}

interface StatusEndpoint {
  readonly url: string;
  answer(status: number): void;
  stop(): Promise<void>;
}

async function startEndpoint(): Promise<StatusEndpoint> {
  let status = 200;
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(status).end());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    answer(now) {
      status = now;
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
