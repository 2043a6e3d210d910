import type { Block } from '../block.ts';
import { bytesAt, decodeHeaders } from '../headers-column.ts';
import type { Part } from './parts.ts';

/** W3C Trace Context §3.2: version, trace id, parent id, flags; what a later version has behind them, visible ASCII. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[\x21-\x7e]{0,200})?$/;
/** §3.3.1.3 (as level 2 has it, which takes all of level 1): key, `=`, value without a blank at its end. */
const MEMBER = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_MEMBERS = 32;
/** No valid list is longer: 32 members of a key and a value of 256 characters each, some blanks included. */
const MOST_WRITTEN = 32_768;
/** §3.3.1.5: what is longer is shortened by whole members, those of more than 128 characters first. */
const MOST_STATE = 512;
const LONG_MEMBER = 128;

export function isTraceparent(text: string): boolean {
  const match = TRACEPARENT.exec(text);
  if (match === null) return false;
  const [, version, trace, parent, later] = match;
  if (version === 'ff' || (version === '00' && later !== undefined)) return false;
  return !isZero(trace!) && !isZero(parent!);
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

/** The list's members, at most 512 characters in all; null when it breaks a rule or holds nothing. */
export function readTracestate(lines: readonly string[]): string | null {
  const written = lines.join(',');
  if (written.length > MOST_WRITTEN) return null;
  const members = written
    .split(',')
    .map(withoutBlanks)
    .filter(member => member !== '');
  if (members.length > MOST_MEMBERS) return null;
  const keys = new Set<string>();
  for (const member of members) {
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined || keys.has(key)) return null;
    keys.add(key);
  }
  const kept = shorten(members);
  return kept.length === 0 ? null : kept.join(',');
}

function withoutBlanks(text: string): string {
  const isBlank = (at: number): boolean => text[at] === ' ' || text[at] === '\t';
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

function shorten(members: readonly string[]): readonly string[] {
  const length = (list: readonly string[]): number => list.join(',').length;
  const kept = [...members];
  for (let i = kept.length - 1; i >= 0 && length(kept) > MOST_STATE; i--) {
    if (kept[i]!.length > LONG_MEMBER) kept.splice(i, 1);
  }
  while (length(kept) > MOST_STATE) kept.pop();
  return kept;
}

/**
 * The trace context in one record's Kafka headers, as headers of a request. Names are matched without regard to case, as
 * HTTP does. Nothing where there is no valid `traceparent`, or several.
 */
export function traceContextOf(
  block: Block,
  index: number,
): Readonly<Partial<Record<'traceparent' | 'tracestate', string>>> {
  const bytes = bytesAt(block.headers, index);
  const traceparent = bytes === null ? null : traceparentIn(bytes);
  if (traceparent === null) return {};
  const written = decodeHeaders(bytes!).filter(([name]) => name.toLowerCase() === 'tracestate');
  const tracestate = readTracestate(written.map(([, value]) => value?.toString('latin1') ?? ''));
  return tracestate === null ? { traceparent } : { traceparent, tracestate };
}

/** The distinct trace contexts of all records of a request by their `traceparent`s, the first `most`, and how many more there are. */
export function traceparentsOf(
  parts: readonly Part[],
  most: number,
): { readonly links: readonly string[]; readonly droppedLinks: number } {
  const links = new Map<string, string>();
  for (const { item, start, end } of parts) {
    const { block } = item.slice;
    for (let i = start; i < end; i++) {
      const bytes = bytesAt(block.headers, i);
      const traceparent = bytes === null ? null : traceparentIn(bytes);
      if (traceparent === null) continue;
      const ids = traceparent.slice(IDS_FROM, IDS_TO);
      if (!links.has(ids)) links.set(ids, traceparent);
    }
  }
  return { links: [...links.values()].slice(0, most), droppedLinks: Math.max(0, links.size - most) };
}

const IDS_FROM = '00-'.length;
const IDS_TO = IDS_FROM + '00000000000000000000000000000000-0000000000000000'.length;

const NAME = Buffer.from('traceparent');
const INT = 4;
const TO_LOWER = 0x20;

/** The valid one, if there is one and no other: without decoding the headers, since all records of a batch are asked. */
function traceparentIn(bytes: Buffer): string | null {
  if (bytes.length === 0) return null;
  let found: string | null = null;
  let at = INT;
  for (let left = bytes.readInt32LE(0); left > 0; left--) {
    const nameLength = bytes.readInt32LE(at);
    const nameAt = at + INT;
    const valueLength = bytes.readInt32LE(nameAt + nameLength);
    const valueAt = nameAt + nameLength + INT;
    at = valueAt + Math.max(0, valueLength);
    if (nameLength !== NAME.length || !isNamed(bytes, nameAt)) continue;
    if (found !== null) return null;
    found = bytes.toString('latin1', valueAt, at);
  }
  return found !== null && isTraceparent(found) ? found : null;
}

function isNamed(bytes: Buffer, at: number): boolean {
  for (let i = 0; i < NAME.length; i++) if ((bytes[at + i]! | TO_LOWER) !== NAME[i]) return false;
  return true;
}
