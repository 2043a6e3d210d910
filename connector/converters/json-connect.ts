import { DataException } from '../data/errors.ts';
import { type Field, type Schema, Struct, type Value } from '../data/model.ts';
import { Decimal, isIntegral, isNumeric, JavaDate, JsonNumber, type Numeric, toNumber } from '../data/scalars.ts';
import { DATE, DECIMAL, scaleOf, TIME, TIMESTAMP } from '../data/schemas.ts';
import { validateAround } from '../data/validate.ts';

const DAY_MS = 86_400_000;
const INT_MAX = 0x7fff_ffff;

/**
 * A JSON value under its schema, as JsonConverter.toConnectData makes it. Java's rules hold: an integer beyond its type's
 * range wraps, a number where a text is expected is no text (a null), a text where a number is expected is zero.
 * @param value as JsonReader gives it, also under this schema: a Struct becomes what it is to be; undefined: there is none.
 * @throws DataException with JsonConverter's messages
 */
export function toConnect(schema: Schema, value: Value | undefined, replaceNullWithDefault: boolean): Value {
  if (value === undefined || value === null) {
    if (schema.default !== undefined && replaceNullWithDefault) return schema.default;
    if (schema.optional) return null;
    throw new DataException(`Invalid null value for required ${schema.type} field`);
  }
  switch (schema.name) {
    case undefined:
      break;
    case DECIMAL:
      return toDecimal(schema, value);
    case DATE:
      return new JavaDate(toInt('Date', value) * DAY_MS);
    case TIME:
      return toTime(value);
    case TIMESTAMP:
      if (!isNumeric(value) || !isIntegral(value)) throw wrongForm('Timestamp', 'integral', value);
      return new JavaDate(Number.isSafeInteger(value) ? (value as number) : Number(toLong(value)));
    default:
      break;
  }
  switch (schema.type) {
    case 'BOOLEAN':
      return value === true;
    case 'INT8':
      return toInteger(value, 8);
    case 'INT16':
      return toInteger(value, 16);
    case 'INT32':
      return toInteger(value, 32);
    case 'INT64':
      return isNumeric(value) ? toLong(value) : 0n;
    case 'FLOAT32':
      return isNumeric(value) ? Math.fround(doubleOf(value)) : 0;
    case 'FLOAT64':
      return isNumeric(value) ? doubleOf(value) : 0;
    case 'STRING':
      return typeof value === 'string' ? value : null;
    case 'BYTES':
      return typeof value === 'string' ? decodeBase64(value, 'Invalid bytes field') : null;
    case 'ARRAY':
      return elementsOf(value).map(element => toConnect(schema.valueSchema!, element, replaceNullWithDefault));
    case 'MAP':
      return toMap(schema, value, replaceNullWithDefault);
    case 'STRUCT':
      return toStruct(schema, value, replaceNullWithDefault);
  }
}

/** Jackson's iteration: over the values of an object too, and over nothing of anything else. */
function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  return value instanceof Map ? Array.from(value.values()) : [];
}

function toMap(schema: Schema, value: Value, replaceNullWithDefault: boolean): Value {
  const keySchema = schema.keySchema!;
  const valueSchema = schema.valueSchema!;
  const members = new Map<Value, Value>();
  if (keySchema.type === 'STRING') {
    if (!(value instanceof Map)) throw wrongNode('Maps with string fields should be encoded as JSON objects', value);
    for (const [name, member] of value) members.set(name, toConnect(valueSchema, member, replaceNullWithDefault));
    return members;
  }
  if (!Array.isArray(value)) {
    throw wrongNode('Maps with non-string fields should be encoded as JSON array of tuples', value);
  }
  for (const pair of value as readonly Value[]) {
    if (!Array.isArray(pair)) {
      throw new DataException(`Found invalid map entry instead of array tuple: ${nodeType(pair)}`);
    }
    if (pair.length !== 2) {
      throw new DataException(`Found invalid map entry, expected length 2 but found :${pair.length}`);
    }
    const key = toConnect(keySchema, pair[0], replaceNullWithDefault);
    members.set(key, toConnect(valueSchema, pair[1], replaceNullWithDefault));
  }
  return members;
}

function toStruct(schema: Schema, value: Value, replaceNullWithDefault: boolean): Struct {
  const struct = value instanceof Struct ? value : structOf(schema, value);
  for (const field of schema.fields) {
    const member = toConnect(field.schema, struct.atWithoutDefault(field), replaceNullWithDefault);
    check(field, member);
    struct.set(field, member);
  }
  return struct;
}

/** Of JSON values, as JsonReader makes one under this schema. */
function structOf(schema: Schema, value: Value): Struct {
  if (!(value instanceof Map)) throw wrongNode('Structs should be encoded as JSON objects', value);
  const struct = new Struct(schema);
  for (const field of schema.fields) struct.set(field, value.get(field.name) ?? null);
  return struct;
}

/** What was made under a schema fits it, but for nulls that stand for values of another type. */
function check({ name, schema }: Field, value: Value): void {
  if (value === null ? !schema.optional : schema.type === 'ARRAY' || schema.type === 'MAP')
    validateAround(schema, value, name);
}

function toInteger(value: Value, bits: number): number {
  if (typeof value === 'number' && (value | 0) === value) return (value << (32 - bits)) >> (32 - bits);
  return isNumeric(value) ? Number(BigInt.asIntN(bits, wholePart(value))) : 0;
}

function toLong(value: Numeric): bigint {
  return Number.isSafeInteger(value) ? BigInt(value as number) : BigInt.asIntN(64, wholePart(value));
}

/** A BigDecimal first, as Jackson's: there is no -0.0. */
function doubleOf(value: Numeric): number {
  return toNumber(value) + 0;
}

/** Without what is behind the point; of numbers too large for Java's Long, the bits that it keeps. */
function wholePart(value: Numeric): bigint {
  if (!(value instanceof JsonNumber)) return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
  return value.integral ? value.asBigInt() : value.asDecimal().toLong();
}

function toInt(type: string, value: Value): number {
  const integer = isNumeric(value) && isIntegral(value) ? toNumber(value) : Number.NaN;
  if (!(integer <= INT_MAX && integer >= -INT_MAX - 1)) throw wrongForm(type, 'integer', value);
  return integer;
}

function toTime(value: Value): JavaDate {
  const ms = toInt('Time', value);
  if (ms < 0 || ms > DAY_MS) {
    throw new DataException('Time values must use number of milliseconds greater than 0 and less than 86400000');
  }
  return new JavaDate(ms);
}

function toDecimal(schema: Schema, value: Value): Decimal {
  if (value instanceof JsonNumber) return value.asDecimal();
  if (isNumeric(value)) return Decimal.parse(String(value))!;
  if (typeof value !== 'string') throw wrongForm('Decimal', 'numeric or bytes', value);
  const invalid = 'Invalid bytes for Decimal field';
  const bytes = decodeBase64(value, invalid);
  try {
    return Decimal.fromBytes(bytes, scaleOf(schema));
  } catch (error) {
    throw new DataException(invalid, error);
  }
}

/** Strict, as Jackson's: only the alphabet of RFC 4648 §4, padded. */
function decodeBase64(text: string, message: string): Buffer {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new DataException(message);
  return Buffer.from(text, 'base64');
}

function wrongForm(type: string, form: string, value: Value): DataException {
  const expected = `Invalid type for ${type}, underlying representation should be ${form}`;
  return new DataException(`${expected} but was ${nodeType(value)}`);
}

function wrongNode(expected: string, value: Value): DataException {
  return new DataException(`${expected}, but found ${nodeType(value)}`);
}

/** Jackson's JsonNodeType. */
function nodeType(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return 'STRING';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (isNumeric(value)) return 'NUMBER';
  return Array.isArray(value) ? 'ARRAY' : 'OBJECT';
}
