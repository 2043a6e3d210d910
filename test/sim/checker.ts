import type { Batch } from '../../connector/batch.ts';
import type { Slice } from '../../connector/block.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { ProducerRecord } from '../../worker/task/ports.ts';
import { add, hasOutcome, newProcess, newTruth, type Process, type Rules, type Truth } from './books.ts';
import type { AttemptEnd, Carried, DataRequest } from './endpoint.ts';
import { type EndCause, Epoch, STAGE } from './epoch.ts';
import { CODE } from './group.ts';
import { holdings } from './held.ts';
import { isGood, type PartitionLog, REFUSED } from './log.ts';
import { checkOrder } from './order.ts';
import { Ranges } from './ranges.ts';
import { settle } from './reports.ts';
import { checkContent } from './requests.ts';
import { checkShare } from './share.ts';
import { Violation } from './violation.ts';

const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Knows what the outside saw, and judges from that alone: what was read, what each request carried, what the endpoint
 * took and what the worker was told, what was committed. It never asks the task to find out what is true.
 */
export class Checker {
  readonly #logs: readonly PartitionLog[];
  readonly #truth: Truth[] = [];
  readonly #committed: (p: number) => number | undefined;
  readonly #mark: (name: string) => void;
  readonly ranges = new Ranges(p => this.#truthOf(p));
  #serial = 0;
  readonly #requests = new Map<number, { readonly process: Process; readonly epochs: Map<number, Epoch> }>();

  constructor(
    logs: readonly PartitionLog[],
    committed: (p: number) => number | undefined,
    mark: (name: string) => void = () => {},
  ) {
    this.#logs = logs;
    this.#committed = committed;
    this.#mark = mark;
  }

  process(name: string, rules: Rules): Process {
    return newProcess(name, rules);
  }

  // ---- membership

  assigned(process: Process, log: PartitionLog, offset: number): Epoch {
    const before = process.epochs.get(log.index);
    if (before !== undefined) throw new Violation('I4', `${before.name} was assigned twice without an unassign`);
    const known = this.#committed(log.index);
    const committed = known ?? log.low;
    const free =
      log.gone || process.ending || process.kicked || (known === undefined && process.rules.reset === 'latest');
    if (offset !== committed && !free) {
      const invariant = offset > committed ? 'I1' : 'I7';
      throw new Violation(invariant, `${log.topic}-${log.partition} is read from ${offset}, committed is ${committed}`);
    }
    const epoch = new Epoch(process.name, log, offset, this.#serial++);
    if (process.kicked) epoch.begunLost();
    process.epochs.set(log.index, epoch);
    return epoch;
  }

  revokeSeen(process: Process, log: PartitionLog, lost: boolean): void {
    const epoch = process.epochs.get(log.index);
    if (epoch === undefined) return;
    epoch.revoking = true;
    if (lost) {
      epoch.lost = true;
      epoch.causes.add('lost');
    }
  }

  /** @param sinceRevokeMs how long the revoke waited for its answer */
  unassigned(process: Process, log: PartitionLog, sinceRevokeMs: number): void {
    const epoch = process.epochs.get(log.index);
    if (epoch === undefined) throw new Violation('I4', `${log.topic}-${log.partition} unassigned, never assigned`);
    if (epoch.inFlight !== null) {
      const shared = this.#requests.get(epoch.inFlight)!.epochs.size > 1;
      this.#mark(shared ? 'slice detached from a request that goes on' : 'request outlives its partition');
    }
    if (sinceRevokeMs >= process.rules.drainTimeoutMs) epoch.causes.add('drain deadline');
    if (epoch.commitFailed || (epoch.openCommits > 0 && epoch.lastCommitCoversAll)) epoch.causes.add('commit unknown');
    this.#end(process, epoch);
  }

  /** The task has the partition fetched from this offset on, or from the log's beginning. */
  refetched(process: Process, log: PartitionLog, offset: number): void {
    const before = process.epochs.get(log.index);
    if (before === undefined || log.gone || !this.ranges.refetched(process, before, offset)) return;
    before.causes.add('log truncated');
    this.#end(process, before);
    const epoch = new Epoch(process.name, log, offset, this.#serial++);
    process.epochs.set(log.index, epoch);
    this.ranges.rewound(before, epoch);
  }

  /** Its topic is gone, and the process goes on in another one of that name. */
  replaced(process: Process, log: PartitionLog): void {
    const epoch = process.epochs.get(log.index);
    if (epoch === undefined) throw new Violation('I4', `${log.topic}-${log.partition} replaced, never assigned`);
    if (!log.gone) throw new Violation('I7', `${epoch.name} ends although its topic is there`);
    epoch.causes.add('topic gone');
    this.#end(process, epoch);
  }

  /** The coordinator gave its partitions away, whatever the process thinks. */
  kicked(process: Process): void {
    process.kicked = true;
    for (const epoch of process.epochs.values()) epoch.causes.add('lost');
  }

  unsubscribes({ epochs }: Process): void {
    for (const epoch of epochs.values()) epoch.unsubscribed = true;
  }

  /** The process is gone, or ended without an unassign. */
  gone(process: Process, cause: EndCause): void {
    for (const epoch of [...process.epochs.values()]) {
      epoch.causes.add(cause);
      this.#end(process, epoch);
    }
  }

  /** Something that excuses what its epochs leave uncommitted. */
  excuse(process: Process, cause: EndCause): void {
    for (const epoch of process.epochs.values()) epoch.causes.add(cause);
  }

  #end(process: Process, epoch: Epoch): void {
    epoch.end();
    for (const ordinal of epoch.unwritten) process.strayLetters.add(`${epoch.log.index}/${ordinal}`);
    process.epochs.delete(epoch.log.index);
  }

  // ---- intake

  /**
   * @param bytes what the block takes of the budget
   * @param slack bytes by which two reads may pass a limit before it is noticed
   */
  received(
    process: Process,
    block: ReadonlyMap<number, readonly number[]>,
    bytes: number,
    slack: number,
    now = 0,
    portions: ReadonlyMap<string, number> | null = null,
  ): void {
    process.shared = process.epochs.size > 1 ? process.shared + 1 : 0;
    const held = holdings(process, now, portions ?? bytes);
    for (const [p, ordinals] of block) {
      const epoch = process.epochs.get(p);
      if (epoch === undefined) {
        this.#otherTopic(process, this.#logs[p]!, ordinals.length);
        continue;
      }
      checkShare(process, epoch, slack);
      for (const ordinal of ordinals) epoch.receive(ordinal, held.of(epoch.log.topic));
      add(process.received, epoch.log.topic, ordinals.length);
    }
    held.letGo();
    this.#skipIgnored(process, block);
  }

  /** Records of a topic that the partition was not assigned for: none of them may get a number, none may be sent. */
  #otherTopic({ epochs, received }: Process, { topic, slot }: PartitionLog, records: number): void {
    if (![...epochs.values()].some(({ log }) => log.slot === slot)) {
      throw new Error('the simulated client handed out records of a partition it does not own');
    }
    this.#mark('records of another topic');
    add(received, topic, records);
  }

  /** They are skipped by configuration, at a time of the task's choice: they hold up no commit. */
  #skipIgnored(process: Process, block: ReadonlyMap<number, readonly number[]>): void {
    for (const [p, ordinals] of block) {
      const epoch = process.epochs.get(p);
      if (epoch === undefined) continue;
      for (const ordinal of ordinals) {
        if (process.rules.ignored.has(epoch.log.records[ordinal]!.kind)) this.#skip(epoch, ordinal);
      }
    }
  }

  // ---- requests

  /**
   * The task hands a batch to its sink: the moment in which the decision to send it falls.
   * @param sincePollMs how long ago the last poll was
   */
  handed(process: Process, batch: Batch, now: number, sincePollMs: number): void {
    const { rules } = process;
    if (sincePollMs > rules.sessionMs) {
      throw new Violation(
        'I5',
        `${process.name} starts a new request ${Math.round(sincePollMs)} ms after its last poll`,
      );
    }
    if (process.pausedAt !== null && now > process.pausedAt) {
      throw new Violation('I5', `${process.name} starts a new request while it is paused`);
    }
    if (process.ending) throw new Violation('I16', `${process.name} starts a new request though it is ending`);
    for (const { slice } of batch.items) this.#sliceHanded(process, slice);
  }

  #sliceHanded(process: Process, { topic, partition, block, start, end }: Slice): void {
    const { name, epochs, rules } = process;
    const { log, ordinal } = this.#find(process, topic, partition, block.offset[start]!);
    const epoch = epochs.get(log.index);
    if (epoch === undefined) throw new Violation('I5', `${name} hands on ${topic}-${partition}, not its own`);
    if (epoch.revoking) throw new Violation('I5', `a new request for ${epoch.name} after its revocation began`);
    for (let i = 0; i < end - start; i++) epoch.hand(ordinal + i);
    const { uncommitted } = epoch;
    if (uncommitted > rules.maxUncommitted)
      throw new Violation('I7', `${uncommitted} records of ${epoch.name} handed to requests and not committed`);
    if (uncommitted === rules.maxUncommitted) this.#mark('U cap hit');
  }

  requestStarts(process: Process, request: DataRequest): void {
    const { rules } = process;
    process.inFlight++;
    if (process.inFlight > rules.maxInFlight) {
      throw new Violation('I12', `${process.inFlight} requests in flight, the limit is ${rules.maxInFlight}`);
    }
    const { carried } = request;
    checkContent(request, rules);
    if (request.body === '') this.#mark('request without a body');
    const epochs = new Map<number, Epoch>();
    let from = 0;
    for (let to = 1; to <= carried.length; to++) {
      if (to < carried.length && carried[to]!.log === carried[from]!.log) continue;
      const epoch = this.#partStarts(process, request, carried.slice(from, to));
      if (epochs.has(epoch.log.index)) throw new Violation('I6', `${epoch.name} stands twice in one request`);
      epochs.set(epoch.log.index, epoch);
      from = to;
    }
    if (process.kicked) this.#mark('request of a zombie');
    process.attempts.starts(request, epochs);
    this.#requests.set(request.id, { process, epochs });
  }

  #partStarts(process: Process, request: DataRequest, part: readonly Carried[]): Epoch {
    const { log } = part[0]!;
    const epoch = process.epochs.get(log.index);
    const where = `${log.topic}-${log.partition}, offset ${part[0]!.record.offset}`;
    if (epoch === undefined) throw new Violation('I5', `${process.name} starts a request with ${where}, not its own`);
    if (epoch.inFlight !== null) throw new Violation('I12', `a second request in flight with ${where}`);
    epoch.inFlight = request.id;
    checkOrder(epoch, part, process, where);
    for (const { ordinal } of part) {
      const stage = epoch.stage(ordinal);
      if (stage < STAGE.handed) throw new Violation('I8', `sent and never handed to the sink: ${where}`);
      if (stage >= STAGE.unreported || epoch.letters.has(ordinal))
        throw new Violation('I7', `sent again after its outcome: ${where}`);
      epoch.send(ordinal);
    }
    return epoch;
  }

  applied(process: Process, request: DataRequest, carried: Carried, byProxy: boolean): void {
    const truth = this.#truthOf(carried.log.index);
    const count = (truth.applied[carried.ordinal] ?? 0) + 1;
    truth.applied[carried.ordinal] = count;
    const epoch = this.#requests.get(request.id)!.epochs.get(carried.log.index)!;
    const before = truth.appliedBy[carried.ordinal];
    truth.appliedBy[carried.ordinal] = epoch;
    if (count === 1 || byProxy) return;
    truth.duplicates++;
    const where = `${epoch.name}, offset ${carried.record.offset}`;
    if (process.rules.faultFree) throw new Violation('I7', `${where} was delivered twice though nothing went wrong`);
    if (before === undefined || before === epoch) return;
    // A request may arrive long after its epoch was over: what matters is which of the two came first.
    const [older, newer] = before.isBefore(epoch) ? [before, epoch] : [epoch, before];
    this.#repeat(older, newer, carried.ordinal, process.rules.maxUncommitted, where);
  }

  /** Both delivered the record: it is one of those that `older` left delivered and not committed. */
  #repeat(older: Epoch, newer: Epoch, ordinal: number, cap: number, where: string): void {
    if (older.causes.size === 0) {
      throw new Violation('I7', `${where} is delivered again though ${older.owner} had it in good order`);
    }
    this.#mark(`repeated after: ${[...older.causes].sort().join(', ')}`);
    const repeats = newer.repeatsOf(older).add(ordinal).size;
    if (repeats > cap)
      throw new Violation('I7', `${repeats} records repeated after one cause, the cap is ${cap}: ${where}`);
  }

  requestEnds(process: Process, request: DataRequest, end: AttemptEnd): void {
    process.inFlight--;
    const { epochs } = this.#requests.get(request.id)!;
    for (const epoch of epochs.values()) if (epoch.inFlight === request.id) epoch.inFlight = null;
    process.attempts.ends(request, epochs, end);
    if (end.status !== null && REFUSALS.has(end.status)) this.#splits(request, epochs);
    for (const { log, ordinal } of end.refused) {
      const epoch = epochs.get(log.index)!;
      process.refused.add(`${log.index}/${ordinal}`);
      if (!epoch.ended) epoch.refuse(ordinal);
    }
    for (const { log, ordinal } of end.confirmed) {
      const epoch = epochs.get(log.index)!;
      if (process.rules.reports.size > 0) process.confirmed.add(`${log.index}/${ordinal}`);
      if (!epoch.ended) settle(process, epoch, ordinal, STAGE.confirmed);
    }
  }

  #splits({ carried }: DataRequest, epochs: ReadonlyMap<number, Epoch>): void {
    if (carried.length === 1) return;
    const depths = carried.map(({ log, ordinal }) => epochs.get(log.index)!.split(ordinal));
    this.#mark(`bisection depth ${Math.min(5, ...depths)}`);
  }

  // ---- other outcomes

  /** A dead letter is on its way. @returns what to call when it is written, and when the task was told so. */
  deadLetter(process: Process, record: ProducerRecord): { written: () => void; acknowledged: () => void } {
    const [, p, o] = /(\d+)\/(\d+)/.exec(record.key?.toString() ?? '') ?? [];
    const log = this.#logs[Number(p)];
    const original = log?.records[Number(o)];
    if (log === undefined || original === undefined) throw new Violation('I8', 'a dead letter of no record of ours');
    const where = `${log.topic}-${log.partition}, offset ${original.offset}`;
    if (isGood(original.kind, process.rules.sendable) && !process.refused.has(`${p}/${o}`))
      throw new Violation('I24', `${where}: a good record becomes a dead letter`);
    const same = original.value === null ? record.value === null : record.value?.equals(original.value) === true;
    if (!same) throw new Violation('I8', `${where}: the dead letter has another value`);
    const epoch = process.epochs.get(log.index);
    const truth = this.#truthOf(log.index);
    return {
      written: () => {
        truth.parked[Number(o)] = (truth.parked[Number(o)] ?? 0) + 1;
      },
      acknowledged: () => {
        // With tolerance none a dead letter does not allow the commit to pass its record.
        if (epoch === undefined || epoch.ended || process.rules.tolerance === 'none') return;
        const ordinal = Number(o);
        // An earlier epoch of this process may have left one on its way: the two can't be told apart by their ends.
        if (process.strayLetters.has(`${p}/${o}`) && !epoch.letters.has(ordinal)) return;
        settle(process, epoch, ordinal, STAGE.parked);
      },
    };
  }

  fact(process: Process, fact: TaskFact): void {
    if (fact.kind === 'records-delivered') add(process.delivered, fact.topic, fact.records);
    if (fact.kind === 'record-rejected') this.#rejected(process, fact);
    if (fact.kind === 'offset-reset') this.ranges.told(process, fact);
  }

  #rejected(process: Process, fact: TaskFact & { kind: 'record-rejected' }): void {
    const { topic, partition, offset, outcome } = fact;
    const { rules } = process;
    const { log, ordinal } = this.#find(process, topic, partition, offset);
    const epoch = process.epochs.get(log.index);
    const { kind } = log.records[ordinal]!;
    const where = `${topic}-${partition}, offset ${offset} (${kind})`;
    if (epoch !== undefined) process.attempts.rejected(epoch, ordinal, kind, process.refused);
    if (isGood(kind, rules.sendable) && !process.refused.has(`${log.index}/${ordinal}`))
      throw new Violation('I24', `${where}: a good record was rejected: ${fact.error.message}`);
    if (epoch === undefined) throw new Violation('I9', `${where} was rejected by a task that does not own it`);
    if (REFUSED.has(kind) && rules.sendable.has(kind) && epoch.stage(ordinal) < STAGE.refused) {
      throw new Violation('I21', `${where} was rejected before the endpoint refused it alone`);
    }
    const tolerated = rules.deadLetters ? 'dead-lettered' : 'skipped';
    const allowed = rules.tolerance === 'all' ? tolerated : 'failed-task';
    if (outcome !== allowed) throw new Violation('I24', `${where} was ${outcome}, ${allowed} is configured`);
    if (outcome === 'skipped') this.#skip(epoch, ordinal, process);
    else epoch.reject(ordinal);
  }

  #skip(epoch: Epoch, ordinal: number, refusedBy: Process | null = null): void {
    settle(refusedBy, epoch, ordinal, STAGE.skipped);
    this.#truthOf(epoch.log.index).skipped[ordinal] = true;
  }

  // ---- commits

  /** @returns the epoch that the answer is for. */
  commitIssued(process: Process, log: PartitionLog, offset: number): Epoch {
    const epoch = process.epochs.get(log.index);
    if (epoch === undefined)
      throw new Violation('I4', `${process.name} commits ${log.topic}-${log.partition}, not its own`);
    if (process.broken)
      throw new Violation('I24', `${process.name} commits ${epoch.name} after an exception in its loop`);
    if (this.#committed(log.index) === undefined) this.#truthOf(log.index).settled = epoch.start;
    epoch.openCommits++;
    if (process.kicked) this.#mark('commit of a zombie');
    const first = log.records[epoch.frontier];
    if (first !== undefined && offset > first.offset) {
      throw new Violation(
        'I2',
        `commit ${offset} of ${epoch.name} passes offset ${first.offset} (${first.kind}), which has no outcome`,
      );
    }
    if (offset < epoch.lastCommitIssued) {
      throw new Violation('I3', `commit ${offset} of ${epoch.name} after ${epoch.lastCommitIssued}`);
    }
    epoch.lastCommitIssued = offset;
    const done = log.records[log.ordinalAt(offset) - 1];
    if (offset !== epoch.startOffset && done?.offset !== offset - 1 && !epoch.resets.has(offset)) {
      throw new Violation('I2', `commit ${offset} of ${epoch.name} does not stand behind a record`);
    }
    return epoch;
  }

  /**
   * An illegal generation excuses nothing: whoever lost the partition has that excuse already, and a member in a
   * cooperative group, whose commit has crossed a new generation, can commit again; but not one that has unsubscribed, whose
   * client does not learn the generation any more.
   */
  commitAnswered(epoch: Epoch, offset: number, code: number): void {
    epoch.openCommits--;
    epoch.commitFailed = code !== 0 && (code !== CODE.illegalGeneration || epoch.unsubscribed);
    if (code === 0) epoch.acknowledged = Math.max(epoch.acknowledged, epoch.log.ordinalAt(offset));
  }

  /** The process was told what the group holds; a later offset than its own was another member's. */
  storedSeen(process: Process, log: PartitionLog, offset: number): void {
    const epoch = process.epochs.get(log.index);
    if (epoch === undefined || offset < epoch.startOffset) return;
    const ours = Math.min(offset, epoch.lastCommitIssued);
    epoch.acknowledged = Math.max(epoch.acknowledged, log.ordinalAt(ours));
    if (offset >= epoch.lastCommitIssued) epoch.commitFailed = false;
  }

  /** The process was told that the group's offset in this partition is kept from it: what it commits there fails. */
  refusedSeen(process: Process, log: PartitionLog): void {
    const epoch = process.epochs.get(log.index);
    if (epoch !== undefined) epoch.commitFailed = true;
  }

  /** The coordinator has applied a commit. */
  committed(p: number, before: number | undefined, offset: number): void {
    const log = this.#logs[p]!;
    const where = `${log.topic}-${log.partition}`;
    const truth = this.#truthOf(p);
    this.ranges.committed(truth, offset < (before ?? offset) ? `${where}: committed ${offset} after ${before}` : null);
    const to = log.ordinalAt(offset);
    for (; truth.settled < to; truth.settled++) {
      if (hasOutcome(truth, truth.settled)) continue;
      const { offset: missing, kind } = log.records[truth.settled]!;
      throw new Violation('I1', `${where}: committed ${offset}, but offset ${missing} (${kind}) was not delivered`);
    }
  }

  // ---- the end

  /** What is not done, one line a partition; empty when every record has its outcome and is committed. */
  unfinished(of: (log: PartitionLog) => boolean = () => true): string[] {
    const open: string[] = [];
    for (const log of this.#logs) {
      if (!of(log)) continue;
      const committed = this.#committed(log.index) ?? log.low;
      if (!log.gone && log.records.length > 0 && committed < log.doneAt) {
        open.push(`${log.topic}-${log.partition}: committed ${committed} of ${log.doneAt}`);
      }
    }
    return open;
  }

  hasOutcome(p: number, ordinal: number): boolean {
    return hasOutcome(this.#truthOf(p), ordinal);
  }

  get duplicates(): number {
    return this.#truth.reduce((sum, truth) => sum + (truth?.duplicates ?? 0), 0);
  }

  #truthOf(p: number): Truth {
    this.#truth[p] ??= newTruth();
    return this.#truth[p];
  }

  /** In the topic that the process has the partition of. */
  #find({ epochs }: Process, topic: string, partition: number, offset: number): { log: PartitionLog; ordinal: number } {
    const all = this.#logs.filter(one => one.partition === partition && one.topic === topic);
    const log = all.find(({ index }) => epochs.has(index)) ?? all.at(-1);
    const ordinal = log?.ordinalAt(offset) ?? -1;
    if (log?.records[ordinal]?.offset !== offset) {
      throw new Violation('I8', `${topic}-${partition} has no record with offset ${offset}`);
    }
    return { log, ordinal };
  }
}
