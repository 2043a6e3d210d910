/** The one login module of a `sasl.jaas.config`. Option values may be secret. */
export interface JaasEntry {
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

/** What is wrong with the text; completes "the key …" and repeats nothing of it. */
export interface JaasProblem {
  readonly problem: string;
}

const FLAGS = ['REQUIRED', 'REQUISITE', 'SUFFICIENT', 'OPTIONAL'];

/**
 * Reads `module flag option="value" …;` as Kafka does: `JaasConfig` over Java's StreamTokenizer, and `JaasContext`, which takes
 * one module only.
 */
export function parseJaas(text: string): JaasEntry | JaasProblem {
  const tokens = new Tokens(text);
  const entries: JaasEntry[] = [];
  while (tokens.next() !== END) {
    const entry = parseEntry(tokens);
    if ('problem' in entry) return entry;
    entries.push(entry);
  }
  if (entries.length > 1) return { problem: `holds ${entries.length} login modules: one is taken` };
  return entries[0] ?? { problem: 'holds no login module' };
}

function parseEntry(tokens: Tokens): JaasEntry | JaasProblem {
  const module = tokens.word;
  if (tokens.next() === END) return { problem: 'holds no flag behind the login module: write required' };
  const flag = tokens.word?.toUpperCase() ?? '';
  if (!FLAGS.includes(flag)) return { problem: `must hold one of ${FLAGS.join(', ')} behind the login module` };
  if (!module) return { problem: 'does not begin with the name of a login module' };
  const options = new Map<string, string>();
  while (tokens.next() !== END && tokens.type !== ';') {
    const option = tokens.word;
    if (tokens.next() !== '=' || tokens.next() === END || tokens.word === null) {
      return {
        problem: `holds an option without a value, number ${options.size + 1}: write name="value" with its quotes`,
      };
    }
    options.set(option ?? '', tokens.word);
  }
  return tokens.type === ';'
    ? { module, options }
    : { problem: 'does not end in a semicolon, or one is within quotes' };
}

const END = null;
/** A number's token: it has no word, as in Java. */
const NUMBER = '0';
const WORD = 'a';

/** Where a sign below 256 may stand; all others are letters. Blanks are all up to U+0020. */
const LETTER = /[A-Za-z_$\u00a0-\u00ff-]/;
const DIGIT = /[0-9.-]/;

function isLetter(sign: string): boolean {
  return sign > '\u00ff' || LETTER.test(sign);
}

function isDigit(sign: string): boolean {
  return DIGIT.test(sign);
}

/** `java.io.StreamTokenizer` as `JaasConfig` sets it up: both kinds of comments, numbers, and `-`, `_`, `$` in words. */
class Tokens {
  /** What the token is: a word, a number, a quote for a quoted text, another sign for itself; null behind the last one. */
  type: string | null = END;
  /** The token's text; null of numbers and single signs. */
  word: string | null = null;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string | null {
    this.word = null;
    this.#skip();
    const sign = this.#peek();
    if (sign === '') this.type = END;
    else if (isDigit(sign)) this.#number(sign);
    else if (isLetter(sign)) this.#letters();
    else if (sign === '"' || sign === "'") this.#quoted(sign);
    else this.#single(sign);
    return this.type;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** Blanks and comments; what begins with one slash alone is a comment too. */
  #skip(): void {
    for (;;) {
      while (this.#at < this.#text.length && this.#peek() <= ' ') this.#at++;
      if (this.#peek() !== '/') return;
      const inBlock = this.#text.charAt(this.#at + 1) === '*';
      this.#at = inBlock ? behind(this.#text, '*/', this.#at + 2) : lineEnd(this.#text, this.#at + 2);
    }
  }

  /** A hyphen that no digit follows is a sign of its own, though it may stand within a word. */
  #number(first: string): void {
    this.#at++;
    if (first === '-' && !/[0-9.]/.test(this.#peek())) {
      this.type = '-';
      return;
    }
    const form = first === '.' ? /[0-9]*/y : /[0-9]*(?:\.[0-9]*)?/y;
    form.lastIndex = this.#at;
    this.#at += form.exec(this.#text)![0].length;
    this.type = NUMBER;
  }

  #letters(): void {
    const from = this.#at;
    for (let sign = this.#peek(); sign !== '' && (isLetter(sign) || isDigit(sign)); sign = this.#peek()) this.#at++;
    this.word = this.#text.slice(from, this.#at);
    this.type = WORD;
  }

  /** A line's end closes a quoted text as well, and is read as a blank. */
  #quoted(quote: string): void {
    const signs: string[] = [];
    this.#at++;
    for (let sign = this.#peek(); !['', quote, '\r', '\n'].includes(sign); sign = this.#peek()) {
      this.#at++;
      signs.push(sign === '\\' ? this.#escape() : sign);
    }
    if (this.#peek() === quote) this.#at++;
    this.word = signs.join('');
    this.type = quote;
  }

  #escape(): string {
    const octal = /[0-3][0-7]{0,2}|[4-7][0-7]?/y;
    octal.lastIndex = this.#at;
    const digits = octal.exec(this.#text)?.[0];
    if (digits !== undefined) {
      this.#at += digits.length;
      return String.fromCharCode(Number.parseInt(digits, 8));
    }
    const sign = this.#text.charAt(this.#at++);
    return ESCAPES[sign] ?? sign;
  }

  #single(sign: string): void {
    this.#at++;
    this.type = sign;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Where the text goes on behind the next `mark`. */
function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** Java does not look at the sign behind the slash, even where a line ends there. */
function lineEnd(text: string, from: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}
