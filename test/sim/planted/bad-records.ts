import { bug, type PlantedBug } from './bug.ts';

const REJECTIONS = 'worker/task/delivery/rejections.js';
const SETTLEMENT = 'worker/task/delivery/settlement.js';

/** Records that can not be delivered. */
export const BAD_RECORDS: readonly PlantedBug[] = [
  bug('a dead letter is not awaited', [
    REJECTIONS,
    'queue.publish(record, error, this.#scope).then(',
    '(queue.publish(record, error, this.#scope), Promise.resolve(true)).then(',
  ]),
  bug('a dead letter that failed is ignored', [
    'worker/task/delivery/dead-letter-queue.js',
    'await sleep(this.#clock, retryInMs, signal);\n            }\n        }\n        return false;',
    'return true;\n            }\n        }\n        return false;',
  ]),
  bug('a tombstone is dropped in silence', [
    REJECTIONS,
    'const tolerated =',
    "if (error.message.startsWith('the value is null')) return skip(lane, slice);\n        const tolerated =",
  ]),
  bug('a skipped record is not counted', [
    SETTLEMENT,
    'tally.of(topic)[verdict] += records;',
    "if (verdict !== 'skipped') tally.of(topic)[verdict] += records;",
  ]),
  bug('with tolerance none a parked record counts as done', [
    SETTLEMENT,
    "if (acknowledged && this.#parts.tolerance === 'all')",
    'if (acknowledged)',
  ]),
];
