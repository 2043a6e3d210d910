const TOKEN_MAX_CHARS = 16_384;

/** What may stand in a header behind the scheme: visible ASCII, so that no line break can smuggle one in. */
export function isHeaderSafe(token: string): boolean {
  return token.length <= TOKEN_MAX_CHARS && /^[\x21-\x7e]+$/.test(token);
}
