import { DataException, SchemaBuilderException } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import { type FieldSpec, Schema, type SchemaSpec, type SchemaType, type Value } from '../data/model.ts';
import { isIntegral, isNumeric, toBigInt } from '../data/scalars.ts';
import { validateValue } from '../data/validate.ts';

/** Reads the value of a schema's `default`; without that schema's own default. */
export type ReadDefault = (schema: Schema, value: Value) => Value;

type Members = ReadonlyMap<Value, Value>;

const TYPES: ReadonlyMap<Value, SchemaType> = new Map([
  ['boolean', 'BOOLEAN'],
  ['int8', 'INT8'],
  ['int16', 'INT16'],
  ['int32', 'INT32'],
  ['int64', 'INT64'],
  ['float', 'FLOAT32'],
  ['double', 'FLOAT64'],
  ['bytes', 'BYTES'],
  ['string', 'STRING'],
  ['array', 'ARRAY'],
  ['map', 'MAP'],
  ['struct', 'STRUCT'],
]);

/**
 * The schema that JsonConverter writes beside each payload, as JSON, into a Schema; null for JSON's null.
 * @throws DataException with JsonConverter's messages
 */
export function readSchema(json: Value, readDefault: ReadDefault): Schema | null {
  if (json === null) return null;
  const members: Members = json instanceof Map ? json : new Map();
  const typeName = members.get('type');
  if (typeof typeName !== 'string') throw new DataException("Schema must contain 'type' field");
  const type = TYPES.get(typeName);
  if (type === undefined) throw new DataException(`Unknown schema type: ${excerpt(typeName)}`);
  const schema = new Schema({ type, ...readParts(type, members, readDefault), ...readOptions(members) });
  const fallback = members.get('default');
  if (fallback === undefined) return schema;
  const value = readDefault(schema, fallback);
  try {
    validateValue(schema, value);
    // Connect compares the default's schema with a builder, which is never equal to it.
    if (type === 'STRUCT' && value !== null) throw new DataException('Struct schemas do not match.');
  } catch (error) {
    throw new SchemaBuilderException('Invalid default value', error);
  }
  return value === null ? schema : schema.with({ default: value });
}

function readParts(type: SchemaType, members: Members, readDefault: ReadDefault): Partial<SchemaSpec> {
  if (type === 'STRUCT') return { fields: readFields(members.get('fields'), readDefault) };
  if (type === 'ARRAY') {
    const items = members.get('items') ?? null;
    if (items === null) throw new DataException('Array schema did not specify the element type');
    return { valueSchema: readSchema(items, readDefault)! };
  }
  if (type !== 'MAP') return {};
  const keys = members.get('keys');
  if (keys === undefined) throw new DataException('Map schema did not specify the key type');
  const values = members.get('values');
  if (values === undefined) throw new DataException('Map schema did not specify the value type');
  const keySchema = readSchema(keys, readDefault);
  const valueSchema = readSchema(values, readDefault);
  if (keySchema === null) throw new SchemaBuilderException('keySchema cannot be null.');
  if (valueSchema === null) throw new SchemaBuilderException('valueSchema cannot be null.');
  return { keySchema, valueSchema };
}

function readFields(fields: Value | undefined, readDefault: ReadDefault): FieldSpec[] {
  if (!Array.isArray(fields)) throw new DataException('Struct schema\'s "fields" argument is not an array.');
  return fields.map((field: Value) => {
    const name = field instanceof Map ? field.get('field') : undefined;
    if (typeof name !== 'string') throw new DataException("Struct schema's field name not specified properly");
    if (name === '') throw new SchemaBuilderException('fieldName cannot be null.');
    return { name, schema: readSchema(field, readDefault)! };
  });
}

/** Members of another type than Connect writes count as not there. */
function readOptions(members: Members): Partial<SchemaSpec> {
  const name = members.get('name');
  const version = members.get('version') ?? null;
  const doc = members.get('doc');
  const parameters = members.get('parameters');
  return {
    optional: members.get('optional') === true,
    name: typeof name === 'string' ? name : undefined,
    version: isNumeric(version) && isIntegral(version) ? Number(BigInt.asIntN(32, toBigInt(version))) : undefined,
    doc: typeof doc === 'string' ? doc : undefined,
    parameters: parameters instanceof Map && parameters.size > 0 ? readParameters(parameters) : undefined,
  };
}

function readParameters(parameters: Members): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, text] of parameters) {
    if (typeof text !== 'string') throw new DataException('Schema parameters must have string values.');
    texts.set(name as string, text);
  }
  return texts;
}
