import { bug, type PlantedBug } from './bug.ts';

const DELIVERY = 'connector/http/delivery.js';
const LANE = 'worker/task/order/lane.js';

/** Order, and parts of batches. */
export const ORDER: readonly PlantedBug[] = [
  bug('two requests of one partition at a time', [LANE, 'this.#inFlight === 0 && this.fault', 'this.fault']),
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
  bug('the oversize check leaves out the last newline', [
    'connector/http/encode.js',
    'maxBytes - bytesOf(0, 1)',
    'maxBytes - around',
  ]),
  bug(
    'a lane whose head fits into no request waits',
    ['connector/http/encode.js', 'maxBytes - bytesOf(0, 1)', 'maxBytes - around'],
    [
      'connector/batcher.js',
      'if (items.length === 0)\n                        throw',
      'if (false)\n                        throw',
    ],
  ),
];
