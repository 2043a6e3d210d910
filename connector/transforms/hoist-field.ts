import type { TransformSettings } from '../../config/transforms/types.ts';
import type { MemberStep } from '../data/member-step.ts';
import { Struct } from '../data/model.ts';
import { structOf } from '../data/schemas.ts';
import { validateValue } from '../data/validate.ts';
import { type Apply, derivedSchemas, partOf } from './transformation.ts';

/** Wraps the key or value into a map or struct with one field; a null one too. */
export function createHoistField({ part, field }: TransformSettings & { kind: 'HoistField' }): Apply {
  const { schema: schemaOf, value: partIn, replace } = partOf(part);
  const updatedSchema = derivedSchemas(schema => structOf([[field, schema]]));
  return record => {
    const schema = schemaOf(record);
    const value = partIn(record);
    if (schema === null) return replace(record, null, new Map([[field, value]]));
    validateValue(schema, value, field);
    const updated = updatedSchema(schema);
    return replace(record, updated, new Struct(updated).put(field, value));
  };
}

export function hoistStep({ field }: TransformSettings & { kind: 'HoistField' }): MemberStep {
  return { kind: 'hoist', name: field };
}
