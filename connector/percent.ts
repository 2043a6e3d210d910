/**
 * All but RFC 3986's unreserved characters as `%XX` (§2.3): letters, digits, hyphen, dot, underscore and tilde stay. Half of a
 * surrogate pair, which has no such form, is U+FFFD.
 */
export function percentEncoded(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
