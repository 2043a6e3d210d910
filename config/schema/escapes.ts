import { type Format, FormatError, verbatimText } from './formats.ts';

const MOST_BYTES = 65_536;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  0: '\0',
};

/** A surrogate without its other half: UTF-8 has none. */
const HALF = /\p{Cs}/u;
const ESCAPE = /\\(u[0-9a-fA-F]{4}|[\s\S]?)/g;
const KNOWN = '\\n, \\r, \\t, \\f, \\0, \\\\ and \\u0000 to \\uffff';

/**
 * A text whose blanks count and whose escapes are read, whatever the file has read of them: a line end can be written as `\n` in
 * an environment variable too. Those of a properties or JSON file come first, and are those of Kafka Connect.
 */
export const escapedText: Format<string> = {
  ...verbatimText,
  expects: `a text of at most ${MOST_BYTES} bytes, with the escapes ${KNOWN}`,
  read: written => {
    const text = written.replace(ESCAPE, readEscape);
    if (HALF.test(text)) throw new FormatError('holds half of a character (a \\u escape without its other half)');
    return Buffer.byteLength(text) <= MOST_BYTES ? text : undefined;
  },
};

function readEscape(written: string, letter: string, at: number): string {
  const known = letter.length === 5 ? String.fromCharCode(Number.parseInt(letter.slice(1), 16)) : ESCAPES[letter];
  if (known !== undefined) return known;
  const what = written === '\\' ? 'a backslash that escapes nothing' : 'an escape that is none';
  throw new FormatError(`has ${what} at character ${at + 1}: known are ${KNOWN}`);
}
