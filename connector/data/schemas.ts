import { DataException } from './errors.ts';
import { type PrimitiveType, Schema, type SchemaOptions } from './model.ts';

export function primitive(type: PrimitiveType, options: SchemaOptions = {}): Schema {
  return new Schema({ ...options, type });
}

export function arrayOf(valueSchema: Schema, options: SchemaOptions = {}): Schema {
  return new Schema({ ...options, type: 'ARRAY', valueSchema });
}

export function mapOf(keySchema: Schema, valueSchema: Schema, options: SchemaOptions = {}): Schema {
  return new Schema({ ...options, type: 'MAP', keySchema, valueSchema });
}

/** @param fields in order: pairs of a name and a schema */
export function structOf(fields: Iterable<readonly [string, Schema]>, options: SchemaOptions = {}): Schema {
  return new Schema({ ...options, type: 'STRUCT', fields: Array.from(fields, ([name, schema]) => ({ name, schema })) });
}

/** Connect's `Schema.XXX_SCHEMA` and `Schema.OPTIONAL_XXX_SCHEMA`. */
export const INT8: Schema = primitive('INT8');
export const INT16: Schema = primitive('INT16');
export const INT32: Schema = primitive('INT32');
export const INT64: Schema = primitive('INT64');
export const FLOAT32: Schema = primitive('FLOAT32');
export const FLOAT64: Schema = primitive('FLOAT64');
export const BOOLEAN: Schema = primitive('BOOLEAN');
export const STRING: Schema = primitive('STRING');
export const BYTES: Schema = primitive('BYTES');
export const OPTIONAL_INT8: Schema = primitive('INT8', { optional: true });
export const OPTIONAL_INT16: Schema = primitive('INT16', { optional: true });
export const OPTIONAL_INT32: Schema = primitive('INT32', { optional: true });
export const OPTIONAL_INT64: Schema = primitive('INT64', { optional: true });
export const OPTIONAL_FLOAT32: Schema = primitive('FLOAT32', { optional: true });
export const OPTIONAL_FLOAT64: Schema = primitive('FLOAT64', { optional: true });
export const OPTIONAL_BOOLEAN: Schema = primitive('BOOLEAN', { optional: true });
export const OPTIONAL_STRING: Schema = primitive('STRING', { optional: true });
export const OPTIONAL_BYTES: Schema = primitive('BYTES', { optional: true });

/** Names of the logical types; the value of each is a class of its own (`Decimal`, `JavaDate`). */
export const DECIMAL = 'org.apache.kafka.connect.data.Decimal';
export const DATE = 'org.apache.kafka.connect.data.Date';
export const TIME = 'org.apache.kafka.connect.data.Time';
export const TIMESTAMP = 'org.apache.kafka.connect.data.Timestamp';

const SCALE = 'scale';

export function decimalSchema(scale: number, options: SchemaOptions = {}): Schema {
  const parameters = new Map([...(options.parameters ?? []), [SCALE, String(scale)]]);
  return new Schema({ version: 1, ...options, type: 'BYTES', name: DECIMAL, parameters });
}

/** Whole days (UTC) since 1970-01-01. */
export function dateSchema(options: SchemaOptions = {}): Schema {
  return new Schema({ version: 1, ...options, type: 'INT32', name: DATE });
}

/** Milliseconds since midnight (UTC). */
export function timeSchema(options: SchemaOptions = {}): Schema {
  return new Schema({ version: 1, ...options, type: 'INT32', name: TIME });
}

/** Milliseconds since 1970-01-01 (UTC). */
export function timestampSchema(options: SchemaOptions = {}): Schema {
  return new Schema({ version: 1, ...options, type: 'INT64', name: TIMESTAMP });
}

/** The scale of a Decimal's schema. @throws DataException as Connect's Decimal does */
export function scaleOf(schema: Schema): number {
  const text = schema.parameters?.get(SCALE);
  if (text === undefined) {
    throw new DataException('Invalid Decimal schema: scale parameter not found.');
  }
  if (!/^[+-]?\d{1,10}$/.test(text)) {
    throw new DataException('Invalid scale parameter found in Decimal schema: ');
  }
  return Number(text);
}
