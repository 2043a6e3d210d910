import type { MaskFieldSettings } from '../../config/transforms/types.ts';
import type { MemberKind } from '../block.ts';
import { DataException } from '../data/errors.ts';
import type { MemberStep } from '../data/member-step.ts';
import { type Schema, Struct, type Value } from '../data/model.ts';
import { Decimal, floatNumber, isIntegral, JavaDate, JsonNumber } from '../data/scalars.ts';
import { classOf, copyOfMap, fieldValue, putAt, requireStruct } from './requirements.ts';
import { type Apply, partOf } from './transformation.ts';

const PURPOSE = 'mask fields';
const NO_TIME = new JavaDate(0);
const ZERO = new Decimal(0n, 0);

/** Replaces fields by the zero of their type, or numbers and texts by a given one. */
export function createMaskField({ part, fields, replacement, replaceNullWithDefault }: MaskFieldSettings): Apply {
  const { schema: schemaOf, value: partIn, replace } = partOf(part);
  const masked = new Set(fields);
  return record => {
    const schema = schemaOf(record);
    const value = partIn(record);
    if (schema === null) {
      const members = copyOfMap(value, PURPOSE);
      for (const field of fields) members.set(field, mask(members.get(field) ?? null, null, replacement));
      return replace(record, null, members);
    }
    const struct = requireStruct(value, schema, PURPOSE);
    const updated = new Struct(struct.schema);
    for (const field of struct.schema.fields) {
      const original = fieldValue(struct, field, replaceNullWithDefault);
      putAt(updated, field.index, masked.has(field.name) ? mask(original, field.schema, replacement) : original);
    }
    return replace(record, schema, updated);
  };
}

/** What takes the place of a value depends on nothing but its kind. */
const EXAMPLES: Readonly<Record<MemberKind, Value>> = {
  object: new Map(),
  array: [],
  string: '',
  integer: 0,
  fraction: floatNumber(0),
  true: true,
  false: false,
  null: null,
};

export function maskStep({ fields, replacement }: MaskFieldSettings): MemberStep {
  const of = (kind: MemberKind): Value => mask(EXAMPLES[kind], null, replacement);
  return { kind: 'change', names: fields, change: { by: 'kind', of } };
}

function mask(value: Value, schema: Schema | null, replacement: string | null): Value {
  if (value === null) return null;
  return replacement === null ? zeroOf(value, schema) : replacementFor(value, schema, replacement);
}

function isLong(value: number | JsonNumber, schema: Schema | null): boolean {
  return schema === null ? isIntegral(value) : !schema.type.startsWith('FLOAT');
}

function zeroOf(value: Value, schema: Schema | null): Value {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'string') return '';
  if (typeof value === 'bigint') return 0n;
  if (typeof value === 'number' || value instanceof JsonNumber) {
    return schema !== null || isLong(value, null) ? 0 : floatNumber(0);
  }
  if (value instanceof Decimal) return ZERO;
  if (value instanceof JavaDate) return NO_TIME;
  if (Array.isArray(value)) return [];
  if (value instanceof Map) return new Map();
  throw new DataException(`Cannot mask value of type: class ${classOf(value, schema)}`);
}

function replacementFor(value: Value, schema: Schema | null, replacement: string): Value {
  if (typeof value === 'string') return replacement;
  const numeric = typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber;
  if (!numeric && !(value instanceof Decimal)) {
    throw new DataException(`Cannot mask value of type class ${classOf(value, schema)} with custom replacement.`);
  }
  const parsed = Decimal.parse(replacement);
  if (parsed === null) {
    const text = `Unable to convert ${replacement} (class java.lang.String) to `;
    throw new DataException(text + (value instanceof Decimal ? 'number' : 'a number'));
  }
  if (value instanceof Decimal) return parsed;
  if (typeof value === 'bigint') return parsed.toLong();
  if (!isLong(value, schema)) return doubleOf(parsed, schema);
  return narrow(parsed.toLong(), schema);
}

function doubleOf(parsed: Decimal, schema: Schema | null): Value {
  const value = parsed.toNumber();
  if (schema === null) return Number.isFinite(value) ? floatNumber(value) : value;
  return schema.type === 'FLOAT32' ? Math.fround(value) : value;
}

const BITS: Readonly<Record<string, number>> = { INT8: 8, INT16: 16, INT32: 32 };

function narrow(value: bigint, schema: Schema | null): number | JsonNumber {
  const bits = schema === null ? 64 : (BITS[schema.type] ?? 64);
  const number = Number(BigInt.asIntN(bits, value));
  return Number.isSafeInteger(number) ? number : new JsonNumber(String(value));
}
