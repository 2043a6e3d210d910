import { parseJson } from './bounded-json.ts';

/** An entry may say this much of its record, and the answer of itself. */
const ENTRY_VALUES_MAX = 100;
const VALUES_MAX = 1_000;

/**
 * The status of each record from a per-record answer, in the order sent: a JSON array, or an object with one in
 * `responses`, `results` or `items`, of exactly `records` entries that all have an integer `status` or `statusCode`.
 * Null for anything else, and where an `index` or `id` says that an entry stands in another's place.
 */
export function recordStatuses(body: Buffer, records: number): readonly number[] | null {
  const entries = entriesOf(parseJson(body, VALUES_MAX + records * ENTRY_VALUES_MAX));
  if (entries === null || entries.length !== records) return null;
  const statuses: number[] = [];
  for (const entry of entries) {
    if (!isObject(entry)) return null;
    const status = own(entry, 'status') ?? own(entry, 'statusCode');
    if (typeof status !== 'number' || !Number.isInteger(status)) return null;
    statuses.push(status);
  }
  return isInPlace(entries as readonly Entry[]) ? statuses : null;
}

type Entry = Readonly<Record<string, unknown>>;

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

function placeOf(value: unknown): number | null {
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
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

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}

/** An own property only: an answer can not reach into a prototype. */
function own(value: Entry, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
