import assert from 'node:assert/strict';
import type { NewRecord } from './producing.ts';

/** What became of the records that were produced, by their ids. */
export interface Audit {
  readonly produced: number;
  readonly delivered: number;
  readonly missing: readonly string[];
  /** Ids in the journal that nobody produced. */
  readonly foreign: readonly string[];
  /** How many times records were confirmed again, by partition. */
  readonly duplicates: ReadonlyMap<number, number>;
  /** First deliveries that came before an earlier record of their partition. */
  readonly disordered: readonly string[];
}

/** `partition:number` says where a record was written and when, within its partition. */
export function recordId(partition: number, number: number): string {
  return `${partition}:${number}`;
}

/**
 * Records with ids, `perPartition` for each partition, numbers from `first` on, the partitions taking turns. `base` is
 * added to the partition in the id, to tell topics apart.
 */
export function sampleRecords(partitions: number, perPartition: number, { first = 0, base = 0 } = {}): NewRecord[] {
  const records: NewRecord[] = [];
  for (let number = first; number < first + perPartition; number++) {
    for (let partition = 0; partition < partitions; partition++) {
      const id = recordId(base + partition, number);
      records.push({ partition, key: id, value: `{"id":"${id}",${PAYLOAD}}` });
    }
  }
  return records;
}

/** What does not survive a careless trip through JavaScript's numbers and strings. */
export const PAYLOAD = '"amount":12345678901234567890,"rate":1.0,"text":"gr\u00fcn grün","a":1,"a":2';

/** The id that `sampleRecords` gave. */
export function idOf(record: NewRecord): string {
  return String(record.key);
}

export function audit(produced: readonly string[], journal: readonly string[]): Audit {
  const expected = new Set(produced);
  const seen = new Set<string>();
  const last = new Map<number, number>();
  const duplicates = new Map<number, number>();
  const disordered: string[] = [];
  const foreign: string[] = [];
  for (const id of journal) {
    const [partition, number] = id.split(':').map(Number) as [number, number];
    if (!expected.has(id)) foreign.push(id);
    else if (seen.has(id)) duplicates.set(partition, (duplicates.get(partition) ?? 0) + 1);
    else {
      if (number < (last.get(partition) ?? -1)) disordered.push(id);
      last.set(partition, number);
      seen.add(id);
    }
  }
  const missing = produced.filter(id => !seen.has(id));
  return { produced: produced.length, delivered: seen.size, missing, foreign, duplicates, disordered };
}

/** One line for the test's output. */
export function auditLine(result: Audit): string {
  const repeated = [...result.duplicates.values()];
  const total = repeated.reduce((sum, count) => sum + count, 0);
  return (
    `produced ${result.produced}, delivered ${result.delivered}, missing ${result.missing.length}, ` +
    `duplicates ${total} (at most ${Math.max(0, ...repeated)} in a partition), disordered ${result.disordered.length}`
  );
}

/** Ids of many records. */
export function idsOf(records: readonly NewRecord[]): string[] {
  return records.map(idOf);
}

/** Fails the test unless every record arrived, in order, and nothing else did. */
export function assertComplete(result: Audit): void {
  assert.deepEqual(result.missing.slice(0, 10), [], `${result.missing.length} records are missing`);
  assert.deepEqual(result.foreign.slice(0, 10), [], 'records that nobody produced');
  assert.deepEqual(result.disordered.slice(0, 10), [], 'records of a partition out of order');
}

/** The same, and each record once. */
export function assertExactlyOnce(result: Audit): void {
  assertComplete(result);
  assert.deepEqual([...result.duplicates], [], 'duplicates by partition');
}
