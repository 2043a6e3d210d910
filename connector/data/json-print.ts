import { ByteSink } from '../byte-sink.ts';
import { type Field, Struct, type Value } from './model.ts';
import { isPlain } from './plain-texts.ts';
import { Decimal, JavaDate, JsonNumber } from './scalars.ts';
import { writeNumber } from './write-numbers.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const FIRST_PLAIN = 0x20;
const LAST_ASCII = 0x7f;

/** Code units up to which a loop is faster than a call. */
const SHORT = 48;
/** A name or a value may stand behind the one that is written: room for what parts them. */
const AROUND = 4;
/** Of what is printed as a text: what is larger is let go. */
const MOST_KEPT = 1_048_576;

export function printString(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** What JSON.stringify writes. Lone surrogates become escapes. */
export function writeString(sink: ByteSink, text: string): void {
  const { length } = text;
  if (length > SHORT) return writeLong(sink, text);
  sink.reserve(length + AROUND);
  const { memory } = sink;
  let { at } = sink;
  memory[at++] = QUOTE;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_PLAIN || code > LAST_ASCII || code === QUOTE || code === BACKSLASH) return writeLong(sink, text);
    memory[at++] = code;
  }
  memory[at++] = QUOTE;
  sink.at = at;
}

function writeLong(sink: ByteSink, text: string): void {
  if (!isPlain(text)) {
    sink.pieceText(JSON.stringify(text));
    return;
  }
  sink.byte(QUOTE);
  sink.pieceText(text);
  sink.byte(QUOTE);
}

/** What is printed as a text comes by here. */
class Scratch extends ByteSink {
  take(): string {
    const text = this.memory.toString('utf8', 0, this.at);
    if (this.memory.length > MOST_KEPT) this.renew();
    this.at = 0;
    return text;
  }
}

const SCRATCH = new Scratch();

/** @param write gets the sink of what is to be the text; it must not print by itself */
export function printed(write: (sink: ByteSink) => void): string {
  SCRATCH.at = 0;
  write(SCRATCH);
  return SCRATCH.take();
}

/** As `writeJson` writes it. */
export function printJson(value: Value): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return value.lexeme;
  return printed(sink => writeJson(sink, value));
}

/**
 * A schemaless value as JSON, numbers as they were written. Values that only schemas make are written as plainly: bytes
 * in base64, a Decimal as a number, a java.util.Date as its epoch milliseconds, a Struct as an object of its fields.
 */
export function writeJson(sink: ByteSink, value: Value): void {
  if (typeof value === 'string') writeString(sink, value);
  else if (typeof value === 'number') writeNumber(sink, value);
  else if (value === null || typeof value !== 'object') sink.pieceText(String(value));
  else if (value instanceof Map) writeMap(sink, value);
  else if (Array.isArray(value)) writeArray(sink, value);
  else if (value instanceof JsonNumber) sink.pieceText(value.lexeme);
  else writeOther(sink, value as Exclude<Value, readonly Value[] | ReadonlyMap<Value, Value>>);
}

function writeMap(sink: ByteSink, members: ReadonlyMap<Value, Value>): void {
  const start = sink.at;
  sink.byte(OPEN_OBJECT);
  let first = true;
  for (const [name, value] of members) {
    if (typeof name !== 'string') {
      sink.at = start;
      return writePairs(sink, members);
    }
    if (!first) sink.byte(COMMA);
    first = false;
    writeString(sink, name);
    sink.byte(COLON);
    writeJson(sink, value);
  }
  sink.byte(CLOSE_OBJECT);
}

/** As JsonConverter writes maps whose keys are not all strings. */
function writePairs(sink: ByteSink, members: ReadonlyMap<Value, Value>): void {
  writeElements(sink, members, pair => writeArray(sink, pair));
}

function writeArray(sink: ByteSink, elements: readonly Value[]): void {
  writeElements(sink, elements, element => writeJson(sink, element));
}

export function writeElements<Element>(
  sink: ByteSink,
  elements: Iterable<Element>,
  write: (element: Element) => void,
): void {
  sink.byte(OPEN_ARRAY);
  let first = true;
  for (const element of elements) {
    if (!first) sink.byte(COMMA);
    first = false;
    write(element);
  }
  sink.byte(CLOSE_ARRAY);
}

function writeOther(sink: ByteSink, value: Value): void {
  if (Buffer.isBuffer(value)) sink.pieceText(`"${value.toString('base64')}"`);
  else if (value instanceof Decimal) sink.pieceText(value.toString());
  else if (value instanceof JavaDate) sink.pieceText(String(value.ms));
  else if (value instanceof Struct) writeStruct(sink, value, (inside, field) => writeJson(inside, value.at(field)));
  else throw new TypeError(`no JSON for a ${typeof value}`);
}

/** An object of a struct's fields. */
export function writeStruct(sink: ByteSink, { schema }: Struct, write: (sink: ByteSink, field: Field) => void): void {
  sink.byte(OPEN_OBJECT);
  for (const field of schema.fields) {
    if (field.index > 0) sink.byte(COMMA);
    sink.piece(field.json, 0, field.json.length);
    write(sink, field);
  }
  sink.byte(CLOSE_OBJECT);
}
