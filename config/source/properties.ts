/** One `key=value` of a properties file. */
export interface PropertyEntry {
  readonly key: string;
  readonly value: string;
  /** Line on which the entry begins, counted from 1. */
  readonly line: number;
  /** As it stands in the file, escapes not read: nothing beyond ASCII. */
  readonly isAscii: boolean;
}

export interface ParsedProperties {
  /** In the order of the file, repeated keys included; as in Java the last one counts. */
  readonly entries: readonly PropertyEntry[];
  /** Lines with a malformed `\uXXXX`, for which `java.util.Properties` refuses the whole file. */
  readonly malformedLines: readonly number[];
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/**
 * Reads the format of `java.util.Properties.load(Reader)`, its oddities included: a comment sign counts only at the
 * start of a logical line, a blank line ends a continuation, a file's last lone backslash is dropped.
 *
 * @param most entries that are read; what follows is left
 */
export function parseProperties(text: string, most = Number.POSITIVE_INFINITY): ParsedProperties {
  const entries: PropertyEntry[] = [];
  const malformedLines: number[] = [];
  for (const logical of logicalLines(text)) {
    if (entries.length + malformedLines.length >= most) break;
    const [keyEnd, valueStart] = findSeparator(logical.text);
    const key = decode(logical.text.slice(0, keyEnd));
    const value = decode(logical.text.slice(valueStart));
    if (key === null || value === null) malformedLines.push(logical.line);
    else entries.push({ key, value, line: logical.line, isAscii: isAscii(logical.text) });
  }
  return { entries, malformedLines };
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
  return /^[\u0000-\u007f]*$/.test(text);
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\f';
}

function isEndOfLine(char: string): boolean {
  return char === '\r' || char === '\n';
}

function endOfComment(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isEndOfLine(text[end]!)) end++;
  return end;
}

/** Joins continued lines and leaves out comments and blank lines: the states of Java's `LineReader`. */
function* logicalLines(text: string): Generator<LogicalLine> {
  // What was joined so far: pieces of the text, the last one from `from` on.
  let pieces: string[] = [];
  let from = -1;
  let start = 1;
  let line = 1;
  let skipping = true;
  let continued = false;
  let escaped = false;
  let end = text.length;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const ends = isEndOfLine(char);
    if (ends && !(char === '\n' && text[at - 1] === '\r')) line++;
    if (skipping) {
      if (isBlank(char) || (ends && !continued)) continue;
      skipping = false;
      continued = false;
    }
    if (from < 0 && pieces.length === 0) {
      start = line;
      if (ends || char === '#' || char === '!') {
        at = endOfComment(text, at) - (ends ? 0 : 1);
        skipping = true;
        continue;
      }
    }
    if (!ends) {
      if (from < 0) from = at;
      escaped = char === '\\' && !escaped;
      continue;
    }
    if (at + 1 === text.length) {
      end = at;
      break;
    }
    if (from >= 0 && at - (escaped ? 1 : 0) > from) pieces.push(text.slice(from, at - (escaped ? 1 : 0)));
    from = -1;
    if (escaped) {
      if (char === '\r' && text[at + 1] === '\n') at++;
    } else {
      yield { text: pieces.join(''), line: start };
      pieces = [];
    }
    skipping = true;
    continued = escaped;
    escaped = false;
  }
  if (from >= 0) pieces.push(text.slice(from, end));
  const rest = pieces.join('');
  if (rest !== '') yield { text: escaped ? rest.slice(0, -1) : rest, line: start };
}

/** Where the key ends and where the value starts. */
function findSeparator(text: string): [keyEnd: number, valueStart: number] {
  let keyEnd = 0;
  let escaped = false;
  for (; keyEnd < text.length; keyEnd++) {
    const char = text[keyEnd]!;
    if (!escaped && (char === '=' || char === ':' || isBlank(char))) break;
    escaped = char === '\\' && !escaped;
  }
  let valueStart = keyEnd;
  let separated = false;
  for (; valueStart < text.length; valueStart++) {
    const char = text[valueStart]!;
    if (isBlank(char)) continue;
    if (separated || (char !== '=' && char !== ':')) break;
    separated = true;
  }
  return [keyEnd, valueStart];
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' };

/** Null when a `\u` is not followed by four hexadecimal digits. */
function decode(text: string): string | null {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char !== '\\') {
      result += char;
      continue;
    }
    const sign = text[++at] ?? '';
    if (sign === 'u') {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) return null;
      result += String.fromCharCode(Number.parseInt(digits, 16));
      at += 4;
    } else result += ESCAPES[sign] ?? sign;
  }
  return result;
}
