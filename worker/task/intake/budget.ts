import { type Block, blockBytes, freeBlock, type Slice, sliceBytes } from '../../../connector/block.ts';
import type { Account } from '../order/lane.ts';

/** What the loop does about reading: read on, do not read for a moment, or read with everything paused. */
export type Credit = 'open' | 'waiting' | 'paused';

/** Records of one block. */
export type Held = Pick<Slice, 'block' | 'start' | 'end'>;

/** With the budget spent, the client's own queue limit holds the fetchers for this long before partitions are paused. */
export const WAIT_BEFORE_PAUSE_MS = 500;

/**
 * Back-pressure as credit: bytes of the blocks that still hold an unresolved record. A block is freed whole, when its
 * last record has a verdict or belongs to nobody any more: nothing is encoded, parked or logged from it afterwards.
 * Beside it stands whose the records are, for the shares.
 */
export class Budget {
  readonly maxBytes: number;
  readonly #blocks = new Map<Block, { left: number; readonly bytes: number }>();
  #used = 0;
  #held = 0;
  #setAside = 0;
  #spentAt: number | null = null;
  #paused = false;
  #limit: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#limit = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  /** What limited accounts hold: the others have the rest. */
  get setAside(): number {
    return this.#setAside;
  }

  /** Records of this block that are held. */
  left(block: Block): number {
    return this.#blocks.get(block)?.left ?? 0;
  }

  hold(held: Held, account: Account): void {
    this.#keep(held.block, held.end - held.start);
    this.#charge(account, sliceBytes(held));
  }

  /** @throws Error when more records of a block are released than were held: a record would be counted twice. */
  release(held: Held, account: Account): void {
    this.#charge(account, -sliceBytes(held));
    this.#drop(held.block, held.end - held.start);
  }

  /** The same records, at the same indices, are held in another block from now on. */
  move(from: Held, to: Block, account: Account): void {
    this.#charge(account, sliceBytes({ ...from, block: to }) - sliceBytes(from));
    this.#keep(to, from.end - from.start);
    this.#drop(from.block, from.end - from.start);
  }

  /** Bytes of what is kept beside the blocks, and is nobody's; fewer than none: they are freed. */
  keepBeside(bytes: number): void {
    this.#used += bytes;
  }

  limit(account: Account, limited: boolean): void {
    if (account.limited === limited) return;
    account.limited = limited;
    this.#setAside += limited ? account.held : -account.held;
  }

  /**
   * Once a turn of the loop: what was used and freed since, and the time that went by, may turn the credit. A pause of all
   * is over when those that are not limited hold no more than is free: half of what they can have.
   * @param limit how much may be used for now
   */
  advance(now: number, limit = this.maxBytes): void {
    this.#limit = limit;
    if (this.#paused && this.#held - this.#setAside > this.#limit - this.#used) return;
    this.#paused = false;
    if (this.#used < this.#limit) this.#spentAt = null;
    else this.#spentAt ??= now;
    if (this.#spentAt !== null && now - this.#spentAt >= WAIT_BEFORE_PAUSE_MS) this.#paused = true;
  }

  get credit(): Credit {
    if (this.#paused) return 'paused';
    return this.#used < this.#limit ? 'open' : 'waiting';
  }

  /** When `waiting` turns into `paused`; Infinity otherwise. */
  get pauseAt(): number {
    return this.#paused || this.#spentAt === null ? Number.POSITIVE_INFINITY : this.#spentAt + WAIT_BEFORE_PAUSE_MS;
  }

  #charge(account: Account, bytes: number): void {
    account.held += bytes;
    if (account.pool !== undefined) account.pool.held += bytes;
    this.#held += bytes;
    if (account.limited) this.#setAside += bytes;
  }

  #keep(block: Block, records: number): void {
    const kept = this.#blocks.get(block);
    if (kept !== undefined) {
      kept.left += records;
      return;
    }
    const bytes = blockBytes(block);
    this.#blocks.set(block, { left: records, bytes });
    this.#used += bytes;
  }

  #drop(block: Block, records: number): void {
    const kept = this.#blocks.get(block);
    if (kept === undefined || kept.left < records) throw new Error('budget: released a record twice');
    kept.left -= records;
    if (kept.left > 0) return;
    this.#blocks.delete(block);
    this.#used -= kept.bytes;
    freeBlock(block);
  }
}
