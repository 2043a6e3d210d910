import type { Secret } from '../../config/secret.ts';
import { createTextSearch, type TextSearch } from './text-search.ts';

export const MASK = '[hidden]';

/**
 * `Bearer …` and `Basic …`, with what names them where it stands before (`Authorization: `). Every repetition is bounded, or
 * of characters that can not begin another match: the time is linear in the text.
 */
const SCHEME = /(\bauthorization["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4})?\b(bearer|basic)(\s{1,8})([\w.~+/=-]+)/gi;

/** Between `://` and the last `@` before the path. A match has no slash in it, so no two look at the same characters. */
const USER_INFO = /:\/\/[^\s/"']*@/g;

/** Shorter secrets are not searched for: they would mask ordinary words. They are never handed to the log anyway. */
const SHORTEST_SEARCHED = 6;

export interface Masking {
  /** Hides the secrets, and what looks like credentials, in time linear in the text. */
  mask(text: string): string;
  /**
   * Hides these too. The same secret may be added more than once.
   * @returns what takes them out again
   */
  add(secrets: readonly Secret[]): () => void;
  /** All that is hidden. */
  secrets(): readonly Secret[];
  /** A beginning of a text that was not taken whole may end in a piece of a secret: at most this long. */
  readonly longest: number;
}

/** @param values that are always hidden */
export function createMasking(values: readonly Secret[]): Masking {
  const added = new Set([values]);
  /** Made when it is asked for: many may come at once. */
  let texts: TextSearch | null = null;

  function search(): TextSearch {
    texts ??= createTextSearch(formsOf([...added].flat()));
    return texts;
  }

  return {
    get longest() {
      return Math.max(search().longest, LONGEST_USER_INFO);
    },
    add(secrets) {
      const own = [...secrets];
      added.add(own);
      texts = null;
      return () => {
        if (added.delete(own)) texts = null;
      };
    },
    secrets: () => [...new Set([...added].flat())],
    mask: text => search().replace(text.replace(SCHEME, maskCredential).replace(USER_INFO, `://${MASK}@`), MASK),
  };
}

const LONGEST_USER_INFO = 1024;

function maskCredential(all: string, named: string | undefined, scheme: string, blanks: string, value: string): string {
  return named !== undefined || looksRandom(value) ? `${named ?? ''}${scheme}${blanks}${MASK}` : all;
}

/** No word is as long; what the schemes are followed by in sentences is one: "the bearer token", "Basic authentication". */
const LONGEST_WORD = 24;

/** Whether it may be a token or base64, as against a word: digits, capitals behind small letters, padding, or sheer length. */
function looksRandom(value: string): boolean {
  if (value.length < SHORTEST_SEARCHED) return false;
  return /\d|[a-z][A-Z]|[=+~]/.test(value) || value.length > LONGEST_WORD;
}

/** Secrets as they can appear in a text: plain, inside JSON and JSON in JSON, base64, URL-encoded. */
function formsOf(values: readonly Secret[]): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const text of new Set(values.map(secret => secret.reveal()))) {
    if (text.length < SHORTEST_SEARCHED) continue;
    const escaped = jsonText(text);
    for (const form of [text, escaped, jsonText(escaped), encoded(text), base64(text)]) forms.add(form);
  }
  return forms;
}

function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Half of a surrogate pair has no such form: Buffer makes it U+FFFD. */
function encoded(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString());
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}
