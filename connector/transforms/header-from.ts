import type { HeaderFromSettings } from '../../config/transforms/types.ts';
import { ConnectError } from '../data/errors.ts';
import type { MemberStep } from '../data/member-step.ts';
import { Schema, Struct, type Value } from '../data/model.ts';
import type { ConnectHeader, ConnectRecord } from '../data/record.ts';
import { basicsOf, fieldsOf, fieldValue, put, requireMap, requireStruct } from './requirements.ts';
import { type Apply, derivedSchemas, partOf } from './transformation.ts';

/** Moves or copies fields into headers. */
export function createHeaderFrom(settings: HeaderFromSettings): Apply {
  const { part, fields, headers: names, operation, replaceNullWithDefault } = settings;
  const { schema: schemaOf, value: partIn, replace } = partOf(part);
  const purpose = `header ${operation}`;
  const moved = new Set(fields);
  const give = headerGiver(names);
  const remaining = derivedSchemas(schema => {
    const kept = fieldsOf(schema).filter(({ name }) => !moved.has(name));
    return new Schema({ ...basicsOf(schema), type: 'STRUCT', fields: kept });
  });

  const moveFields = (struct: Struct, schema: Schema): Struct => {
    const rest = new Struct(schema);
    for (const { name } of schema.fields) {
      put(rest, name, replaceNullWithDefault ? struct.get(name) : struct.getWithoutDefault(name));
    }
    return rest;
  };

  const headersOf = (struct: Struct, schema: Schema): ConnectHeader[] =>
    fields.map((name, index) => {
      const field = schema.field(name);
      // Kafka Connect meets a null pointer here.
      if (field === undefined)
        throw new ConnectError(`Field does not exist: ${name}`, undefined, 'java.lang.NullPointerException');
      return { name: names[index]!, schema: field.schema, value: fieldValue(struct, field, replaceNullWithDefault) };
    });

  return record => {
    const schema = schemaOf(record);
    if (schema === null) {
      const members = requireMap(partIn(record), purpose);
      const rest = operation === 'copy' ? members : without(members, fields);
      return give(
        replace(record, null, rest),
        fields.map(field => members.get(field) ?? null),
      );
    }
    const struct = requireStruct(partIn(record), schema, purpose);
    const left = operation === 'copy' ? struct : moveFields(struct, remaining(schema));
    return { ...replace(record, left.schema, left), headers: [...record.headers, ...headersOf(struct, schema)] };
  };
}

export function headerFromStep({ fields, headers: names, operation }: HeaderFromSettings): MemberStep {
  return { kind: 'take', names: fields, moves: operation === 'move', give: headerGiver(names) };
}

function headerGiver(names: readonly string[]): (record: ConnectRecord, members: readonly Value[]) => ConnectRecord {
  return (record, members) => {
    const added = names.map((name, index) => ({ name, schema: null, value: members[index]! }));
    return { ...record, headers: [...record.headers, ...added] };
  };
}

function without(members: ReadonlyMap<string, Value>, names: readonly string[]): ReadonlyMap<string, Value> {
  const rest = new Map(members);
  for (const name of names) rest.delete(name);
  return rest;
}
