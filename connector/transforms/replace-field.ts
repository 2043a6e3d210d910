import type { ReplaceFieldSettings } from '../../config/transforms/types.ts';
import { Schema, Struct, type Value } from '../data/model.ts';
import { basicsOf, put, requireMap, requireStruct } from './requirements.ts';
import { type Apply, changeUnlessNull, derivedSchemas } from './transformation.ts';

const PURPOSE = 'field replacement';

/** Leaves out, keeps or renames fields; leaving out wins. */
export function createReplaceField(settings: ReplaceFieldSettings): Apply {
  const exclude = new Set(settings.exclude);
  const include = new Set(settings.include);
  const renames = new Map(settings.renames);
  const originals = new Map(settings.renames.map(([from, to]) => [to, from]));
  const isKept = (name: string): boolean => !exclude.has(name) && (include.size === 0 || include.has(name));
  const updatedSchema = derivedSchemas(schema => {
    const kept = schema.fields.filter(({ name }) => isKept(name));
    const fields = kept.map(field => ({ name: renames.get(field.name) ?? field.name, schema: field.schema }));
    return new Schema({ ...basicsOf(schema), type: 'STRUCT', fields });
  });
  return changeUnlessNull(settings.part, {
    schemaless: value => {
      const members = new Map<Value, Value>();
      for (const [name, member] of requireMap(value, PURPOSE)) {
        if (isKept(name)) members.set(renames.get(name) ?? name, member);
      }
      return members;
    },
    withSchema: (schema, value) => {
      const struct = requireStruct(value, schema, PURPOSE);
      const updated = new Struct(updatedSchema(struct.schema));
      for (const { name } of updated.schema.fields) {
        const original = originals.get(name) ?? name;
        put(updated, name, settings.replaceNullWithDefault ? struct.get(original) : struct.getWithoutDefault(original));
      }
      return { schema: updated.schema, value: updated };
    },
  });
}
