import type { CastType } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import type { Schema, SchemaType, Value } from '../data/model.ts';
import {
  Decimal,
  floatNumber,
  isIntegral,
  isNumeric,
  JavaDate,
  JsonNumber,
  type Numeric,
  toBigInt,
  toNumber,
} from '../data/scalars.ts';
import { DATE, TIME, TIMESTAMP } from '../data/schemas.ts';
import { typeOf } from '../data/validate.ts';
import { DAY_MS } from '../java/calendar.ts';
import { writeIsoTimestamp } from '../java/iso.ts';
import {
  doubleToInt,
  doubleToLong,
  doubleToString,
  floatToString,
  NumberFormatError,
  parseDouble,
  parseInteger,
} from '../java/numbers.ts';
import { classOf } from './requirements.ts';

const INPUTS: readonly SchemaType[] = [
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FLOAT32',
  'FLOAT64',
  'BOOLEAN',
  'STRING',
  'BYTES',
];
const BITS = { int8: 8, int16: 16, int32: 32 } as const;

/**
 * Cast's rules: Java's narrowing of numbers, Java's parsing and printing of texts. Without a schema the result is what
 * stands for the type in schemaless values.
 *
 * @throws DataException with Kafka Connect's texts
 */
export function castValue(schema: Schema | null, value: Value, target: CastType): Value {
  if (value === null) return null;
  const type = schema === null ? typeOf(value) : schema.type;
  if (type === null) {
    const found = `class ${classOf(value, schema)}`;
    throw new DataException(
      `Cast transformation was passed a value of type ${found} which is not supported by Connect's data API`,
    );
  }
  if (!INPUTS.includes(type)) {
    throw new DataException(
      `Cast transformation does not support casting from ${type}; supported types are [${INPUTS.join(', ')}]`,
    );
  }
  const plain = schema?.name !== undefined && target !== 'string' ? encodeDate(schema.name, value) : value;
  try {
    return schema === null ? castSchemaless(plain, target) : castTyped(plain, schema, target);
  } catch (error) {
    if (!(error instanceof NumberFormatError)) throw error;
    throw new DataException(`Value (${excerpt(String(plain))}) was out of range for requested data type`, error);
  }
}

/** What Date, Time and Timestamp are inside: days or milliseconds. */
function encodeDate(name: string, value: Value): Value {
  if (!(value instanceof JavaDate)) return value;
  const { ms } = value;
  if (name === DATE) {
    if (ms % DAY_MS !== 0) {
      throw new DataException('Kafka Connect Date type should not have any time fields set to non-zero values.');
    }
    return ms / DAY_MS;
  }
  if (name === TIME && (ms < 0 || ms > DAY_MS)) {
    throw new DataException('Kafka Connect Time type should not have any date fields set to non-zero values.');
  }
  return name === TIMESTAMP ? BigInt(ms) : ms;
}

function castTyped(value: Value, schema: Schema, target: CastType): Value {
  switch (target) {
    case 'int8':
    case 'int16':
    case 'int32':
      return toInt(value, schema, BITS[target]);
    case 'int64':
      return toLong(value, schema);
    case 'float32':
      return Math.fround(toDouble(value, schema));
    case 'float64':
      return toDouble(value, schema);
    case 'boolean':
      return toBoolean(value, schema);
    case 'string':
      return toText(value, schema);
  }
}

function castSchemaless(value: Value, target: CastType): Value {
  const cast = (): Value => {
    switch (target) {
      case 'int64':
        return jsonInteger(toLong(value, null));
      case 'float32':
        return jsonFloat(Math.fround(toDouble(value, null)), true);
      case 'float64':
        return jsonFloat(toDouble(value, null), false);
      case 'boolean':
        return toBoolean(value, null);
      case 'string':
        return toText(value, null);
      default:
        return toInt(value, null, BITS[target]);
    }
  };
  return cast();
}

function jsonInteger(value: bigint): number | JsonNumber {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(value));
}

function jsonFloat(value: number, single: boolean): number | JsonNumber {
  return Number.isFinite(value) ? floatNumber(value, single) : value;
}

/** Of numbers that are there as integers; others are doubles. */
function isInteger(value: Numeric, schema: Schema | null): boolean {
  return schema === null ? isIntegral(value) : schema.type !== 'FLOAT32' && schema.type !== 'FLOAT64';
}

function unexpected(value: Value, schema: Schema | null): never {
  throw new DataException(`Unexpected type in Cast transformation: class ${classOf(value, schema)}`);
}

function toInt(value: Value, schema: Schema | null, bits: 8 | 16 | 32): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return Number(parseInteger(value, bits));
  return (toInt32(value, schema) << (32 - bits)) >> (32 - bits);
}

function toInt32(value: Value, schema: Schema | null): number {
  if (value instanceof Decimal) return Number(BigInt.asIntN(32, value.toLong()));
  if (!isNumeric(value)) return unexpected(value, schema);
  if (!isInteger(value, schema)) return doubleToInt(toNumber(value));
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, toBigInt(value)));
}

function toLong(value: Value, schema: Schema | null): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return parseInteger(value, 64);
  if (value instanceof Decimal) return value.toLong();
  if (!isNumeric(value)) return unexpected(value, schema);
  return isInteger(value, schema) ? BigInt.asIntN(64, toBigInt(value)) : doubleToLong(toNumber(value));
}

function toDouble(value: Value, schema: Schema | null): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return parseDouble(value);
  if (value instanceof Decimal) return value.toNumber();
  return isNumeric(value) ? toNumber(value) : unexpected(value, schema);
}

function toBoolean(value: Value, schema: Schema | null): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  return toLong(value, schema) !== 0n;
}

function toText(value: Value, schema: Schema | null): string {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof JavaDate) return writeDate(value.ms);
  if (value instanceof JsonNumber) {
    if (!value.integral) return doubleToString(value.asNumber());
    return value.lexeme === '-0' ? '0' : value.lexeme;
  }
  if (typeof value === 'number' && !isInteger(value, schema)) {
    return schema?.type === 'FLOAT32' ? floatToString(value) : doubleToString(value);
  }
  return String(value);
}

/** Kafka Connect's guess from the amount: a time of day, a day, or a moment. */
function writeDate(ms: number): string {
  const moment = writeIsoTimestamp(ms);
  if (ms < DAY_MS) return moment.slice(moment.indexOf('T') + 1);
  return ms % DAY_MS === 0 ? moment.slice(0, moment.indexOf('T')) : moment;
}
