import { type Block, blockBytes } from '../../../connector/block.ts';

/** What the loop does about reading: read on, do not read for a moment, or read with everything paused. */
export type Credit = 'open' | 'waiting' | 'paused';

/** With the budget spent, the client's own queue limit holds the fetchers for this long before partitions are paused. */
export const WAIT_BEFORE_PAUSE_MS = 500;

/**
 * Back-pressure as credit: bytes of the blocks that still hold an unresolved record. A block is freed whole, when its
 * last record has a verdict or belongs to nobody any more: nothing is encoded, parked or logged from it afterwards.
 */
export class Budget {
  readonly #maxBytes: number;
  readonly #blocks = new Map<Block, { left: number; readonly bytes: number }>();
  #used = 0;
  #spentAt: number | null = null;
  #paused = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  hold(block: Block, records: number): void {
    if (records === 0) return;
    const bytes = blockBytes(block);
    this.#blocks.set(block, { left: records, bytes });
    this.#used += bytes;
  }

  /** @throws Error when more records of a block are released than were held: a record would be counted twice. */
  release(block: Block, records: number): void {
    if (records === 0) return;
    const held = this.#blocks.get(block);
    if (held === undefined || held.left < records) throw new Error('budget: released a record twice');
    held.left -= records;
    if (held.left > 0) return;
    this.#blocks.delete(block);
    this.#used -= held.bytes;
    block.free?.();
  }

  /** Once a turn of the loop: what was used and freed since, and the time that went by, may turn the credit. */
  advance(now: number): void {
    if (this.#paused && this.#used > this.#maxBytes / 2) return;
    this.#paused = false;
    if (this.#used < this.#maxBytes) this.#spentAt = null;
    else this.#spentAt ??= now;
    if (this.#spentAt !== null && now - this.#spentAt >= WAIT_BEFORE_PAUSE_MS) this.#paused = true;
  }

  get credit(): Credit {
    if (this.#paused) return 'paused';
    return this.#used < this.#maxBytes ? 'open' : 'waiting';
  }

  /** When `waiting` turns into `paused`; Infinity otherwise. */
  get pauseAt(): number {
    return this.#paused || this.#spentAt === null ? Number.POSITIVE_INFINITY : this.#spentAt + WAIT_BEFORE_PAUSE_MS;
  }
}
