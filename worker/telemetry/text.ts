/** Characters that steer a terminal or turn the direction of its text: C0, DEL, C1, marks and embeddings of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The same without those that JSON escapes by itself. */
const RAW_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** On one line, and nothing in it steers a terminal: line ends and tabs become blanks, the rest goes. */
export function withoutControls(text: string): string {
  return text.replace(STEERING, character => (/[\n\t\u2028\u2029]/.test(character) ? ' ' : ''));
}

/** Text as it may stand in HTML, between tags and in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => HTML[character]!);
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** JSON that a terminal may show: what JSON leaves raw of the same characters is escaped too. */
export function escapeControls(json: string): string {
  return json.replace(RAW_IN_JSON, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The beginning of a text, ending with how many characters are missing where there are some; no character is cut in two.
 *
 * @param bytes what the beginning may take in a line of JSON, in UTF-8, escapes included
 * @param missing characters that stood behind the text already
 */
export function cut(text: string, bytes: number, missing = 0): string {
  const end = text.length * MOST_BYTES <= bytes ? text.length : endWithin(text, bytes);
  const left = text.length - end + missing;
  return left === 0 ? text : `${text.slice(0, end)}… (${left} characters left out)`;
}

/** One line of foreign text, short enough for a place that shows many: a status, an answer of the listener. */
export function excerpt(text: string, bytes: number): string {
  // What is dropped as a control character counts as missing only where it stood behind the cut.
  const beginning = text.slice(0, bytes);
  return cut(withoutControls(beginning), bytes, text.length - beginning.length);
}

/** Of one UTF-16 unit: `\u0000`. */
const MOST_BYTES = 6;

function endWithin(text: string, bytes: number): number {
  let used = 0;
  let at = 0;
  while (at < text.length) {
    const point = text.codePointAt(at)!;
    used += bytesOf(point);
    if (used > bytes) return at;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

/** Of one character in JSON. */
function bytesOf(point: number): number {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return MOST_BYTES;
  if (point === 0x22 || point === 0x5c) return 2;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  if (point > 0xffff) return 4;
  const isAlone = point >= 0xd800 && point < 0xe000;
  return isAlone || (point >= 0x2000 && point < 0x2070) ? MOST_BYTES : 3;
}
