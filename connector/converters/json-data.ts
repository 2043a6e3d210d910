import { isUtf8 } from 'node:buffer';
import type { JsonConverterConfig } from '../../config/types.ts';
import type { ValuesColumn } from '../block.ts';
import { DataException, SerializationException } from '../data/errors.ts';
import { JsonReader, JsonSyntaxError, type KnownSchema } from '../data/json-parse.ts';
import { KnownNames } from '../data/json-tokens.ts';
import type { Schema, Value } from '../data/model.ts';
import { forgetPlain } from '../data/plain-texts.ts';
import { type DataConverter, NOTHING, type ReadValue, type SchemaAndValue } from './data-converter.ts';
import { explainJson, JSON_CONVERTER } from './json.ts';
import { toConnect } from './json-connect.ts';
import { lenientJson } from './json-lenient.ts';
import { readSchema } from './json-schema.ts';
import { areUtf8 } from './text-encoding.ts';

const NOT_JSON = 'Converting byte[] to Kafka Connect data failed due to serialization error: ';
const NO_ENVELOPE =
  'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields.' +
  ' If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.';
/** Characters of the schemas' texts that are remembered, besides their number. */
const MOST_REMEMBERED = 4 * 1_048_576;
const BLANKS = Buffer.from(' \t\r\n');

/** What JsonConverter throws for bytes that are no JSON; the cause says what is wrong, and where. */
export class NotJson extends DataException {
  constructor(bytes: Buffer) {
    super(NOT_JSON, new SerializationException(explainJson(bytes)));
  }
}

/**
 * Kafka Connect's JsonConverter. Without schemas numbers stay as they were written (Connect makes them Long and Double). A text
 * that is not JSON (RFC 8259) is read as `lenientJson` has it.
 */
export class JsonDataConverter implements DataConverter {
  readonly className = JSON_CONVERTER;
  readonly fallible = true;
  readonly #config: JsonConverterConfig;
  readonly #names = new KnownNames();
  readonly #reader = new JsonReader(this.#names);
  /** Of schemas, and of what is made JSON first. */
  readonly #others = new JsonReader();
  /** Schemas by their text. */
  readonly #schemas = new Map<string, Schema | null>();
  /** The one used last is looked for first, at the price of one comparison of bytes. */
  #last: KnownSchema | null = null;
  #remembered = 0;
  readonly #fixed: Schema | null = null;

  /** @throws DataException for a `schema.content` that is no schema */
  constructor(config: JsonConverterConfig) {
    this.#config = config;
    if (config.schemas && config.schemaContent !== null) this.#fixed = this.#readSchema(config.schemaContent);
  }

  toConnect(bytes: Buffer | null): SchemaAndValue {
    if (bytes === null) return NOTHING;
    this.#reader.over(bytes);
    return this.#readAt(this.#reader, bytes, 0, bytes.length, isUtf8(bytes));
  }

  /** The strings of all values are parts of one text. */
  readerOf({ values, separator }: ValuesColumn): ReadValue {
    const reader = new JsonReader(this.#names);
    reader.over(values);
    let utf8: boolean | null = null;
    return (start, end) => {
      forgetPlain();
      utf8 ??= areUtf8(values, separator);
      return this.#readAt(reader, values, start, end, utf8 || isUtf8(values.subarray(start, end)));
    };
  }

  #readAt(reader: JsonReader, bytes: Buffer, start: number, end: number, utf8: boolean): SchemaAndValue {
    const strict = utf8 ? this.#read(reader, bytes, start, end) : null;
    if (strict !== null) return strict;
    const value = bytes.subarray(start, end);
    const lenient = lenientJson(value);
    if (lenient !== null) this.#others.over(lenient);
    const read = lenient === null ? null : this.#read(this.#others, lenient, 0, lenient.length);
    if (read === null) throw new NotJson(value);
    return read;
  }

  /** @returns null for a text that is not JSON */
  #read(reader: JsonReader, bytes: Buffer, start: number, end: number): SchemaAndValue | null {
    try {
      if (this.#fixed !== null) return this.#fit(this.#fixed, reader.readAt(start, end, this.#fixed));
      if (this.#config.schemas) return this.#unwrap(reader, start, end);
      return { schema: null, value: reader.readAt(start, end) };
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      if (!areBlanks(bytes, start, end)) return null;
      if (this.#config.schemas) throw new DataException(NO_ENVELOPE);
      return NOTHING;
    }
  }

  #unwrap(reader: JsonReader, start: number, end: number): SchemaAndValue {
    const envelope = reader.readEnvelopeAt(start, end, this.#last);
    if (envelope === null) throw new DataException(NO_ENVELOPE);
    const { schemaText, payload } = envelope;
    if (schemaText === null) return this.#fit(this.#last!.schema, payload);
    let schema = this.#schemas.get(schemaText);
    if (schema === undefined) {
      schema = this.#readSchema(schemaText);
      this.#remember(schemaText, schema);
    }
    this.#last = schema === null ? null : { text: Buffer.from(schemaText), schema };
    return schema === null ? { schema, value: payload } : this.#fit(schema, payload);
  }

  #fit(schema: Schema, payload: Value): SchemaAndValue {
    return { schema, value: toConnect(schema, payload, this.#config.replaceNullWithDefault) };
  }

  /** @throws JsonSyntaxError */
  #readSchema(text: string): Schema | null {
    const { replaceNullWithDefault } = this.#config;
    const json = new JsonReader().read(text);
    return readSchema(json, (schema, value) => toConnect(schema, value, replaceNullWithDefault));
  }

  #remember(text: string, schema: Schema | null): void {
    const { schemasCacheSize } = this.#config;
    if (schemasCacheSize === 0 || text.length > MOST_REMEMBERED) return;
    for (const [oldest] of this.#schemas) {
      if (this.#schemas.size < schemasCacheSize && this.#remembered + text.length <= MOST_REMEMBERED) break;
      this.#schemas.delete(oldest);
      this.#remembered -= oldest.length;
    }
    this.#schemas.set(text, schema);
    this.#remembered += text.length;
  }
}

function areBlanks(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!BLANKS.includes(bytes[at]!)) return false;
  return true;
}
