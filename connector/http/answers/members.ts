export type Entry = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}

/** An own property only: an answer can not reach into a prototype. */
export function own(value: Entry, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What says nothing: no such member, or a null. */
export function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** A status as a number, or as the digits of one; null for anything else. */
export function statusOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : null;
}

/** The digits of a place, as a number or a text; null for anything else. */
export function placeOf(value: unknown): number | null {
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
