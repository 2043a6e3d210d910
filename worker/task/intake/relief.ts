import type { BatchItem } from '../../../connector/batch.ts';
import { type Block, blockBytes } from '../../../connector/block.ts';
import { isolate } from '../../../connector/isolate.ts';
import type { Assignment, PartitionLane } from '../order/assignment.ts';
import type { Account } from '../order/lane.ts';
import type { Budget, Held } from './budget.ts';

/** Where a look frees little, the next one waits for so long. */
const PATIENCE_MS = 1_000;

/** A copy must not be larger than this, of the block that it frees. */
const WORTH = 7 / 8;

export interface ReliefParts {
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly budget: Budget;
  /** Something is to be decided anew of this lane. */
  readonly changed: (lane: PartitionLane) => void;
  /** What requests carry and has no verdict, with the items that carry it. */
  readonly inFlight: () => Iterable<readonly [item: BatchItem, lane: PartitionLane, held: Held]>;
}

/** Records of a slow partition, and how to have them in another block. */
interface Place {
  readonly held: Held;
  readonly account: Account;
  readonly replace: (block: Block) => void;
}

/**
 * A block is freed whole, so a few records of a partition that is stuck can hold the memory of all that came with them.
 * When the budget is spent, what is left of such blocks is copied out, and the blocks are freed.
 */
export class Relief {
  readonly #parts: ReliefParts;
  #notBefore = 0;

  constructor(parts: ReliefParts) {
    this.#parts = parts;
  }

  /** The budget is spent. */
  relieve(now: number): void {
    if (now < this.#notBefore) return;
    const { budget } = this.#parts;
    const before = budget.used;
    for (const [block, places] of this.#keptBySlow(now)) {
      const records = places.reduce((sum, { held }) => sum + held.end - held.start, 0);
      // The others' records in it are on their way out.
      if (budget.left(block) === records) this.#copyOut(block, places);
    }
    if (before - budget.used < budget.maxBytes / 8) this.#notBefore = now + PATIENCE_MS;
  }

  #copyOut(block: Block, places: readonly Place[]): void {
    const ranges = places.map(({ held: { start, end } }) => ({ start, end })).sort((a, b) => a.start - b.start);
    const alone = isolate(block, ranges);
    if (blockBytes(alone) > blockBytes(block) * WORTH) return;
    for (const { held, account, replace } of places) {
      this.#parts.budget.move(held, alone, account);
      replace(alone);
    }
  }

  #keptBySlow(now: number): Map<Block, Place[]> {
    const { assignments, inFlight, changed } = this.#parts;
    const kept = new Map<Block, Place[]>();
    const add = ({ block, start, end }: Held, { account }: PartitionLane, replace: Place['replace']): void => {
      const places = kept.get(block) ?? [];
      kept.set(block, places);
      places.push({ held: { block, start, end }, account, replace });
    };
    let some = false;
    for (const { lane } of assignments.values()) {
      if (!lane.assignment.isSlow(now)) continue;
      some = true;
      // It has become slow without an event: its share is another one now.
      changed(lane);
      lane.eachWaiting((slice, replace) => add(slice, lane, replace));
    }
    if (!some) return kept;
    for (const [item, lane, held] of inFlight()) {
      if (!lane.assignment.isSlow(now)) continue;
      add(held, lane, block => {
        item.slice = { ...item.slice, block };
      });
    }
    return kept;
  }
}
