import { type Block, rangeBytes } from '../../connector/block.ts';

/** What is left of a block may be copied out of it once it has waited for so long, and is then held without the rest. */
const SLOW_MS = 2_000;

/** A block as the budget sees it: held whole while one of its records has no outcome, or until what is left is copied out. */
export class Held {
  readonly bytes: number;
  readonly #at: number;
  readonly #free: (block: Held) => void;
  #left = 0;
  /** Bytes of its values, and of those that have no outcome. */
  #values = 0;
  #rest = 0;

  /** @param at when it was read @param free the last of its records has its outcome */
  constructor(bytes: number, at: number, free: (block: Held) => void) {
    this.bytes = bytes;
    this.#at = at;
    this.#free = free;
  }

  get left(): number {
    return this.#left;
  }

  add(bytes: number): void {
    this.#left++;
    this.#values += bytes;
    this.#rest += bytes;
  }

  release(bytes: number): void {
    this.#rest -= bytes;
    if (--this.#left === 0) this.#free(this);
  }

  /** Bytes that it takes at least. */
  atLeast(now: number): number {
    return now - this.#at < SLOW_MS || this.#values === 0 ? this.bytes : (this.bytes * this.#rest) / this.#values;
  }
}

/** What each topic's records take at least: each endpoint's are laid out by themselves. */
export function bytesOfTopics(block: Block): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const { topic, start, end } of block.runs) {
    const values = rangeBytes(block, start, end) - (end - start - 1) * block.separator.length;
    bytes.set(topic, (bytes.get(topic) ?? 0) + values);
  }
  return bytes;
}

/** What one process holds of all that it has read. */
interface Holder {
  heldBytes: number;
  readonly blocks: Set<Held>;
}

interface Holdings {
  readonly of: (topic: string) => Held;
  /** What was not received of it belongs to nobody. */
  readonly letGo: () => void;
}

/** @param bytes of one read: it is held as one block, or as one for each topic where each has an endpoint of its own */
export function holdings(holder: Holder, now: number, bytes: number | ReadonlyMap<string, number>): Holdings {
  const free = (one: Held): void => {
    holder.heldBytes -= one.bytes;
    holder.blocks.delete(one);
  };
  const hold = (some: number): Held => {
    const one = new Held(some, now, free);
    holder.heldBytes += some;
    holder.blocks.add(one);
    return one;
  };
  if (typeof bytes === 'number') {
    const whole = hold(bytes);
    return { of: () => whole, letGo: () => void (whole.left === 0 && free(whole)) };
  }
  const parts = new Map([...bytes].map(([topic, some]) => [topic, hold(some)]));
  return {
    of: topic => parts.get(topic)!,
    letGo() {
      for (const one of parts.values()) if (one.left === 0) free(one);
    },
  };
}
