import { printJson } from './json-print.ts';
import { Schema, type SchemaType, sameValue, type Value } from './model.ts';
import { type ParsedValue, parseNumber, parseTemporal } from './scalar-values.ts';
import { Decimal, floatNumber, isNumeric, JavaDate, toBigInt, toNumber } from './scalars.ts';
import { BOOLEAN, DATE, DECIMAL, STRING, TIME, TIMESTAMP } from './schemas.ts';

/** No such list, map or part of one: the text is then looked at in another way. */
class Unfit extends Error {}

/** Lists and maps around each other; what is nested deeper is a text. */
const MAX_DEPTH = 50;
/** Characters of a list or map that is a key. */
const LONGEST_KEY = 1_000;
const DAY_MS = 86_400_000;
const NULL: ParsedValue = { schema: null, value: null };
const BACKSLASH = 0x5c;
/** 1: by the code of a character, it is a token by itself. */
const DELIMITERS = new Uint8Array(128);
for (const byte of Buffer.from(':,{}[]"')) DELIMITERS[byte] = 1;
/** Number types from the narrowest to the widest. */
const NUMBERS: readonly SchemaType[] = ['INT8', 'INT16', 'INT32', 'INT64', 'FLOAT32', 'FLOAT64'];

/**
 * Guesses the type of a text, as Connect's `Values.parseString` does for header values: null, true, false; the narrowest
 * integer, else FLOAT32, FLOAT64 or Decimal; ISO dates and times (UTC); `[…]` and `{…}` of such; else the text itself.
 */
export function parseValue(text: string): ParsedValue {
  if (text === '') return { schema: STRING, value: text };
  return new ValueParser(text).parse(false) ?? NULL;
}

class ValueParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns null for a null. @throws Unfit for an embedded value that is none, or an unclosed list or map */
  parse(embedded: boolean): ParsedValue | null {
    if (!this.#hasNext) return null;
    if (embedded && this.#take('"')) return this.#quoted();
    if (this.#takeWord('null', embedded)) return null;
    if (this.#takeWord('true', embedded)) return { schema: BOOLEAN, value: true };
    if (this.#takeWord('false', embedded)) return { schema: BOOLEAN, value: false };
    const start = this.#at;
    const depth = this.#depth;
    try {
      if (this.#take('[')) return this.#within(() => this.#list());
      if (this.#take('{')) return this.#within(() => this.#map());
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      this.#at = start;
      this.#depth = depth;
    }
    // Looking for brackets skips blanks: what is left is looked at from the first token that is more.
    const token = this.#next();
    if (isBlank(token)) return { schema: STRING, value: token };
    return this.#scalar(token.trim(), embedded);
  }

  #within(read: () => ParsedValue): ParsedValue {
    if (++this.#depth > MAX_DEPTH) throw new Unfit();
    const parsed = read();
    this.#depth--;
    return parsed;
  }

  get #hasNext(): boolean {
    return this.#at < this.#text.length;
  }

  /** The next delimiter, or the text up to it; a backslash takes a delimiter's meaning. */
  #next(): string {
    const start = this.#at;
    let end = start;
    for (let escaped = false; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end);
      if (DELIMITERS[code] === 1 && !escaped) break;
      escaped = code === BACKSLASH && !escaped;
    }
    this.#at = Math.max(end, start + 1);
    return this.#text.slice(start, this.#at);
  }

  /** Takes a token, and blanks before it; stays at the token behind the blanks when it is another one. */
  #take(expected: string): boolean {
    let start = this.#at;
    if (!this.#hasNext) return false;
    let token = this.#next();
    while (isBlank(token) && this.#hasNext) {
      start = this.#at;
      token = this.#next();
    }
    if (token.trim() === expected) return true;
    this.#at = start;
    return false;
  }

  /** Not embedded, a word must be the whole rest of the text. */
  #takeWord(word: string, embedded: boolean): boolean {
    const start = this.#at;
    if (this.#take(word) && (embedded || !this.#hasNext)) return true;
    this.#at = start;
    return false;
  }

  #scalar(token: string, embedded: boolean): ParsedValue {
    const digit = /^\d/.test(token);
    const found = (digit ? this.#temporal(token) : null) ?? (digit || /^[+-]/.test(token) ? parseNumber(token) : null);
    if (found !== null) return found;
    if (embedded) throw new Unfit();
    return { schema: STRING, value: this.#text };
  }

  /** A time has two colons, which are delimiters: it is this token and four more. */
  #temporal(token: string): ParsedValue | null {
    const start = this.#at;
    let whole = token;
    let tokens = 1;
    for (; tokens < 5 && this.#hasNext; tokens++) whole += this.#next();
    const found = tokens === 5 ? parseTemporal(whole) : null;
    if (found !== null) return found;
    this.#at = start;
    return parseTemporal(token);
  }

  #quoted(): ParsedValue {
    let content = '';
    while (this.#hasNext && !this.#take('"')) content += this.#next();
    return parseTemporal(content) ?? { schema: STRING, value: content };
  }

  #list(): ParsedValue {
    const elements: Value[] = [];
    const common = new CommonSchema();
    while (this.#hasNext) {
      if (this.#take(']')) {
        const valueSchema = common.schema;
        const schema = new Schema({ type: 'ARRAY', valueSchema });
        return { schema, value: valueSchema === undefined ? elements : elements.map(each => align(valueSchema, each)) };
      }
      if (this.#take(',')) throw new Unfit();
      const element = this.parse(true);
      common.merge(element);
      elements.push(element?.value ?? null);
      const behind = this.#at;
      if (this.#take(']')) this.#at = behind;
      else if (!this.#take(',')) throw new Unfit();
    }
    throw new Unfit();
  }

  #map(): ParsedValue {
    const members = new Map<Value, Value>();
    const keyOf = sameKeys();
    const keys = new CommonSchema();
    const values = new CommonSchema();
    while (this.#hasNext) {
      if (this.#take('}')) return mapOf(members, keys.schema, values.schema);
      if (this.#take(',')) throw new Unfit();
      const start = this.#at;
      const key = this.parse(true);
      if (key === null || key.value === null) throw new Unfit();
      if (isContainer(key.value) && this.#at - start > LONGEST_KEY) throw new Unfit();
      if (!this.#take(':')) throw new Unfit();
      const value = this.parse(true);
      members.set(keyOf(key.value), value?.value ?? null);
      this.#take(',');
      keys.merge(key);
      values.merge(value);
    }
    throw new Unfit();
  }
}

function mapOf(
  members: ReadonlyMap<Value, Value>,
  keySchema: Schema | undefined,
  values: Schema | undefined,
): ParsedValue {
  const valueSchema = keySchema === undefined ? undefined : values;
  const schema = new Schema({ type: 'MAP', keySchema, valueSchema });
  const aligned = Array.from(members, ([key, value]): [Value, Value] => [
    keySchema === undefined ? key : align(keySchema, key),
    valueSchema === undefined ? value : align(valueSchema, value),
  ]);
  return { schema, value: new Map(aligned) };
}

function isContainer(value: Value): boolean {
  return Array.isArray(value) || value instanceof Map;
}

/** Of the keys so far, the one that is the same as this one, which may be another object; this one where there is none. */
function sameKeys(): (key: Value) => Value {
  const byText = new Map<string, Value[]>();
  return key => {
    if (typeof key !== 'object') return key;
    const text = printJson(key);
    const known = byText.get(text) ?? [];
    const same = known.find(each => sameValue(each, key));
    if (same !== undefined) return same;
    byText.set(text, [...known, key]);
    return key;
  };
}

function isBlank(token: string): boolean {
  return token.trim() === '';
}

/** The schema that all of some values fit into; undefined when there is none, or none of them has one. */
class CommonSchema {
  schema: Schema | undefined;
  #compatible = true;

  merge(parsed: ParsedValue | null): void {
    if (!this.#compatible || parsed === null || parsed.schema === null) return;
    this.schema = this.schema === undefined ? parsed.schema : wider(this.schema, parsed.schema);
    this.#compatible = this.schema !== undefined;
  }
}

function wider(one: Schema, other: Schema): Schema | undefined {
  if (one.type === other.type) return other;
  const ranks = [NUMBERS.indexOf(one.type), NUMBERS.indexOf(other.type)] as const;
  if (ranks[0] < 0 || ranks[1] < 0) return undefined;
  return ranks[0] > ranks[1] ? one : other;
}

/** A value of a list or map under the schema that they have in common. @throws Unfit when it can't be had */
function align(schema: Schema, value: Value): Value {
  if (value === null) throw new Unfit();
  switch (schema.name) {
    case DECIMAL:
      return value instanceof Decimal ? value : Decimal.parse(String(floatNumber(numberOf(value))));
    case DATE:
      return value instanceof JavaDate ? value : new JavaDate(numberOf(value) * DAY_MS);
    case TIME:
    case TIMESTAMP:
      return value instanceof JavaDate ? value : new JavaDate(numberOf(value));
    default:
      break;
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
    case 'FLOAT64':
      return numberOf(value);
    case 'FLOAT32':
      return Math.fround(numberOf(value));
    case 'INT64':
      return isNumeric(value) ? toBigInt(value) : BigInt(numberOf(value));
    default:
      return value;
  }
}

function numberOf(value: Value): number {
  if (isNumeric(value)) return toNumber(value);
  throw new Unfit();
}
