import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kafkaConfig } from '../support/broker.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

interface Order {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly url: string;
}

/** A process that has a task in a process of its own, as a worker has; killed when the test ends. */
export async function startTaskParent(t: TestContext, order: Order): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url));
  t.after(() => child.kill('SIGKILL'));
  child.send(order);
  await once(child, 'message');
  return child;
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('message', ({ bootstrapServers, topic, url }: Order) => {
    const config = connectorConfig(kafkaConfig(bootstrapServers, topic), [topic], new URL(url));
    new RunningTask({ after: () => undefined } as unknown as TestContext, { ...config, isolation: 'process' });
    process.send!('started');
  });
}
