import { Struct, type Value } from './model.ts';
import { Decimal, JavaDate, JsonNumber } from './scalars.ts';

/** What JSON.stringify writes otherwise than between two quotes; lone surrogates become escapes. */
const NOT_PLAIN = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

export function printString(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** A FLOAT32 or FLOAT64 as JSON; Jackson's quoted words for what JSON has no number for. */
export function printFloat(value: number, text = String(value)): string {
  if (!Number.isFinite(value)) return `"${text}"`;
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/**
 * A schemaless value as JSON, numbers as they were written. Values that only schemas make are written as plainly: bytes
 * in base64, a Decimal as a number, a java.util.Date as its epoch milliseconds, a Struct as an object of its fields.
 */
export function printJson(value: Value): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : printFloat(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Map) return printMap(value);
  if (Array.isArray(value)) return printArray(value);
  if (value instanceof JsonNumber) return value.lexeme;
  return printOther(value as Exclude<Value, readonly Value[] | ReadonlyMap<Value, Value>>);
}

function printMap(members: ReadonlyMap<Value, Value>): string {
  let text = '';
  for (const [name, value] of members) {
    if (typeof name !== 'string') return printPairs(members);
    text += `${text === '' ? '{' : ','}${printString(name)}:${printJson(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** As JsonConverter writes maps whose keys are not all strings. */
function printPairs(members: ReadonlyMap<Value, Value>): string {
  return `[${Array.from(members, pair => printArray(pair)).join(',')}]`;
}

function printArray(elements: readonly Value[]): string {
  let text = '';
  for (const element of elements) text += (text === '' ? '[' : ',') + printJson(element);
  return text === '' ? '[]' : `${text}]`;
}

function printOther(value: Value): string {
  if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`;
  if (value instanceof Decimal) return value.toString();
  if (value instanceof JavaDate) return String(value.ms);
  if (value instanceof Struct) {
    return `{${value.schema.fields.map(field => `${printString(field.name)}:${printJson(value.at(field))}`).join(',')}}`;
  }
  throw new TypeError(`no JSON for a ${typeof value}`);
}
