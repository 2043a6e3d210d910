/** What an answer may hold of its own, and of each record that it may name: values of JSON. */
export const VALUES_MAX = 1_000;
export const ENTRY_VALUES_MAX = 100;
/** Deeper than any answer that means something; each level costs the parser far more memory than its byte. */
const DEPTH_MAX = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** As many digits as no number of an answer has; JavaScript takes long over millions. */
const NUMBER_MAX = 1_000;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * A JSON text of a foreign server, with or without a byte order mark; undefined for anything else, and for what would cost more
 * to read than it can mean.
 *
 * @param most values in it
 */
export function parseJson(body: Buffer, most: number): unknown {
  if (!isBounded(body, most)) return undefined;
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function isBounded(body: Buffer, most: number): boolean {
  let depth = 0;
  let values = 0;
  let plain = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) at = endOfText(body, at + 1);
    // With this bit set `[` and `{` are one byte, `]` and `}` another.
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > DEPTH_MAX || ++values > most) return false;
    } else if ((byte | 0x20) === 0x7d) depth--;
    else if (byte === COMMA) {
      if (++values > most) return false;
    } else if (byte > 0x20 && byte !== COLON) {
      if (++plain > NUMBER_MAX) return false;
      continue;
    }
    plain = 0;
  }
  return true;
}

/** Where a text's closing quote stands, or the end of the body. */
function endOfText(body: Buffer, from: number): number {
  for (let at = body.indexOf(QUOTE, from); at !== -1; at = body.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (body[at - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return body.length;
}
