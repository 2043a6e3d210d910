import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type MockRecord, startMockBroker } from '../../worker/kafka/mock-broker.ts';

type Order = { readonly topic: string; readonly records: readonly MockRecord[] };

/** A mock cluster in a process of its own: it can stand still, as a broker whose machine hangs does. */
export interface BrokerProcess {
  readonly bootstrapServers: string;
  produce(topic: string, records: readonly MockRecord[]): Promise<void>;
  /** Connections stay open, and nothing is answered any more. */
  hang(): void;
}

/** Starts one; it is killed when the test ends. */
export async function startBrokerProcess(t: TestContext): Promise<BrokerProcess> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url));
  t.after(() => child.kill('SIGKILL'));
  const [bootstrapServers] = (await once(child, 'message')) as [string];
  return {
    bootstrapServers,
    async produce(topic, records) {
      const done = once(child, 'message');
      child.send({ topic, records } satisfies Order);
      await done;
    },
    hang: () => void child.kill('SIGSTOP'),
  };
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const broker = await startMockBroker();
  process.on('message', ({ topic, records }: Order) => {
    void broker
      .createTopic(topic)
      .then(() => broker.produce(topic, records))
      .then(() => process.send!('done'));
  });
  process.send(broker.bootstrapServers);
}
