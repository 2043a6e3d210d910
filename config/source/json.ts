/** A value of a JSON text and the line where it begins. */
export type JsonNode = { readonly line: number } & (
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array' }
  /** Numbers as they were written: `1.0` stays `1.0`. */
  | { readonly kind: 'scalar'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'null' }
);

export interface JsonMember {
  readonly name: string;
  /** Where the name stands, counted from 1. */
  readonly line: number;
  readonly value: JsonNode;
}

/** `line` is where reading ended. */
export class JsonSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A sign, a word or a number, or the quote that begins a string; blanks before it. */
const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|(")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?![\w.+-])))/y;

/** Deeper than any configuration, and far from the end of the stack. */
const MAX_DEPTH = 100;

/**
 * Reads a JSON object as Jackson does for Kafka Connect: what follows it is not looked at, lines are kept for messages.
 * @param most members of one object
 * @throws JsonSyntaxError
 */
export function parseJsonObject(text: string, most = Number.POSITIVE_INFINITY): JsonNode & { readonly kind: 'object' } {
  const tokens = new Tokens(text, most);
  const node = readValue(tokens, 0);
  if (node.kind !== 'object') throw new JsonSyntaxError(1, 'is no JSON object');
  return node;
}

interface Token {
  readonly sign: string | undefined;
  /** A string, its escapes read. */
  readonly string: string | undefined;
  readonly plain: string | undefined;
}

class Tokens {
  readonly most: number;
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string, most: number) {
    this.#text = text;
    this.most = most;
  }

  get line(): number {
    return this.#line;
  }

  fail(expected: string): never {
    throw new JsonSyntaxError(this.#line, `this is not valid JSON: ${expected} is missing`);
  }

  refuse(message: string): never {
    throw new JsonSyntaxError(this.#line, message);
  }

  next(expected: string): Token {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    const blanks = /[\t\n\r ]*/y;
    blanks.lastIndex = this.#at;
    this.#line += blanks.exec(this.#text)![0].split('\n').length - 1;
    if (match === null) return this.fail(expected);
    this.#at = TOKEN.lastIndex;
    const [, sign, quote, plain] = match;
    return { sign, string: quote === undefined ? undefined : this.#string(), plain };
  }

  /** From behind its opening quote. A line that ends within it is no part of it. */
  #string(): string {
    let at = this.#at;
    for (let code = this.#text.charCodeAt(at); code !== QUOTE; code = this.#text.charCodeAt(at)) {
      if (!(code >= 0x20)) this.fail('the closing quote of a string');
      at += code === BACKSLASH ? 2 : 1;
    }
    const quoted = this.#text.slice(this.#at - 1, at + 1);
    this.#at = at + 1;
    try {
      return JSON.parse(quoted) as string;
    } catch {
      return this.fail('a valid \\ escape');
    }
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function readValue(tokens: Tokens, depth: number): JsonNode {
  return readFrom(tokens.next('a value'), tokens, depth);
}

function readFrom({ sign, string, plain }: Token, tokens: Tokens, depth: number): JsonNode {
  if (depth > MAX_DEPTH) tokens.refuse(`this is nested more than ${MAX_DEPTH} levels deep`);
  const { line } = tokens;
  if (string !== undefined) return { line, kind: 'scalar', text: string, quoted: true };
  if (plain !== undefined)
    return plain === 'null' ? { line, kind: 'null' } : { line, kind: 'scalar', text: plain, quoted: false };
  if (sign === '{') return { line, kind: 'object', members: readMembers(tokens, depth) };
  if (sign === '[') return readArray(tokens, depth);
  return tokens.fail('a value');
}

function readMembers(tokens: Tokens, depth: number): readonly JsonMember[] {
  const members: JsonMember[] = [];
  for (let first = true; ; first = false) {
    const { sign, string: name } = tokens.next('a name in quotes or }');
    if (first && sign === '}') return members;
    if (name === undefined) return tokens.fail('a name in quotes');
    const { line } = tokens;
    if (members.length >= tokens.most) tokens.refuse(`there are more than ${tokens.most} keys`);
    if (tokens.next('a colon').sign !== ':') tokens.fail('a colon');
    members.push({ name, line, value: readValue(tokens, depth + 1) });
    const after = tokens.next('a comma or }').sign;
    if (after === '}') return members;
    if (after !== ',') tokens.fail('a comma or }');
  }
}

function readArray(tokens: Tokens, depth: number): JsonNode {
  const { line } = tokens;
  for (let first = true; ; first = false) {
    const token = tokens.next('a value or ]');
    if (first && token.sign === ']') break;
    readFrom(token, tokens, depth + 1);
    const after = tokens.next('a comma or ]').sign;
    if (after === ']') break;
    if (after !== ',') tokens.fail('a comma or ]');
  }
  return { line, kind: 'array' };
}
