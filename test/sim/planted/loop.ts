import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';
const LEASE = 'worker/task/lease.js';
const DEPARTURE = 'worker/task/departure.js';
const COMMITTER = 'worker/task/group/committer.js';
const REBALANCE = 'worker/task/group/rebalance.js';

/** What the loop rests on: its lease, that nothing throws it off, that it ends in time, what the brokers hold of its commits. */
export const LOOPS: readonly PlantedBug[] = [
  bug('the lease is renewed by a read that began before the freeze', [
    LEASE,
    'if (this.#began.at >= this.#notBefore)\n            this.#held = this.#began;',
    'this.#held = this.#seen;',
  ]),
  bug('what a turn throws is swallowed', [
    LOOP,
    'if (this.#broken)\n            return;\n        this.#broken = true;',
    'return;',
  ]),
  bug('a task commits after something threw in its loop', [
    DEPARTURE,
    "this.#enter('closing', Math.min(now, this.#deadline) + CLOSE_MS);",
    '',
  ]),
  bug('a task stays in the group after something threw in its loop', [
    DEPARTURE,
    'if (this.closed && !reading)',
    'if (this.closed && !reading && !this.#unclean)',
  ]),
  bug('an assign that throws counts as answered', [
    REBALANCE,
    'consumer.assign(step.starts);',
    'try { consumer.assign(step.starts); } catch { return true; }',
  ]),
  bug('a revoke whose unassign throws counts as answered', [
    REBALANCE,
    'consumer.unassign(step.partitions);',
    'try { consumer.unassign(step.partitions); } catch {}',
  ]),
  bug('what the broker holds counts though it is less', [COMMITTER, 'held.offset >= part.offset && ', '']),
  bug('nobody asks what of a failed commit was stored', [COMMITTER, 'this.#doubts.push(doubt);', '']),
  bug('a refused partition is never tried again', [COMMITTER, 'this.#refusals.due(now)', 'undefined']),
  bug('leaving may take its time behind the deadline', [
    DEPARTURE,
    'Math.min(this.#deadline + LEAVE_MS, now + GOODBYE_MS)',
    'now + 4 * GOODBYE_MS',
  ]),
];
