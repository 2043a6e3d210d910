import type { ReplaceFieldSettings } from '../../config/transforms/types.ts';
import type { MemberStep } from '../data/member-step.ts';
import { Schema, Struct, type Value } from '../data/model.ts';
import { basicsOf, putAt, requireMap, requireStruct } from './requirements.ts';
import { type Apply, changeUnlessNull, derivedSchemas } from './transformation.ts';

const PURPOSE = 'field replacement';

/** Leaves out, keeps or renames fields; leaving out wins. */
export function createReplaceField(settings: ReplaceFieldSettings): Apply {
  const isKept = keeping(settings);
  const renames = new Map(settings.renames);
  const originals = new Map(settings.renames.map(([from, to]) => [to, from]));
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
      for (const { name, index } of updated.schema.fields) {
        const original = originals.get(name) ?? name;
        putAt(
          updated,
          index,
          settings.replaceNullWithDefault ? struct.get(original) : struct.getWithoutDefault(original),
        );
      }
      return { schema: updated.schema, value: updated };
    },
  });
}

export function replaceStep(settings: ReplaceFieldSettings): MemberStep {
  const { exclude, include } = settings;
  const isKept = keeping(settings);
  const renames = new Map(settings.renames);
  return {
    kind: 'choose',
    names: [...exclude, ...include, ...settings.renames.flat()],
    keepsOthers: include.length === 0,
    renamed: name => (isKept(name) ? (renames.get(name) ?? name) : null),
  };
}

function keeping(settings: ReplaceFieldSettings): (name: string) => boolean {
  const exclude = new Set(settings.exclude);
  const include = new Set(settings.include);
  return name => !exclude.has(name) && (include.size === 0 || include.has(name));
}
