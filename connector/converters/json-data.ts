import { isUtf8 } from 'node:buffer';
import type { JsonConverterConfig } from '../../config/types.ts';
import { DataException, SerializationException } from '../data/errors.ts';
import { JsonReader, JsonSyntaxError } from '../data/json-parse.ts';
import type { Schema, Value } from '../data/model.ts';
import { type DataConverter, NOTHING, type SchemaAndValue } from './data-converter.ts';
import { explainJson, JSON_CONVERTER } from './json.ts';
import { toConnect } from './json-connect.ts';
import { lenientJson } from './json-lenient.ts';
import { readSchema } from './json-schema.ts';

const NOT_JSON = 'Converting byte[] to Kafka Connect data failed due to serialization error: ';
const NO_ENVELOPE =
  'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields.' +
  ' If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.';
/** Characters of the schemas' texts that are remembered, besides their number. */
const MOST_REMEMBERED = 4 * 1_048_576;
const ONLY_BLANKS = /^[ \t\r\n]*$/;

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
  readonly #reader = new JsonReader();
  /** Schemas by their text. The one used last is looked for first, at the price of one comparison of texts. */
  readonly #schemas = new Map<string, Schema | null>();
  #lastText = '';
  #remembered = 0;
  readonly #fixed: Schema | null = null;

  /** @throws DataException for a `schema.content` that is no schema */
  constructor(config: JsonConverterConfig) {
    this.#config = config;
    if (config.schemas && config.schemaContent !== null) this.#fixed = this.#readSchema(config.schemaContent);
  }

  toConnect(bytes: Buffer | null): SchemaAndValue {
    if (bytes === null) return NOTHING;
    const strict = isUtf8(bytes) ? this.#read(bytes.toString()) : null;
    if (strict !== null) return strict;
    const lenient = lenientJson(bytes);
    const read = lenient === null ? null : this.#read(lenient.toString());
    if (read === null) throw new NotJson(bytes);
    return read;
  }

  /** @returns null for a text that is not JSON */
  #read(text: string): SchemaAndValue | null {
    try {
      if (this.#fixed !== null) return this.#fit(this.#fixed, this.#reader.read(text));
      return this.#config.schemas ? this.#unwrap(text) : { schema: null, value: this.#reader.read(text) };
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      if (!ONLY_BLANKS.test(text)) return null;
      if (this.#config.schemas) throw new DataException(NO_ENVELOPE);
      return NOTHING;
    }
  }

  #unwrap(text: string): SchemaAndValue {
    const envelope = this.#reader.readEnvelope(text, this.#lastText);
    if (envelope === null) throw new DataException(NO_ENVELOPE);
    const { schema: schemaText, payload } = envelope;
    let schema = this.#schemas.get(schemaText);
    if (schema === undefined) {
      schema = this.#readSchema(schemaText);
      this.#remember(schemaText, schema);
    }
    this.#lastText = schema === null ? '' : schemaText;
    return schema === null ? { schema, value: payload } : this.#fit(schema, payload);
  }

  #fit(schema: Schema, payload: Value): SchemaAndValue {
    return { schema, value: toConnect(schema, payload, this.#config.replaceNullWithDefault) };
  }

  /** @throws JsonSyntaxError */
  #readSchema(text: string): Schema | null {
    const { replaceNullWithDefault } = this.#config;
    return readSchema(this.#reader.read(text), (schema, value) => toConnect(schema, value, replaceNullWithDefault));
  }

  #remember(text: string, schema: Schema | null): void {
    const { schemasCacheSize } = this.#config;
    if (schemasCacheSize === 0 || text.length > MOST_REMEMBERED) return;
    for (const [oldest] of this.#schemas) {
      if (this.#schemas.size < schemasCacheSize && this.#remembered + text.length <= MOST_REMEMBERED) break;
      this.#schemas.delete(oldest);
      this.#remembered -= oldest.length;
    }
    // A part of a message's text would keep all of it in memory.
    this.#schemas.set(Buffer.from(text).toString(), schema);
    this.#remembered += text.length;
  }
}
