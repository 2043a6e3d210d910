/** Code points that an excerpt shows. */
const SHOWN = 64;
/** UTF-16 code units that are looked at for each: most of what is taken out stands alone. */
const LOOKED_AT = 4;
/** Controls, formats (bidirectional ones among them), line ends that are no controls, and halves of characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * What a message may show of a record: the beginning of a text on one line, whatever the text holds and however long it is.
 * Short printable texts stay as they are, so that messages are Kafka Connect's own.
 * @param most code points, before the mark that more follow
 */
export function excerpt(text: string, most = SHOWN): string {
  const seen = text.slice(0, most * LOOKED_AT);
  const clean = seen.replace(HIDDEN, '');
  const shown = [...clean].slice(0, most).join('');
  return shown.length === clean.length && seen.length === text.length ? shown : `${shown}…`;
}
