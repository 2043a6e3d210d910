import { DataException, SchemaBuilderException } from './errors.ts';
import { sameValue, type Value } from './value.ts';

/** Connect's `Schema.Type`. */
export type SchemaType =
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FLOAT32'
  | 'FLOAT64'
  | 'BOOLEAN'
  | 'STRING'
  | 'BYTES'
  | 'ARRAY'
  | 'MAP'
  | 'STRUCT';

export type PrimitiveType = Exclude<SchemaType, 'ARRAY' | 'MAP' | 'STRUCT'>;

/** What every schema may have besides its type. */
export interface SchemaOptions {
  /** A null is allowed. Default: false. */
  readonly optional?: boolean;
  /** Stands for a null; undefined: there is none. In the form of `Value` that the (logical) type has. */
  readonly default?: Value | undefined;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly doc?: string | undefined;
  readonly parameters?: ReadonlyMap<string, string> | undefined;
}

export interface SchemaSpec extends SchemaOptions {
  readonly type: SchemaType;
  /** STRUCT only; in order, names unique. */
  readonly fields?: readonly FieldSpec[] | undefined;
  /** MAP only; undefined where nothing is known of the keys (a header's map). */
  readonly keySchema?: Schema | undefined;
  /** ARRAY (of its elements) and MAP; undefined where nothing is known of them. */
  readonly valueSchema?: Schema | undefined;
}

export interface FieldSpec {
  readonly name: string;
  readonly schema: Schema;
}

export interface Field extends FieldSpec {
  readonly index: number;
}

const NO_FIELDS: readonly Field[] = [];

/** Connect's ConnectSchema: immutable. Build one with the functions below, or from another one by `with`. */
export class Schema implements SchemaSpec {
  readonly type: SchemaType;
  readonly optional: boolean;
  readonly default: Value | undefined;
  readonly name: string | undefined;
  readonly version: number | undefined;
  readonly doc: string | undefined;
  readonly parameters: ReadonlyMap<string, string> | undefined;
  /** Empty for every type but STRUCT. */
  readonly fields: readonly Field[];
  readonly keySchema: Schema | undefined;
  readonly valueSchema: Schema | undefined;
  readonly #byName = new Map<string, Field>();

  /** @throws SchemaBuilderException for fields with the same name */
  constructor(spec: SchemaSpec) {
    this.type = spec.type;
    this.optional = spec.optional ?? false;
    this.default = spec.default;
    this.name = spec.name;
    this.version = spec.version;
    this.doc = spec.doc;
    this.parameters = spec.parameters;
    this.keySchema = spec.keySchema;
    this.valueSchema = spec.valueSchema;
    this.fields =
      spec.type === 'STRUCT'
        ? (spec.fields ?? []).map(({ name, schema }, index) => ({ name, schema, index }))
        : NO_FIELDS;
    for (const field of this.fields) {
      if (this.#byName.has(field.name)) {
        throw new SchemaBuilderException(`Cannot create field because of field name duplication ${field.name}`);
      }
      this.#byName.set(field.name, field);
    }
  }

  /** The field of a STRUCT, or undefined. */
  field(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  /** The same schema but for what is given; what is given as undefined is left out. */
  with(changes: Partial<SchemaSpec>): Schema {
    return new Schema({
      type: this.type,
      optional: this.optional,
      default: this.default,
      name: this.name,
      version: this.version,
      doc: this.doc,
      parameters: this.parameters,
      fields: this.fields,
      keySchema: this.keySchema,
      valueSchema: this.valueSchema,
      ...changes,
    });
  }

  /** As ConnectSchema.equals: everything counts, documentation and defaults too. */
  equals(other: Schema | null | undefined): boolean {
    if (other === this) return true;
    if (other === null || other === undefined) return false;
    return (
      this.type === other.type &&
      this.optional === other.optional &&
      this.name === other.name &&
      this.version === other.version &&
      this.doc === other.doc &&
      sameParameters(this.parameters, other.parameters) &&
      this.fields.length === other.fields.length &&
      this.fields.every(
        ({ name, schema }, i) => name === other.fields[i]!.name && schema.equals(other.fields[i]!.schema),
      ) &&
      sameSchema(this.keySchema, other.keySchema) &&
      sameSchema(this.valueSchema, other.valueSchema) &&
      (this.default === other.default ||
        (this.default !== undefined && other.default !== undefined && sameValue(this.default, other.default)))
    );
  }
}

/** Whether both are no schema, or equal ones. */
export function sameSchema(a: Schema | null | undefined, b: Schema | null | undefined): boolean {
  return a === null || a === undefined ? b === null || b === undefined : a.equals(b);
}

function sameParameters(
  a: ReadonlyMap<string, string> | undefined,
  b: ReadonlyMap<string, string> | undefined,
): boolean {
  if (a === b) return true;
  if (a?.size !== b?.size) return false;
  for (const [name, text] of a!) if (b!.get(name) !== text) return false;
  return true;
}

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
