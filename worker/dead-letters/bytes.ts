import { isUtf8 } from 'node:buffer';
import { printable } from '../../config/printable.ts';

/** Characters of a text, and bytes of what is none, that are shown of it. */
const MOST_CHARACTERS = 8_000;
const MOST_BYTES = 256;
const BYTES_A_LINE = 16;
/** Control characters but the ends of lines and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Whether bytes are what a person would call text. */
export function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !CONTROLS.test(bytes.toString());
}

/** Lines that show bytes of a record: as text where they are, else in hexadecimal; `more` says what is left out. */
export function bytesLines(bytes: Buffer | null, mask: (text: string) => string, more: string): readonly string[] {
  if (bytes === null) return ['(null)'];
  if (bytes.length === 0) return ['(empty)'];
  if (!isText(bytes)) {
    const left = bytes.length - MOST_BYTES;
    return [...hexLines(bytes.subarray(0, MOST_BYTES)), ...(left > 0 ? [`… (${left} bytes more: ${more})`] : [])];
  }
  const text = mask(bytes.toString());
  const left = text.length - MOST_CHARACTERS;
  const lines = text.slice(0, MOST_CHARACTERS).split(/\r\n|[\r\n]/);
  // A line of its own is cut by `printable` where it is long.
  return [...lines.flatMap(pieces).map(printable), ...(left > 0 ? [`… (${left} characters more: ${more})`] : [])];
}

const PIECE = 1_000;

function pieces(line: string): readonly string[] {
  return line.length <= PIECE ? [line] : (line.match(/.{1,1000}/gsu) ?? []);
}

/** `00000000  7b 22 69 64  {"id`, as hexdump has it. */
function hexLines(bytes: Buffer): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const part = bytes.subarray(at, at + BYTES_A_LINE);
    const hex = [...part].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
    const signs = [...part].map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(3 * BYTES_A_LINE - 1)}  ${signs}`);
  }
  return lines;
}

/** Bytes in JSON, whole: null, `{"text": …}`, or `{"base64": …}` where they are no UTF-8. */
export function bytesJson(bytes: Buffer | null): { readonly text: string } | { readonly base64: string } | null {
  if (bytes === null) return null;
  return isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
}
