import { type Matcher, RE2JS } from 're2js';

/**
 * A java.util.regex.Pattern that matches in linear time. Case folding beyond ASCII is not told apart (`(?i)k` matches the sign of
 * Kelvin), `$` is the end of the text alone (in Java the place before a last line end too), and `(?m)` knows `\n` alone.
 */
export interface JavaRegex {
  /** Whether the whole text matches. */
  readonly matches: (text: string) => boolean;
  /** Whether it is found somewhere in the text, as Matcher.find does. */
  readonly isFoundIn: (text: string) => boolean;
  /** Replaces the first match, like Matcher.replaceFirst. */
  readonly replaceFirst: (text: string, replacement: Replacement) => string;
  /**
   * Replaces all matches, like Matcher.replaceAll. Each is found in linear time; all of them may take quadratic time.
   * @param goOn is asked before each match is put in, with the length of what there is so far
   * @returns null where it said no
   */
  readonly replaceAll: (text: string, replacement: Replacement, goOn: (length: number) => boolean) => string | null;
  readonly groupCount: number;
  readonly hasGroup: (name: string) => boolean;
}

/** What a replacement can name. */
export type Groups = Pick<JavaRegex, 'groupCount' | 'hasGroup'>;

/** Texts and groups of a replacement, in order. */
export type Replacement = readonly (string | { readonly group: number | string })[];

/** Completes "Invalid regex: …" or names what is wrong with a replacement. */
export class JavaRegexError extends Error {}

const POSIX: Readonly<Record<string, string>> = {
  Lower: 'lower',
  Upper: 'upper',
  ASCII: 'ascii',
  Alpha: 'alpha',
  Digit: 'digit',
  Alnum: 'alnum',
  Punct: 'punct',
  Graph: 'graph',
  Print: 'print',
  Blank: 'blank',
  Cntrl: 'cntrl',
  XDigit: 'xdigit',
  Space: 'space',
};

/** Escapes that mean the same to RE2, outside a class and inside. */
const SHARED_ESCAPES = /^[dDwWtnrfa]$/;
/** To RE2 a vertical tab is no blank. */
const BLANKS: Readonly<Record<string, string>> = { s: '\\t-\\r ', S: '\\x{0}-\\x{8}\\x{E}-\\x{1F}\\x{21}-\\x{10FFFF}' };
/** What a dot is without `(?s)`: to RE2 only `\n` ends a line. */
const DOT = '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]';
const OUTSIDE_ESCAPES = /^[bBAz]$/;

/** Characters of an expression: some hundred names of topics. To compile it takes memory and time for each. */
const LONGEST = 10_000;

/** @throws JavaRegexError for what is no Java regular expression, too long, or can not be matched in linear time */
export function compileJavaRegex(java: string): JavaRegex {
  if (java.length > LONGEST) throw new JavaRegexError(`it is longer than ${LONGEST} characters`);
  const regex = compile(translate(java));
  // One matcher serves all texts: creating one costs more than most matches.
  const matcher = regex.matcher('');
  return {
    matches: text => matcher.resetMatcherInput(text).matches(),
    isFoundIn: text => matcher.resetMatcherInput(text).find(),
    replaceFirst: (text, replacement) => replaceFirst(matcher.resetMatcherInput(text), text, replacement),
    replaceAll: (text, replacement, goOn) => replaceAll(matcher.resetMatcherInput(text), text, replacement, goOn),
    groupCount: matcher.groupCount(),
    hasGroup: name => Object.hasOwn(regex.namedGroups(), name),
  };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new JavaRegexError(text.replace('error parsing regexp: ', ''));
  }
}

function replaceFirst(matcher: Matcher, text: string, replacement: Replacement): string {
  if (!matcher.find()) return text;
  return text.slice(0, matcher.start()) + written(matcher, replacement) + text.slice(matcher.end());
}

function replaceAll(
  matcher: Matcher,
  text: string,
  replacement: Replacement,
  goOn: (length: number) => boolean,
): string | null {
  let replaced = '';
  let done = 0;
  while (matcher.find()) {
    replaced += text.slice(done, matcher.start());
    if (!goOn(replaced.length)) return null;
    replaced += written(matcher, replacement);
    done = matcher.end();
  }
  return replaced + text.slice(done);
}

function written(matcher: Matcher, replacement: Replacement): string {
  let text = '';
  for (const part of replacement) text += typeof part === 'string' ? part : (matcher.group(part.group) ?? '');
  return text;
}

/** Java's syntax to RE2's, refusing what needs backtracking and what RE2 reads in another way. */
function translate(java: string): string {
  const pieces: string[] = [];
  /** At which piece the groups around the position begin, and what a quantifier would repeat does. */
  const open: number[] = [];
  let last = 0;
  /** Whether a dot is any sign, in each of the groups around the position. */
  const dotAll = [false];
  for (let at = 0; at < java.length; ) {
    const rest = java.slice(at);
    const repeat = quantifier(rest);
    const step =
      repeat ??
      quoted(rest) ??
      escaped(rest, false) ??
      characterClass(rest) ??
      group(rest) ??
      sign(rest, dotAll.at(-1) === true);
    if (repeat !== null) checkRepeated(pieces.slice(last), repeat.pattern);
    else if (step.pattern === ')') last = open.pop() ?? pieces.length;
    else last = pieces.length;
    followFlags(step.pattern, dotAll);
    if (/^\((?!\?[a-z-]*\))/.test(step.pattern)) open.push(pieces.length);
    pieces.push(step.pattern);
    at += step.length;
  }
  return pieces.join('');
}

function sign(rest: string, dotAll: boolean): Step {
  if (rest[0] === '{') throw new JavaRegexError('Illegal repetition: write \\{ for a brace');
  return { length: 1, pattern: rest[0] === '.' && !dotAll ? DOT : rest[0]! };
}

/** @param dotAll of the groups around the piece, the innermost last */
function followFlags(piece: string, dotAll: boolean[]): void {
  if (piece === ')') {
    if (dotAll.length > 1) dotAll.pop();
    return;
  }
  if (!piece.startsWith('(')) return;
  const [, on = '', off = '', end = ''] = /^\(\?([ims]*)(?:-([ims]+))?([:)])$/.exec(piece) ?? [];
  const now = on.includes('s') || (dotAll.at(-1) === true && !off.includes('s'));
  if (end === ')') dotAll[dotAll.length - 1] = now;
  else dotAll.push(now);
}

/** Pieces that match a place, not a character. */
const PLACE = /^(?:[$^]|\\[bBAz])$/;

/**
 * What a group holds after a round that matched nothing is another question to Java than to RE2. Places count as met: `\b.{0,}`
 * matches nothing in some texts only, and not in the empty one.
 */
function checkRepeated(pieces: readonly string[], by: string): void {
  const repeated = pieces.join('');
  if (PLACE.test(repeated)) refuse(`${repeated}${by}`, `repeats a place: leave ${by} out`);
  if (by[0] === '?' || !repeated.startsWith('(') || !repeated.endsWith(')')) return;
  if (compile(pieces.map(piece => (PLACE.test(piece) ? '(?:)' : piece)).join('')).matches(''))
    refuse(`${repeated}${by}`, 'repeats what can match nothing: make it match something');
}

/** A piece that was read, and what it is to RE2. */
interface Step {
  readonly length: number;
  readonly pattern: string;
}

function quoted(rest: string): Step | null {
  if (!rest.startsWith('\\Q')) return null;
  const end = rest.indexOf('\\E');
  const text = end < 0 ? rest.slice(2) : rest.slice(2, end);
  return { length: end < 0 ? rest.length : end + 2, pattern: [...text].map(literal).join('') };
}

/** One sign that stands for itself, in a class too, where RE2JS.quote would leave a hyphen to make a range. */
function literal(sign: string): string {
  return /[!-/:-@[-^`{-~]/.test(sign) ? `\\${sign}` : sign;
}

function escaped(rest: string, inClass: boolean): Step | null {
  if (rest[0] !== '\\') return null;
  const sign = rest[1];
  if (sign === undefined) throw new JavaRegexError('Unexpected internal error: a \\ at the end');
  if (SHARED_ESCAPES.test(sign) || (!inClass && OUTSIDE_ESCAPES.test(sign))) {
    return { length: 2, pattern: `\\${sign}` };
  }
  const blanks = BLANKS[sign];
  if (blanks !== undefined) return { length: 2, pattern: inClass ? blanks : `[${blanks}]` };
  if (!/[a-zA-Z0-9]/.test(sign)) return { length: 2, pattern: literal(sign) };
  const code = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\})/.exec(rest);
  if (code !== null) return { length: code[0].length, pattern: `\\x{${code[1] ?? code[2] ?? code[3]}}` };
  if (sign === 'e') return { length: 2, pattern: '\\x{1B}' };
  return property(rest, inClass) ?? refuse(`\\${sign}`, 'is not matched here: write it another way');
}

/** `\p{Lower}` and its like, `\p{L}`, `\pL`, `\p{IsLatin}`. */
function property(rest: string, inClass: boolean): Step | null {
  const match = /^\\([pP])(?:\{([^}]*)\}|([A-Z]))/.exec(rest);
  if (match === null) return null;
  const name = match[2] ?? match[3]!;
  const negated = match[1] === 'P';
  const posix = Object.hasOwn(POSIX, name) ? `[:${negated ? '^' : ''}${POSIX[name]}:]` : null;
  if (posix !== null) return { length: match[0].length, pattern: inClass ? posix : `[${posix}]` };
  const unicode = /^(?:[A-Z][a-z]?|Is[A-Z][a-z]+)$/.test(name) && !/^Is(?:Alphabetic|Digit|Control)$/.test(name);
  if (!unicode) refuse(match[0], 'is not matched here: write its characters');
  return { length: match[0].length, pattern: `\\${match[1]}{${name.replace(/^Is/, '')}}` };
}

function characterClass(rest: string): Step | null {
  if (rest[0] !== '[') return null;
  let at = rest[1] === '^' ? 2 : 1;
  let pattern = rest.slice(0, at);
  if (rest[at] === ']') {
    pattern += '\\]';
    at++;
  }
  while (rest[at] !== ']') {
    if (at >= rest.length) throw new JavaRegexError('Unclosed character class');
    const inside = rest.slice(at);
    if (inside[0] === '[') refuse('[ within [ ]', 'would join two classes: write their characters in one, or \\[');
    if (inside.startsWith('&&')) refuse('&&', 'would intersect two classes: write the characters that are left');
    const step = quoted(inside) ?? escaped(inside, true) ?? { length: 1, pattern: inside[0]! };
    pattern += step.pattern;
    at += step.length;
  }
  return { length: at + 1, pattern: `${pattern}]` };
}

/** Groups that RE2 reads as Java does go on as they are. */
function group(rest: string): Step | null {
  if (!rest.startsWith('(?')) return null;
  const match = /^\(\?(?:<[a-zA-Z][a-zA-Z0-9]*>|[ims]*(?:-[ims]+)?[:)])/.exec(rest);
  if (match !== null) return { length: match[0].length, pattern: match[0] };
  return refuse(/^\(\?<?[^<]?/.exec(rest)![0], 'can not be matched in linear time, or not as Java would: leave it out');
}

function quantifier(rest: string): Step | null {
  const match = /^(?:[*+?]|\{\d+(?:,\d*)?\})([?+]?)/.exec(rest);
  if (match === null) return null;
  if (match[1] === '+')
    refuse(match[0], 'is possessive and can not be matched in linear time: leave out the second sign');
  return { length: match[0].length, pattern: match[0] };
}

function refuse(what: string, why: string): never {
  throw new JavaRegexError(`${what} ${why}`);
}
