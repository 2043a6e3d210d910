import { compileJavaRegex, JavaRegexError } from '../schema/java-regex.ts';

export interface TopicsPattern {
  /** A POSIX extended regular expression without anchors. */
  readonly pattern: string;
  /** Whether the whole name of a topic matches; in linear time. */
  readonly matches: (topic: string) => boolean;
}

/** Compiling takes milliseconds and megabytes for each thousand of them. */
const LENGTH_MAX = 32_768;
/** Some problems repeat the expression. */
const PROBLEM_MAX = 300;

/** Every sign that the name of a topic can hold: what a Java class means is told by trying it on these. */
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'];

/**
 * Turns a Java regular expression into one that the Kafka client, which knows POSIX extended ones, reads alike for names of
 * topics, without anchors. What can't be said there or matched in linear time is refused, never guessed.
 */
export function translateRegex(java: string): TopicsPattern | { readonly problem: string } {
  if (java.length > LENGTH_MAX) return { problem: `is longer than ${LENGTH_MAX} characters: list the topics instead` };
  try {
    return { matches: compileJavaRegex(java).matches, pattern: toPosix(java) };
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error;
    return { problem: `is refused: ${error.message.slice(0, PROBLEM_MAX)}` };
  }
}

/** A class, an escape, a dot or a sign: what stands for one sign of a name. */
const ONE_SIGN =
  /\[\^?\]?(?:\\Q[\s\S]*?\\E|\\[\s\S]|[^\]\\])*\]|\\(?:[pP](?:\{[^}]*\}|[A-Z])|u[0-9a-fA-F]{4}|x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2})|[^bBAzZGQE])|[^\\()|*+?{}^$]/y;

/** What has been written so far; whether case is ignored, in each of the groups around the position. */
interface Writing {
  pattern: string;
  readonly ignoringCase: boolean[];
  /** What brackets were written for pieces that came before. */
  readonly brackets: Map<string, string>;
}

/** The pieces of a Java expression that was found valid, and how each is written. */
const PIECES: readonly (readonly [
  form: RegExp,
  write: (match: RegExpExecArray, to: Writing, flag: boolean) => void,
])[] = [
  [
    /\\Q([\s\S]*?)(?:\\E|$)/y,
    (match, to, flag) => {
      for (const sign of match[1]!) append(to, bracket(to, `\\Q${sign}\\E`, flag));
    },
  ],
  [
    /\(\?([ims]*)(?:-([ims]+))?([:)])/y,
    (match, to, flag) => {
      const now = match[1]!.includes('i') || (flag && match[2]?.includes('i') !== true);
      if (match[3] === ':') open(to, now);
      else to.ignoringCase[to.ignoringCase.length - 1] = now;
    },
  ],
  [/\((?:\?<[a-zA-Z][a-zA-Z0-9]*>)?(?!\?)/y, (_, to, flag) => open(to, flag)],
  [
    /\)/y,
    (_, to) => {
      to.ignoringCase.pop();
      to.pattern += ')';
    },
  ],
  // A lazy quantifier only chooses among matches: whether there is one is the same question.
  [/([*+?]|\{\d+(?:,\d*)?\})\??/y, (match, to) => append(to, match[1]!)],
  [ONE_SIGN, (match, to, flag) => append(to, bracket(to, match[0], flag))],
  [/[|^$]/y, (match, to) => append(to, match[0])],
  [/\\A/y, (_, to) => append(to, '^')],
  [/\\z/y, (_, to) => append(to, '$')],
];

function append(to: Writing, text: string): void {
  to.pattern += text;
}

function open(to: Writing, ignoringCase: boolean): void {
  to.ignoringCase.push(ignoringCase);
  to.pattern += '(';
}

function toPosix(java: string): string {
  const to: Writing = { pattern: '', ignoringCase: [false], brackets: new Map() };
  for (let at = 0; at < java.length; ) at = step(java, at, to);
  return to.pattern;
}

/** @returns where the next piece begins */
function step(java: string, at: number, to: Writing): number {
  for (const [form, write] of PIECES) {
    form.lastIndex = at;
    const match = form.exec(java);
    if (match === null) continue;
    write(match, to, to.ignoringCase.at(-1)!);
    return at + match[0].length;
  }
  throw new JavaRegexError(`${java.slice(at, at + 2)} is not known to the Kafka client: write it another way`);
}

/** The signs of a topic's name that the piece stands for, as a POSIX bracket. */
function bracket({ brackets }: Writing, piece: string, ignoringCase: boolean): string {
  const java = `${ignoringCase ? '(?i)' : ''}${piece}`;
  const written = brackets.get(java) ?? writeBracket(java);
  brackets.set(java, written);
  return written;
}

function writeBracket(java: string): string {
  const { matches } = compileJavaRegex(java);
  const signs = ALPHABET.filter(matches);
  if (signs.length === ALPHABET.length) return '.';
  // No topic's name holds a slash.
  if (signs.length === 0) return '[/]';
  if (signs.length === 1) return signs[0] === '.' ? '\\.' : signs[0]!;
  const hyphen = signs.includes('-') ? '-' : '';
  return `[${signs.filter(sign => sign !== '-').join('')}${hyphen}]`;
}
