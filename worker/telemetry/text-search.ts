/** Many texts, to be found in others. */
export interface TextSearch {
  /** The text with each stretch that one of them covers, or several that overlap, replaced. */
  replace(text: string, by: string): string;
  /** Characters of the longest; 0 without any. */
  readonly longest: number;
}

/** Texts are told apart by so many characters before they are compared. */
const HEAD = 4;
const HEADS = 1 << 16;

/**
 * Takes one look at each character of a text, however many are searched for: few places of a text begin like one of them.
 * @param texts of at least `HEAD` characters each
 */
export function createTextSearch(texts: Iterable<string>): TextSearch {
  const byHead = new Map<number, string[]>();
  let longest = 0;
  for (const text of texts) {
    let head = 0;
    for (let i = 0; i < HEAD; i++) head = follow(head, text.charCodeAt(i));
    const others = byHead.get(head);
    if (others === undefined) byHead.set(head, [text]);
    else others.push(text);
    longest = Math.max(longest, text.length);
  }
  if (longest === 0) return { longest, replace: text => text };
  for (const others of byHead.values()) others.sort((a, b) => b.length - a.length);
  const heads = new Uint8Array(HEADS);
  for (const head of byHead.keys()) heads[placeOf(head)] = 1;

  /** How long the longest of them is that begins there; 0: none does. */
  function lengthAt(text: string, start: number, head: number): number {
    if (heads[placeOf(head)] === 0) return 0;
    return byHead.get(head)?.find(one => text.startsWith(one, start))?.length ?? 0;
  }

  return {
    longest,
    replace(text, by) {
      let result = '';
      /** Up to where the result stands for the text. */
      let covered = 0;
      let head = 0;
      for (let i = 0; i < text.length; i++) {
        head = follow(head, text.charCodeAt(i));
        const start = i + 1 - HEAD;
        if (start < 0) continue;
        const length = lengthAt(text, start, head);
        if (length === 0) continue;
        if (start >= covered) result += text.slice(covered, start) + by;
        covered = Math.max(covered, start + length);
      }
      return result + text.slice(covered);
    },
  };
}

/** Of the last `HEAD` characters, as far as they are of one byte; what comes before has no part in it. */
function follow(head: number, code: number): number {
  return (head << 8) ^ (code & 0xff) ^ ((code >>> 8) & 0xff);
}

function placeOf(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> 16;
}
