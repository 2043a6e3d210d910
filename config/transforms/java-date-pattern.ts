/** A piece of a pattern: literal text, or one letter and how often it stands there. */
export type PatternPart = { readonly literal: string } | { readonly letter: string; readonly count: number };

/** What stands for itself. */
const TEXT = /[^a-zA-Z']+/y;
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSzZX';

/** java.text.SimpleDateFormat's IllegalArgumentException. */
export class PatternError extends Error {}

/**
 * Reads a pattern of java.text.SimpleDateFormat.
 * @throws PatternError with Java's text
 */
export function parsePattern(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!;
    if (char === "'") {
      const quoted = readQuoted(pattern, at);
      literal += quoted.text;
      at = quoted.end;
    } else if (/[a-zA-Z]/.test(char)) {
      if (!LETTERS.includes(char)) throw new PatternError(`Illegal pattern character '${char}'`);
      let end = at + 1;
      while (pattern[end] === char) end++;
      if (char === 'X' && end - at > 3) throw new PatternError(`invalid ISO 8601 format: length=${end - at}`);
      flush();
      parts.push({ letter: char, count: end - at });
      at = end;
    } else {
      TEXT.lastIndex = at;
      literal += TEXT.exec(pattern)![0];
      at = TEXT.lastIndex;
    }
  }
  flush();
  return parts;
}

/** From a quote to behind its end; two quotes are one, inside and outside. */
function readQuoted(pattern: string, start: number): { text: string; end: number } {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 };
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") text += pattern[at++];
    else return { text, end: at + 1 };
  }
  throw new PatternError('Unterminated quote');
}
