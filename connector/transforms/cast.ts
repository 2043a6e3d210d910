import type { CastSettings, CastType } from '../../config/transforms/types.ts';
import type { KeptNumbers, MemberStep } from '../data/member-step.ts';
import { type PrimitiveType, Schema, Struct, type Value } from '../data/model.ts';
import { primitive } from '../data/schemas.ts';
import { castValue } from './cast-value.ts';
import { basicsOf, copyOfMap, fieldsOf, fieldValue, putAt, requireStruct } from './requirements.ts';
import { type Apply, changeUnlessNull, derivedSchemas } from './transformation.ts';

const PURPOSE = 'cast types';
/** Integers of so many digits have no other value in their type. */
const KEPT: Readonly<Partial<Record<CastType, KeptNumbers>>> = {
  int8: { quoted: false, digits: 2, fractions: false },
  int16: { quoted: false, digits: 4, fractions: false },
  int32: { quoted: false, digits: 9, fractions: false },
  int64: { quoted: false, digits: 18, fractions: false },
  float64: { quoted: false, digits: 0, fractions: true },
  string: { quoted: true, digits: 18, fractions: true },
};

/** Casts fields, or the whole key or value, to a primitive type. */
export function createCast({ part, whole, fields, replaceNullWithDefault }: CastSettings): Apply {
  const casts = new Map(fields);
  const updatedSchema = derivedSchemas(schema =>
    whole === null ? castFields(schema, casts) : castWhole(schema, whole),
  );
  return changeUnlessNull(part, {
    schemaless: value => {
      if (whole !== null) return castValue(null, value, whole);
      const members = copyOfMap(value, PURPOSE);
      for (const [name, type] of fields) members.set(name, castValue(null, members.get(name) ?? null, type));
      return members;
    },
    withSchema: (schema, value) => {
      const updated = updatedSchema(schema);
      if (whole !== null) return { schema: updated, value: castValue(schema, value, whole) };
      const struct = requireStruct(value, schema, PURPOSE);
      const cast = new Struct(updated);
      for (const field of struct.schema.fields) {
        const original = fieldValue(struct, field, replaceNullWithDefault);
        const type = casts.get(field.name);
        putAt(cast, field.index, type === undefined ? original : castValue(field.schema, original, type));
      }
      return { schema: updated, value: cast };
    },
  });
}

/** Of fields. */
export function castStep({ whole, fields }: CastSettings): MemberStep | null {
  if (whole !== null) return null;
  const types = new Map(fields);
  const of = (name: string, value: Value): Value => castValue(null, value, types.get(name)!);
  const kept = (name: string): KeptNumbers | null => KEPT[types.get(name)!] ?? null;
  return { kind: 'change', names: [...types.keys()], change: { by: 'value', of, kept } };
}

function schemaType(type: CastType): PrimitiveType {
  return type.toUpperCase() as PrimitiveType;
}

function defaultOf(schema: Schema, type: CastType): Value | undefined {
  return schema.default === undefined ? undefined : castValue(schema, schema.default, type);
}

function castWhole(schema: Schema, type: CastType): Schema {
  return primitive(schemaType(type), {
    ...basicsOf(schema),
    optional: schema.optional,
    default: defaultOf(schema, type),
  });
}

function castFields(schema: Schema, casts: ReadonlyMap<string, CastType>): Schema {
  const fields = fieldsOf(schema).map(field => {
    const type = casts.get(field.name);
    if (type === undefined) return field;
    const { optional } = field.schema;
    return {
      name: field.name,
      schema: primitive(schemaType(type), { optional, default: defaultOf(field.schema, type) }),
    };
  });
  return new Schema({
    ...basicsOf(schema),
    type: 'STRUCT',
    optional: schema.optional,
    default: schema.default,
    fields,
  });
}
