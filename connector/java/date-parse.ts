import type { PatternPart } from '../../config/transforms/java-date-pattern.ts';
import { DAY_MS, type DateField, DateFields } from './calendar.ts';
import { HALVES, MONTHS, NUMBERS, WEEKDAYS } from './date-pattern.ts';
import { fromIsoDayOfWeek, resolve } from './date-resolve.ts';

const TAB = 0x09;
const SPACE = 0x20;
const ZERO = 0x30;

/** What SimpleDateFormat.parse reads: milliseconds since the epoch, or null for a ParseException. */
export type ParseDate = (text: string) => number | null;

/** Minutes east of UTC of the zones that a text may name (RFC 822's); Java knows more, which are refused here. */
const ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** The text while it is read: where it stands, and what was set so far, latest last. */
interface Reading {
  readonly text: string;
  at: number;
  readonly fields: Map<DateField, number>;
  /** A two-digit year that may be in this century or the last: decided by the rest of the date. */
  ambiguousYear: boolean;
}

/** One step; false when the text does not fit. */
type ReadPart = (reading: Reading) => boolean;

/**
 * The lenient parser of a pattern, as java.text.SimpleDateFormat reads it in UTC and English: numbers out of range roll
 * over, what follows the end of the pattern is not looked at.
 *
 * @param now milliseconds since the epoch: two-digit years lie within the 80 years before and the 20 after it
 */
export function compileParse(parts: readonly PatternPart[], now: () => number): ParseDate {
  const century = (): Century => centuryAt(now());
  const readers = parts.map((part, index) => reader(part, parts[index + 1], century));
  return text => {
    const reading: Reading = { text, at: 0, fields: new Map(), ambiguousYear: false };
    for (const read of readers) if (!read(reading)) return null;
    if (reading.at === 0) return null;
    const ms = resolve(reading.fields);
    if (!reading.ambiguousYear || ms >= century().ms) return ms;
    for (const year of ['year', 'weekYear'] as const) {
      const value = reading.fields.get(year);
      if (value !== undefined) reading.fields.set(year, value + 100);
    }
    return resolve(reading.fields);
  };
}

/** Where the hundred years begin that two digits stand for. */
interface Century {
  readonly year: number;
  readonly ms: number;
}

function centuryAt(now: number): Century {
  const fields = new DateFields(now);
  const [month, day] = [fields.get('month'), fields.get('dayOfMonth')];
  const year = fields.get('year') - 80;
  const leapDay = month === 1 && day === 29 && year % 4 !== 0;
  const date = new Map<DateField, number>([
    ['year', year],
    ['month', month],
    ['dayOfMonth', leapDay ? 28 : day],
  ]);
  return { year, ms: resolve(date) + (now - Math.floor(now / DAY_MS) * DAY_MS) };
}

function set(reading: Reading, field: DateField, value: number): void {
  reading.fields.delete(field);
  reading.fields.set(field, value);
}

function reader(part: PatternPart, next: PatternPart | undefined, century: () => Century): ReadPart {
  if ('literal' in part) return literalReader(part.literal);
  const read = letterReader(part.letter, part.count, next !== undefined && abuts(next), century);
  return reading => {
    const start = reading.at;
    for (let code = reading.text.charCodeAt(start); code === SPACE || code === TAB; ) {
      code = reading.text.charCodeAt(++reading.at);
    }
    return reading.at < reading.text.length && read(reading, start);
  };
}

function literalReader(literal: string): ReadPart {
  return reading => {
    if (!reading.text.startsWith(literal, reading.at)) return false;
    reading.at += literal.length;
    return true;
  };
}

/** A number right behind a number: the first one has as many digits as its letters. */
function abuts(next: PatternPart): boolean {
  if ('literal' in next) return false;
  return next.letter in NUMBERS || ('ML'.includes(next.letter) && next.count <= 2);
}

type ReadLetter = (reading: Reading, start: number) => boolean;

function letterReader(letter: string, count: number, abutting: boolean, century: () => Century): ReadLetter {
  const number: ReadNumber = (reading, start) => readNumber(reading, abutting ? start + count : null);
  switch (letter) {
    case 'G':
      return nameReader('era', 0, ['BC', 'AD', 'Before Christ', 'Anno Domini']);
    case 'y':
    case 'Y':
      return yearReader(NUMBERS[letter]!, count, number, century);
    case 'M':
    case 'L':
      if (count > 2) return nameReader('month', 0, withShort(MONTHS));
      return numberReader('month', number, value => value - 1);
    case 'E':
      return nameReader('dayOfWeek', 1, withShort(WEEKDAYS));
    case 'a':
      return nameReader('amPm', 0, HALVES);
    case 'k':
      return numberReader('hourOfDay', number, value => (value === 24 ? 0 : value));
    case 'h':
      return numberReader('hour', number, value => (value === 12 ? 0 : value));
    case 'u':
      return numberReader('dayOfWeek', number, fromIsoDayOfWeek);
    case 'z':
    case 'Z':
      return readNamedZone;
    case 'X':
      return reading => readIsoZone(reading, count);
    default:
      return numberReader(NUMBERS[letter]!, number, value => value);
  }
}

type ReadNumber = (reading: Reading, start: number) => number | null;

function numberReader(field: DateField, read: ReadNumber, adjust: (value: number) => number): ReadLetter {
  return (reading, start) => {
    const value = read(reading, start);
    if (value === null) return false;
    set(reading, field, adjust(value));
    return true;
  };
}

/** An int as Java's DecimalFormat reads one: a minus, then digits; too many of them wrap or saturate. */
function readNumber(reading: Reading, end: number | null): number | null {
  const { text } = reading;
  if (end !== null && end > text.length) return null;
  const short = readShort(text, reading.at, end ?? text.length);
  if (short !== null) {
    reading.at = short.end;
    return short.value;
  }
  const match = /^-?\d+/.exec(text.slice(reading.at, end ?? undefined));
  if (match === null) return null;
  reading.at += match[0].length;
  const value = Number(match[0]);
  if (Number.isSafeInteger(value)) return value | 0;
  if (Math.abs(value) >= 2 ** 64) return value < 0 ? -2_147_483_648 : 2_147_483_647;
  const exact = BigInt(match[0].replace(/^(-?)0+/, '$1'));
  if (exact === BigInt.asIntN(64, exact)) return Number(BigInt.asIntN(32, exact));
  return value < 0 ? -2_147_483_648 : 2_147_483_647;
}

/** Digits that make an int, whatever they are. */
const MOST_SHORT = 9;

/** A number of few digits without a sign; null: it is another one, or none. */
function readShort(
  text: string,
  start: number,
  limit: number,
): { readonly value: number; readonly end: number } | null {
  let value = 0;
  let end = start;
  for (; end < limit; end++) {
    const digit = text.charCodeAt(end) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  return end === start || end - start > MOST_SHORT ? null : { value, end };
}

function yearReader(field: DateField, count: number, read: ReadNumber, century: () => Century): ReadLetter {
  return (reading, start) => {
    const first = reading.at;
    const value = read(reading, start);
    if (value === null) return false;
    const twoDigits = count <= 2 && reading.at - first === 2 && /^\d\d$/.test(reading.text.slice(first, reading.at));
    if (!twoDigits) {
      set(reading, field, value);
      return true;
    }
    const from = century().year;
    const ambiguous = from % 100;
    reading.ambiguousYear = value === ambiguous;
    set(reading, field, value + Math.floor(from / 100) * 100 + (value < ambiguous ? 100 : 0));
    return true;
  };
}

function withShort(names: readonly string[]): readonly string[] {
  return [...names, ...names.map(name => name.slice(0, 3))];
}

/** The longest name that the text goes on with, in any case; its value is its place, counted anew for each form. */
function nameReader(field: DateField, first: number, names: readonly string[]): ReadLetter {
  const values = field === 'month' ? 12 : field === 'dayOfWeek' ? 7 : 2;
  const known = names
    .map((name, index) => ({ name: name.toLowerCase(), value: first + (index % values) }))
    .sort((a, b) => b.name.length - a.name.length);
  return (reading, start) => {
    // Names are looked for where the field begins: blanks before them do not fit.
    const rest = reading.text.slice(start, start + 20).toLowerCase();
    const found = known.find(({ name }) => rest.startsWith(name));
    if (found === undefined) return false;
    set(reading, field, found.value);
    reading.at = start + found.name.length;
    return true;
  };
}

/** `+0100`, `GMT`, `GMT+1:00`, or the name of a zone. */
function readNamedZone(reading: Reading): boolean {
  const { text, at } = reading;
  if (text[at] === '+' || text[at] === '-') return readOffset(reading, /^[+-](\d\d)(\d\d)/);
  if (text.slice(at, at + 3).toUpperCase() === 'GMT') {
    reading.at += 3;
    if (text[reading.at] === '+' || text[reading.at] === '-') return readOffset(reading, /^[+-](\d\d?):(\d\d)/);
    set(reading, 'zoneOffset', 0);
    return true;
  }
  const rest = text.slice(at, at + 3).toUpperCase();
  for (const [name, minutes] of Object.entries(ZONES)) {
    if (!rest.startsWith(name)) continue;
    reading.at += name.length;
    set(reading, 'zoneOffset', minutes * 60_000);
    return true;
  }
  return false;
}

const ISO_OFFSETS = [/^[+-](\d\d)()/, /^[+-](\d\d)(\d\d)/, /^[+-](\d\d):(\d\d)/];

function readIsoZone(reading: Reading, count: number): boolean {
  if (reading.text[reading.at] !== 'Z') return readOffset(reading, ISO_OFFSETS[count - 1]!);
  reading.at++;
  set(reading, 'zoneOffset', 0);
  return true;
}

function readOffset(reading: Reading, form: RegExp): boolean {
  const match = form.exec(reading.text.slice(reading.at));
  if (match === null) return false;
  const hours = Number(match[1]);
  const minutes = Number(match[2]);
  if (hours > 23 || minutes > 59) return false;
  reading.at += match[0].length;
  set(reading, 'zoneOffset', (hours * 60 + minutes) * (match[0][0] === '-' ? -60_000 : 60_000));
  return true;
}
