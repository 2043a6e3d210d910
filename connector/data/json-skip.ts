const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** Bytes of a string that are looked at one by one: most strings end within. */
const NEAR = 32;

// Ways over JSON that is known to have no fault in it. None goes beyond `limit`.

/** @returns where the first byte stands that is no blank */
export function behindBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at]! <= SPACE) at++;
  return at;
}

/** @param from where its opening quote stands. @returns what follows the closing one */
export function behindString(bytes: Uint8Array, from: number, limit: number): number {
  const near = Math.min(limit, from + NEAR);
  let at = from + 1;
  while (at < near && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  if (at < near) return at + 1;
  // A long one: the search for its end is native, and the end is one that an even number of backslashes stands before.
  for (let end = bytes.indexOf(QUOTE, at); end >= 0 && end < limit; end = bytes.indexOf(QUOTE, end + 1)) {
    let before = end;
    while (before > at && bytes[before - 1] === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return limit;
}

/** @param from where a value begins. @returns what follows it */
export function behindValue(bytes: Uint8Array, from: number, limit: number): number {
  const first = bytes[from];
  if (first === QUOTE) return behindString(bytes, from, limit);
  let at = from;
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    while (at < limit && !endsScalar(bytes[at]!)) at++;
    return at;
  }
  let depth = 0;
  while (at < limit) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = behindString(bytes, at, limit);
      continue;
    }
    at++;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) break;
  }
  return at;
}

function endsScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
}
