import type { AnswerBody } from '../../answer.ts';
import type { HttpResponse } from '../../ports.ts';
import { codingsOf } from '../coding/coding.ts';
import { createHiding, secretsIn } from './excerpt.ts';

/** How much more is masked than is kept: a secret that ends behind the cut is found whole. */
const BEYOND = 65_536;

/** What is kept of answers' bodies, and of which. */
export interface KeptBodies {
  /** Of those that confirm. */
  readonly success: boolean;
  /** Of those that refuse. */
  readonly error: boolean;
  /** Of the text, in UTF-8. */
  readonly maxBytes: number;
}

/**
 * The body of an answer as text; undefined where it is in a coding that is not known here, and so no text.
 * @param mask hides secrets
 * @param credentials values of headers that the request carried: an endpoint may repeat them
 */
export function keepBody(
  answer: HttpResponse,
  maxBytes: number,
  mask: (text: string) => string,
  credentials: readonly string[],
): AnswerBody | undefined {
  if (codingsOf(answer).length > 0) return undefined;
  const { body } = answer;
  const seen = Math.min(body.length, maxBytes + BEYOND);
  const isWhole = answer.complete && seen === body.length;
  const hidden = createHiding(mask, credentials)(body.toString('utf8', 0, seen));
  const text = isWhole ? hidden : withoutBeginning(hidden, secretsIn(credentials));
  // A text of its own, since a part of a string keeps the whole alive.
  const bytes = Buffer.allocUnsafe(Math.min(maxBytes, text.length * 3));
  const written = bytes.write(text);
  const kept = bytes.toString('utf8', 0, written);
  return { text: kept, cut: !isWhole || kept.length < text.length, bytes: kept.length * 2 };
}

/** What is left of a text that was cut, without the beginning of a secret at its end. */
function withoutBeginning(text: string, secrets: readonly string[]): string {
  let end = text.length;
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, text.length); length > 0; length--) {
      if (!text.endsWith(secret.slice(0, length))) continue;
      end = Math.min(end, text.length - length);
      break;
    }
  }
  return text.slice(0, end);
}
