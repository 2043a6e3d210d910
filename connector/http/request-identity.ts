import { createHash } from 'node:crypto';
import type { IdempotencyKeyConfig, RequestIdentityConfig } from '../../config/types.ts';
import { countRecords, type Part } from './parts.ts';
import { traceContextOf } from './trace-context.ts';

/** The headers by which a request says which records it carries. */
export type HeadersOf = (parts: readonly Part[]) => Readonly<Record<string, string>>;

/** A key that is longer is hashed: servers keep keys, in columns of their databases. */
const LONGEST_KEY = 128;
/** What may stand in a string of RFC 8941 §3.3.3 without an escape, blanks aside. */
const PLAIN = /^[\x21\x23-\x5b\x5d-\x7e]*$/;

/** @returns null where nothing is to be said */
export function createHeadersOf({ idempotencyKey, traceContext }: RequestIdentityConfig): HeadersOf | null {
  if (idempotencyKey === null && !traceContext) return null;
  return parts => ({
    ...(traceContext && countRecords(parts) === 1 && traceContextOf(parts[0]!.item.slice.block, parts[0]!.start)),
    ...(idempotencyKey !== null && { [idempotencyKey.header]: idempotencyKeyOf(parts, idempotencyKey) }),
  });
}

/**
 * The same for the same records in the same order, in any process. The order counts, since it is that of the body: an
 * endpoint may refuse a key that comes again with other bytes (draft-ietf-httpapi-idempotency-key-header §2.7).
 */
export function idempotencyKeyOf(parts: readonly Part[], { prefix, quoted }: IdempotencyKeyConfig): string {
  const records = rangesOf(parts);
  const isPlain = records.length <= LONGEST_KEY && PLAIN.test(records);
  const key = prefix + (isPlain ? records : `sha256-${createHash('sha256').update(records).digest('hex')}`);
  return quoted ? `"${key}"` : key;
}

/**
 * `topic-partition-first..last` for each run of records that follow each other in their partition. Numbers of the ledger
 * tell that, not offsets, which have gaps: where records in the middle are missing (they were confirmed by themselves), the
 * ends alone would be those of the whole, and the rest would pass for a repetition of it.
 */
function rangesOf(parts: readonly Part[]): string {
  const ranges: { readonly where: string; readonly first: number; last: number; next: number }[] = [];
  for (const { item, start, end } of parts) {
    const { slice } = item;
    const where = `${slice.topic}-${slice.partition}`;
    const number = slice.first + start - slice.start;
    const open = ranges.at(-1);
    const last = slice.block.offset[end - 1]!;
    const next = number + end - start;
    if (open?.where === where && open.next === number) Object.assign(open, { last, next });
    else ranges.push({ where, first: slice.block.offset[start]!, last, next });
  }
  return ranges.map(({ where, first, last }) => `${where}-${first}..${last}`).join(',');
}
