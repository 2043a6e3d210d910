/** One replacement in a compiled file: `from` must stand there exactly once. */
export interface Edit {
  /** Below dist/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug of the kind that others have shipped, or that we had ourselves. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
}

function bug(name: string, ...edits: readonly (readonly [file: string, from: string, to: string])[]): PlantedBug {
  return { name, edits: edits.map(([file, from, to]) => ({ file, from, to })) };
}

const LOOP = 'worker/task/task-loop.js';
const LEDGER = 'worker/task/order/ledger.js';
const REBALANCE = 'worker/task/group/rebalance.js';
const COMMITTER = 'worker/task/group/committer.js';
const CLASSIFY = 'connector/http/classify.js';
const DELIVERY = 'connector/http/delivery.js';
const ASSIGNMENT = 'worker/task/order/assignment.js';
const LANE = 'worker/task/order/lane.js';
const REJECTIONS = 'worker/task/delivery/rejections.js';
const SETTLEMENT = 'worker/task/delivery/settlement.js';

/** Lets other edits take a revocation back: `revoke(false)`. */
const UNDO_REVOKE = [
  ASSIGNMENT,
  'revoke() {\n        this.#revoking = true;\n        this.#changed();',
  'revoke(revoking = true) {\n        this.#revoking = revoking;\n        this.#changed();\n        return this;',
] as const;

export const PLANTED: readonly PlantedBug[] = [
  // What may be committed
  bug('commit before the answer', [
    ASSIGNMENT,
    'this.#handed = slice.first + slice.end - slice.start;',
    'this.#handed = slice.first + slice.end - slice.start; this.ledger.resolve(slice.first, this.#handed);',
  ]),
  bug('commit the highest, not the contiguous', [
    LEDGER,
    'return this.#floorOffset;',
    'return this.#resolvedAbove > 0 ? this.#lastOffset + 1 : this.#floorOffset;',
  ]),
  bug('commit the last offset without the one more', [
    LEDGER,
    'span.offsets[span.at + last - span.first] + 1',
    'span.offsets[span.at + last - span.first]',
  ]),
  bug('a failed commit counts as acknowledged', [
    COMMITTER,
    'if (fault === null && matches(commit, offsets))',
    'if (matches(commit, offsets))',
  ]),
  bug(
    'an answer to an older commit counts for the newest',
    [COMMITTER, 'this.#overdue.findIndex(commit => matches(commit, offsets))', '-1'],
    [COMMITTER, 'if (fault === null && matches(commit, offsets))', 'if (fault === null)'],
  ),
  bug('the cap on uncommitted records is ignored', [
    LANE,
    'return Math.min(this.#queue.records, this.assignment.room);',
    'return this.#queue.records;',
  ]),
  bug('an early commit leaves out the partition that asked for it', [
    COMMITTER,
    'if (!this.flush(assignments, now) && due)',
    'if (!this.flush([...assignments].filter(one => !one.eager), now) && due)',
  ]),

  // Rebalance
  bug(
    'the ledger survives a revoke',
    [
      REBALANCE,
      'assignments.delete(keyOf(partition));',
      '{ (assignments.kept ??= new Map()).set(keyOf(partition), assignments.get(keyOf(partition))); assignments.delete(keyOf(partition)); }',
    ],
    [
      REBALANCE,
      'new Assignment(start, { maxUncommitted, commitStart, now, changed })',
      '(assignments.kept?.get(keyOf(start))?.revoke(false) ?? new Assignment(start, { maxUncommitted, commitStart, now, changed }))',
    ],
    UNDO_REVOKE,
  ),
  bug(
    'a partition is committed after it was given back',
    [REBALANCE, 'assignments.delete(keyOf(partition))', 'assignments.get(keyOf(partition)).revoke(false)'],
    UNDO_REVOKE,
  ),
  bug(
    'a verdict of an older epoch counts for the newer one',
    [
      SETTLEMENT,
      'if (assignments.get(assignment.key) !== assignment)',
      'assignment = assignments.get(assignment.key); if (assignment === undefined)',
    ],
    ['worker/task/delivery/flights.js', 'leftovers.push(...this.#release(flight, items));', ''],
  ),
  bug('an unassign is forgotten', [REBALANCE, 'consumer.unassign(step.partitions);', '']),
  bug(
    'sending goes on after the revocation began',
    [LANE, 'return !this.assignment.revoking && ', 'return '],
    [REBALANCE, 'this.#parts.discard(assignment);', ''],
  ),
  bug('a drain without a deadline', [REBALANCE, 'if (!drained && now - step.since < drainTimeoutMs)', 'if (!drained)']),
  bug('no last commit before the unassign', [
    REBALANCE,
    'if (open.length > 0 && !step.lost && now < step.commitBy)',
    'if (false)',
  ]),
  bug('a partition that the client gave up is not fetched anew', [LOOP, 'this.#stages.stallWatch.refetch();', ';']),
  bug('a pause is not undone before the partition goes', [REBALANCE, 'if (paused.length > 0)', 'if (false)']),
  bug('assign while a read is in flight', [
    LOOP,
    'this.#stages.rebalance.advance(now, !this.#reading, ',
    'this.#stages.rebalance.advance(now, true, ',
  ]),
  bug('detached slices are sent again', [
    'connector/http/parts.js',
    'return parts.some(part => part.item.detached) ? parts.filter(part => !part.item.detached) : parts;',
    'return parts;',
  ]),
  bug('what was detached while the token came is sent', [
    'connector/http/attempt.js',
    'if (left !== parts)',
    'if (false)',
  ]),
  bug('the last commit waits for an earlier answer', [
    REBALANCE,
    'committer.flushLast(open, now)',
    'committer.flush(open, now)',
  ]),
  bug('an illegal generation counts as a lost membership', [
    'worker/task/kafka-error.js',
    'fault.code === CODE_UNKNOWN_MEMBER',
    'fault.code === 22 || fault.code === CODE_UNKNOWN_MEMBER',
  ]),
  bug('a frozen worker sends on without a poll', [
    LOOP,
    'return now - this.#lastPollAt < this.#leaseMs;',
    'return true;',
  ]),

  // What an answer means
  bug('207 as a success', [
    CLASSIFY,
    'return classifyMultiStatus(body, sent.records);',
    "return { class: 'delivered' };",
  ]),
  bug('a web page with 200 as a success', [CLASSIFY, 'return looksLikeHtml(body) ?', 'return false ?']),
  bug(
    'a redirect as a success',
    [CLASSIFY, "['fatal', 'redirects are not followed: set http.url to the final address']", "['success', '']"],
    [CLASSIFY, 'status >= from && status <= to', 'status < 400'],
  ),
  bug('a 5xx other than 500 as a record error', [CLASSIFY, '?? RETRY;', "?? (status > 500 ? ['reject', ''] : RETRY);"]),
  bug('a 413 that cannot be split is given up as delivered', [
    CLASSIFY,
    "sent.records > 1 ? 'split' : 'reject'",
    "sent.records > 1 ? 'split' : 'delivered'",
  ]),

  // Order, and parts of batches
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

  // Bad records
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
    "if (error.message.startsWith('the value is null')) return skip(assignment, slice);\n        const tolerated =",
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

  // Reading, memory, the user's requests
  bug('a block is freed with its first verdict', [
    'worker/task/intake/budget.js',
    'held.left -= records;',
    'held.left -= records; block.free?.();',
  ]),
  bug("a body's memory is used again before it has left", [
    'connector/http/attempt.js',
    'if (outcome.bodySent)',
    'if (true)',
  ]),
  bug('the byte budget is ignored', ['worker/task/intake/budget.js', 'if (this.#used < this.#maxBytes)', 'if (true)']),
  bug('no poll while a request is in flight', [
    LOOP,
    '#read(now) {\n        if (this.#reading)',
    '#read(now) {\n        if (this.#reading || this.#stages.flights.size > 0)',
  ]),
  bug('a paused task sends on', [
    LOOP,
    'this.#departure !== null || this.#paused || this',
    'this.#departure !== null || this',
  ]),
  bug('a stop commits what is not finished', [
    LOOP,
    'this.#stages.settlement.discard(assignment.lane.clear());',
    'assignment.ledger.resolve(0, assignment.ledger.received);',
  ]),
  bug('a stop does not wait for its last commit', [
    'worker/task/departure.js',
    'if (open.length > 0 && now < this.#phaseUntil) {',
    'if (false) {',
  ]),
  bug('every request asks for a token of its own', [
    'connector/http/credentials.js',
    'this.#renewal ??= this.#start();',
    'this.#renewal = this.#start();',
  ]),
];
