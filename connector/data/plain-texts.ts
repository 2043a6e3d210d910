/** What JSON.stringify writes otherwise than between two quotes; lone surrogates become escapes. */
const NOT_PLAIN = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
/** A power of two. */
const MOST = 8;

const read: string[] = new Array<string>(MOST).fill('');
let next = 0;

/** This text stood in JSON without an escape. Of the last few that is remembered: to look at each character again costs more. */
export function notePlain(text: string): void {
  read[next] = text;
  next = (next + 1) & (MOST - 1);
}

/** What was read of one record is remembered until the next one is read: it would keep a block's text in memory. */
export function forgetPlain(): void {
  if (read[0] === '') return;
  read.fill('');
  next = 0;
}

/** Whether a text is JSON as it stands, between two quotes. */
export function isPlain(text: string): boolean {
  for (const known of read) if (known === text) return true;
  return !NOT_PLAIN.test(text);
}
