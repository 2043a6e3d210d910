import type { Block } from '../../connector/block.ts';
import { recordAt } from '../../connector/headers-column.ts';
import type { Clock } from '../../connector/ports.ts';
import { Ledger } from '../task/order/ledger.ts';
import type { TopicPartitionOffset } from '../task/ports.ts';
import { type Letter, readLetter } from './letter.ts';
import type { Outcome, Target } from './target.ts';

/** Letters that are under way together; after each stretch the group's place is committed, so that no more of them can come twice. */
const STRETCH = 500;

/** What a replay has done so far. */
export interface Tally {
  /** Letters that were looked at. */
  readonly read: number;
  readonly matched: number;
  readonly replayed: number;
  readonly dropped: number;
  readonly refused: number;
  readonly misplaced: number;
}

export interface ReplayParts {
  /** The topic's blocks, keys and headers with them, from `starts` on, each partition in its order. May throw the reason of `stop`. */
  readonly blocks: AsyncIterable<Block>;
  readonly topic: string;
  /** Where each partition is read from. */
  readonly starts: ReadonlyMap<number, number>;
  readonly matches: (letter: Letter) => boolean;
  readonly target: Target;
  /** Resolves when the place is kept. */
  readonly commit: (offsets: readonly TopicPartitionOffset[]) => Promise<void>;
  /** Letters that match beyond it are left for another time; null: none are. */
  readonly limit: number | null;
  readonly clock: Clock;
  /** Lets what is under way end, and begins nothing more. */
  readonly stop: AbortSignal;
  /** Waits for nothing any more. */
  readonly abort: AbortSignal;
  /** Told of each letter that was not replayed. */
  readonly onLeft: (letter: Letter, outcome: Outcome) => void;
  /** Told after each stretch. */
  readonly onProgress: (tally: Tally) => void;
}

/** A letter, and the number that its partition's ledger gave it. */
interface Numbered {
  readonly letter: Letter;
  readonly ledger: Ledger;
  readonly number: number;
}

/** Replays what matches, stretch by stretch. What is committed is what has its outcome, without a gap: nothing is passed by. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #ledgers = new Map<number, Ledger>();
  readonly #committed = new Map<number, number>();
  readonly #tally = { read: 0, matched: 0, replayed: 0, dropped: 0, refused: 0, misplaced: 0 };
  #full = false;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    for (const [partition, start] of parts.starts) {
      this.#ledgers.set(partition, new Ledger(start));
      this.#committed.set(partition, start);
    }
  }

  get tally(): Tally {
    return { ...this.#tally };
  }

  /** It was stopped, or the limit came first: there may be letters left. */
  get unfinished(): boolean {
    return this.#full || this.#parts.stop.aborted || this.#parts.abort.aborted;
  }

  /**
   * @throws ReplayError where the target can't go on; KafkaError where the place can't be kept. What had its outcome by then is committed, but
   *   for the last case.
   */
  async run(): Promise<void> {
    const { blocks, stop } = this.#parts;
    try {
      for await (const block of blocks) {
        for (let from = 0; from < block.count && !this.unfinished; from += STRETCH) {
          await this.#stretch(block, from, Math.min(from + STRETCH, block.count));
        }
        if (this.unfinished) return;
      }
    } catch (error) {
      if (!stop.aborted || error !== stop.reason) throw error;
    }
  }

  async #stretch(block: Block, from: number, to: number): Promise<void> {
    const { target, stop, abort, onProgress } = this.#parts;
    const chosen = this.#choose(block, from, to);
    const settle = (index: number, outcome: Outcome): void => this.#settle(chosen[index]!, outcome);
    try {
      const letters = chosen.map(({ letter }) => letter);
      if (letters.length > 0) await target.deliver(letters, settle, { stop, abort });
    } finally {
      await this.#commit();
    }
    onProgress(this.tally);
  }

  /** Numbers all records; those that do not match have nothing to wait for. */
  #choose(block: Block, from: number, to: number): readonly Numbered[] {
    const { matches, limit, clock } = this.#parts;
    const chosen: Numbered[] = [];
    for (const run of block.runs) {
      const ledger = this.#ledgers.get(run.partition);
      const [start, end] = [Math.max(run.start, from), Math.min(run.end, to)];
      if (ledger === undefined) continue;
      for (let index = start; index < end && !this.#full; index++) {
        const letter = readLetter(recordAt(block, run, index));
        const isMeant = matches(letter);
        if (isMeant && limit !== null && this.#tally.matched >= limit) {
          this.#full = true;
          break;
        }
        const { from: numbered, first } = ledger.receive(block, index, index + 1, clock.now());
        if (numbered > index) continue;
        this.#tally.read += 1;
        if (isMeant) {
          this.#tally.matched += 1;
          chosen.push({ letter, ledger, number: first });
        } else ledger.resolve(first, first + 1);
      }
    }
    return chosen;
  }

  #settle({ letter, ledger, number }: Numbered, outcome: Outcome): void {
    if (ledger.resolve(number, number + 1) === 0) return;
    this.#tally[outcome.kind] += 1;
    if (outcome.kind !== 'replayed') this.#parts.onLeft(letter, outcome);
  }

  async #commit(): Promise<void> {
    const { topic, commit } = this.#parts;
    const offsets: TopicPartitionOffset[] = [];
    for (const [partition, ledger] of this.#ledgers) {
      const offset = ledger.committable;
      if (offset !== null && offset > this.#committed.get(partition)!) offsets.push({ topic, partition, offset });
    }
    if (offsets.length === 0) return;
    await commit(offsets);
    for (const { partition, offset } of offsets) this.#committed.set(partition, offset);
  }
}
