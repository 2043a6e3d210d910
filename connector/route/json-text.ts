import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SMALL_N = 0x6e;

/** A JSON value as text: a string's characters, anything else as it is written; null for JSON's null. */
export function textOfJson(bytes: Buffer, start: number, end: number): string | null {
  const first = bytes[start];
  if (first === SMALL_N) return null;
  if (first !== QUOTE) return bytes.toString('utf8', start, end);
  const inside = bytes.subarray(start + 1, end - 1);
  if (!inside.includes(BACKSLASH)) return inside.toString('utf8');
  return JSON.parse(bytes.toString('utf8', start, end)) as string;
}

/** Bytes as text: what is no UTF-8 as Base64. */
export function textOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('base64');
}
