import { JsonSyntaxError, JsonTokens } from './json-tokens.ts';
import { type Field, type Schema, Struct, type Value } from './model.ts';

export { JsonSyntaxError } from './json-tokens.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Levels of arrays and objects that a record may nest, as Jackson has it. */
export const MAX_DEPTH = 1_000;
const HALF = /\p{Cs}/gu;

/** A schema, and the text that it is read from. */
export interface KnownSchema {
  readonly text: Buffer;
  readonly schema: Schema;
}

/** The two members of a message. */
export interface Envelope {
  /** Null: it is the known one. */
  readonly schemaText: string | null;
  readonly payload: Value;
}

/**
 * JSON text → value, losslessly (see model.ts): objects become Maps in the order written, the last of repeated names
 * counts at the place of the first (as in Jackson), numbers that a double does not stand for keep their text. Holds the
 * parser's state: one may be used for many texts, one after another.
 *
 * Under a schema, an object in the place of a struct becomes a Struct of JSON values, which are still to be converted.
 */
export class JsonReader extends JsonTokens {
  private depth = 0;

  /** @throws JsonSyntaxError when the text is not exactly one JSON value, or nested deeper than 1,000 levels */
  read(text: string, schema: Schema | null = null): Value {
    const bytes = Buffer.from(text.isWellFormed() ? text : withHalvesEscaped(text));
    this.over(bytes);
    const value = this.readAt(0, bytes.length, schema);
    this.over(NO_BYTES);
    return value;
  }

  /** The text that stands there in the bytes that this reader is `over`. @throws JsonSyntaxError as `read` does */
  readAt(start: number, end: number, schema: Schema | null = null): Value {
    this.begin(start, end);
    this.depth = 0;
    const value = this.value(schema);
    this.expectEnd();
    return value;
  }

  /**
   * `{"schema": …, "payload": …}`, in any order, the schema as its text: equal texts need to be read once. The text is not checked
   * here, unless it is the known one, that of the message before.
   * @returns null when the text is anything else than such an object.
   * @throws JsonSyntaxError when the rest of the text is not JSON
   */
  readEnvelopeAt(start: number, end: number, known: KnownSchema | null): Envelope | null {
    this.begin(start, end);
    this.depth = 1;
    if (this.blanks() !== OPEN_OBJECT) return this.notAnEnvelope(start, end);
    this.at++;
    let schemaText: string | null | undefined;
    let payload: Value | undefined;
    let payloadSchema: Schema | null = null;
    let payloadAt = 0;
    for (;;) {
      if (this.blanks() !== QUOTE) return this.notAnEnvelope(start, end);
      this.at++;
      const name = this.name();
      if (this.blanks() !== COLON) throw new JsonSyntaxError();
      this.at++;
      if (name === 'schema') schemaText = this.skipped(known);
      else if (name === 'payload') {
        payloadAt = this.at;
        payloadSchema = schemaText === null ? known!.schema : null;
        payload = this.value(payloadSchema);
      } else return this.notAnEnvelope(start, end);
      const next = this.blanks();
      this.at++;
      if (next === CLOSE_OBJECT) break;
      if (next !== COMMA) throw new JsonSyntaxError();
    }
    this.expectEnd();
    if (schemaText === undefined || payload === undefined) return null;
    if (schemaText !== null && payloadSchema !== null) {
      // The schema that it was read under has been replaced by another one behind it.
      this.at = payloadAt;
      payload = this.value(null);
    }
    return { schemaText, payload };
  }

  private notAnEnvelope(start: number, end: number): null {
    this.readAt(start, end);
    return null;
  }

  private expectEnd(): void {
    this.blanks();
    if (this.at < this.end) throw new JsonSyntaxError();
  }

  /**
   * The text of the value that stands here; null for the known one. Of an object, up to its closing bracket, only strings and brackets
   * are looked at.
   */
  private skipped(known: KnownSchema | null): string | null {
    const code = this.blanks();
    const start = this.at;
    if (code !== OPEN_OBJECT) this.value(null);
    else if (known !== null && this.stands(known.text)) return null;
    else this.skipObject();
    return this.bytes.toString('utf8', start, this.at);
  }

  /** Goes behind these bytes if they stand here. */
  private stands(bytes: Buffer): boolean {
    const behind = this.at + bytes.length;
    if (behind > this.end || this.bytes.compare(bytes, 0, bytes.length, this.at, behind) !== 0) return false;
    this.at = behind;
    return true;
  }

  private skipObject(): void {
    let depth = 0;
    do {
      if (this.at >= this.end) throw new JsonSyntaxError();
      const code = this.bytes[this.at++]!;
      if (code === QUOTE) this.string();
      else if (code === OPEN_OBJECT) depth++;
      else if (code === CLOSE_OBJECT) depth--;
    } while (depth > 0);
  }

  private value(schema: Schema | null): Value {
    const code = this.blanks();
    switch (code) {
      case QUOTE:
        this.at++;
        return this.string();
      case OPEN_OBJECT:
        return schema !== null && schema.type === 'STRUCT' ? this.struct(schema) : this.object();
      case OPEN_ARRAY:
        return this.array(schema !== null && schema.type === 'ARRAY' ? schema.valueSchema! : null);
      case SMALL_T:
        return this.literal('true', true);
      case SMALL_F:
        return this.literal('false', false);
      case SMALL_N:
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(): Value {
    const members = new Map<Value, Value>();
    this.enter();
    if (this.blanks() === CLOSE_OBJECT) return this.leave(members);
    for (;;) {
      const name = this.memberName();
      members.set(name, this.value(null));
      if (this.isLast(CLOSE_OBJECT)) return this.leave(members);
    }
  }

  private struct(schema: Schema): Struct {
    const struct = new Struct(schema);
    const { fields } = schema;
    this.enter();
    if (this.blanks() === CLOSE_OBJECT) return this.leave(struct);
    for (let index = 0; ; index++) {
      // Most writers keep the schema's order.
      const next = fields[index];
      const field = next !== undefined && this.begins(next) ? next : schema.field(this.memberName());
      if (field === undefined) this.value(null);
      else struct.set(field, this.value(field.schema));
      if (this.isLast(CLOSE_OBJECT)) return this.leave(struct);
    }
  }

  private array(elementSchema: Schema | null): Value {
    const elements: Value[] = [];
    this.enter();
    if (this.blanks() === CLOSE_ARRAY) return this.leave(elements);
    for (;;) {
      elements.push(this.value(elementSchema));
      if (this.isLast(CLOSE_ARRAY)) return this.leave(elements);
    }
  }

  /** Goes behind a field's name and the colon, if that is what stands here. */
  private begins({ json }: Field): boolean {
    this.blanks();
    const { bytes, at } = this;
    if (at + json.length > this.end) return false;
    for (let i = 0; i < json.length; i++) if (bytes[at + i] !== json[i]) return false;
    this.at = at + json.length;
    return true;
  }

  /** Up to behind the colon. */
  private memberName(): string {
    if (this.blanks() !== QUOTE) throw new JsonSyntaxError();
    this.at++;
    const name = this.name();
    if (this.blanks() !== COLON) throw new JsonSyntaxError();
    this.at++;
    return name;
  }

  /** Goes behind a comma; stays at the bracket. */
  private isLast(bracket: number): boolean {
    const next = this.blanks();
    if (next === bracket) return true;
    if (next !== COMMA) throw new JsonSyntaxError();
    this.at++;
    return false;
  }

  private enter(): void {
    this.at++;
    if (++this.depth > MAX_DEPTH) throw new JsonSyntaxError();
  }

  private leave<Made>(value: Made): Made {
    this.at++;
    this.depth--;
    return value;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** Halves of characters, which UTF-8 has not, as escapes: they stand in strings, if this is JSON. @throws JsonSyntaxError */
function withHalvesEscaped(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw new JsonSyntaxError();
  }
  return text.replace(HALF, half => `\\u${half.charCodeAt(0).toString(16)}`);
}
