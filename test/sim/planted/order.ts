import { bug, type PlantedBug } from './bug.ts';

const DELIVERY = 'connector/http/delivery.js';
const ASSIGNMENT = 'worker/task/order/assignment.js';

/** Order, and parts of batches. */
export const ORDER: readonly PlantedBug[] = [
  bug('two requests of one partition at a time', [
    ASSIGNMENT,
    'this.#inFlight === 0 && this.lane.fault',
    'this.lane.fault',
  ]),
  bug('bisection sends the right half first', [
    DELIVERY,
    'section(parts, middle, records), section(parts, 0, middle)',
    'section(parts, 0, middle), section(parts, middle, records)',
  ]),
  bug('bisection drops a tail', [DELIVERY, 'section(parts, middle, records),', 'section(parts, middle, records - 1),']),
  bug('a body without the separator between two slices', [
    'connector/http/encode.js',
    'if (i > 0 && !layout.trailing)',
    'if (i > 1 && !layout.trailing)',
  ]),
  bug(
    'more requests than the limit',
    ['worker/task/delivery/dispatcher.js', 'concurrency: maxInFlight', 'concurrency: 1_000'],
    ['worker/task/delivery/dispatcher.js', 'return this.#inFlight < this.#maxInFlight;', 'return true;'],
  ),
];
