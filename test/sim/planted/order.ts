import { bug, type PlantedBug } from './bug.ts';

const DELIVERY = 'connector/http/delivery.js';
const LANE = 'worker/task/order/lane.js';

/** Order, and parts of batches. */
export const ORDER: readonly PlantedBug[] = [
  bug('two requests of one partition at a time', [LANE, 'this.#inFlight === 0 && this.fault', 'this.fault']),
  bug('bisection sends the right half first', [
    DELIVERY,
    'half(middle, records), half(0, middle)',
    'half(0, middle), half(middle, records)',
  ]),
  bug('bisection drops a tail', [DELIVERY, 'half(middle, records),', 'half(middle, records - 1),']),
  bug('a body without the separator between two slices', [
    'connector/http/encode.js',
    'if (i > 0 && !layout.trailing)',
    'if (i > 1 && !layout.trailing)',
  ]),
  bug('of a separator of several bytes the first is written', [
    'connector/block.js',
    'return at + separator.copy(bytes, at);',
    'separator.copy(bytes, at, 0, 1);\n    if (separator.length !== 1)\n        return at + separator.length;',
  ]),
  bug('a body counts a separator as one byte', [
    'connector/http/encode.js',
    '(trailing ? slices : slices - 1) * separator.length',
    '(trailing ? slices : slices - 1)',
  ]),
  bug('what was copied out of a block begins a byte behind the start', [
    'connector/isolate.js',
    'let at = ranges[0].start === 0 ? 0 : gap;',
    'let at = ranges[0].start === 0 ? 0 : 1;',
  ]),
  bug(
    'more requests than the limit',
    ['worker/task/delivery/dispatcher.js', 'concurrency: maxInFlight', 'concurrency: 1_000'],
    ['worker/task/delivery/dispatcher.js', 'return this.#inFlight < this.#maxInFlight;', 'return true;'],
  ),
  bug('a body that is full takes what fits beside', [
    'connector/batcher.js',
    '?? lane.take(1, maxBytes - others)',
    '?? lane.take(room, maxBytes - others)',
  ]),
  bug('a body that has its target goes on', [
    'connector/batcher.js',
    'while (room > 0 && !isFull())',
    'while (room > 0)',
  ]),
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
