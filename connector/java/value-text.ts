import { type Schema, Struct, type Value } from '../data/model.ts';
import { Decimal, isIntegral, JavaDate, type Numeric, toBigInt, toNumber } from '../data/scalars.ts';
import { DateFields } from './calendar.ts';
import { MONTHS, WEEKDAYS } from './date-pattern.ts';
import { inHashOrder } from './hash-order.ts';
import { doubleToString, floatToString } from './numbers.ts';

/**
 * A value as Java's String.valueOf writes it, which is what sinks send that call `record.value().toString()`: a text as it is; a
 * Struct as `Struct{id=1,name=x}`, without the fields that are null; a list as `[1, 2]`; a map as `{a=1, b=x}`, in the order of
 * a HashMap; a Decimal as its number; a java.util.Date in UTC (there in the zone of the JVM). Bytes, of which Java shows where
 * they are in memory, are in base64.
 * @throws DataException for a number of more than 1,000 digits
 */
export function valueText(schema: Schema | null, value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return listText(schema, value);
  if (value instanceof Map) return mapText(schema, value);
  if (value instanceof Struct) return structText(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof Decimal) return value.toString();
  if (value instanceof JavaDate) return dateText(value);
  return numberText(schema, value as Numeric);
}

function structText(struct: Struct): string {
  let text = '';
  for (const field of struct.schema.fields) {
    const value = struct.atWithoutDefault(field);
    if (value !== null) text += `${text === '' ? '' : ','}${field.name}=${valueText(field.schema, value)}`;
  }
  return `Struct{${text}}`;
}

function listText(schema: Schema | null, elements: readonly Value[]): string {
  let text = '';
  for (const element of elements) {
    text += (text === '' ? '[' : ', ') + valueText(schema?.valueSchema ?? null, element);
  }
  return text === '' ? '[]' : `${text}]`;
}

function mapText(schema: Schema | null, members: ReadonlyMap<Value, Value>): string {
  const { keySchema = null, valueSchema = null } = schema ?? {};
  let text = '';
  for (const [key, value] of inHashOrder(members, keySchema)) {
    text += `${text === '' ? '{' : ', '}${valueText(keySchema, key)}=${valueText(valueSchema, value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Without a schema a number is a Long, which wraps, or a Double; Jackson's, which is a BigDecimal first, has no -0.0. */
function numberText(schema: Schema | null, value: Numeric): string {
  if (schema?.type === 'FLOAT32') return floatToString(toNumber(value));
  if (schema?.type === 'FLOAT64') return doubleToString(toNumber(value));
  if (schema === null && !isIntegral(value)) return doubleToString(toNumber(value) + 0);
  if (Number.isSafeInteger(value)) return String(value);
  return String(BigInt.asIntN(64, toBigInt(value)));
}

/** Date.toString: `Thu Jan 01 00:00:00 UTC 1970`. */
function dateText({ ms }: JavaDate): string {
  const fields = new DateFields(ms);
  const two = (field: Parameters<DateFields['get']>[0]): string => String(fields.get(field)).padStart(2, '0');
  const day = `${WEEKDAYS[fields.get('dayOfWeek') - 1]!.slice(0, 3)} ${MONTHS[fields.get('month')]!.slice(0, 3)}`;
  return `${day} ${two('dayOfMonth')} ${two('hourOfDay')}:${two('minute')}:${two('second')} UTC ${fields.get('year')}`;
}
