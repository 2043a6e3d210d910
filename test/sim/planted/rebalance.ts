import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';
const REBALANCE = 'worker/task/group/rebalance.js';
const ASSIGNMENT = 'worker/task/order/assignment.js';
const SETTLEMENT = 'worker/task/delivery/settlement.js';

/** Lets other edits take a revocation back: `revoke(false)`. */
const UNDO_REVOKE = [
  ASSIGNMENT,
  'revoke() {\n        this.#revoking = true;\n        this.#changed();',
  'revoke(revoking = true) {\n        this.#revoking = revoking;\n        this.#changed();\n        return this;',
] as const;

/** Membership: revokes, assignments, the lease. */
export const REBALANCES: readonly PlantedBug[] = [
  bug(
    'the ledger survives a revoke',
    [
      REBALANCE,
      'assignments.delete(keyOf(partition));',
      '{ (assignments.kept ??= new Map()).set(keyOf(partition), assignments.get(keyOf(partition))); assignments.delete(keyOf(partition)); }',
    ],
    [
      REBALANCE,
      'new Assignment(start, { maxUncommitted, commitStart, now, changed })',
      '(assignments.kept?.get(keyOf(start))?.revoke(false) ?? new Assignment(start, { maxUncommitted, commitStart, now, changed }))',
    ],
    UNDO_REVOKE,
  ),
  bug(
    'a partition is committed after it was given back',
    [REBALANCE, 'assignments.delete(keyOf(partition))', 'assignments.get(keyOf(partition)).revoke(false)'],
    UNDO_REVOKE,
  ),
  bug(
    'a verdict of an older epoch counts for the newer one',
    [SETTLEMENT, 'const { assignment } = lane;', 'let { assignment } = lane;'],
    [
      SETTLEMENT,
      'if (assignments.get(assignment.key) !== assignment)',
      'assignment = assignments.get(assignment.key); if (assignment === undefined)',
    ],
    ['worker/task/delivery/flights.js', 'leftovers.push(...this.#release(flight, items));', ''],
  ),
  bug('an unassign is forgotten', [REBALANCE, 'consumer.unassign(step.partitions);', '']),
  bug(
    'sending goes on after the revocation began',
    ['worker/task/order/lane.js', 'return !this.assignment.revoking && ', 'return '],
    [REBALANCE, 'this.#parts.discard(assignment);', ''],
  ),
  bug('a drain without a deadline', [REBALANCE, 'if (!drained && now - step.since < drainTimeoutMs)', 'if (!drained)']),
  bug('no last commit before the unassign', [
    REBALANCE,
    'if (open.length > 0 && !step.lost && now < step.commitBy)',
    'if (false)',
  ]),
  bug('a partition that the client gave up is not fetched anew', [LOOP, 'this.#stages.stallWatch.recover(now);', ';']),
  bug('a pause is not undone before the partition goes', [REBALANCE, 'if (paused.length > 0)', 'if (false)']),
  bug('assign while a read is in flight', [
    LOOP,
    'this.#stages.rebalance.advance(now, !this.#reading, ',
    'this.#stages.rebalance.advance(now, true, ',
  ]),
  bug('detached slices are sent again', [
    'connector/http/parts.js',
    'return parts.some(part => part.item.detached) ? parts.filter(part => !part.item.detached) : parts;',
    'return parts;',
  ]),
  bug('what was detached while the token came is sent', [
    'connector/http/attempt.js',
    'if (left !== parts)',
    'if (false)',
  ]),
  bug('the last commit waits for an earlier answer', [
    REBALANCE,
    'committer.flushLast(open, now)',
    'committer.flush(open, now)',
  ]),
  bug('an illegal generation counts as a lost membership', [
    'worker/task/kafka-error.js',
    'fault.code === CODE_UNKNOWN_MEMBER',
    'fault.code === 22 || fault.code === CODE_UNKNOWN_MEMBER',
  ]),
  bug('a frozen worker sends on without a poll', [
    'worker/task/lease.js',
    'this.#age(this.#held, now) < this.#ms',
    'true',
  ]),
];
