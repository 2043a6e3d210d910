import { bug, type PlantedBug } from './bug.ts';

const LOOP = 'worker/task/task-loop.js';
const QUESTIONS = 'worker/task/group/questions.js';
const STALL_WATCH = 'worker/task/group/stall-watch.js';
const RECOVERY = 'worker/task/group/recovery.js';
const ASSIGNMENT = 'worker/task/order/assignment.js';
const START_OFFSETS = 'worker/task/group/start-offsets.js';

/** Questions to the brokers, and partitions that bring nothing. */
export const BROKER: readonly PlantedBug[] = [
  bug(
    'each suspect is asked about by itself, all at once',
    [QUESTIONS, 'const answer = this.#last.then(', 'const answer = Promise.resolve().then('],
    [
      STALL_WATCH,
      'this.#look(suspects).then(',
      'Promise.all(suspects.map(one => this.#look([one]))).then(looks => looks.flat()).then(',
    ],
  ),
  bug('a partition at the end of its log is a suspect', [
    STALL_WATCH,
    'assignment.atEnd ? QUIET_AFTER_MS : after',
    'after',
  ]),
  bug('a task that leaves goes on asking', [LOOP, 'this.#stages.questions.close();', ';']),
  bug('an old answer is judged by the present position', [
    STALL_WATCH,
    'if (assignment.ledger.position !== position)\n        return',
    'position = assignment.ledger.position; if (false)\n        return',
  ]),
  bug('an error of a fetch has the partition assigned anew', [
    RECOVERY,
    '(trouble.givenUp ? lost : failing).push',
    'lost.push',
  ]),
  bug('a partition whose fetches fail is not started over', [RECOVERY, 'if (failing.length > 0)', 'if (false)']),
  bug('a partition is tried again without a pause', [
    RECOVERY,
    'trouble.pauseMs = Math.min(2 * trouble.pauseMs, MAX_PAUSE_MS);',
    'trouble.pauseMs = 0;',
  ]),
  bug('what a partition brings does not end its trouble', [ASSIGNMENT, 'this.trouble = null;', '']),
  bug('a task fails of the first error of a partition', [
    RECOVERY,
    'times < TIMES_TO_FAIL || now - since < patience',
    'false',
  ]),
  bug('a repeated look-up forgets that the group was new to the topic', [
    START_OFFSETS,
    'const met = await this.#meet(without, ids);',
    'this.#met.clear(); this.#old.clear(); const met = await this.#meet(without, ids);',
  ]),
];
