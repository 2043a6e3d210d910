import type { ValueToKeySettings } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import type { MemberStep } from '../data/member-step.ts';
import { Struct, type Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import { structOf } from '../data/schemas.ts';
import { fieldOf, put, requireMap, requireStruct } from './requirements.ts';
import { type Apply, derivedSchemas } from './transformation.ts';

const PURPOSE = 'copying fields from value to key';

/** Makes the key of fields of the value. */
export function createValueToKey({ fields, replaceNullWithDefault }: ValueToKeySettings): Apply {
  const keySchema = derivedSchemas(schema =>
    structOf(
      fields.map(name => {
        const field = fieldOf(schema, name);
        if (field === undefined) throw new DataException(`Field does not exist: ${name}`);
        return [name, field.schema] as const;
      }),
    ),
  );
  const give = keyGiver(fields);
  return record => {
    if (record.valueSchema === null) {
      const members = requireMap(record.value, PURPOSE);
      return give(
        record,
        fields.map(field => members.get(field) ?? null),
      );
    }
    const value = requireStruct(record.value, record.valueSchema, PURPOSE);
    const key = new Struct(keySchema(value.schema));
    for (const field of fields)
      put(key, field, replaceNullWithDefault ? value.get(field) : value.getWithoutDefault(field));
    return { ...record, keySchema: key.schema, key };
  };
}

export function valueToKeyStep({ fields }: ValueToKeySettings): MemberStep {
  return { kind: 'take', names: fields, moves: false, give: keyGiver(fields) };
}

function keyGiver(fields: readonly string[]): (record: ConnectRecord, members: readonly Value[]) => ConnectRecord {
  return (record, members) => {
    const key = new Map<Value, Value>();
    for (const [index, field] of fields.entries()) key.set(field, members[index]!);
    return { ...record, keySchema: null, key };
  };
}
