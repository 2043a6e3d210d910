export type TranslatedRegex = { readonly pattern: string } | { readonly problem: string };

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' ' };

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\\[0-9k]/, 'a reference to a group'],
  [/\\[bBAzZGQEpPDWSRXhHvVxuc]/, 'an escape other than \\d, \\w or an escaped sign'],
  [/\(\?(?!:)/, 'a group that begins with (?'],
  [/[*+?}][?+]/, 'a lazy or possessive quantifier'],
  [/&&|\[[^\]]*\[/, 'a class within a class'],
];

/**
 * Turns a Java regular expression into one that the Kafka client (POSIX extended) and JavaScript read alike, without
 * anchors. What POSIX can't say is refused, never guessed.
 */
export function translateRegex(java: string): TranslatedRegex {
  const signs = java.replaceAll(/\\\\/g, '');
  for (const [pattern, what] of REFUSED) {
    if (pattern.test(signs))
      return { problem: `holds ${what}, which the Kafka client can't match: write it another way` };
  }
  let pattern = '';
  for (let at = 0; at < java.length; ) {
    if (java[at] === '[') {
      const end = endOfClass(java, at);
      if (end === null) return { problem: 'holds a [ without its ]' };
      pattern += translateClass(java.slice(at + 1, end));
      at = end + 1;
    } else if (java[at] === '\\') {
      const sign = java[at + 1] ?? '';
      pattern += Object.hasOwn(CLASSES, sign) ? `[${CLASSES[sign]}]` : `\\${sign}`;
      at += 2;
    } else if (java.startsWith('(?:', at)) {
      pattern += '(';
      at += 3;
    } else pattern += java[at++];
  }
  try {
    new RegExp(`^(${pattern})$`);
  } catch {
    return { problem: 'is not a valid regular expression' };
  }
  return { pattern };
}

function endOfClass(java: string, start: number): number | null {
  for (let at = start + 1; at < java.length; at++) {
    if (java[at] === '\\') at++;
    else if (java[at] === ']' && at > start + 1 && java.slice(start + 1, at) !== '^') return at;
  }
  return null;
}

/** In a POSIX class a backslash is a sign of its own; a hyphen that is meant as such goes to the end. */
function translateClass(inside: string): string {
  const negated = inside.startsWith('^') ? '^' : '';
  let hyphen = '';
  const members = inside.slice(negated.length).replaceAll(/\\(.)/gs, (_, sign: string) => {
    if (sign === '-') hyphen = '-';
    return sign === '-' ? '' : (CLASSES[sign] ?? sign);
  });
  return `[${negated}${members}${hyphen}]`;
}
