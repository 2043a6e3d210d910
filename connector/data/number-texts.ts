// Which numbers of JSON stand as Java writes them.

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** So many digits are told apart by doubles, and are the fewest that say which it is. */
const DIGITS_OF_DOUBLE = 15;
/** Before the point: with more there is an exponent. */
const MOST_WHOLE_DIGITS = 7;
/** From 0.001 on there is none. */
const MOST_ZEROS = 2;

/** Whether an integer of JSON has at most so many digits, and is not -0. */
export function isShortInteger(bytes: Uint8Array, start: number, end: number, digits: number): boolean {
  const isNegative = bytes[start] === MINUS;
  const length = end - start - (isNegative ? 1 : 0);
  return length <= digits && !(isNegative && bytes[start + 1] === ZERO);
}

/** Whether a fraction of JSON stands as Double.toString writes its value. False for some that do. */
export function isJavaFraction(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (end - first > DIGITS_OF_DOUBLE + 1) return false;
  let point = -1;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === POINT) point = at;
    else if (byte < ZERO || byte > NINE) return false;
  }
  if (point < 0 || point - first > MOST_WHOLE_DIGITS) return false;
  if (bytes[end - 1] === ZERO && end - point > 2) return false;
  if (bytes[first] !== ZERO) return true;
  // Below one: which digit is the first that counts.
  let at = point + 1;
  while (at < end && bytes[at] === ZERO) at++;
  return at < end && at - point - 1 <= MOST_ZEROS;
}
