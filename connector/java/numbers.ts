import { trim } from '../../config/schema/formats.ts';
import { ConnectError } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import { shortestFloat } from '../data/scalars.ts';

/** Java's NumberFormatException. */
export class NumberFormatError extends ConnectError {
  override readonly name = 'NumberFormatError';

  constructor(message: string) {
    super(message, undefined, 'java.lang.NumberFormatException');
  }
}

export const LONG_MIN = -(2n ** 63n);
export const LONG_MAX = 2n ** 63n - 1n;
const LONG_DIGITS = 19;

/** Byte.parseByte to Long.parseLong. @throws NumberFormatError */
export function parseInteger(text: string, bits: 8 | 16 | 32 | 64): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new NumberFormatError(`For input string: "${excerpt(text)}"`);
  const digits = text.replace(/^[+-]?0*/, '');
  // More digits are never in range, and what they stand for is not worth being computed.
  const amount = digits.length > LONG_DIGITS ? LONG_MAX + 1n : BigInt(digits);
  const value = text.startsWith('-') ? -amount : amount;
  if (digits.length > LONG_DIGITS || BigInt.asIntN(bits, value) !== value) {
    throw new NumberFormatError(`Value out of range. Value:"${excerpt(text)}"`);
  }
  return value;
}

const FLOATING = /^([+-]?)(?:(NaN)|(Infinity)|((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?)$/;

/** Double.parseDouble, without its hexadecimal form. @throws NumberFormatError */
export function parseDouble(text: string): number {
  const match = FLOATING.exec(trim(text));
  if (match === null) throw new NumberFormatError(`For input string: "${excerpt(text)}"`);
  const [, sign, nan, infinity, digits] = match;
  const value = nan !== undefined ? Number.NaN : infinity !== undefined ? Number.POSITIVE_INFINITY : Number(digits);
  return sign === '-' ? -value : value;
}

/** Double.toString (of Java 19 and newer, which writes the shortest digits). */
export function doubleToString(value: number): string {
  return javaNotation(value, value);
}

/** Float.toString. */
export function floatToString(value: number): string {
  return javaNotation(value, Number(shortestFloat(value)));
}

/**
 * Java writes at least one digit behind the point, and an exponent below 10^-3 and from 10^7 on. In the place of one digit it takes
 * the nearest two, which are others where the numbers are furthest apart: 4.9E-324.
 * @param shortest the double with the fewest digits that is the value to its type
 */
function javaNotation(value: number, shortest: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const amount = Math.abs(shortest);
  // Where neither writes an exponent, JavaScript's digits are Java's.
  if (amount >= 1e-3 && amount < 1e7) return Number.isInteger(shortest) ? `${shortest}.0` : String(shortest);
  const sign = value < 0 ? '-' : '';
  const short = Math.abs(shortest).toExponential();
  const [mantissa = '', exponentText] = (short[1] === '.' ? short : Math.abs(value).toExponential(1)).split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  if (exponent >= -3 && exponent < 7) return sign + plain(digits, exponent);
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** Java's narrowing of a double: not-a-number is 0, what is too large the largest. */
export function doubleToInt(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.trunc(value))) | 0;
}

export function doubleToLong(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return LONG_MAX;
  return value < -(2 ** 63) ? LONG_MIN : BigInt(Math.trunc(value));
}
