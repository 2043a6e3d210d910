import type { ByteSink } from '../byte-sink.ts';

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
/** Sign, point and digits of any number that is written here. */
const MOST_BYTES = 20;
/** Digits that are taken off a larger number at once, so that the rest are small integers. */
const BLOCK = 1e9;
/** Any two decimals of so many digits are two doubles: the one that is this double is the shortest that is, which JavaScript writes. */
const EXACT = 1e15;
const MOST_FRACTION_DIGITS = 6;
const POWERS_OF_TEN = Array.from({ length: MOST_FRACTION_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** What String makes of a number that is finite; Jackson's quoted words for what JSON has no number for. */
export function writeNumber(sink: ByteSink, value: number): void {
  if (Number.isSafeInteger(value)) writeInteger(sink, value);
  else if (!writeShortFraction(sink, value)) sink.pieceText(Number.isFinite(value) ? String(value) : `"${value}"`);
}

/** A FLOAT32 or FLOAT64 as JSON; Jackson's quoted words for what JSON has no number for. */
export function writeFloat(sink: ByteSink, value: number): void {
  if (writeShortFraction(sink, value)) return;
  sink.pieceText(printFloat(value));
}

/** As `writeFloat` writes it. @param text the number as JavaScript writes it */
export function printFloat(value: number, text = String(value)): string {
  if (!Number.isFinite(value)) return `"${text}"`;
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** @param value a safe integer */
export function writeInteger(sink: ByteSink, value: number): void {
  sink.reserve(MOST_BYTES);
  const { memory } = sink;
  let { at } = sink;
  if (value < 0) memory[at++] = MINUS;
  sink.at = writeDigits(memory, at, Math.abs(value));
}

/** @returns behind the last digit */
function writeDigits(memory: Buffer, at: number, amount: number): number {
  if (amount < BLOCK) return writePadded(memory, at, amount, digitsOf(amount));
  const high = Math.floor(amount / BLOCK);
  return writePadded(memory, writePadded(memory, at, high, digitsOf(high)), amount - high * BLOCK, 9);
}

/** @param amount below 10^9 */
function digitsOf(amount: number): number {
  let digits = 1;
  for (let limit = 10; amount >= limit; limit *= 10) digits++;
  return digits;
}

function writePadded(memory: Buffer, at: number, amount: number, digits: number): number {
  let rest = amount | 0;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0;
    memory[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** @returns false for a number that is no short fraction */
function writeShortFraction(sink: ByteSink, value: number): boolean {
  const amount = Math.abs(value);
  for (let digits = 1; digits <= MOST_FRACTION_DIGITS; digits++) {
    const power = POWERS_OF_TEN[digits]!;
    const scaled = Math.round(amount * power);
    if (scaled >= EXACT) return false;
    if (scaled / power !== amount) continue;
    const whole = Math.floor(scaled / power);
    const fraction = scaled - whole * power;
    if (fraction === 0) return false;
    sink.reserve(MOST_BYTES);
    const { memory } = sink;
    let { at } = sink;
    if (value < 0) memory[at++] = MINUS;
    at = writeDigits(memory, at, whole);
    memory[at++] = DOT;
    sink.at = writePadded(memory, at, fraction, digits);
    return true;
  }
  return false;
}
