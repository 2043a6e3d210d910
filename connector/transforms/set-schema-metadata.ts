import type { SetSchemaMetadataSettings } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import { Struct } from '../data/model.ts';
import { fieldsOf, fieldValue, put } from './requirements.ts';
import { type Apply, derivedSchemas, partOf } from './transformation.ts';

/** Gives a schema another name, version or both. */
export function createSetSchemaMetadata(settings: SetSchemaMetadataSettings): Apply {
  const { schema: schemaOf, value: partIn, replace } = partOf(settings.part);
  const updatedSchema = derivedSchemas(schema =>
    schema.with({ name: settings.schemaName ?? schema.name, version: settings.schemaVersion ?? schema.version }),
  );
  return record => {
    const schema = schemaOf(record);
    const value = partIn(record);
    if (schema === null) {
      if (value === null) return record;
      throw new DataException('Schema required for [updating schema metadata]');
    }
    // Kafka Connect's ConnectSchema lists the fields here, which only a struct has.
    fieldsOf(schema);
    const updated = updatedSchema(schema);
    if (!(value instanceof Struct)) return replace(record, updated, value);
    const struct = new Struct(updated);
    for (const field of updated.fields)
      put(struct, field.name, fieldValue(value, field, settings.replaceNullWithDefault));
    return replace(record, updated, struct);
  };
}
