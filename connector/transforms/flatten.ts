import type { TransformSettings } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import type { MemberStep } from '../data/member-step.ts';
import { type FieldSpec, Schema, Struct, type Value } from '../data/model.ts';
import { isPlain } from '../data/plain-texts.ts';
import { javaClassOf, typeOf } from '../data/validate.ts';
import { basicsOf, fieldsOf, type Members, putAt, requireMap, requireStruct } from './requirements.ts';
import { type Apply, changeUnlessNull, derivedSchemas } from './transformation.ts';

const PURPOSE = 'flattening';
/** Of all names of one record together. */
const MOST_CHARACTERS = 8 * 1_048_576;
/** Joined names that are remembered, and the characters of the longest. */
const MOST_KNOWN = 1_024;
const LONGEST_KNOWN = 256;
/** Names that are not known before all are forgotten for others: to remember one costs more than to join it. */
const PATIENCE = 16 * MOST_KNOWN;

/** Joins the names of nested maps or structs; arrays stay as they are. */
export function createFlatten({ part, delimiter }: TransformSettings & { kind: 'Flatten' }): Apply {
  const joinedNames = new JoinedNames(delimiter);
  const updatedSchema = derivedSchemas(schema => {
    const fields: FieldSpec[] = [];
    const defaults = schema.default instanceof Struct ? schema.default : null;
    flattenSchema(schema, '', fields, schema.optional, defaults, joiner(joinedNames));
    return new Schema({ ...basicsOf(schema), type: 'STRUCT', fields });
  });
  return changeUnlessNull(part, {
    schemaless: value => {
      const flat = new Map<Value, Value>();
      flattenMap(requireMap(value, PURPOSE), '', flat, joiner(joinedNames));
      return flat;
    },
    withSchema: (schema, value) => {
      const struct = requireStruct(value, schema, PURPOSE);
      const flat = new Struct(updatedSchema(schema));
      flattenStruct(struct, 0, flat);
      return { schema: flat.schema, value: flat };
    },
  });
}

export function flattenStep({ delimiter }: TransformSettings & { kind: 'Flatten' }): MemberStep {
  return { kind: 'flatten', delimiter };
}

type Join = (prefix: string, name: string) => string;

/**
 * Of one record. Many short names under a long one make far more than the record has.
 * @throws DataException (from the function that is returned) when the names have become too long
 */
function joiner(names: JoinedNames): Join {
  let left = MOST_CHARACTERS;
  return (prefix, name) => {
    const joined = names.join(prefix, name);
    left -= joined.length;
    if (left >= 0) return joined;
    throw new DataException(`Flatten transformation would join names of more than ${MOST_CHARACTERS} characters`);
  };
}

/** Names that were joined before: most records have the same. */
class JoinedNames {
  readonly #delimiter: string;
  readonly #known = new Map<string, Map<string, string>>();
  #left = MOST_KNOWN;
  #strangers = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  join(prefix: string, name: string): string {
    if (prefix === '') return name;
    const known = this.#known.get(prefix)?.get(name);
    if (known !== undefined) return known;
    const joined = prefix + this.#delimiter + name;
    // Halves of characters do not survive being copied.
    if (joined.length <= LONGEST_KNOWN && isPlain(joined)) this.#remember(prefix, name, joined);
    return joined;
  }

  #remember(prefix: string, name: string, joined: string): void {
    if (this.#left === 0) {
      if (++this.#strangers < PATIENCE) return;
      this.#known.clear();
      this.#left = MOST_KNOWN;
      this.#strangers = 0;
    }
    this.#left--;
    const under = this.#known.get(prefix) ?? new Map<string, string>();
    this.#known.set(alone(prefix), under);
    under.set(alone(name), alone(joined));
  }
}

/** Names that were read may be parts of the text of many records, which they would keep in memory. */
function alone(text: string): string {
  return Buffer.from(text).toString();
}

function flattenMap(members: Members, prefix: string, flat: Map<Value, Value>, join: Join): void {
  for (const [name, value] of members) {
    const joined = join(prefix, name);
    if (value instanceof Map) flattenMap(value as Members, joined, flat, join);
    else {
      if (value !== null && typeof value === 'object') checkType(value, joined);
      flat.set(joined, value);
    }
  }
}

function checkType(value: Value, name: string): void {
  const type = typeOf(value);
  const found = `class ${javaClassOf(value)}`;
  if (type === null) {
    throw new DataException(
      `Flatten transformation was passed a value of type ${found} which is not supported by Connect's data API`,
    );
  }
  if (type !== 'STRUCT') return;
  throw new DataException(
    `Flatten transformation does not support ${found} for record without schemas (for field ${excerpt(name)}).`,
  );
}

function unsupported(type: string, name: string): never {
  throw new DataException(
    `Flatten transformation does not support ${type} for record with schemas (for field ${excerpt(name)}).`,
  );
}

/** A field is optional where one of the structs around it is; its default may come from them. */
function flattenSchema(
  schema: Schema,
  prefix: string,
  flat: FieldSpec[],
  optional: boolean,
  defaults: Struct | null,
  join: Join,
): void {
  for (const field of fieldsOf(schema)) {
    const name = join(prefix, field.name);
    const isOptional = optional || field.schema.optional;
    const fallback = field.schema.default ?? defaults?.at(field) ?? null;
    if (field.schema.type === 'MAP') unsupported(field.schema.type, name);
    if (field.schema.type === 'STRUCT') {
      flattenSchema(field.schema, name, flat, isOptional, fallback instanceof Struct ? fallback : null, join);
    } else flat.push({ name, schema: field.schema.with({ optional: isOptional, default: fallback ?? undefined }) });
  }
}

/**
 * Fields come in the order that `flattenSchema` gave them.
 * @param index in the flat struct of the first one. @returns that of the one behind the last
 */
function flattenStruct(struct: Struct, index: number, flat: Struct): number {
  let next = index;
  for (const field of struct.schema.fields) {
    if (field.schema.type === 'STRUCT') {
      const nested = struct.atWithoutDefault(field);
      next = nested instanceof Struct ? flattenStruct(nested, next, flat) : next + leavesOf(field.schema);
    } else putAt(flat, next++, struct.at(field));
  }
  return next;
}

function leavesOf({ fields }: Schema): number {
  return fields.reduce((sum, { schema }) => sum + (schema.type === 'STRUCT' ? leavesOf(schema) : 1), 0);
}
