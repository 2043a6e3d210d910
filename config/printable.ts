/** Characters a line of a name, a key or a reason may have before it is cut. */
const LONGEST = 2000;

/**
 * What would steer a terminal, or make a text look like another one: control characters (C0, DEL, C1), the marks and
 * isolates of writing direction, separators of lines and paragraphs, blanks without a width or other than U+0020, halves
 * of surrogate pairs, and tags.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\ud800-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

/** Text of foreign origin on one line: what can't be seen, or would do something, is written `\u001b`. */
export function printable(text: string): string {
  return shortened(text).replace(UNPRINTABLE, asEscape);
}

/** The same of a key or another name, whose outer blanks would not be seen either. */
export function printableName(name: string): string {
  return printable(name).replace(/^ | $/g, '\\u0020');
}

/** JSON stays what it says, and does nothing to a terminal that shows it. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE, sign => (sign === '\n' ? sign : asEscape(sign)));
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' };

function asEscape(sign: string): string {
  const short = SHORT[sign];
  if (short !== undefined) return short;
  return Array.from({ length: sign.length }, (_, at) => `\\u${hex(sign.charCodeAt(at))}`).join('');
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0');
}
