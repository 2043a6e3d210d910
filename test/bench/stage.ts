import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaUnavailable } from '../kafka/jars.ts';
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

/** Starts a real broker, lets `work` use it, and ends it; says in one line why there is none. */
export async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-bench-'));
  let node: KafkaNode;
  try {
    node = await startKafka({ version: '4', jvm: BROKER_JVM });
  } catch (error) {
    await rm(directory, { recursive: true });
    if (!(error instanceof KafkaUnavailable)) throw error;
    process.stderr.write(`no real Kafka: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  try {
    await work({ node, directory });
    if (allWentWell()) await rm(directory, { recursive: true });
  } finally {
    await node.stop();
  }
}

let failures = 0;

/** A run that fails is told and left out: it shall not cost the others. */
export async function attempt<T>(name: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    failures++;
    const reasons = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) reasons.push(at.message);
    say(`  ${name} FAILED: ${reasons.join(': ')}`);
    return null;
  }
}

/** Whether every run went well. */
export function allWentWell(): boolean {
  return failures === 0;
}
