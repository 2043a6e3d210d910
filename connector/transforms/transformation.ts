import type { Part } from '../../config/transforms/types.ts';
import type { Schema, Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';

/** What a transform makes of a record; null drops it. Throws a ConnectError for a record that it can't take. */
export type Apply = (record: ConnectRecord) => ConnectRecord | null;

/** The key or the value of records. */
export interface PartOfRecord {
  readonly schema: (record: ConnectRecord) => Schema | null;
  readonly value: (record: ConnectRecord) => Value;
  readonly replace: (record: ConnectRecord, schema: Schema | null, value: Value) => ConnectRecord;
}

const PARTS: Readonly<Record<Part, PartOfRecord>> = {
  key: {
    schema: record => record.keySchema,
    value: record => record.key,
    replace: ({ topic, partition, offset, timestamp, valueSchema, value, headers }, keySchema, key) => {
      return { topic, partition, offset, timestamp, keySchema, key, valueSchema, value, headers };
    },
  },
  value: {
    schema: record => record.valueSchema,
    value: record => record.value,
    replace: ({ topic, partition, offset, timestamp, keySchema, key, headers }, valueSchema, value) => {
      return { topic, partition, offset, timestamp, keySchema, key, valueSchema, value, headers };
    },
  },
};

export function partOf(part: Part): PartOfRecord {
  return PARTS[part];
}

/** How one part is changed: with and without a schema. */
export interface PartChange {
  readonly schemaless: (value: Value, record: ConnectRecord) => Value;
  readonly withSchema: (schema: Schema, value: Value, record: ConnectRecord) => { schema: Schema; value: Value };
}

/** A transform of one part that leaves a null one alone. */
export function changeUnlessNull(part: Part, change: PartChange): Apply {
  const { schema: schemaOf, value: partIn, replace } = partOf(part);
  return record => {
    const value = partIn(record);
    if (value === null) return record;
    const schema = schemaOf(record);
    if (schema === null) return replace(record, null, change.schemaless(value, record));
    const changed = change.withSchema(schema, value, record);
    return replace(record, changed.schema, changed.value);
  };
}

/** Remembers what was derived from a schema: converters give the same object for the same schema. */
export function derivedSchemas(derive: (schema: Schema) => Schema): (schema: Schema) => Schema {
  const derived = new WeakMap<Schema, Schema>();
  return schema => {
    const known = derived.get(schema);
    if (known !== undefined) return known;
    const fresh = derive(schema);
    derived.set(schema, fresh);
    return fresh;
  };
}
