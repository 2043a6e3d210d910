import type { TaskFact } from '../../worker/task/facts.ts';
import { OFFSET_BEGINNING } from '../../worker/task/ports.ts';
import type { Process, Truth } from './books.ts';
import type { Epoch } from './epoch.ts';
import { Violation } from './violation.ts';

/**
 * What a log has lost to retention, or with its end, and what tasks make of it: nothing that the log holds is passed over,
 * nothing without the user's word for it, nothing in silence; and nobody goes back where the log has not.
 */
export class Ranges {
  readonly #truthOf: (p: number) => Truth;
  /** Epochs that have passed something over in the event under way. */
  #open: Epoch[] = [];

  constructor(truthOf: (p: number) => Truth) {
    this.#truthOf = truthOf;
  }

  /**
   * The task has a partition fetched from this offset on.
   * @returns whether it went back, with another assignment
   */
  refetched({ rules }: Process, epoch: Epoch, offset: number): boolean {
    const { log, position, name } = epoch;
    if (offset === OFFSET_BEGINNING) {
      if (!epoch.fresh) throw new Violation('I7', `${name} begins again, at ordinal ${epoch.next}`);
      // The group had no place in it: what is gone was nobody's.
      this.#lose(epoch, epoch.next, epoch.pass(log.low));
      return false;
    }
    if (offset === position) return false;
    if (offset < position) {
      if (
        !log.truncated ||
        rules.outOfRange === 'fail' ||
        offset !== (rules.outOfRange === 'latest' ? log.end : log.low)
      )
        throw new Violation(
          'I7',
          `${name} goes back from ${position} to ${offset}, the log is ${log.low} to ${log.end}`,
        );
      return true;
    }
    const bound = rules.outOfRange === 'latest' ? log.end : log.low;
    if (position >= log.low || offset > bound)
      throw new Violation('I1', `${name} passes from ${position} to ${offset}, the log is ${log.low} to ${log.end}`);
    const first = epoch.next;
    const records = epoch.pass(offset);
    if (records > 0 && rules.outOfRange === 'fail')
      throw new Violation('I1', `${name} passes over ${records} records, and nobody has written that it may`);
    epoch.passed = { from: position, to: offset, first, records };
    this.#open.push(epoch);
    return false;
  }

  /** Another assignment has taken the place of one that had come further. */
  rewound(before: Epoch, epoch: Epoch): void {
    const truth = this.#truthOf(epoch.log.index);
    truth.mayGoBack = true;
    // What stands before the end that is left is read again, as the user has written.
    truth.appliedBy.length = 0;
    epoch.log.truncated = false;
    epoch.passed = { from: before.position, to: epoch.startOffset, first: epoch.start, records: 0 };
    this.#open.push(epoch);
  }

  /** The coordinator has applied a commit. @param back what to say of one that says less than the last */
  committed(truth: Truth, back: string | null): void {
    if (back !== null && !truth.mayGoBack) throw new Violation('I3', back);
    truth.mayGoBack = false;
  }

  /** The task says where it goes on, and what nobody will read. */
  told({ name, epochs }: Process, fact: TaskFact & { kind: 'offset-reset' }): void {
    const { topic, partition, from, to } = fact;
    const epoch = [...epochs.values()].find(({ log }) => log.topic === topic && log.partition === partition);
    const passed = epoch?.passed ?? null;
    if (epoch === undefined || passed === null || passed.from !== from || passed.to !== to)
      throw new Violation('I1', `${name} tells of ${topic}-${partition} from ${from} to ${to}, and did not do so`);
    this.#lose(epoch, passed.first, passed.records);
    epoch.passed = null;
  }

  /** Asked after each event. @throws Violation when something was passed over that nobody was told of */
  check(): void {
    if (this.#open.length === 0) return;
    for (const epoch of this.#open.splice(0)) {
      const { passed } = epoch;
      epoch.passed = null;
      if (passed === null || (passed.records === 0 && passed.to > passed.from)) continue;
      throw new Violation('I1', `${epoch.name} goes on at ${passed.to} in place of ${passed.from}, and says nothing`);
    }
  }

  /** An unclean election has left the log so many records. */
  truncated(p: number, records: number): void {
    const truth = this.#truthOf(p);
    for (const list of [truth.applied, truth.appliedBy, truth.parked, truth.skipped, truth.lost])
      list.length = Math.min(list.length, records);
    truth.settled = Math.min(truth.settled, records);
  }

  #lose({ log }: Epoch, first: number, records: number): void {
    const { lost } = this.#truthOf(log.index);
    for (let ordinal = first; ordinal < first + records; ordinal++) lost[ordinal] = true;
  }
}
