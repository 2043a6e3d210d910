import { bug, type PlantedBug } from './bug.ts';

const ASSIGNMENT = 'worker/task/order/assignment.js';
const TOPICS = 'worker/task/group/topics.js';

/** Topics that are deleted and created anew. */
export const TOPIC_BUGS: readonly PlantedBug[] = [
  bug('the identity of a topic is not looked at', [
    ASSIGNMENT,
    'return topicId !== null && this.topicId',
    'return false && topicId !== null && this.topicId',
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
    'const foreign = of',
    'const foreign = false && of',
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
    'outside(assignment, finding.reason);',
    'assignment.lookedAt = now;',
  ]),
];
