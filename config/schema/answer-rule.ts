import type { Rule, RuleClause, RuleSubject, RuleTest, RuleValue } from '../answer-types.ts';
import { type Format, FormatError } from './formats.ts';
import { compileJavaRegex, JavaRegexError } from './java-regex.ts';
import { parsePointer } from './json-pointer.ts';

const LONGEST = 10_000;
const COMPARISONS = '==, !=, <, <=, >, >=, in, ~, !~, exists or absent';
const EMPTY: Readonly<Record<string, RuleValue>> = {
  '[]': { empty: 'array' },
  '{}': { empty: 'object' },
  true: true,
  false: false,
  null: null,
};
const NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;

/** Something between blanks; in a list of values a comma ends it too. */
interface Token {
  readonly text: string;
  readonly quoted: boolean;
  /** Counted from 0. */
  readonly at: number;
}

/**
 * Reads rules such as `/errors == false and /status in "ok", "done" or status == 204`. `and` binds tighter than `or`.
 *
 *     rule    := all { "or" all }         all  := clause { "and" clause }
 *     clause  := subject ( "exists" | "absent" | op value | "in" value { "," value } | "~" regex | "!~" regex )
 *     subject := pointer | "status" | "body"
 *
 * A pointer begins with `/` and ends at a blank, or stands in quotes. A value is a text in quotes, a number, `true`, `false`,
 * `null`, `[]` or `{}`. Quotes are double ones, with JSON's escapes, or single ones, with none but `''` for one.
 */
class RuleReader {
  readonly #text: string;
  readonly #ofAnswer: boolean;
  #at = 0;

  constructor(text: string, ofAnswer: boolean) {
    this.#text = text;
    this.#ofAnswer = ofAnswer;
  }

  /** @throws FormatError */
  rule(): Rule {
    const alternatives: RuleClause[][] = [[this.#clause()]];
    for (let word = this.#word(); word !== null; word = this.#word()) {
      if (!word.quoted && word.text === 'and') alternatives.at(-1)!.push(this.#clause());
      else if (!word.quoted && word.text === 'or') alternatives.push([this.#clause()]);
      else this.#fail(word.at, 'expected "and" or "or"');
    }
    return alternatives;
  }

  #clause(): RuleClause {
    const subject = this.#subject();
    return { subject, test: this.#test(subject) };
  }

  #subject(): RuleSubject {
    const expected = this.#ofAnswer
      ? 'expected a JSON pointer, which begins with /, or status, or body'
      : 'expected a JSON pointer, which begins with /';
    const { text, quoted, at } = this.#word() ?? this.#fail(this.#text.length, expected);
    if (!quoted && this.#ofAnswer && (text === 'status' || text === 'body')) return { kind: text };
    if (!quoted && !text.startsWith('/')) this.#fail(at, expected);
    const tokens = parsePointer(text);
    if ('problem' in tokens) this.#fail(at, `the pointer ${tokens.problem}`);
    return { kind: 'pointer', tokens };
  }

  #test(subject: RuleSubject): RuleTest {
    const expected = `expected ${COMPARISONS}, with blanks around it`;
    const { text, quoted, at } = this.#word() ?? this.#fail(this.#text.length, expected);
    switch (quoted ? '' : text) {
      case 'exists':
      case 'absent':
        if (subject.kind === 'status') this.#fail(at, 'every answer has a status: compare it');
        return { kind: 'exists', negated: text === 'absent' };
      case '==':
      case '!=':
        return { kind: 'equals', values: [this.#value()], negated: text === '!=' };
      case 'in':
        return { kind: 'equals', values: this.#values(), negated: false };
      case '~':
      case '!~':
        return { kind: 'matches', pattern: this.#pattern(), negated: text === '!~' };
      case '<':
      case '<=':
      case '>':
      case '>=':
        return { kind: 'compares', operator: text as '<', bound: this.#number() };
      default:
        return this.#fail(at, expected);
    }
  }

  #values(): readonly RuleValue[] {
    const values = [this.#value()];
    while (this.#comma()) values.push(this.#value());
    return values;
  }

  #value(): RuleValue {
    const expected = 'expected a text in quotes, a number, true, false, null, [] or {}';
    const { text, quoted, at } = this.#word(true) ?? this.#fail(this.#text.length, expected);
    if (quoted) return text;
    if (Object.hasOwn(EMPTY, text)) return EMPTY[text]!;
    return NUMBER.test(text) ? Number(text) : this.#fail(at, expected);
  }

  #number(): number {
    const { at } = this.#peek();
    const value = this.#value();
    return typeof value === 'number' ? value : this.#fail(at, 'expected a number');
  }

  #pattern(): string {
    const { text, at } = this.#word() ?? this.#fail(this.#text.length, 'expected a regular expression');
    try {
      compileJavaRegex(text);
    } catch (error) {
      if (!(error instanceof JavaRegexError)) throw error;
      this.#fail(at, 'no regular expression that can be matched', `: ${error.message.slice(0, 200)}`);
    }
    return text;
  }

  #peek(): { readonly at: number } {
    while (this.#at < this.#text.length && isBlank(this.#text[this.#at]!)) this.#at++;
    return { at: this.#at };
  }

  #comma(): boolean {
    const { at } = this.#peek();
    if (this.#text[at] !== ',') return false;
    this.#at++;
    return true;
  }

  /** What comes next; null at the end. */
  #word(inList = false): Token | null {
    const { at } = this.#peek();
    const first = this.#text[at];
    if (first === undefined) return null;
    if (first === '"' || first === "'") return { text: this.#quoted(first), quoted: true, at };
    while (this.#at < this.#text.length && !isBlank(this.#text[this.#at]!)) {
      if (inList && this.#text[this.#at] === ',') break;
      this.#at++;
    }
    return { text: this.#text.slice(at, this.#at), quoted: false, at };
  }

  #quoted(quote: string): string {
    const from = this.#at;
    let end = from + 1;
    for (; this.#text[end] !== quote || (quote === "'" && this.#text[end + 1] === quote); end++) {
      if (end >= this.#text.length) this.#fail(from, 'the quote is not closed');
      if (this.#text[end] === (quote === "'" ? quote : '\\')) end++;
    }
    this.#at = end + 1;
    const inner = this.#text.slice(from + 1, end);
    if (quote === "'") return inner.replaceAll("''", "'");
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      return this.#fail(from, 'not a text as JSON writes it: single quotes take it as it is');
    }
  }

  #fail(at: number, why: string, quote = ''): never {
    throw new FormatError(`has a fault at column ${at + 1}: ${why}`, quote);
  }
}

function isBlank(character: string): boolean {
  return character <= ' ';
}

function ruleFormat(ofAnswer: boolean, example: string): Format<Rule> {
  return {
    type: 'string',
    expects: `a rule (see Rules about answers), e.g. ${example}`,
    verbatim: false,
    quotable: true,
    read: text => {
      if (text.length > LONGEST) throw new FormatError(`must have at most ${LONGEST} characters`);
      return new RuleReader(text, ofAnswer).rule();
    },
  };
}

/** About a whole answer. */
export const answerRule = ruleFormat(true, '`/errors == false`');

/** About one item of an answer. */
export const itemRule = ruleFormat(false, '`/error absent`');
