import { bug, type PlantedBug } from './bug.ts';

const INTAKE = 'worker/task/intake/intake.js';
const SINK = 'connector/http/sink.js';

/** One partition in trouble, and what it may cost the others. */
export const ISOLATION: readonly PlantedBug[] = [
  bug('a request is repeated whole', [SINK, 'next.apart ? delivery.apart() : null', 'null']),
  bug('a request taken apart loses a lane', [
    'connector/http/delivery.js',
    'Math.ceil(lanes.size / each) }',
    'Math.ceil(lanes.size / each) - 1 }',
  ]),
  bug('a delivery keeps its place through its waits', [
    'connector/http/pace.js',
    'return this.#refused.size + this.#givenUp > 1;',
    'return true;',
  ]),
  bug('those that come back never get a place', [
    'worker/task/delivery/dispatcher.js',
    'readmit() {',
    'readmit() {\n        return;',
  ]),
  bug(
    'a stuck lane holds the whole budget',
    [INTAKE, 'return account.held > (assignment.paused ? limit / 2 : limit);', 'return false;'],
    ['worker/task/intake/relief.js', 'if (budget.left(block) === records)', 'if (false)'],
  ),
  bug('what is released is not taken off its lane', [
    'worker/task/intake/budget.js',
    'this.#charge(account, -sliceBytes(held));',
    '',
  ]),
  bug('what is copied out is freed with its old block', ['worker/task/intake/relief.js', 'replace(alone);', '']),
];
