import { DataException } from './errors.ts';

/** Jackson reads no number that is longer: whoever needs more of one than its text refuses it. */
const LONGEST_NUMBER = 1_000;
/** Of a Decimal's unscaled number; to write many more as digits, or to divide them, takes time that no record is given. */
const MOST_DECIMAL_BITS = 8 * 1_024;
const BITS_OF_A_DIGIT = Math.log2(10);
/** 10^64 is a multiple of 2^64: what has as many zeros has no bits that Java's Long keeps. */
const NO_LOW_BITS = 64;

/** A number of a JSON text that no `number` stands for exactly, with the text that it was written as. */
export class JsonNumber {
  /** As RFC 8259 writes a number. */
  readonly lexeme: string;
  /** Written without fraction and exponent: Connect's INT64 (or a BigInteger); else FLOAT64. */
  readonly integral: boolean;

  constructor(lexeme: string) {
    this.lexeme = lexeme;
    this.integral = !/[.eE]/.test(lexeme);
  }

  /** The nearest double; infinite beyond its range. */
  asNumber(): number {
    return Number(this.lexeme);
  }

  /**
   * The integer; of a fraction what remains without it, as far as a double knows (Java's `longValue`, without its limits).
   * @throws DataException for an integer of more than 1,000 digits
   */
  asBigInt(): bigint {
    if (!this.integral) return truncate(this.asNumber());
    this.#refuseIfLong();
    return BigInt(this.lexeme);
  }

  /** @throws DataException for more than 1,000 digits, and for an exponent that Java's BigDecimal does not have */
  asDecimal(): Decimal {
    this.#refuseIfLong();
    const decimal = Decimal.parse(this.lexeme);
    if (decimal === null) throw new DataException('The exponent of a number is out of range');
    return decimal;
  }

  #refuseIfLong(): void {
    const { length } = this.lexeme;
    if (length <= LONGEST_NUMBER) return;
    throw new DataException(`Number value length (${length}) exceeds the maximum allowed (${LONGEST_NUMBER})`);
  }

  toString(): string {
    return this.lexeme;
  }
}

/** Any of the numbers that a value may be. */
export type Numeric = number | bigint | JsonNumber;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber;
}

/** Of a schemaless number: INT64 as against FLOAT64. */
export function isIntegral(value: Numeric): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return typeof value === 'bigint' || value.integral;
}

export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : value.asNumber();
}

/** Cuts a fraction off. Infinite and not-a-number become Java's Long limits and 0. */
export function toBigInt(value: Numeric): bigint {
  if (typeof value === 'number') return truncate(value);
  return typeof value === 'bigint' ? value : value.asBigInt();
}

function truncate(value: number): bigint {
  if (Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (Number.isNaN(value)) return 0n;
  return value > 0 ? 9_223_372_036_854_775_807n : -9_223_372_036_854_775_808n;
}

/**
 * A schemaless FLOAT64 (or, with `single`, FLOAT32) of this amount: it stays one, as 1.0, where its amount is whole.
 * @param value finite
 */
export function floatNumber(value: number, single = false): number | JsonNumber {
  if (Object.is(value, -0)) return new JsonNumber('-0.0');
  const text = single ? shortestFloat(value) : String(value);
  if (Number.isInteger(value)) return new JsonNumber(text.includes('e') ? text : `${text}.0`);
  return single ? new JsonNumber(text) : value;
}

/** The shortest decimal text that is this FLOAT32 and no other, in JavaScript's notation. */
export function shortestFloat(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return String(single);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return String(short);
  }
  return String(Number(single.toPrecision(9)));
}

/** BigDecimal: `unscaled` × 10^-`scale`. */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** @throws DataException for bytes that are none */
  static fromBytes(bytes: Buffer, scale: number): Decimal {
    if (bytes.length === 0) throw new DataException('Invalid bytes for Decimal field');
    return new Decimal(BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`)), scale);
  }

  /**
   * The number that a text writes, its scale the digits behind the point less the exponent. Null for any other text, and for
   * one that is longer than a JSON number may be.
   */
  static parse(text: string): Decimal | null {
    if (text.length > LONGEST_NUMBER) return null;
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
    if (match === null) return null;
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
    if (whole === '' && fraction === '') return null;
    const digits = BigInt(whole + fraction);
    return new Decimal(sign === '-' ? -digits : digits, fraction.length - Number(exponent));
  }

  /** Big-endian two's complement of the unscaled number, as short as can be (BigInteger.toByteArray). */
  toBytes(): Buffer {
    const length = (this.#bits() >> 3) + 1;
    const hex = BigInt.asUintN(length * 8, this.unscaled).toString(16);
    return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
  }

  /** BigInteger.bitLength: without the bit of the sign. */
  #bits(): number {
    const hex = (this.unscaled < 0n ? ~this.unscaled : this.unscaled).toString(16);
    return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
  }

  /**
   * BigDecimal.longValue: the lowest 64 bits of what stands before the point.
   * @throws DataException for a number of more than 1,024 bytes
   */
  toLong(): bigint {
    const { unscaled, scale } = this;
    if (scale <= 0) return scale <= -NO_LOW_BITS ? 0n : BigInt.asIntN(64, unscaled * 10n ** BigInt(-scale));
    this.#refuseIfLarge();
    // With so few digits all of them stand behind the point, and the power of ten may be too large to be computed.
    if (this.#bits() < (scale - 1) * BITS_OF_A_DIGIT) return 0n;
    return BigInt.asIntN(64, unscaled / 10n ** BigInt(scale));
  }

  #refuseIfLarge(): void {
    if (this.#bits() > MOST_DECIMAL_BITS)
      throw new DataException('A Decimal of more than 1,024 bytes is not written as digits');
  }

  /** Without an exponent (BigDecimal.toPlainString), of a scale that is not negative. */
  #plain(): string {
    const { unscaled, scale } = this;
    if (scale === 0) return String(unscaled);
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  }

  /**
   * As BigDecimal.toString: an exponent where the scale is negative or the number very small.
   * @throws DataException for a number of more than 1,024 bytes
   */
  toString(): string {
    this.#refuseIfLarge();
    const { unscaled, scale } = this;
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
    const exponent = digits.length - 1 - scale;
    if (scale >= 0 && exponent >= -6) return this.#plain();
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${unscaled < 0n ? '-' : ''}${digits[0]}${fraction}E${exponent < 0 ? '' : '+'}${exponent}`;
  }

  toNumber(): number {
    return Number(this.toString());
  }
}

/** java.util.Date, the value of the logical types Date, Time and Timestamp. */
export class JavaDate {
  /** Milliseconds since 1970-01-01T00:00:00Z; an integer. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}
