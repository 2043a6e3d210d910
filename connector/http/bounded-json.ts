/** Deeper than any answer that means something; each level costs the parser far more memory than its byte. */
const DEPTH_MAX = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * A JSON text of a foreign server, with or without a byte order mark; undefined for anything else, and for what nests deeper
 * than 64 levels.
 */
export function parseJson(body: Buffer): unknown {
  if (!isShallow(body)) return undefined;
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function isShallow(body: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]! | 0x20;
    if (body[at] === QUOTE) at = endOfText(body, at + 1);
    // With this bit set `[` and `{` are one byte, `]` and `}` another.
    else if (byte === 0x7b && ++depth > DEPTH_MAX) return false;
    else if (byte === 0x7d) depth--;
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
