/** A byte order mark of UTF-8; Jackson knows it where at least one more byte follows. */
const UTF8_MARK = 0xefbbbf;
const BIG_MARK = 0xfeff;
const LITTLE_MARK = 0xfffe;
const REPLACEMENT = '\ufffd';

export interface Utf8Text {
  readonly bytes: Buffer;
  /** Where they begin in the value; null: they are another encoding's characters. */
  readonly from: number | null;
}

/**
 * The text of a JSON value in UTF-8, its encoding found as Jackson's ByteSourceJsonBootstrapper does: by a byte order mark, else by
 * where zero bytes stand in the first two or four. Whether what is taken for UTF-8 is UTF-8 is not looked at.
 * @returns null for UTF-32 that holds what is no character, and for the byte orders of it that Jackson refuses
 */
export function decodeJsonText(value: Buffer): Utf8Text | null {
  if (value.length >= 4) {
    const first = value.readUInt32BE(0);
    const high = first >>> 16;
    if (first === BIG_MARK) return fromUtf32(value, 4, true);
    if (first === LITTLE_MARK * 0x10000) return fromUtf32(value, 4, false);
    if (high === BIG_MARK) return first === BIG_MARK * 0x10000 ? null : fromUtf16(value, 2, true);
    if (high === LITTLE_MARK) return fromUtf16(value, 2, false);
    if (first >>> 8 === UTF8_MARK) return { bytes: value.subarray(3), from: 3 };
    if (first >>> 8 === 0) return fromUtf32(value, 0, true);
    if ((first & 0xffffff) === 0) return fromUtf32(value, 0, false);
    if ((first & 0xff00ffff) === 0 || (first & 0xffff00ff) === 0) return null;
  }
  if (value.length >= 2) {
    if (value[0] === 0) return fromUtf16(value, 0, true);
    if (value[1] === 0) return fromUtf16(value, 0, false);
  }
  return { bytes: value, from: 0 };
}

const HALF = /\p{Cs}/u;
/** Halves of characters as Java's decoder replaces them: one of the first kind together with what follows it. */
const HALVES = /[\ud800-\udbff].?|[\udc00-\udfff]/gs;
const PAIR = /^.[\udc00-\udfff]$/s;

function fromUtf16(value: Buffer, from: number, big: boolean): Utf8Text {
  const whole = value.subarray(from, value.length - ((value.length - from) & 1));
  let text = (big ? Buffer.from(whole).swap16() : whole).toString('utf16le');
  if (HALF.test(text)) text = text.replace(HALVES, found => (PAIR.test(found) ? found : REPLACEMENT));
  return { bytes: Buffer.from(from + whole.length === value.length ? text : text + REPLACEMENT), from: null };
}

function fromUtf32(value: Buffer, from: number, big: boolean): Utf8Text | null {
  const parts: string[] = [];
  let at = from;
  for (; at + 4 <= value.length; at += 4) {
    const code = big ? value.readUInt32BE(at) : value.readUInt32LE(at);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    parts.push(String.fromCodePoint(code));
  }
  if (at < value.length) parts.push(REPLACEMENT);
  return { bytes: Buffer.from(parts.join('')), from: null };
}
