import { JsonReader } from '../../../connector/data/json-parse.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import { type Schema, type SchemaOptions, Struct, type Value } from '../../../connector/data/model.ts';
import type { ConnectRecord } from '../../../connector/data/record.ts';
import { structOf } from '../../../connector/data/schemas.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';

const PACKAGE = 'org.apache.kafka.connect.transforms.';
/** 2024-02-29T12:34:56.789Z */
export const MOMENT = 1_709_210_096_789;

export function recordOf(changes: Partial<ConnectRecord> = {}): ConnectRecord {
  return {
    topic: 'events',
    partition: 3,
    offset: 42,
    timestamp: MOMENT,
    keySchema: null,
    key: null,
    valueSchema: null,
    value: null,
    headers: [],
    ...changes,
  };
}

/** A schemaless value from its JSON. */
export function json(text: string): Value {
  return new JsonReader().read(text);
}

/** The chain of the keys `transforms…` and `predicates…`; short class names are Kafka Connect's own. */
export function chainOf(keys: Keys): (record: ConnectRecord) => ConnectRecord | null {
  const full = Object.entries(keys).map(([key, value]) => {
    const own = /^\w+\.\w+\.type$/.test(key) && !value!.includes('.');
    const prefix = key.startsWith('predicates.') ? `${PACKAGE}predicates.` : PACKAGE;
    return [key, own ? prefix + value : value!.replaceAll('\\', '\\\\')];
  });
  const transforms = createTransforms(connectorOf(Object.fromEntries(full) as Keys).transforms, () => MOMENT);
  return record => transforms.reduce<ConnectRecord | null>((current, each) => current && each.apply(current), record);
}

/** One transform with the keys of its class. */
export function transformOf(type: string, keys: Keys = {}): (record: ConnectRecord) => ConnectRecord | null {
  const own = Object.entries(keys).map(([key, value]) => [`transforms.t.${key}`, value]);
  return chainOf({ transforms: 't', 'transforms.t.type': type, ...(Object.fromEntries(own) as Keys) });
}

/** A record whose value is a struct of these fields. */
export function structRecord(
  fields: Readonly<Record<string, readonly [Schema, Value]>>,
  options: SchemaOptions = {},
  changes: Partial<ConnectRecord> = {},
): ConnectRecord {
  const schema = structOf(
    Object.entries(fields).map(([name, [type]]) => [name, type] as const),
    options,
  );
  const struct = new Struct(schema);
  for (const [name, [, value]] of Object.entries(fields)) struct.put(name, value);
  return recordOf({ valueSchema: schema, value: struct, ...changes });
}

/** What is in a struct: for each field its type (`?`: optional), and its value as JSON. */
export function contentOf(value: Value): Record<string, string> {
  const struct = value as Struct;
  return Object.fromEntries(
    struct.schema.fields.map(field => {
      const { type, optional, name } = field.schema;
      const shown = name === undefined ? type : `${type} ${name.split('.').at(-1)}`;
      const inside = struct.atWithoutDefault(field);
      return [
        field.name,
        `${shown}${optional ? '?' : ''} ${typeof inside === 'bigint' ? `${inside}n` : printJson(inside)}`,
      ];
    }),
  );
}
