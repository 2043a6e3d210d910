/** One `key=value` of a properties file. */
export interface PropertyEntry {
  readonly key: string;
  readonly value: string;
  /** Line on which the entry begins, counted from 1. */
  readonly line: number;
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
 */
export function parseProperties(text: string): ParsedProperties {
  const entries: PropertyEntry[] = [];
  const malformedLines: number[] = [];
  for (const logical of logicalLines(text)) {
    const [keyEnd, valueStart] = findSeparator(logical.text);
    const key = decode(logical.text.slice(0, keyEnd));
    const value = decode(logical.text.slice(valueStart));
    if (key === null || value === null) malformedLines.push(logical.line);
    else entries.push({ key, value, line: logical.line });
  }
  return { entries, malformedLines };
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
  let joined = '';
  let start = 1;
  let line = 1;
  let skipping = true;
  let continued = false;
  let escaped = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const ends = isEndOfLine(char);
    if (ends && !(char === '\n' && text[at - 1] === '\r')) line++;
    if (skipping) {
      if (isBlank(char) || (ends && !continued)) continue;
      skipping = false;
      continued = false;
    }
    if (joined === '') {
      start = line;
      if (ends || char === '#' || char === '!') {
        at = endOfComment(text, at) - (ends ? 0 : 1);
        skipping = true;
        continue;
      }
    }
    if (!ends) {
      joined += char;
      escaped = char === '\\' && !escaped;
      continue;
    }
    if (at + 1 === text.length) break;
    if (escaped) {
      joined = joined.slice(0, -1);
      if (char === '\r' && text[at + 1] === '\n') at++;
    } else {
      yield { text: joined, line: start };
      joined = '';
    }
    skipping = true;
    continued = escaped;
    escaped = false;
  }
  if (joined !== '') yield { text: escaped ? joined.slice(0, -1) : joined, line: start };
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
