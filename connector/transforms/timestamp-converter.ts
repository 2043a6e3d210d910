import type { TimestampConverterSettings } from '../../config/transforms/types.ts';
import { ConnectError, DataException } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import type { MemberStep } from '../data/member-step.ts';
import { Schema, Struct, type Value } from '../data/model.ts';
import { isIntegral, isNumeric, JavaDate, JsonNumber, type Numeric, toBigInt } from '../data/scalars.ts';
import {
  DATE,
  dateSchema,
  INT64,
  OPTIONAL_INT64,
  OPTIONAL_STRING,
  STRING,
  TIME,
  TIMESTAMP,
  timeSchema,
  timestampSchema,
} from '../data/schemas.ts';
import { DAY_MS } from '../java/calendar.ts';
import { type JavaDateFormat, javaDateFormat } from '../java/date-format.ts';
import { LONG_MAX, LONG_MIN } from '../java/numbers.ts';
import { basicsOf, classOf, copyOfMap, fieldsOf, fieldValue, putAt, requireStructOrNull } from './requirements.ts';
import { type Apply, derivedSchemas, partOf } from './transformation.ts';

const PURPOSE = 'converting timestamp formats';

type TimestampType = TimestampConverterSettings['targetType'];

const SCHEMAS: Readonly<Record<TimestampType, readonly [required: Schema, optional: Schema]>> = {
  string: [STRING, OPTIONAL_STRING],
  unix: [INT64, OPTIONAL_INT64],
  Date: [dateSchema(), dateSchema({ optional: true })],
  Time: [timeSchema(), timeSchema({ optional: true })],
  Timestamp: [timestampSchema(), timestampSchema({ optional: true })],
};

/**
 * Converts timestamps between texts, Unix time and Kafka Connect's logical types, in UTC.
 * @param now milliseconds since the epoch, for texts with two-digit years
 */
export function createTimestampConverter(settings: TimestampConverterSettings, now: () => number): Apply {
  const { field: name, targetType, replaceNullWithDefault } = settings;
  const { schema: schemaOf, value: partIn, replace } = partOf(settings.part);
  const convert = converter(settings, now);
  const typeSchema = (optional: boolean): Schema => SCHEMAS[targetType][optional ? 1 : 0]!;

  const convertField = (struct: Struct, updated: Schema): Struct => {
    const converted = new Struct(updated);
    for (const field of struct.schema.fields) {
      const value = fieldValue(struct, field, replaceNullWithDefault);
      const own = field.name === name;
      putAt(converted, field.index, own ? convert(value, typeFromSchema(field.schema), field.schema) : value);
    }
    return converted;
  };

  const updatedSchema = derivedSchemas(schema => {
    const fields = fieldsOf(schema).map(field =>
      field.name === name ? { name, schema: typeSchema(field.schema.optional) } : field,
    );
    const updated = new Schema({ ...basicsOf(schema), type: 'STRUCT', optional: schema.optional, fields });
    return schema.default instanceof Struct
      ? updated.with({ default: convertField(schema.default, updated) })
      : updated;
  });

  return record => {
    const schema = schemaOf(record);
    const value = partIn(record);
    if (schema === null) {
      if (value === null) return replace(record, null, null);
      if (name === '') return replace(record, null, convertSchemaless(convert, value));
      const members = copyOfMap(value, PURPOSE);
      const member = members.get(name) ?? null;
      members.set(name, convertSchemaless(convert, member));
      return replace(record, null, members);
    }
    if (name === '') {
      return replace(record, typeSchema(schema.optional), convert(value, typeFromSchema(schema), schema));
    }
    const struct = requireStructOrNull(value, schema, PURPOSE);
    const updated = updatedSchema(schema);
    return replace(record, updated, struct === null ? null : convertField(struct, updated));
  };
}

/** Of a field. @param now as for `createTimestampConverter` */
export function timestampStep(settings: TimestampConverterSettings, now: () => number): MemberStep | null {
  if (settings.field === '') return null;
  const convert = converter(settings, now);
  const of = (_: string, value: Value): Value => convertSchemaless(convert, value);
  return { kind: 'change', names: [settings.field], change: { by: 'value', of, kept: null } };
}

function convertSchemaless(convert: Convert, value: Value): Value {
  return value === null ? null : asSchemaless(convert(value, inferType(value), null));
}

/** Unix time comes as a bigint, which only schemas have. */
function asSchemaless(value: Value): Value {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(value));
}

function typeFromSchema(schema: Schema): TimestampType {
  if (schema.name === TIMESTAMP) return 'Timestamp';
  if (schema.name === DATE) return 'Date';
  if (schema.name === TIME) return 'Time';
  if (schema.type === 'STRING') return 'string';
  if (schema.type === 'INT64') return 'unix';
  const written = schema.name === undefined ? schema.type : `${excerpt(schema.name)}:${schema.type}`;
  throw new ConnectError(`Schema Schema{${written}} does not correspond to a known timestamp type format`);
}

function inferType(value: Value): TimestampType {
  if (value instanceof JavaDate) return 'Timestamp';
  if (typeof value === 'string') return 'string';
  if (isNumeric(value) && isIntegral(value)) return 'unix';
  throw new DataException(`TimestampConverter does not support class ${classOf(value, null)} objects as timestamps`);
}

type Convert = (value: Value, from: TimestampType, schema: Schema | null) => Value;

function converter(settings: TimestampConverterSettings, now: () => number): Convert {
  const format = settings.format === null ? null : javaDateFormat(settings.format, now);
  return (value, from, schema) => {
    if (value === null) return null;
    return write(read(value, from, schema, format, settings), format, settings);
  };
}

/** Milliseconds since the epoch. */
function read(
  value: Value,
  from: TimestampType,
  schema: Schema | null,
  format: JavaDateFormat | null,
  { unixPrecision }: TimestampConverterSettings,
): number {
  const expected = (what: string): never => {
    throw new DataException(`Expected ${what}, but found class ${classOf(value, schema)}`);
  };
  if (from === 'string') {
    if (typeof value !== 'string') return expected('string timestamp to be a String');
    if (format === null) {
      throw new ConnectError(
        'The timestamp is a text, and no format says how to read it',
        undefined,
        'java.lang.NullPointerException',
      );
    }
    const ms = format.parse(value);
    if (ms !== null) return ms;
    throw new DataException(
      `Could not parse timestamp: value (${excerpt(value)}) does not match pattern (${format.pattern})`,
    );
  }
  if (from === 'unix')
    return isNumeric(value) ? fromUnix(value, unixPrecision) : expected('Unix timestamp to be a Long');
  return value instanceof JavaDate ? value.ms : expected(`${from} to be a java.util.Date`);
}

type Precision = TimestampConverterSettings['unixPrecision'];

/** Units of a millisecond, below and above it. */
const PER_MS: Readonly<Record<Precision, bigint>> = {
  nanoseconds: 1_000_000n,
  microseconds: 1000n,
  milliseconds: 1n,
  seconds: 1n,
};

function fromUnix(value: Numeric, precision: Precision): number {
  if (precision === 'milliseconds' && typeof value === 'number') return value;
  const exact = toBigInt(value);
  return Number(precision === 'seconds' ? clamp(exact * 1000n) : exact / PER_MS[precision]);
}

function toUnix(ms: number, precision: Precision): bigint {
  if (precision === 'seconds') return BigInt(Math.trunc(ms / 1000));
  return clamp(BigInt(ms) * PER_MS[precision]);
}

function clamp(value: bigint): bigint {
  return value > LONG_MAX ? LONG_MAX : value < LONG_MIN ? LONG_MIN : value;
}

function write(
  ms: number,
  format: JavaDateFormat | null,
  { targetType, unixPrecision }: TimestampConverterSettings,
): Value {
  switch (targetType) {
    case 'string':
      return format!.format(ms);
    case 'unix':
      return toUnix(ms, unixPrecision);
    case 'Date':
      return new JavaDate(Math.floor(ms / DAY_MS) * DAY_MS);
    case 'Time':
      return new JavaDate(ms - Math.floor(ms / DAY_MS) * DAY_MS);
    case 'Timestamp':
      return new JavaDate(ms);
  }
}
