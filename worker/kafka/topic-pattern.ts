import { KafkaError } from '../kafka-error.ts';

/** librdkafka's code for a refused setting. */
const INVALID_ARG = -186;
const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: '[:space:]' };

/**
 * `topics.regex` for librdkafka, which matches POSIX extended expressions and takes a subscription that starts with `^`
 * for one. Kafka Connect uses `java.util.regex` and matches the whole name, so the expression is anchored as a whole, and
 * what POSIX spells differently is respelled. What POSIX lacks is refused.
 *
 * @throws KafkaError that names the construct.
 */
export function subscriptionPattern(javaRegex: string): string {
  let out = '';
  for (let i = 0; i < javaRegex.length; ) {
    const [text, length] = translateAt(javaRegex, i);
    out += text;
    i += length;
  }
  return `^(${out})$`;
}

/** What stands at `i`, in POSIX's spelling, and how many characters of the source it takes. */
function translateAt(source: string, i: number): readonly [text: string, length: number] {
  const char = source[i]!;
  if (char === '\\') return translateEscape(source, i);
  if (char === '[') return translateClass(source, i);
  if (char === '(') {
    if (source[i + 1] !== '?') return ['(', 1];
    if (source[i + 2] === ':') return ['(', 3];
    throw refused(source, source.slice(i, i + 3));
  }
  if ('*+?}'.includes(char) && i > 0) {
    const next = source[i + 1];
    if (next === '+') throw refused(source, `${char}+`);
    // Whether a quantifier is lazy makes no difference to whether the whole name matches.
    if (next === '?') return [char, 2];
  }
  return [char, 1];
}

function translateEscape(source: string, i: number): readonly [text: string, length: number] {
  const next = source[i + 1];
  if (next === undefined) throw refused(source, '\\');
  if (next === 'Q') {
    const end = source.indexOf('\\E', i + 2);
    const literal = source.slice(i + 2, end === -1 ? source.length : end);
    return [literal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'), literal.length + (end === -1 ? 2 : 4)];
  }
  const klass = CLASSES[next.toLowerCase()];
  if (klass !== undefined) return [`[${next === next.toLowerCase() ? '' : '^'}${klass}]`, 2];
  if (/[A-Za-z0-9]/.test(next)) throw refused(source, `\\${next}`);
  return [/[\\^$.|?*+()[\]{}]/.test(next) ? `\\${next}` : next, 2];
}

/** A bracket expression: POSIX knows no escapes inside one, so `]`, `^` and `-` go where they stand for themselves. */
function translateClass(source: string, start: number): readonly [text: string, length: number] {
  let i = start + 1;
  const negated = source[i] === '^';
  if (negated) i++;
  let members = '';
  const special = new Set<string>();
  const from = i;
  let behindClass = true;
  for (; i < source.length && (source[i] !== ']' || i === from); i++) {
    const char = source[i]!;
    if (char === '[' || source.startsWith('&&', i)) throw refused(source, char === '[' ? '[…[' : '&&');
    if (char === '\\') {
      const next = source[++i] ?? '';
      const klass = CLASSES[next];
      if (klass !== undefined) members += klass;
      behindClass = klass !== undefined;
      if (behindClass) continue;
      if (next === '' || /[A-Za-z0-9]/.test(next)) throw refused(source, `\\${next}`);
      else if (']^-'.includes(next)) special.add(next);
      else members += next;
      continue;
    }
    // A hyphen that joins no two characters stands for itself.
    const literal = char === ']' || (char === '-' && (behindClass || /^(?:\]|\\[dws])/.test(source.slice(i + 1))));
    if (literal) special.add(char);
    else members += char;
    behindClass = false;
  }
  if (i >= source.length) throw refused(source, '[');
  const lead = special.has(']') ? ']' : '';
  const tail = `${special.has('^') ? '^' : ''}${special.has('-') ? '-' : ''}`;
  if (!negated && lead === '' && members === '' && tail === '^') return ['\\^', i + 1 - start];
  if (!negated && lead === '' && members === '' && tail === '^-') return ['[-^]', i + 1 - start];
  return [`[${negated ? '^' : ''}${lead}${members}${tail}]`, i + 1 - start];
}

function refused(source: string, construct: string): KafkaError {
  return new KafkaError({
    code: INVALID_ARG,
    message: `topics.regex: ${construct} in ${JSON.stringify(source)} has no equivalent in the Kafka client's expressions; write it without`,
    fatal: true,
  });
}
