import { bug, type PlantedBug } from './bug.ts';

const REJECTIONS = 'worker/task/delivery/rejections.js';
const SETTLEMENT = 'worker/task/delivery/settlement.js';
const REPORTS = 'worker/task/delivery/reports.js';

/** Records that can not be delivered. */
export const BAD_RECORDS: readonly PlantedBug[] = [
  bug('a dead letter is not awaited', [
    REJECTIONS,
    'queue.publish(record, error, this.#scope, response).then(',
    '(queue.publish(record, error, this.#scope, response), Promise.resolve(true)).then(',
  ]),
  bug('a dead letter that failed is ignored', [
    'worker/task/delivery/publisher.js',
    'await sleep(this.#parts.clock, retryInMs, signal);\n            }\n        }\n        return false;',
    'return true;\n            }\n        }\n        return false;',
  ]),
  bug('a tombstone is dropped in silence', [
    REJECTIONS,
    'const tolerated =',
    "if (error.message.startsWith('the value is null')) return this.#parts.skip(lane, slice);\n        const tolerated =",
  ]),
  bug('a skipped record is not counted', [
    SETTLEMENT,
    'tally.of(topic)[verdict] += records;',
    "if (verdict !== 'skipped') tally.of(topic)[verdict] += records;",
  ]),
  bug('with tolerance none a parked record counts as done', [
    SETTLEMENT,
    "const outcome = this.#parts.tolerance === 'all' ? 'deadLettered' : 'failed';",
    "const outcome = 'deadLettered';",
  ]),
];

/** Reports of what became of records. */
export const REPORTS_OF_OUTCOMES: readonly PlantedBug[] = [
  bug('a commit does not wait for the report', [
    REPORTS,
    'publisher.publish(run.write(start, run.next), failed, this.#scope).then(',
    '(publisher.publish(run.write(start, run.next), failed, this.#scope), Promise.resolve(true)).then(',
  ]),
  bug('a report is awaited, and its failure is ignored', [
    REPORTS,
    'const failed = (reason, retryInMs) => announce(',
    'const failed = (reason, retryInMs) => this.#ended(run, true, null) ?? announce(',
  ]),
  bug('a report for each batch tells of its first record only', [
    'worker/task/delivery/report.js',
    'lastOffset: block.offset[end - 1], lastTimestamp: timestampAt(block, end - 1), records: end - start',
    'lastOffset: block.offset[start], lastTimestamp: timestampAt(block, start), records: 1',
  ]),
  bug('a record that was skipped for its error is not reported', [
    REPORTS,
    'return this.#topicOf(outcome) !== null;',
    "return outcome !== 'skipped' && this.#topicOf(outcome) !== null;",
  ]),
  bug('a drain does not wait for reports', ['worker/task/order/assignment.js', ' && this.reports === 0', '']),
  bug('a stop does not wait for reports', ['worker/task/departure.js', ' && reports?.idle !== false', '']),
];
