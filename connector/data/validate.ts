import { DataException } from './errors.ts';
import { excerpt } from './excerpt.ts';
import { type Schema, type SchemaType, Struct, type Value } from './model.ts';
import { Decimal, isIntegral, JavaDate, JsonNumber } from './scalars.ts';
import { DATE, DECIMAL, TIME, TIMESTAMP } from './schemas.ts';

/** The class that the value has in Java, for messages: Connect writes `class java.lang.String`. A number without a schema is a Long or a Double. */
export function javaClassOf(value: Value): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'java.lang.Boolean';
    case 'string':
      return 'java.lang.String';
    case 'number':
      return Number.isInteger(value) ? 'java.lang.Long' : 'java.lang.Double';
    case 'bigint':
      return 'java.lang.Long';
    default:
      break;
  }
  if (Buffer.isBuffer(value)) return '[B';
  if (Array.isArray(value)) return 'java.util.ArrayList';
  if (value instanceof Map) return 'java.util.HashMap';
  if (value instanceof JsonNumber) return value.integral ? 'java.lang.Long' : 'java.lang.Double';
  if (value instanceof Decimal) return 'java.math.BigDecimal';
  return value instanceof JavaDate ? 'java.util.Date' : 'org.apache.kafka.connect.data.Struct';
}

/** ConnectSchema.schemaType: the type of a schemaless value; null for what has none (null, a date). */
export function typeOf(value: Value): SchemaType | null {
  if (value === null || value instanceof JavaDate || value instanceof Decimal) return null;
  switch (typeof value) {
    case 'boolean':
      return 'BOOLEAN';
    case 'string':
      return 'STRING';
    case 'number':
    case 'bigint':
      return isIntegral(value) ? 'INT64' : 'FLOAT64';
    default:
      break;
  }
  if (value instanceof JsonNumber) return value.integral ? 'INT64' : 'FLOAT64';
  if (Buffer.isBuffer(value)) return 'BYTES';
  if (Array.isArray(value)) return 'ARRAY';
  return value instanceof Struct ? 'STRUCT' : 'MAP';
}

const LIMITS = { INT8: 0x7f, INT16: 0x7fff, INT32: 0x7fffffff } as const;
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

function isInteger(value: Value, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value <= max && value >= -max - 1;
}

function fits(schema: Schema, value: Value): boolean {
  switch (schema.name) {
    case DECIMAL:
      return value instanceof Decimal;
    case DATE:
    case TIME:
    case TIMESTAMP:
      return value instanceof JavaDate;
    default:
      break;
  }
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return isInteger(value, LIMITS[schema.type]);
    case 'INT64':
      return typeof value === 'bigint' && value <= LONG_MAX && value >= -LONG_MAX - 1n;
    case 'FLOAT32':
    case 'FLOAT64':
      return typeof value === 'number';
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'STRING':
      return typeof value === 'string';
    case 'BYTES':
      return Buffer.isBuffer(value);
    case 'ARRAY':
      return Array.isArray(value);
    case 'MAP':
      return value instanceof Map;
    case 'STRUCT':
      return value instanceof Struct;
  }
}

/**
 * ConnectSchema.validateValue, all the way down.
 * @param field that holds the value, for the message
 * @throws DataException with Connect's text
 */
export function validateValue(schema: Schema, value: Value, field: string | null = null): void {
  validate(schema, value, { field, path: '', structs: true });
}

/** As `validateValue` for a value whose structs were validated when they were made: each value is looked at once. */
export function validateAround(schema: Schema, value: Value, field: string): void {
  validate(schema, value, { field, path: '', structs: false });
}

/** Where a value stands, for the message. */
interface Place {
  readonly field: string | null;
  /** From the value up to the field, as words before it. */
  readonly path: string;
  /** What is in structs is to be validated too. */
  readonly structs: boolean;
}

function inside(place: Place, step: string): Place {
  return { ...place, path: step + place.path };
}

function whereIs({ field, path }: Place): string {
  return path + (field === null ? 'value' : `field: "${excerpt(field)}"`);
}

function validate(schema: Schema, value: Value, place: Place): void {
  if (value === null) {
    if (schema.optional) return;
    throw new DataException(`Invalid value: null used for required ${whereIs(place)}, schema type: ${schema.type}`);
  }
  if (!fits(schema, value)) {
    const name = schema.name === undefined ? '' : ` "${excerpt(schema.name)}"`;
    const found = `${schema.type}: class ${javaClassOf(value)}`;
    throw new DataException(`Invalid Java object for schema${name} with type ${found} for ${whereIs(place)}`);
  }
  if (value instanceof Struct) {
    if (!value.schema.equals(schema)) throw new DataException('Struct schemas do not match.');
    if (place.structs) validateStruct(value);
  } else if (Array.isArray(value)) {
    const within = inside(place, 'element of array ');
    for (const element of value) validateIn(schema.valueSchema, element, within);
  } else if (value instanceof Map) {
    const [ofKey, ofValue] = [inside(place, 'key of map '), inside(place, 'value of map ')];
    for (const [key, element] of value) {
      validateIn(schema.keySchema, key, ofKey);
      validateIn(schema.valueSchema, element, ofValue);
    }
  }
}

/** A schema that is not known asks for nothing. */
function validateIn(schema: Schema | undefined, value: Value, place: Place): void {
  if (schema !== undefined) validate(schema, value, place);
}

/** Struct.validate: a default stands for a null. @throws DataException with Connect's text */
export function validateStruct(struct: Struct): void {
  for (const field of struct.schema.fields) {
    const value = struct.atWithoutDefault(field);
    if (value !== null || field.schema.default === undefined) validateValue(field.schema, value, field.name);
  }
}
