import type { Block } from '../../connector/block.ts';
import type { Belonging } from './belonging.ts';
import type { Letter } from './letter.ts';
import { lettersIn } from './reading.ts';

/** Topics and reasons that are told apart. */
const MOST_TOLD = 20;

/** What a replay would find. */
export interface Survey {
  readonly read: number;
  readonly matched: number;
  /** Of those, how many can be replayed. */
  readonly placed: number;
  /** Where they came from, and how many from each. */
  readonly topics: ReadonlyMap<string, number>;
  /** Why others can't be, and how many each. */
  readonly misplaced: ReadonlyMap<string, number>;
}

const OTHERS = 'others';

/**
 * Counts what is meant, and changes nothing.
 * @param limit of letters that match, as a replay has it
 */
export async function survey(
  blocks: AsyncIterable<Block>,
  matches: (letter: Letter) => boolean,
  belonging: Belonging,
  limit: number | null,
  onProgress: (read: number) => void,
): Promise<Survey> {
  const topics = new Map<string, number>();
  const misplaced = new Map<string, number>();
  let read = 0;
  let matched = 0;
  let placed = 0;
  const told = (): Survey => ({ read, matched, placed, topics, misplaced });
  for await (const block of blocks) {
    for (const letter of lettersIn(block)) {
      read += 1;
      if (!matches(letter)) continue;
      if (limit !== null && matched >= limit) return told();
      matched += 1;
      const reason = belonging(letter);
      if (reason !== null) add(misplaced, reason);
      else {
        placed += 1;
        add(topics, letter.origin?.topic ?? OTHERS);
      }
    }
    onProgress(read);
  }
  return told();
}

function add(counts: Map<string, number>, name: string): void {
  const known = counts.has(name) || counts.size < MOST_TOLD ? name : OTHERS;
  counts.set(known, (counts.get(known) ?? 0) + 1);
}
