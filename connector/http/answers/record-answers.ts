/** What an answer says of one record: a status of HTTP, or that it was taken, where it has no number for that. */
export type RecordStatus = number | 'taken';

/** What an answer says of each record that was sent, in the order sent. */
export interface RecordAnswers {
  readonly statuses: readonly RecordStatus[];
  /** The part of the answer that names a record, as parsed JSON; undefined where none does. */
  readonly itemOf: (index: number) => unknown;
}

/** What was sent, as far as an answer can refer to it. */
export interface Named {
  readonly records: number;
  /** The places of the records by their ids, `topic-partition-offset`. */
  readonly ids: () => ReadonlyMap<string, number>;
}

/** Reads a JSON answer; null where it does not name each record exactly once, or contradicts itself. */
export type RecordMapper = (answer: unknown, named: Named, status: number) => RecordAnswers | null;

/** All records were taken together. */
export function allTaken(records: number): RecordAnswers {
  return { statuses: Array<RecordStatus>(records).fill('taken'), itemOf: () => undefined };
}

/**
 * What the items say in the order in which records were sent; null unless each place is named exactly once.
 * @param placeOf of an item, counted from 0; null or anything outside names none
 */
export function inOrder<T>(
  items: readonly T[],
  records: number,
  placeOf: (item: T, position: number) => number | null,
): readonly T[] | null {
  if (items.length !== records) return null;
  const ordered = Array<T | undefined>(records);
  const seen = new Uint8Array(records);
  for (const [position, item] of items.entries()) {
    const place = placeOf(item, position);
    if (place === null || !(place >= 0 && place < records) || seen[place] === 1) return null;
    seen[place] = 1;
    ordered[place] = item;
  }
  return ordered as T[];
}
