import type { Findings } from './findings.ts';
import type { ReplaceConfig, ReplacementPart, ReplacementStep } from './route/types.ts';
import { FormatError } from './schema/formats.ts';
import { compileJavaRegex, type JavaRegex, JavaRegexError } from './schema/java-regex.ts';
import { parseReplacement } from './schema/java-replacement.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { macrosIn } from './schema/templates.ts';

const PATTERNS = 'http.body.replace.patterns';
const REPLACEMENTS = 'http.body.replace.replacements';
const BESIDE = [REPLACEMENTS, 'http.body.replace.separator', 'http.body.replace.timeout.ms'];

/** Characters of all patterns: to compile them takes memory and time for each. */
const LONGEST = 10_000;
/** What a fault repeats of why an expression is refused, which may repeat the expression. */
const LONGEST_REASON = 300;

/** Null where nothing is replaced, or what is wrong with it is on record. */
export function readReplace(section: ConnectorSection, bodiless: boolean, findings: Findings): ReplaceConfig | null {
  const { values, origin } = section;
  if (values.replacePatterns === '') {
    noteIdle(section, BESIDE, `${PATTERNS} is empty`, findings);
    return null;
  }
  if (bodiless) {
    noteIdle(section, [PATTERNS, ...BESIDE], 'requests have no body: see http.request.body', findings);
    return null;
  }
  const { batchFormat: format, replaceSeparator: separator } = values;
  if (format !== 'single' && format !== 'joined') {
    const what = `makes texts, which batch.format=${format} can not hold: take single or joined`;
    findings.fault('conflict', origin(PATTERNS), what);
  }
  if (values.replacePatterns.length > LONGEST) {
    findings.fault('invalid', origin(PATTERNS), `is longer than ${LONGEST} characters`);
    return null;
  }
  const patterns = values.replacePatterns.split(separator);
  const replacements = values.replaceReplacements.split(separator);
  if (patterns.length !== replacements.length) {
    const counts = `has ${replacements.length} for the ${patterns.length} of ${PATTERNS}`;
    findings.fault('conflict', origin(REPLACEMENTS), `${counts}: they must be as many, empty ones included`);
    return null;
  }
  const steps: ReplacementStep[] = [];
  for (const [i, pattern] of patterns.entries()) {
    const step = readStep(pattern, replacements[i]!, { section, findings, nth: i + 1 });
    if (step !== null) steps.push(step);
  }
  return steps.length < patterns.length ? null : { steps, timeoutMs: values.replaceTimeoutMs };
}

interface Place {
  readonly section: ConnectorSection;
  readonly findings: Findings;
  /** Counted from 1. */
  readonly nth: number;
}

function readStep(pattern: string, replacement: string, { section, findings, nth }: Place): ReplacementStep | null {
  const regex = refusable(() => compilePattern(pattern));
  if (typeof regex === 'string') {
    findings.fault(
      'invalid',
      section.origin(PATTERNS),
      `holds an expression (number ${nth}) that is refused: ${regex}`,
    );
    return null;
  }
  const parts = refusable(() => readReplacement(replacement, regex));
  if (typeof parts === 'string') {
    findings.fault('invalid', section.origin(REPLACEMENTS), `holds one (number ${nth}) that is refused: ${parts}`);
    return null;
  }
  return { pattern, replacement: parts };
}

/** The reason where what is read is refused. */
function refusable<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof JavaRegexError || error instanceof FormatError) return error.message.slice(0, LONGEST_REASON);
    throw error;
  }
}

function compilePattern(pattern: string): JavaRegex {
  if (pattern === '') throw new JavaRegexError('it is empty, and would match between all characters');
  if (/\(\?[is]*m/.test(pattern)) throw new JavaRegexError('(?m) knows other line ends in Java: write them, as \\n');
  return compileJavaRegex(pattern);
}

/** An escaped sign, `$${`, what stands in braces, a sign alone, a text. */
const PIECE = /\\[\s\S]|\$\$\{|\$\{[^}]*\}|[\\$]|[^\\$]+/y;

/**
 * A name in braces is a group of the pattern where that has one, else a macro. `$${` stands for `${`, as in all templates.
 * @throws JavaRegexError, FormatError
 */
function readReplacement(text: string, regex: JavaRegex): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let java = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('${', at) && !text.includes('}', at)) throw new JavaRegexError('a ${ has no closing brace');
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)![0];
    at += piece.length;
    const group = /^\$\{([a-zA-Z][a-zA-Z0-9]*)\}$/.exec(piece)?.[1];
    if (piece === '$${') java += '\\${';
    else if (!piece.startsWith('${') || piece === '${' || (group !== undefined && regex.hasGroup(group))) java += piece;
    else {
      parts.push(...parseReplacement(java, regex), macrosIn(piece)[0]!.macro!);
      java = '';
    }
  }
  parts.push(...parseReplacement(java, regex));
  return parts;
}
