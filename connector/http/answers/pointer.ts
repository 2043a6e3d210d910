import type { PointerTokens } from '../../../config/answer-types.ts';

/** RFC 6901 §4: digits without a zero in front. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/**
 * The value that a JSON pointer leads to (RFC 6901), undefined where there is none: `-` names no element, and a prototype's
 * members are nobody's.
 */
export function valueAt(document: unknown, tokens: PointerTokens): unknown {
  let value = document;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) && !INDEX.test(token)) return undefined;
    if (!Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}
