import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaNode, startKafka } from '../kafka/node.ts';

/** What every measurement stands on. */
export interface Stage {
  readonly node: KafkaNode;
  /** For the files of the runs; kept when a run failed. */
  readonly directory: string;
}

/** The memory of a broker that has to feed a benchmark. */
const BROKER_JVM = ['-Xms1g', '-Xmx1g'];

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Starts a real broker, lets `work` use it, and ends it. */
export async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-bench-'));
  const node = await startKafka({ version: '4', jvm: BROKER_JVM });
  try {
    await work({ node, directory });
    await rm(directory, { recursive: true });
  } finally {
    await node.stop();
  }
}
