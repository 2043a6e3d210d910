import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';

/** The user's requests: pause, stop. */
export const ENDING: readonly PlantedBug[] = [
  bug('a paused task sends on', [
    LOOP,
    'this.#departure !== null || this.#paused || this',
    'this.#departure !== null || this',
  ]),
  bug('a stop commits what is not finished', [
    LOOP,
    'this.#stages.settlement.discard(assignment.clear());',
    'assignment.ledger.resolve(0, assignment.ledger.received);',
  ]),
  bug('a stop does not wait for its last commit', [
    'worker/task/departure.js',
    'if (open.length > 0 && now < this.#phaseUntil) {',
    'if (false) {',
  ]),
];
