import { type Groups, JavaRegexError, type Replacement } from './java-regex.ts';

/**
 * Reads a replacement of java.util.regex.Matcher: `$1`, `${name}`, and `\` before a sign that stands for itself.
 * @throws JavaRegexError with Java's text, where Java would only fail on the first match
 */
export function parseReplacement(java: string, regex: Groups): Replacement {
  const parts: (string | { group: number | string })[] = [];
  for (let at = 0; at < java.length; ) {
    const rest = java.slice(at);
    if (rest[0] === '\\') {
      if (rest.length === 1) throw new JavaRegexError('character to be escaped is missing');
      parts.push(rest[1]!);
      at += 2;
    } else if (rest[0] === '$') {
      const { length, group } = readGroup(rest, regex);
      parts.push({ group });
      at += length;
    } else {
      parts.push(rest[0]!);
      at++;
    }
  }
  return joinTexts(parts);
}

function readGroup(rest: string, { groupCount, hasGroup }: Groups): { length: number; group: number | string } {
  if (rest.length === 1) throw new JavaRegexError('Illegal group reference: group index is missing');
  if (rest[1] === '{') {
    const name = /^\$\{([a-zA-Z][a-zA-Z0-9]*)\}/.exec(rest);
    if (name === null) throw new JavaRegexError("named capturing group is missing trailing '}'");
    if (!hasGroup(name[1]!)) throw new JavaRegexError(`No group with name {${name[1]}}`);
    return { length: name[0].length, group: name[1]! };
  }
  if (!/\d/.test(rest[1]!)) throw new JavaRegexError('Illegal group reference');
  let group = Number(rest[1]);
  if (group > groupCount) throw new JavaRegexError(`No group ${group}`);
  let length = 2;
  while (/\d/.test(rest[length] ?? '') && group * 10 + Number(rest[length]) <= groupCount) {
    group = group * 10 + Number(rest[length++]);
  }
  return { length, group };
}

function joinTexts(parts: readonly (string | { group: number | string })[]): Replacement {
  const joined: (string | { group: number | string })[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}
