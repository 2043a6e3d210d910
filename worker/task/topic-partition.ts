import type { TopicPartition } from './ports.ts';

/** As the key of a map. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** By topic and number. */
export function byPartition(a: TopicPartition, b: TopicPartition): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
}

/** Of two ids of topics of one name: whether these are two. Null: not known. */
export function isOtherTopic(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}
