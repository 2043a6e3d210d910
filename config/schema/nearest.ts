/** Longer words are no typos of a key. */
const LONGEST = 256;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Only as much of the table is
 * computed as a distance of at most `limit` can touch.
 *
 * @returns `limit + 1` for all that is farther
 */
export function editDistance(a: string, b: string, limit = Math.max(a.length, b.length)): number {
  const beyond = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return beyond;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => Math.min(index, beyond));
  let leastOfLast = 0;
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(b.length + 1).fill(beyond);
    let least = beyond;
    if (i <= limit) row[0] = i;
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row[j] = Math.min(cost, beyond);
      least = Math.min(least, cost);
    }
    // A swap looks two rows back.
    if (least > limit && leastOfLast > limit && i > limit) return beyond;
    leastOfLast = least;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate that a typo was probably meant to be; null when none is near (a quarter of its length, at most 5). Never the word
 * itself: what is wrong with that is another thing than its spelling.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.min(5, Math.max(1, Math.floor(wanted.length / 4))) + 1;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
