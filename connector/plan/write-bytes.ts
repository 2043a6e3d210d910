/** Bytes and characters up to which a loop is faster than a call. */
const SHORT = 64;

/** @returns behind the last byte that was written */
export function copy(from: Buffer, start: number, end: number, into: Buffer, at: number): number {
  if (end - start > SHORT) return at + from.copy(into, at, start, end);
  let next = at;
  for (let i = start; i < end; i++) into[next++] = from[i]!;
  return next;
}

/** In UTF-8. @returns behind its last byte */
export function writeText(text: string, into: Buffer, at: number): number {
  const { length } = text;
  if (length > SHORT) return at + into.write(text, at);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return at + into.write(text, at);
    into[at + i] = code;
  }
  return at + length;
}
