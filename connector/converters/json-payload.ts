import { DataException } from '../data/errors.ts';
import { printFloat, printJson, printString } from '../data/json-print.ts';
import { type Schema, Struct, type Value } from '../data/model.ts';
import { Decimal, JavaDate, shortestFloat } from '../data/scalars.ts';
import { DATE, DECIMAL, scaleOf, TIME, TIMESTAMP } from '../data/schemas.ts';
import { javaClassOf } from '../data/validate.ts';

export interface PayloadOptions {
  /** A Decimal as its unscaled bytes in base64 (Connect's default), or as a number. */
  readonly decimalFormat: 'BASE64' | 'NUMERIC';
  /** A null under a schema with a default is written as the default. */
  readonly replaceNullWithDefault: boolean;
}

const DAY_MS = 86_400_000;

/**
 * A value as JSON text, as JsonConverter.fromConnectData writes it without schemas: a Struct as an object of all its
 * fields in order, bytes in base64, a map with other keys than strings as an array of pairs, a Date as days, a Time as
 * milliseconds of the day, a Timestamp as epoch milliseconds. Numbers of schemaless values stay as they were written.
 * @throws DataException with JsonConverter's messages for a value that does not fit its schema
 */
export function printPayload(schema: Schema | null, value: Value, options: PayloadOptions): string {
  if (schema === null) return printJson(value);
  if (value === null) {
    if (schema.default !== undefined && options.replaceNullWithDefault) {
      return printPayload(schema, schema.default, options);
    }
    if (schema.optional) return 'null';
    throw new DataException('Conversion error: null value for field that is required and has no default value');
  }
  switch (schema.name) {
    case undefined:
      break;
    case DECIMAL:
      return printDecimal(schema, value, options);
    case DATE:
    case TIME:
    case TIMESTAMP:
      return printDate(schema.name, value);
    default:
      break;
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      if (typeof value === 'number') return String(value);
      break;
    case 'INT64':
      if (typeof value === 'bigint') return String(value);
      break;
    case 'FLOAT32':
      if (typeof value === 'number') return printFloat(value, shortestFloat(value));
      break;
    case 'FLOAT64':
      if (typeof value === 'number') return printFloat(value);
      break;
    case 'BOOLEAN':
      if (typeof value === 'boolean') return String(value);
      break;
    case 'STRING':
      if (typeof value === 'string') return printString(value);
      break;
    case 'BYTES':
      if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`;
      throw new DataException(`Invalid type for bytes type: class ${javaClassOf(value)}`);
    case 'ARRAY':
      if (Array.isArray(value)) return printArray(schema.valueSchema ?? null, value, options);
      break;
    case 'MAP':
      if (value instanceof Map) return printMap(schema, value, options);
      break;
    case 'STRUCT':
      if (value instanceof Struct) return printStruct(schema, value, options);
      break;
  }
  throw new DataException(`Invalid type for ${schema.type}: class ${javaClassOf(value)}`);
}

function printArray(schema: Schema | null, elements: readonly Value[], options: PayloadOptions): string {
  let text = '';
  for (const element of elements) text += (text === '' ? '[' : ',') + printPayload(schema, element, options);
  return text === '' ? '[]' : `${text}]`;
}

function printMap(schema: Schema, members: ReadonlyMap<Value, Value>, options: PayloadOptions): string {
  const { keySchema = null, valueSchema = null } = schema;
  const named = keySchema?.type === 'STRING';
  let text = '';
  for (const [key, value] of members) {
    const pair = [printPayload(keySchema, key, options), printPayload(valueSchema, value, options)];
    text += (text === '' ? '' : ',') + (named ? pair.join(':') : `[${pair.join(',')}]`);
  }
  return named ? `{${text}}` : `[${text}]`;
}

function printStruct(schema: Schema, struct: Struct, options: PayloadOptions): string {
  if (!struct.schema.equals(schema)) throw new DataException('Mismatching schema.');
  let text = '';
  for (const field of struct.schema.fields) {
    const value = printPayload(field.schema, struct.atWithoutDefault(field), options);
    text += `${text === '' ? '{' : ','}${printString(field.name)}:${value}`;
  }
  return text === '' ? '{}' : `${text}}`;
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

function printDate(name: string, value: Value): string {
  const type = name.slice(name.lastIndexOf('.') + 1);
  if (!(value instanceof JavaDate)) {
    throw new DataException(`Invalid type for ${type}, expected Date but was class ${javaClassOf(value)}`);
  }
  const { ms } = value;
  if (name === DATE) {
    if (ms % DAY_MS === 0) return String(ms / DAY_MS);
    throw new DataException('Kafka Connect Date type should not have any time fields set to non-zero values.');
  }
  if (name === TIME && (ms < 0 || ms > DAY_MS)) {
    throw new DataException('Kafka Connect Time type should not have any date fields set to non-zero values.');
  }
  return String(ms);
}
