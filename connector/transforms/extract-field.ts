import type { ExtractFieldSettings } from '../../config/transforms/types.ts';
import { ConnectError } from '../data/errors.ts';
import type { MemberStep } from '../data/member-step.ts';
import type { Field, Schema, Struct, Value } from '../data/model.ts';
import { fieldOf, fieldValue, type Members, requireMap, requireStruct, requireStructOrNull } from './requirements.ts';
import { type Apply, partOf } from './transformation.ts';

const PURPOSE = 'field extraction';
const NESTED = 'nested field access';

/** Puts one field, by its name or a path, in the place of the key or value. */
export function createExtractField({ part, field, path, replaceNullWithDefault }: ExtractFieldSettings): Apply {
  const { schema: schemaOf, value: partIn, replace } = partOf(part);
  const parents = path.slice(0, -1);
  const last = path.at(-1)!;
  return record => {
    const schema = schemaOf(record);
    const value = partIn(record);
    if (schema === null)
      return replace(record, null, value === null ? null : memberAt(requireMap(value, PURPOSE), parents, last));
    const struct = requireStructOrNull(value, schema, PURPOSE);
    const found = fieldAt(schema, parents, last);
    if (found === undefined) {
      throw new ConnectError(`Unknown field: ${field}`, undefined, 'java.lang.IllegalArgumentException');
    }
    return replace(
      record,
      found.schema,
      struct === null ? null : valueAt(struct, parents, last, replaceNullWithDefault),
    );
  };
}

export function extractStep({ path: [name, ...within] }: ExtractFieldSettings): MemberStep {
  return { kind: 'extract', path: [name!, ...within] };
}

function memberAt(members: Members, parents: readonly string[], last: string): Value {
  let current = members;
  for (const step of parents) {
    const next = current.get(step) ?? null;
    if (next === null) return null;
    current = requireMap(next, NESTED);
  }
  return current.get(last) ?? null;
}

function fieldAt(schema: Schema, parents: readonly string[], last: string): Field | undefined {
  let current = schema;
  for (const step of parents) {
    const field = fieldOf(current, step);
    if (field === undefined) return undefined;
    current = field.schema;
  }
  return fieldOf(current, last);
}

function valueAt(struct: Struct, parents: readonly string[], last: string, replaceNullWithDefault: boolean): Value {
  let current = struct;
  for (const step of parents) {
    const field = current.schema.field(step);
    const next = field === undefined ? null : current.at(field);
    if (field === undefined || next === null) return null;
    current = requireStruct(next, field.schema, NESTED);
  }
  const field = current.schema.field(last);
  return field === undefined ? null : fieldValue(current, field, replaceNullWithDefault);
}
