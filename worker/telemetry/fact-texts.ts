import type { TaskFact } from '../task/facts.ts';
import type { TopicPartition, TopicPartitionOffset } from '../task/ports.ts';

export function name(at: TopicPartition): string {
  return `${at.topic}-${at.partition}`;
}

/** Why a partition is read elsewhere, where, and what that costs. */
export function resetOf({ reset, from, to, low, high }: Extract<TaskFact, { kind: 'offset-reset' }>): string {
  const where = `auto.offset.reset=${reset} goes on at the log's ${reset === 'latest' ? 'end' : 'start'}, ${to}`;
  if (from < low) {
    const lost = `offsets ${from} to ${to - 1} (${to - from}) are lost to this group`;
    const rest = to > low ? `, those behind are skipped` : '';
    return `${lost}: those up to ${low - 1} were deleted (retention) before they were read${rest}; ${where}`;
  }
  const cost = reset === 'latest' ? 'what was written since is not read' : 'records may be delivered twice';
  return `the group's offset ${from} is beyond the end of the log (${high}), which lost its end; ${where}: ${cost}`;
}

const LISTED = 20;

export function list(partitions: readonly (TopicPartition | TopicPartitionOffset)[]): string {
  if (partitions.length === 0) return 'no partitions';
  const names = partitions
    .slice(0, LISTED)
    .map(at => ('offset' in at && at.offset >= 0 ? `${name(at)}@${at.offset}` : name(at)));
  return `${names.join(' ')}${partitions.length > LISTED ? ` and ${partitions.length - LISTED} more` : ''}`;
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

export function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function statusClass(status: number | null): string {
  return status === null ? 'none' : `${Math.floor(status / 100)}xx`;
}
