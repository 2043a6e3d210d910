import type { Schema, Value } from './model.ts';
import { Decimal, JavaDate } from './scalars.ts';
import {
  dateSchema,
  decimalSchema,
  FLOAT32,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  timeSchema,
  timestampSchema,
} from './schemas.ts';

/** A value and the schema that its text suggests; null of both: a null. */
export interface ParsedValue {
  readonly schema: Schema | null;
  readonly value: Value;
}

const DAY_MS = 86_400_000;
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;
const DATE_SCHEMA = dateSchema();
const TIME_SCHEMA = timeSchema();
const TIMESTAMP_SCHEMA = timestampSchema();

/** The narrowest integer that holds it, else FLOAT32, FLOAT64 or Decimal. Null for a text that is no number. */
export function parseNumber(token: string): ParsedValue | null {
  const decimal = Decimal.parse(token);
  if (decimal === null) return null;
  const exact = parseExact(decimal);
  if (exact !== null) return exact;
  const double = decimal.toNumber();
  if (decimal.scale !== 0) {
    const single = Math.fround(double);
    if (Number.isFinite(single)) return { schema: FLOAT32, value: single };
    if (Number.isFinite(double)) return { schema: FLOAT64, value: double };
  }
  return { schema: decimalSchema(decimal.scale), value: decimal };
}

/** A whole number that fits into a Long; also one that is written as a fraction. */
function parseExact({ unscaled, scale }: Decimal): ParsedValue | null {
  // The exponent alone tells numbers far out of range, for which no power of ten is worth being computed.
  if (Math.abs(unscaled.toString().length - scale) > 64 && unscaled !== 0n) return null;
  const power = 10n ** BigInt(Math.abs(Math.max(-1000, Math.min(1000, scale))));
  if (scale > 0 && unscaled % power !== 0n) return null;
  const whole = scale > 0 ? unscaled / power : unscaled * power;
  if (whole > LONG_MAX || whole < -LONG_MAX - 1n) return null;
  for (const [schema, bits] of [
    [INT8, 8],
    [INT16, 16],
    [INT32, 32],
  ] as const) {
    if (BigInt.asIntN(bits, whole) === whole) return { schema, value: Number(whole) };
  }
  return { schema: INT64, value: whole };
}

/**
 * A date, time or timestamp as ISO 8601 writes it, by its length. The fields may have whatever digits: as in Java's lenient
 * parser they carry over. In UTC.
 */
export function parseTemporal(token: string): ParsedValue | null {
  const text = token.replaceAll('\\:', ':');
  if (text.length === 10) return instant(DATE_SCHEMA, /^(\d+)-(\d+)-(\d+)()()()()/.exec(text));
  if (text.length === 13) return instant(TIME_SCHEMA, /^()()()(\d+):(\d+):(\d+)\.(\d+)Z/.exec(text));
  if (text.length !== 24) return null;
  return instant(TIMESTAMP_SCHEMA, /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)Z/.exec(text));
}

function instant(schema: Schema, match: RegExpExecArray | null): ParsedValue | null {
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = match.slice(1).map(Number);
  const days = match[1] === '' ? 0 : gregorianDay(year, month, day);
  return { schema, value: new JavaDate(days * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) };
}

/** Days since 1970-01-01; a month or day beyond the last one carries over. */
function gregorianDay(year: number, month: number, day: number): number {
  // Counted from 1 March of the year 0, so that a leap day is the last one of its year.
  const months = year * 12 + month - 3;
  const y = Math.floor(months / 12);
  const m = months - y * 12;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + day - 719_469;
}
