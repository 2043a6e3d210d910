import { DataException } from './errors.ts';
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
  validate(schema, value, field === null ? 'value' : `field: "${field}"`);
}

function validate(schema: Schema, value: Value, where: string): void {
  if (value === null) {
    if (schema.optional) return;
    throw new DataException(`Invalid value: null used for required ${where}, schema type: ${schema.type}`);
  }
  if (!fits(schema, value)) {
    const name = schema.name === undefined ? '' : ` "${schema.name}"`;
    const found = `class ${javaClassOf(value)}`;
    throw new DataException(`Invalid Java object for schema${name} with type ${schema.type}: ${found} for ${where}`);
  }
  if (value instanceof Struct) {
    if (!value.schema.equals(schema)) throw new DataException('Struct schemas do not match.');
    validateStruct(value);
  } else if (Array.isArray(value)) {
    for (const element of value) validateIn(schema.valueSchema, element, `element of array ${where}`);
  } else if (value instanceof Map) {
    for (const [key, element] of value) {
      validateIn(schema.keySchema, key, `key of map ${where}`);
      validateIn(schema.valueSchema, element, `value of map ${where}`);
    }
  }
}

/** A schema that is not known asks for nothing. */
function validateIn(schema: Schema | undefined, value: Value, where: string): void {
  if (schema !== undefined) validate(schema, value, where);
}

/** Struct.validate: a default stands for a null. @throws DataException with Connect's text */
export function validateStruct(struct: Struct): void {
  for (const field of struct.schema.fields) {
    const value = struct.atWithoutDefault(field);
    if (value !== null || field.schema.default === undefined) validateValue(field.schema, value, field.name);
  }
}
