import type { InsertedField, InsertFieldSettings } from '../../config/transforms/types.ts';
import type { MemberStep } from '../data/member-step.ts';
import { type FieldSpec, Schema, Struct, type Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import { JavaDate } from '../data/scalars.ts';
import {
  INT32,
  INT64,
  OPTIONAL_INT32,
  OPTIONAL_INT64,
  OPTIONAL_STRING,
  STRING,
  timestampSchema,
} from '../data/schemas.ts';
import { basicsOf, copyOfMap, fieldValue, putAt, requireStruct } from './requirements.ts';
import { type Apply, changeUnlessNull, derivedSchemas } from './transformation.ts';

const PURPOSE = 'field insertion';
const TIMESTAMP = timestampSchema();
const OPTIONAL_TIMESTAMP = timestampSchema({ optional: true });

/** What is inserted into a record, without and with a schema; null: nothing this time. */
interface Insertion {
  readonly field: InsertedField;
  readonly required: Schema;
  readonly optional: Schema;
  readonly schemaless: (record: ConnectRecord) => Value;
  readonly typed: (record: ConnectRecord) => Value;
}

/** Adds fields from where the record stands in Kafka, or one that is always the same. */
export function createInsertField(settings: InsertFieldSettings): Apply {
  const insertions = insertionsOf(settings);
  const updatedSchema = derivedSchemas(schema => {
    const added = insertions.map(({ field: { name, optional }, ...schemas }): FieldSpec => {
      return { name, schema: optional ? schemas.optional : schemas.required };
    });
    return new Schema({ ...basicsOf(schema), type: 'STRUCT', fields: [...schema.fields, ...added] });
  });
  return changeUnlessNull(settings.part, {
    schemaless: (value, record) => {
      const members = copyOfMap(value, PURPOSE);
      for (const { field, schemaless } of insertions) {
        const inserted = schemaless(record);
        if (inserted !== null) members.set(field.name, inserted);
      }
      return members;
    },
    withSchema: (schema, value, record) => {
      const struct = requireStruct(value, schema, PURPOSE);
      const updated = new Struct(updatedSchema(struct.schema));
      for (const field of struct.schema.fields) {
        putAt(updated, field.index, fieldValue(struct, field, settings.replaceNullWithDefault));
      }
      for (const { field, typed } of insertions) {
        const inserted = typed(record);
        if (inserted !== null) updated.put(field.name, inserted);
      }
      return { schema: updated.schema, value: updated };
    },
  });
}

export function insertStep(settings: InsertFieldSettings): MemberStep {
  const fields = insertionsOf(settings).map(({ field, schemaless }) => ({ name: field.name, value: schemaless }));
  return { kind: 'insert', fields };
}

function insertionsOf({
  topic,
  partition,
  offset,
  timestamp,
  static: fixed,
}: InsertFieldSettings): readonly Insertion[] {
  const insertions: Insertion[] = [];
  const add = (
    field: InsertedField | null,
    required: Schema,
    optional: Schema,
    schemaless: (record: ConnectRecord) => Value,
    typed = schemaless,
  ): void => {
    if (field !== null) insertions.push({ field, required, optional, schemaless, typed });
  };
  add(topic, STRING, OPTIONAL_STRING, record => record.topic);
  add(partition, INT32, OPTIONAL_INT32, record => record.partition);
  add(
    offset,
    INT64,
    OPTIONAL_INT64,
    record => record.offset,
    record => BigInt(record.offset),
  );
  add(
    timestamp,
    TIMESTAMP,
    OPTIONAL_TIMESTAMP,
    record => record.timestamp,
    record => (record.timestamp === null ? null : new JavaDate(record.timestamp)),
  );
  add(fixed, STRING, OPTIONAL_STRING, () => fixed!.value);
  return insertions;
}
