import { bug, type PlantedBug } from './bug.ts';

const DEPARTURE = 'worker/task/departure.js';
const LOOP = 'worker/task/task-loop.js';

/** The user's requests: pause, stop. */
export const ENDING: readonly PlantedBug[] = [
  bug('a paused task sends on', [
    LOOP,
    'if (this.#departure !== null || this.#paused)',
    'if (this.#departure !== null)',
  ]),
  bug('a stop commits what is not finished', [
    LOOP,
    'this.#stages.settlement.discard(lane, lane.clear());',
    'lane.assignment.ledger.resolve(0, lane.assignment.ledger.received);',
  ]),
  bug('a stop does not wait for its last commit', [
    DEPARTURE,
    'if (open.length > 0 && now < this.#phaseUntil) {',
    'if (false) {',
  ]),
  bug('a second stop changes nothing', [
    DEPARTURE,
    'this.#phaseUntil = Math.min(this.#phaseUntil, this.#limit(now, deadlineMs));',
    '',
  ]),
  bug('leaving without a deadline', [
    DEPARTURE,
    'if ((reading || !left) && now < this.#phaseUntil)',
    'if (reading || !left)',
  ]),
  bug('closing without a deadline', [
    DEPARTURE,
    "if (this.#phase === 'closing' && now >= this.#phaseUntil)",
    'if (false)',
  ]),
  bug('dead letters under way are not given up at the end of a drain', [DEPARTURE, 'rejections.abandon();', '']),
  bug('a fatal error of the client is ignored', [LOOP, 'if (fault.fatal)', 'if (false)']),
  bug('a failed task stays in its group', [
    LOOP,
    'this.#depart(this.#parts.worker.taskShutdownGracefulTimeoutMs, this.#parts.clock.now());',
    '',
  ]),
  bug('durations by the wall clock', [
    LOOP,
    '#turn() {\n        const now = this.#parts.clock.now();',
    '#turn() {\n        const now = this.#parts.clock.wall();',
  ]),
];
