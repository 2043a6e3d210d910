import type { TopicPartition } from '../task/ports.ts';

/** What an export of the addon calls back with. Codes are librdkafka's; `said`: what it says beside them, which may be nothing. */
export type Done<T> = (code: number | null, answer: T, said: string) => void;

/** One partition, as an answer has it. */
export interface NativeOffset extends TopicPartition {
  readonly offset: number;
  readonly code: number;
}

/** One partition of a group. */
export interface GroupPartition extends NativeOffset {
  /** What was committed beside the offset. */
  readonly metadata: string;
}

/** What worker/kafka/reader/groups.cc exports. `client` is the native half of any of node-rdkafka's clients. */
export interface GroupAddon {
  /** Of all partitions that have one. */
  groupOffsets(client: unknown, group: string, timeoutMs: number, done: Done<readonly GroupPartition[]>): void;
  /** @param offsets each partition once, at least one */
  alterGroupOffsets(
    client: unknown,
    group: string,
    offsets: readonly object[],
    timeoutMs: number,
    done: Done<readonly GroupPartition[]>,
  ): void;
  /** @param partitions each once, at least one */
  deleteGroupOffsets(
    client: unknown,
    group: string,
    partitions: readonly TopicPartition[],
    timeoutMs: number,
    done: Done<readonly GroupPartition[]>,
  ): void;
  deleteGroup(client: unknown, group: string, timeoutMs: number, done: Done<readonly GroupPartition[]>): void;
  clusterId(client: unknown, timeoutMs: number, done: Done<string>): void;
}
