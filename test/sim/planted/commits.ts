import { bug, type PlantedBug } from './bug.ts';

const LEDGER = 'worker/task/order/ledger.js';
const COMMITTER = 'worker/task/group/committer.js';
const ASSIGNMENT = 'worker/task/order/assignment.js';

/** What may be committed. */
export const COMMITS: readonly PlantedBug[] = [
  bug('commit before the answer', [
    ASSIGNMENT,
    'this.#handed = slice.first + slice.end - slice.start;',
    'this.#handed = slice.first + slice.end - slice.start; this.ledger.resolve(slice.first, this.#handed);',
  ]),
  bug('commit the highest, not the contiguous', [
    LEDGER,
    'return this.#floorOffset;',
    'return this.#resolvedAbove > 0 ? this.#lastOffset + 1 : this.#floorOffset;',
  ]),
  bug('commit the last offset without the one more', [
    LEDGER,
    '?? span.offset + last - span.first) + 1',
    '?? span.offset + last - span.first)',
  ]),
  bug('a failed commit counts as acknowledged', [COMMITTER, 'if (fault === null)', 'if (true)']),
  bug('an answer to an older commit counts for the newest', [
    COMMITTER,
    'fits ? current : this.#overdue.take(offsets)',
    'current ?? undefined',
  ]),
  bug('the cap on uncommitted records is ignored', [
    'worker/task/order/lane.js',
    'return Math.min(this.#queue.records, this.assignment.room);',
    'return this.#queue.records;',
  ]),
  bug('an early commit leaves out the partition that asked for it', [
    COMMITTER,
    'if (this.flush(assignments, now) || !due)',
    'if (this.flush([...assignments].filter(one => !one.eager), now) || !due)',
  ]),
];
