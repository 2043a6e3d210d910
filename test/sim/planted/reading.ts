import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';
const INTAKE = 'worker/task/intake/intake.js';

/** Reading, and the memory of what was read. */
export const READING: readonly PlantedBug[] = [
  bug('a block is freed with its first verdict', [
    'worker/task/intake/budget.js',
    'kept.left -= records;',
    'kept.left -= records; freeBlock(block);',
  ]),
  bug("a body's memory is used again before it has left", [
    'connector/http/attempt.js',
    'if (answer.bodySent && !compressed)',
    'if (true)',
  ]),
  bug('the byte budget is ignored', [
    'worker/task/intake/budget.js',
    'this.maxBytes = maxBytes;',
    'this.maxBytes = 1e15;',
  ]),
  bug('no poll while a request is in flight', [
    LOOP,
    '#read(now) {\n        if (this.#reading)',
    '#read(now) {\n        if (this.#reading || this.#stages.flights.size > 0)',
  ]),
  bug('a partition may take all of the budget', [
    INTAKE,
    'return account.held > (assignment.paused ? limit / 2 : limit);',
    'return false;',
  ]),
  bug('reading goes on only when nothing is held', [
    'worker/task/intake/budget.js',
    'if (this.#paused && this.#held - this.#setAside > this.#limit - this.#used)',
    'if (this.#paused && this.#used > 0)',
  ]),
  bug('the time in a pause counts as silence', [
    INTAKE,
    'assignment.paused = false;\n            assignment.progressAt = now;',
    'assignment.paused = false;',
  ]),
];
