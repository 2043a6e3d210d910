import type { ByteSink } from '../byte-sink.ts';
import { DataException } from '../data/errors.ts';
import { printed, writeElements, writeJson, writeString, writeStruct } from '../data/json-print.ts';
import { type Schema, Struct, type Value } from '../data/model.ts';
import { Decimal, JavaDate, shortestFloat } from '../data/scalars.ts';
import { DATE, DECIMAL, scaleOf, TIME, TIMESTAMP } from '../data/schemas.ts';
import { javaClassOf } from '../data/validate.ts';
import { printFloat, writeFloat, writeInteger, writeNumber } from '../data/write-numbers.ts';

export interface PayloadOptions {
  /** A Decimal as its unscaled bytes in base64 (Connect's default), or as a number. */
  readonly decimalFormat: 'BASE64' | 'NUMERIC';
  /** A null under a schema with a default is written as the default. */
  readonly replaceNullWithDefault: boolean;
}

const DAY_MS = 86_400_000;

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** As `writePayload` writes it. */
export function printPayload(schema: Schema | null, value: Value, options: PayloadOptions): string {
  return printed(sink => writePayload(sink, schema, value, options));
}

/**
 * A value as JSON text, as JsonConverter.fromConnectData writes it without schemas: a Struct as an object of all its
 * fields in order, bytes in base64, a map with other keys than strings as an array of pairs, a Date as days, a Time as
 * milliseconds of the day, a Timestamp as epoch milliseconds. Numbers of schemaless values stay as they were written.
 * @throws DataException with JsonConverter's messages for a value that does not fit its schema; a part may be written then
 */
export function writePayload(sink: ByteSink, schema: Schema | null, value: Value, options: PayloadOptions): void {
  if (schema === null) return writeJson(sink, value);
  if (value === null) return writeNull(sink, schema, options);
  switch (schema.name) {
    case undefined:
      break;
    case DECIMAL:
      return sink.pieceText(printDecimal(schema, value, options));
    case DATE:
    case TIME:
    case TIMESTAMP:
      return writeNumber(sink, numberOfDate(schema.name, value));
    default:
      break;
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      if (typeof value === 'number') return writeNumber(sink, value);
      break;
    case 'INT64':
      if (typeof value === 'bigint') return writeLong(sink, value);
      break;
    case 'FLOAT32':
      if (typeof value === 'number') return sink.pieceText(printFloat(value, shortestFloat(value)));
      break;
    case 'FLOAT64':
      if (typeof value === 'number') return writeFloat(sink, value);
      break;
    case 'BOOLEAN':
      if (typeof value === 'boolean') return sink.pieceText(String(value));
      break;
    case 'STRING':
      if (typeof value === 'string') return writeString(sink, value);
      break;
    case 'BYTES':
      if (Buffer.isBuffer(value)) return sink.pieceText(`"${value.toString('base64')}"`);
      throw new DataException(`Invalid type for bytes type: class ${javaClassOf(value)}`);
    case 'ARRAY':
      if (Array.isArray(value)) return writeArray(sink, schema.valueSchema ?? null, value, options);
      break;
    case 'MAP':
      if (value instanceof Map) return writeMap(sink, schema, value, options);
      break;
    case 'STRUCT':
      if (!(value instanceof Struct)) break;
      if (!value.schema.equals(schema)) throw new DataException('Mismatching schema.');
      return writeStruct(sink, value, (inside, field) => {
        writePayload(inside, field.schema, value.atWithoutDefault(field), options);
      });
  }
  throw new DataException(`Invalid type for ${schema.type}: class ${javaClassOf(value)}`);
}

function writeNull(sink: ByteSink, schema: Schema, options: PayloadOptions): void {
  if (schema.default !== undefined && options.replaceNullWithDefault) {
    return writePayload(sink, schema, schema.default, options);
  }
  if (schema.optional) return sink.pieceText('null');
  throw new DataException('Conversion error: null value for field that is required and has no default value');
}

function writeLong(sink: ByteSink, value: bigint): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) writeInteger(sink, number);
  else sink.pieceText(String(value));
}

function writeArray(sink: ByteSink, schema: Schema | null, elements: readonly Value[], options: PayloadOptions): void {
  writeElements(sink, elements, element => writePayload(sink, schema, element, options));
}

function writeMap(sink: ByteSink, schema: Schema, members: ReadonlyMap<Value, Value>, options: PayloadOptions): void {
  const { keySchema = null, valueSchema = null } = schema;
  const write = (key: Value, between: number, value: Value): void => {
    writePayload(sink, keySchema, key, options);
    sink.byte(between);
    writePayload(sink, valueSchema, value, options);
  };
  if (keySchema?.type !== 'STRING') {
    return writeElements(sink, members, ([key, value]) => {
      sink.byte(OPEN_ARRAY);
      write(key, COMMA, value);
      sink.byte(CLOSE_ARRAY);
    });
  }
  sink.byte(OPEN_OBJECT);
  let first = true;
  for (const [key, value] of members) {
    if (!first) sink.byte(COMMA);
    first = false;
    write(key, COLON, value);
  }
  sink.byte(CLOSE_OBJECT);
}

function printDecimal(schema: Schema, value: Value, { decimalFormat }: PayloadOptions): string {
  if (!(value instanceof Decimal)) {
    throw new DataException(`Invalid type for Decimal, expected BigDecimal but was class ${javaClassOf(value)}`);
  }
  if (decimalFormat === 'NUMERIC') return value.toString();
  const scale = scaleOf(schema);
  if (value.scale !== scale) {
    throw new DataException(
      'Decimal value has mismatching scale for given Decimal schema. ' +
        `Schema has scale ${scale}, value has scale ${value.scale}.`,
    );
  }
  return `"${value.toBytes().toString('base64')}"`;
}

function numberOfDate(name: string, value: Value): number {
  const type = name.slice(name.lastIndexOf('.') + 1);
  if (!(value instanceof JavaDate)) {
    throw new DataException(`Invalid type for ${type}, expected Date but was class ${javaClassOf(value)}`);
  }
  const { ms } = value;
  if (name === DATE) {
    if (ms % DAY_MS === 0) return ms / DAY_MS;
    throw new DataException('Kafka Connect Date type should not have any time fields set to non-zero values.');
  }
  if (name === TIME && (ms < 0 || ms > DAY_MS)) {
    throw new DataException('Kafka Connect Time type should not have any date fields set to non-zero values.');
  }
  return ms;
}
