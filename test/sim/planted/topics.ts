import { bug, type PlantedBug } from './bug.ts';

const ASSIGNMENT = 'worker/task/order/assignment.js';
const RESETS = 'worker/task/group/resets.js';
const TOPICS = 'worker/task/group/topics.js';

/** Topics that are deleted and created anew. */
export const TOPIC_BUGS: readonly PlantedBug[] = [
  bug('the identity of a topic is not looked at', [
    ASSIGNMENT,
    'return isOtherTopic(topicId',
    'return false && isOtherTopic(topicId',
  ]),
  bug('records are numbered before it is seen that their topic is another one', [
    'worker/task/intake/intake.js',
    'this.#parts.otherTopic(assignment);',
    'queueMicrotask(() => this.#parts.otherTopic(assignment));',
  ]),
  bug('a commit does not say for which topic it is', [
    'worker/task/group/commit.js',
    'topicId === null ? {',
    'true ? {',
  ]),
  bug('an offset that was committed for another topic counts', [
    'worker/task/group/start-offsets.js',
    'const foreign = isOtherTopic',
    'const foreign = false && isOtherTopic',
  ]),
  bug('a topic created anew is noticed by its records alone', [
    TOPICS,
    'this.#checkAt = now + CHECK_MS;\n            this.compare();',
    'this.#checkAt = now + CHECK_MS;',
  ]),
  bug('requests with records of a topic that is gone are repeated', [
    TOPICS,
    'this.#parts.abandon(new Set([assignment]));',
    '',
  ]),
  bug('what waits of a topic that is gone is sent', [TOPICS, 'this.#parts.discard(assignment);', '']),
  bug('a topic that is not there yet when it is looked up is forgotten', [
    TOPICS,
    'if (start.topicId === NO_TOPIC)\n                this.#ended.push(',
    'if (false)\n                this.#ended.push(',
  ]),
  bug('a position outside the log is waited out', [
    'worker/task/group/stall-watch.js',
    'outside(assignment, finding);',
    'assignment.lookedAt = now;',
  ]),
  bug('what retention took is passed over though nobody has written so', [
    RESETS,
    "if (outOfRange === 'fail' && !",
    'if (false && !',
  ]),
  bug('what retention took is passed over without a word', [RESETS, 'if (!hole)', 'if (false)']),
  bug('less is said to be lost than there is', [RESETS, 'from: position, to,', 'from: position + 1, to,']),
  bug('what the log still holds is passed over', [RESETS, "reset === 'latest' ? high : low", 'high']),
  bug('an assignment whose log lost its end goes on in the same ledger', [
    RESETS,
    'if (!assignment.rewinding)',
    'if (true)',
  ]),
  bug('what comes behind a gap is committed before what stood before it', [
    'worker/task/order/ledger.js',
    'this.resolve(first, first + 1);',
    'this.resolve(0, first + 1);',
  ]),
];
