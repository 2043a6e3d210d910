import type { KafkaNode } from './node.ts';
import { type LogLine, type Program, programLogs } from './program.ts';

const EVERY_MS = 200;

/**
 * For what tells nobody that it has changed: asks again and again.
 * @returns the first answer that fits.
 * @throws Error with the last answer and the programs' logs when none did within `timeoutMs`.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${timeoutMs} ms, but ${shown(answer)}\n${programLogs()}`);
    }
    await new Promise(resolve => setTimeout(resolve, EVERY_MS));
  }
}

/** Resolves once the group has committed each partition of the topic to its end. */
export async function committedToEnd(node: KafkaNode, group: string, topic: string, timeoutMs?: number): Promise<void> {
  const offsets = async () => {
    const ends = [...(await node.watermarks(topic))].map(([partition, { high }]) => [partition, high]);
    return { ends, committed: [...(await node.committed(group, topic))] };
  };
  const reached = ({ ends, committed }: Awaited<ReturnType<typeof offsets>>): boolean =>
    ends.every(([partition, end]) => end === 0 || committed.some(([at, offset]) => at === partition && offset === end));
  await until(`${topic} committed to its end`, offsets, reached, timeoutMs);
}

/** How many partitions a line says are assigned; 0 for any other line. */
export function assignedIn({ event, msg }: LogLine): number {
  return event === 'partitions-assigned' ? (msg.match(/-\d+\b/g)?.length ?? 0) : 0;
}

/** Resolves once each task of the connector holds as many partitions as any other: its group is formed. */
export async function partitionsShared(
  { log }: Program,
  connector: string,
  tasks: number,
  partitions: number,
): Promise<void> {
  const latest = async (): Promise<number[]> => {
    const held = new Map<unknown, number>();
    for (const line of log) {
      if (line.event === 'partitions-assigned' && line['connector'] === connector)
        held.set(line['task'], assignedIn(line));
    }
    return [...held.values()];
  };
  await until(
    `each task of ${connector} has its share`,
    latest,
    held => held.length === tasks && held.every(count => count === partitions / tasks),
  );
}

function shown(answer: unknown): string {
  return JSON.stringify(answer).slice(0, 2000);
}
