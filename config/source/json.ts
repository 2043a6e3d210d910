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

const BLANKS = /[\t\n\r ]*/.source;
const SIGN = /([{}[\],:])/.source;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a string may not hold
const STRING = /("(?:[^"\\\u0000-\u001f]|\\.)*")/.source;
const PLAIN = /(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/.source;
const TOKEN = new RegExp(`${BLANKS}(?:${SIGN}|${STRING}|${PLAIN})`, 'y');

/** Deeper than any configuration, and far from the end of the stack. */
const MAX_DEPTH = 100;

/**
 * Reads a JSON object as Jackson does for Kafka Connect: what follows it is not looked at, lines are kept for messages.
 * @throws JsonSyntaxError
 */
export function parseJsonObject(text: string): JsonNode & { readonly kind: 'object' } {
  const tokens = new Tokens(text);
  const node = readValue(tokens, 0);
  if (node.kind !== 'object') throw new JsonSyntaxError(1, 'is no JSON object');
  return node;
}

class Tokens {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get line(): number {
    return this.#line;
  }

  fail(expected: string): never {
    throw new JsonSyntaxError(this.#line, `is not valid JSON here: ${expected} is missing`);
  }

  next(expected: string): RegExpExecArray {
    const from = this.#at;
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(this.#text);
    const read = match?.[0] ?? /^[\t\n\r ]*/.exec(this.#text.slice(from))![0];
    this.#line += read.split('\n').length - 1;
    if (match === null) this.fail(expected);
    this.#at = TOKEN.lastIndex;
    return match;
  }
}

function readValue(tokens: Tokens, depth: number): JsonNode {
  return readFrom(tokens.next('a value'), tokens, depth);
}

function readFrom([, sign, quoted, plain]: RegExpExecArray, tokens: Tokens, depth: number): JsonNode {
  if (depth > MAX_DEPTH) tokens.fail('an end of nesting');
  const { line } = tokens;
  if (quoted !== undefined) return { line, kind: 'scalar', text: unquote(quoted, tokens), quoted: true };
  if (plain !== undefined)
    return plain === 'null' ? { line, kind: 'null' } : { line, kind: 'scalar', text: plain, quoted: false };
  if (sign === '{') return { line, kind: 'object', members: readMembers(tokens, depth) };
  if (sign === '[') return readArray(tokens, depth);
  return tokens.fail('a value');
}

function readMembers(tokens: Tokens, depth: number): readonly JsonMember[] {
  const members: JsonMember[] = [];
  for (let first = true; ; first = false) {
    const [, sign, quoted] = tokens.next('a name in quotes or }');
    if (first && sign === '}') return members;
    if (quoted === undefined) tokens.fail('a name in quotes');
    const { line } = tokens;
    const name = unquote(quoted, tokens);
    if (tokens.next('a colon')[1] !== ':') tokens.fail('a colon');
    members.push({ name, line, value: readValue(tokens, depth + 1) });
    const after = tokens.next('a comma or }')[1];
    if (after === '}') return members;
    if (after !== ',') tokens.fail('a comma or }');
  }
}

function readArray(tokens: Tokens, depth: number): JsonNode {
  const { line } = tokens;
  for (let first = true; ; first = false) {
    const token = tokens.next('a value or ]');
    if (first && token[1] === ']') break;
    readFrom(token, tokens, depth + 1);
    const after = tokens.next('a comma or ]')[1];
    if (after === ']') break;
    if (after !== ',') tokens.fail('a comma or ]');
  }
  return { line, kind: 'array' };
}

function unquote(quoted: string, tokens: Tokens): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return tokens.fail('a valid \\ escape');
  }
}
