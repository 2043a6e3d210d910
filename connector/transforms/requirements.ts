import { DataException } from '../data/errors.ts';
import { type Field, type Schema, type SchemaSpec, Struct, type Value } from '../data/model.ts';
import { javaClassOf, validateValue } from '../data/validate.ts';

/** A schemaless object: its names are strings. */
export type Members = ReadonlyMap<string, Value>;

const BOXES: Readonly<Record<string, string>> = {
  INT8: 'java.lang.Byte',
  INT16: 'java.lang.Short',
  INT32: 'java.lang.Integer',
  INT64: 'java.lang.Long',
  FLOAT32: 'java.lang.Float',
  FLOAT64: 'java.lang.Double',
};

/** The class that Java has for a value of this schema. */
export function classOf(value: Value, schema: Schema | null): string {
  return (typeof value === 'number' && schema !== null ? BOXES[schema.type] : undefined) ?? javaClassOf(value);
}

/** @throws DataException with the text of Kafka Connect's Requirements.requireMap */
export function requireMap(value: Value, purpose: string): Members {
  if (value instanceof Map) return value as Members;
  throw new DataException(
    `Only Map objects supported in absence of schema for [${purpose}], found: ${javaClassOf(value)}`,
  );
}

/** A copy to be changed: Map's own constructor takes half as long again. @throws DataException as `requireMap` does */
export function copyOfMap(value: Value, purpose: string): Map<Value, Value> {
  const members = new Map<Value, Value>();
  for (const [name, member] of requireMap(value, purpose)) members.set(name, member);
  return members;
}

/** @throws DataException with the text of Kafka Connect's Requirements.requireStruct */
export function requireStruct(value: Value, schema: Schema | null, purpose: string): Struct {
  if (value instanceof Struct) return value;
  throw new DataException(`Only Struct objects supported for [${purpose}], found: ${classOf(value, schema)}`);
}

export function requireStructOrNull(value: Value, schema: Schema | null, purpose: string): Struct | null {
  return value === null ? null : requireStruct(value, schema, purpose);
}

/** ConnectSchema.fields. @throws DataException for what is no struct */
export function fieldsOf(schema: Schema): readonly Field[] {
  if (schema.type !== 'STRUCT') throw new DataException('Cannot list fields on non-struct type');
  return schema.fields;
}

/** ConnectSchema.field. @throws DataException for what is no struct */
export function fieldOf(schema: Schema, name: string): Field | undefined {
  if (schema.type !== 'STRUCT') throw new DataException('Cannot look up fields on non-struct type');
  return schema.field(name);
}

/** What a new schema takes over from another one: not whether it is optional, nor its default. */
export function basicsOf({ name, version, doc, parameters }: Schema): Partial<SchemaSpec> {
  return { name, version, doc, parameters };
}

export function fieldValue(struct: Struct, field: Field, replaceNullWithDefault: boolean): Value {
  return replaceNullWithDefault ? struct.at(field) : struct.atWithoutDefault(field);
}

/** Struct.put: a required field takes no null. @throws DataException */
export function put(struct: Struct, name: string, value: Value): void {
  if (value === null) {
    const field = struct.schema.field(name);
    if (field !== undefined) validateValue(field.schema, null, name);
  }
  struct.put(name, value);
}

/** The same of a field that is known. @param index of a field of the struct's schema. @throws DataException */
export function putAt(struct: Struct, index: number, value: Value): void {
  const field = struct.schema.fields[index]!;
  if (value === null) validateValue(field.schema, null, field.name);
  struct.set(field, value);
}
