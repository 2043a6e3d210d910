import { type Entry, isObject, own, placeOf } from './members.ts';
import type { RecordAnswers } from './record-answers.ts';

/**
 * The status of each record from a per-record answer, in the order sent: a JSON array, or an object with one in
 * `responses`, `results` or `items`, of exactly `records` entries that all have an integer `status` or `statusCode`.
 * Null for anything else, and where an `index` or `id` says that an entry stands in another's place.
 */
export function readMultiStatus(answer: unknown, records: number): RecordAnswers | null {
  const entries = entriesOf(answer);
  if (entries === null || entries.length !== records) return null;
  const statuses: number[] = [];
  for (const entry of entries) {
    if (!isObject(entry)) return null;
    const status = own(entry, 'status') ?? own(entry, 'statusCode');
    if (typeof status !== 'number' || !Number.isInteger(status)) return null;
    statuses.push(status);
  }
  return isInPlace(entries as readonly Entry[]) ? { statuses, itemOf: index => entries[index] } : null;
}

/**
 * An index is one's place, counted from 0 or from 1. An id is it only where all could be: servers give ids of their own.
 */
function isInPlace(entries: readonly Entry[]): boolean {
  const ids = entries.map(entry => placeOf(own(entry, 'id')));
  const arePlaces = ids.every(id => id !== null && id >= 0 && id <= entries.length);
  return counts(entries.map(entry => placeOf(own(entry, 'index')))) && (!arePlaces || counts(ids));
}

function counts(places: readonly (number | null)[]): boolean {
  return [0, 1].some(first => places.every((place, i) => place === null || place === i + first));
}

function entriesOf(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) return null;
  for (const name of ['responses', 'results', 'items']) {
    const found = own(answer, name);
    if (Array.isArray(found)) return found;
  }
  return null;
}
