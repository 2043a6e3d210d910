import type { HttpResponse } from '../../ports.ts';
import { codingsOf } from '../coding/coding.ts';
import { once } from './once.ts';

/** Of an excerpt, in UTF-8. */
const MOST_BYTES = 1_024;
/** How much is masked before it is cut: far more than what is left of it. */
const LOOKED_AT = 65_536;
/** Shorter credentials would mask ordinary words. */
const SHORTEST_MASKED = 6;

/** C0, DEL, C1, separators of lines and paragraphs, marks and embeddings of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** Makes excerpts of one answer. */
export interface Excerpts {
  readonly ofBody: () => string;
  /** Of a part of the answer, as JSON. */
  readonly ofItem: (item: unknown) => string;
}

/**
 * @param mask hides secrets
 * @param credentials values of headers that the request carried: an endpoint may repeat them
 */
export function createExcerpts(
  answer: HttpResponse,
  mask: (text: string) => string,
  credentials: readonly string[],
): Excerpts {
  const hide = createHiding(mask, credentials);
  // What is masked first is found with its line ends, what is masked last with what stood between its letters gone.
  const excerpt = (text: string): string => shortened(hide(hide(text).replace(CONTROLS, asBlank)));
  return {
    // All records of a request share it.
    ofBody: once(() => (codingsOf(answer).length > 0 ? '' : excerpt(answer.body.toString('utf8', 0, LOOKED_AT)))),
    ofItem: item => (item === undefined ? '' : excerpt(JSON.stringify(item).slice(0, LOOKED_AT))),
  };
}

/**
 * Hides secrets of ours that an endpoint repeats.
 * @param credentials values of headers that the request carried
 */
export function createHiding(mask: (text: string) => string, credentials: readonly string[]): (text: string) => string {
  const hidden = secretsIn(credentials);
  return text => hidden.reduce((masked, credential) => masked.replaceAll(credential, '[hidden]'), mask(text));
}

/** What is secret of the values of headers: what stands behind a scheme. */
export function secretsIn(credentials: readonly string[]): readonly string[] {
  return credentials
    .map(value => value.slice(value.indexOf(' ') + 1))
    .filter(credential => credential.length >= SHORTEST_MASKED);
}

function asBlank(controls: string): string {
  return /[\t\n\r\u2028\u2029]/.test(controls) ? ' ' : '';
}

/** A text of its own: a part of a string keeps the whole alive. */
function shortened(text: string): string {
  const bytes = Buffer.alloc(Math.min(MOST_BYTES, text.length * 3));
  return bytes.toString('utf8', 0, bytes.write(text));
}
