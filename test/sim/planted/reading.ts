import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';

/** Reading, and the memory of what was read. */
export const READING: readonly PlantedBug[] = [
  bug('a block is freed with its first verdict', [
    'worker/task/intake/budget.js',
    'held.left -= records;',
    'held.left -= records; block.free?.();',
  ]),
  bug("a body's memory is used again before it has left", [
    'connector/http/attempt.js',
    'if (outcome.bodySent)',
    'if (true)',
  ]),
  bug('the byte budget is ignored', ['worker/task/intake/budget.js', 'if (this.#used < this.#maxBytes)', 'if (true)']),
  bug('no poll while a request is in flight', [
    LOOP,
    '#read(now) {\n        if (this.#reading)',
    '#read(now) {\n        if (this.#reading || this.#stages.flights.size > 0)',
  ]),
];
