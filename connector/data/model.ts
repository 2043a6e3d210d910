/**
 * The values that converters make and transforms change. Which class stands for which of Connect's types:
 *
 * | Connect (Java)                  | here                          | with a schema | without (JSON) |
 * | ------------------------------- | ----------------------------- | ------------- | -------------- |
 * | INT8, INT16, INT32              | number                        | yes           | –              |
 * | INT64 (Long)                    | bigint                        | yes           | –              |
 * | FLOAT32, FLOAT64                | number                        | yes           | –              |
 * | a JSON number                   | number or JsonNumber          | –             | yes            |
 * | BOOLEAN, STRING, null           | boolean, string, null         | yes           | yes            |
 * | BYTES (byte[], ByteBuffer)      | Buffer                        | yes           | –              |
 * | ARRAY (List)                    | readonly Value[]              | yes           | yes            |
 * | MAP                             | ReadonlyMap                   | yes           | yes: string keys, in the order they were written |
 * | STRUCT                          | Struct                        | yes           | –              |
 * | Decimal (BigDecimal)            | Decimal                       | yes           | –              |
 * | Date, Time, Timestamp (java.util.Date) | JavaDate               | yes           | TimestampConverter makes them |
 *
 * A JSON number is a `number` where that is exactly what was written: it prints as the same text. Such a number is
 * Connect's INT64 when `Number.isInteger` says so and FLOAT64 otherwise. Every other JSON number is a `JsonNumber` that
 * keeps its text: 1.0, 1e3, -0, 12345678901234567890, 0.1000000000000000055. `isIntegral`, `toNumber` and `toBigInt` take
 * any of them. A transform that makes a FLOAT64 or FLOAT32 out of a schemaless value calls `floatNumber`.
 *
 * Measured (Node 20, records of 200 B and 950 B): our parser into Maps takes 0.95 to 1.15 times as long as JSON.parse, our
 * printer 1.3 to 1.5 times as long as JSON.stringify. So there is one exact representation, and no second one for "easy" text.
 */
import { DataException, SchemaBuilderException } from './errors.ts';
import { excerpt } from './excerpt.ts';
import { Decimal, JavaDate, JsonNumber } from './scalars.ts';

export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | JsonNumber
  | Buffer
  | Decimal
  | JavaDate
  | Struct
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

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
  /** What stands before its value in a JSON object: the name in its quotes, and the colon. */
  readonly json: Buffer;
}

const NO_FIELDS: readonly Field[] = [];
const NO_NAMES: ReadonlyMap<string, Field> = new Map();

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
  readonly #byName: ReadonlyMap<string, Field>;

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
    this.fields = spec.type === 'STRUCT' ? (spec.fields ?? []).map(fieldOf) : NO_FIELDS;
    this.#byName = byName(this.fields);
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

function fieldOf({ name, schema }: FieldSpec, index: number): Field {
  return { name, schema, index, json: Buffer.from(`${JSON.stringify(name)}:`) };
}

/** @throws SchemaBuilderException for fields with the same name */
function byName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  if (fields.length === 0) return NO_NAMES;
  const named = new Map<string, Field>();
  for (const field of fields) {
    if (named.has(field.name)) {
      throw new SchemaBuilderException(`Cannot create field because of field name duplication ${excerpt(field.name)}`);
    }
    named.set(field.name, field);
  }
  return named;
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

/** Connect's Struct: values in the order of its schema's fields. It is filled by its maker, and then left alone. */
export class Struct {
  readonly schema: Schema;
  readonly #values: Value[];

  /** @throws DataException when the schema is not of type STRUCT */
  constructor(schema: Schema) {
    if (schema.type !== 'STRUCT') {
      throw new DataException(
        `Not a struct schema: Schema{${schema.name === undefined ? '' : `${excerpt(schema.name)}:`}${schema.type}}`,
      );
    }
    this.schema = schema;
    this.#values = new Array<Value>(schema.fields.length).fill(null);
  }

  /** The field's value, its default in place of a null. @throws DataException when there is no such field */
  get(name: string): Value {
    return this.at(this.#field(name));
  }

  /** @throws DataException when there is no such field */
  getWithoutDefault(name: string): Value {
    return this.#values[this.#field(name).index]!;
  }

  /** @param field of this struct's schema. @returns its value, its default in place of a null */
  at(field: Field): Value {
    return this.#values[field.index] ?? field.schema.default ?? null;
  }

  /** @param field of this struct's schema */
  atWithoutDefault(field: Field): Value {
    return this.#values[field.index]!;
  }

  /**
   * The value must fit the field's schema (`validateValue` tells); here it is not looked at.
   * @throws DataException when there is no such field
   */
  put(name: string, value: Value): this {
    return this.set(this.#field(name), value);
  }

  /** As `put`. @param field of this struct's schema */
  set(field: Field, value: Value): this {
    this.#values[field.index] = value;
    return this;
  }

  #field(name: string): Field {
    const field = this.schema.field(name);
    if (field === undefined) throw new DataException(`${excerpt(name)} is not a valid field name`);
    return field;
  }
}

/** Java's `equals`, deep; JSON numbers are the same when they were written alike. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) && a.equals(b);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => sameValue(value, b[i]));
  if (a instanceof Map) return b instanceof Map && sameMap(a, b);
  if (a instanceof Struct) return b instanceof Struct && sameStruct(a, b);
  if (a instanceof Decimal) return b instanceof Decimal && a.unscaled === b.unscaled && a.scale === b.scale;
  if (a instanceof JavaDate) return b instanceof JavaDate && a.ms === b.ms;
  return a instanceof JsonNumber && b instanceof JsonNumber && a.lexeme === b.lexeme;
}

function sameMap(a: ReadonlyMap<Value, Value>, b: ReadonlyMap<Value, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(sameKeyOf(b, key));
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

/** The key of a map that is the same as this one, which may be another object; this one where there is none. */
function sameKeyOf(members: ReadonlyMap<Value, Value>, key: Value): Value {
  if (typeof key !== 'object' || members.has(key)) return key;
  for (const known of members.keys()) if (typeof known === 'object' && sameValue(known, key)) return known;
  return key;
}

function sameStruct(a: Struct, b: Struct): boolean {
  if (!a.schema.equals(b.schema)) return false;
  return a.schema.fields.every(({ name }) => sameValue(a.getWithoutDefault(name), b.getWithoutDefault(name)));
}
