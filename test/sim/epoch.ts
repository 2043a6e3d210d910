import type { Held } from './held.ts';
import type { PartitionLog } from './log.ts';
import { Violation } from './violation.ts';

/** How far a record has come in one epoch, as the outside saw it. */
export const STAGE = {
  none: 0,
  received: 1,
  handed: 2,
  sent: 3,
  refused: 4,
  /** It has its outcome, and the report of that is not acknowledged. */
  unreported: 5,
  confirmed: 6,
  parked: 7,
  skipped: 8,
  lost: 9,
} as const;

/** Why an epoch may leave records delivered and not committed. */
export type EndCause =
  | 'crash'
  | 'lost'
  | 'drain deadline'
  | 'commit unknown'
  | 'stop deadline'
  | 'failed task'
  | 'topic gone'
  | 'log truncated';

/** One partition in the hands of one process, from assign to unassign (or the process's end). */
export class Epoch {
  readonly owner: string;
  /** In order of their beginnings, over all processes. */
  readonly serial: number;
  readonly log: PartitionLog;
  readonly startOffset: number;
  readonly start: number;
  #begunLost = false;
  /** Ordinals that were rejected towards the dead letter queue and have no outcome. */
  readonly letters = new Set<number>();
  /** Outcomes, as stages, that count once they are reported, by ordinal. */
  readonly unreported = new Map<number, number>();
  /** STAGE of each record, by ordinal. */
  readonly #stages: number[] = [];
  readonly #held: Held[] = [];
  /** The next ordinal a read brings. */
  next: number;
  /** The first ordinal without a terminal outcome. */
  frontier: number;
  /** The first ordinal that may not be passed by a new request. */
  #orderFrontier: number;
  /** Behind the last ordinal ever handed to the sink. */
  handedTo: number;
  /** The ordinal that the last acknowledged commit covers up to. */
  acknowledged: number;
  lastCommitIssued: number;
  /** The request that holds the lane. */
  inFlight: number | null = null;
  revoking = false;
  ended = false;
  /** The revoke came as a loss: nothing can be committed any more. */
  lost = false;
  readonly causes = new Set<EndCause>();
  /** Nothing was received in it. */
  fresh = true;
  /** The next offset that the task expects. */
  position: number;
  /** Where reading went on elsewhere: an offset to commit as good as one behind a record. */
  readonly resets = new Set<number>();
  /** What was passed over, and must be told before the event under way is over. */
  passed: { readonly from: number; readonly to: number; readonly first: number; readonly records: number } | null =
    null;
  /** Commits issued and not answered. */
  openCommits = 0;
  commitFailed = false;
  /** Its process is about to leave the group. */
  unsubscribed = false;
  readonly #splits: number[] = [];
  readonly #repeats = new Map<Epoch, Set<number>>();
  /** Records received that have no terminal outcome. */
  unresolved = 0;
  /** Bytes of the records that wait to be handed to the sink, or to be dealt with alone. */
  waitingBytes = 0;

  constructor(owner: string, log: PartitionLog, startOffset: number, serial = 0) {
    this.owner = owner;
    this.serial = serial;
    this.log = log;
    this.startOffset = startOffset;
    this.start = log.ordinalAt(startOffset);
    this.next = this.start;
    this.frontier = this.start;
    this.#orderFrontier = this.start;
    this.handedTo = this.start;
    this.acknowledged = this.start;
    this.lastCommitIssued = startOffset;
    this.position = startOffset;
  }

  /** Its process had lost the partition when it began: another topic's was replaced by it, or its assignment came late. */
  begunLost(): void {
    this.#begunLost = true;
    this.causes.add('lost');
  }

  /** Which of two handed the partition on. One that began without the partition stands before those that had it. */
  isBefore(other: Epoch): boolean {
    return this.#begunLost === other.#begunLost ? this.serial < other.serial : this.#begunLost;
  }

  get name(): string {
    return `${this.log.topic}-${this.log.partition} of ${this.owner}`;
  }

  /** Ordinals whose dead letters or reports may be on their way. */
  get unwritten(): readonly number[] {
    return [...this.letters, ...this.unreported.keys()];
  }

  stage(ordinal: number): number {
    return this.#stages[ordinal - this.start] ?? STAGE.none;
  }

  /** Ordinals that this epoch and an older one have both delivered. */
  repeatsOf(older: Epoch): Set<number> {
    const repeats = this.#repeats.get(older) ?? new Set();
    this.#repeats.set(older, repeats);
    return repeats;
  }

  receive(ordinal: number, held: Held): void {
    if (ordinal > this.next)
      throw new Violation('I1', `${this.name} goes on at ordinal ${ordinal}, and ${this.next} did not come`);
    if (ordinal !== this.next) throw new Error(`the simulated client went back from ${this.next} to ${ordinal}`);
    this.fresh = false;
    this.next++;
    this.position = this.log.records[ordinal]!.offset + 1;
    this.unresolved++;
    this.#stages[ordinal - this.start] = STAGE.received;
    this.#held[ordinal - this.start] = held;
    this.waitingBytes += this.#bytesOf(ordinal);
    held.add(this.#bytesOf(ordinal));
  }

  /** Reading goes on at this offset. @returns how many records nobody will read */
  pass(to: number): number {
    const first = this.next;
    this.next = Math.max(first, this.log.ordinalAt(to));
    for (let o = first; o < this.next; o++) this.#stages[o - this.start] = STAGE.lost;
    while (this.stage(this.frontier) >= STAGE.confirmed) this.frontier++;
    this.position = to;
    this.resets.add(to);
    return this.next - first;
  }

  /** No longer this process's: what has no outcome is let go. */
  end(): void {
    this.ended = true;
    for (let o = this.frontier; o < this.next; o++) if (this.stage(o) < STAGE.confirmed) this.#release(o);
  }

  hand(ordinal: number): void {
    const stage = this.stage(ordinal);
    const where = `${this.name}, offset ${this.log.records[ordinal]?.offset}`;
    if (stage === STAGE.none) throw new Violation('I8', `handed to the sink and never read: ${where}`);
    if (stage >= STAGE.handed) throw new Violation('I9', `handed to the sink twice: ${where}`);
    this.#leaveLane(ordinal);
    this.#stages[ordinal - this.start] = STAGE.handed;
    this.handedTo = Math.max(this.handedTo, ordinal + 1);
  }

  send(ordinal: number): void {
    if (this.stage(ordinal) < STAGE.sent) this.#stages[ordinal - this.start] = STAGE.sent;
  }

  /** A request with others in it was refused. @returns how often that has happened to this record */
  split(ordinal: number): number {
    const times = (this.#splits[ordinal - this.start] ?? 0) + 1;
    this.#splits[ordinal - this.start] = times;
    return times;
  }

  refuse(ordinal: number): void {
    if (this.stage(ordinal) < STAGE.refused) this.#stages[ordinal - this.start] = STAGE.refused;
  }

  /** A terminal outcome. */
  resolve(ordinal: number, stage: number): void {
    const before = this.stage(ordinal);
    const where = `${this.name}, offset ${this.log.records[ordinal]!.offset}`;
    if (before >= STAGE.confirmed) throw new Violation('I9', `two outcomes for ${where} (${before}, ${stage})`);
    if (before === STAGE.none) throw new Violation('I8', `an outcome for a record never received: ${where}`);
    this.#leaveLane(ordinal);
    this.#stages[ordinal - this.start] = stage;
    this.letters.delete(ordinal);
    this.unresolved--;
    this.#release(ordinal);
    while (this.stage(this.frontier) >= STAGE.confirmed) this.frontier++;
  }

  /** An outcome that counts once it is reported. */
  owe(ordinal: number, stage: number): void {
    const before = this.stage(ordinal);
    const where = `${this.name}, offset ${this.log.records[ordinal]!.offset}`;
    if (before >= STAGE.unreported) throw new Violation('I9', `two outcomes for ${where} (${before}, ${stage})`);
    this.#leaveLane(ordinal);
    this.#stages[ordinal - this.start] = STAGE.unreported;
    this.unreported.set(ordinal, stage);
  }

  /** Its report is acknowledged. */
  reported(ordinal: number): void {
    const stage = this.unreported.get(ordinal);
    if (stage === undefined) return;
    this.unreported.delete(ordinal);
    this.resolve(ordinal, stage);
  }

  /** The first ordinal that a request must not leave behind unsent: faults are dealt with alone. */
  orderFrontier(sendable: (ordinal: number) => boolean): number {
    while (this.#orderFrontier < this.next) {
      const at = this.#orderFrontier;
      if (this.stage(at) < STAGE.refused && sendable(at)) break;
      this.#orderFrontier++;
    }
    return this.#orderFrontier;
  }

  /** It is on its way to the dead letter queue. */
  reject(ordinal: number): void {
    this.#leaveLane(ordinal);
    this.letters.add(ordinal);
  }

  #leaveLane(ordinal: number): void {
    if (this.stage(ordinal) === STAGE.received && !this.letters.has(ordinal))
      this.waitingBytes -= this.#bytesOf(ordinal);
  }

  #bytesOf(ordinal: number): number {
    return this.log.records[ordinal]!.value?.length ?? 0;
  }

  #release(ordinal: number): void {
    this.#held[ordinal - this.start]!.release(this.#bytesOf(ordinal));
  }

  /** No commit could say more than the last one that was issued. */
  get lastCommitCoversAll(): boolean {
    return this.log.ordinalAt(this.lastCommitIssued) >= this.frontier;
  }

  /** Records handed to a request that no acknowledged commit covers. */
  get uncommitted(): number {
    let count = 0;
    for (let o = Math.max(this.start, this.acknowledged); o < this.handedTo; o++) {
      const stage = this.stage(o);
      const outcome = this.unreported.get(o) ?? stage;
      if (outcome >= STAGE.handed && outcome <= STAGE.confirmed) count++;
    }
    return count;
  }
}
