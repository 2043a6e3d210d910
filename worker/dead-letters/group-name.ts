import { createHash } from 'node:crypto';
import type { LetterFilter } from './filter.ts';

/** What makes one replay another than the next: where letters go, and which are meant. */
export interface ReplayIdentity {
  readonly topic: string;
  readonly connector: string;
  readonly target: 'origin' | 'endpoint';
  readonly samePartition: boolean;
  readonly originTopic: string | null;
  readonly filter: LetterFilter;
}

const DIGITS = 12;
/** Kafka's brokers take no longer name of a group, less what stands around the topic's. */
const LONGEST_TOPIC = 200;

/** The group that keeps a replay's place: the same for the same target and filter, whatever the order of their parts. */
export function groupNameOf({ filter, ...identity }: ReplayIdentity): string {
  const partitions = [...new Set(filter.partitions)].sort((a, b) => a - b);
  const parts = [ordered({ ...identity }), ordered({ ...filter, partitions })];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGITS);
  return `tailrace-replay-${identity.topic.slice(0, LONGEST_TOPIC)}-${hash}`;
}

function ordered(members: object): readonly (readonly [string, unknown])[] {
  return Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
}
