import type { Task } from '../../worker/task/task.ts';
import { add, type Process } from './books.ts';
import { Violation } from './violation.ts';

/** I10: consumed = delivered + dead-lettered + skipped + without a verdict (+ what a revoke took away). */
export class Accounts {
  readonly #process: Process;
  readonly #unowned = new Map<string, number>();
  #lost = 0;
  #unassigned = false;

  constructor(process: Process) {
    this.#process = process;
  }

  /** The task says that it got records which it does not own. */
  unowned(topic: string, records: number): void {
    add(this.#unowned, topic, records);
  }

  /** A partition was taken away: what it had without a verdict is lost to the books. */
  unassigned(): void {
    this.#unassigned = true;
  }

  /** @throws Violation when the task's figures do not add up, or are not what the outside saw. */
  check({ topics, partitions }: ReturnType<Task['status']>): void {
    const { name, received, delivered } = this.#process;
    let consumed = 0;
    let accounted = 0;
    for (const [topic, counts] of Object.entries(topics)) {
      consumed += counts.consumed;
      accounted += counts.delivered + counts.deadLettered + counts.skipped;
      const seen = (received.get(topic) ?? 0) - (this.#unowned.get(topic) ?? 0);
      if (counts.consumed > seen)
        throw new Violation('I10', `${name}: ${counts.consumed} consumed of ${topic}, ${seen} were handed out`);
      const reported = delivered.get(topic) ?? 0;
      if (counts.delivered !== reported)
        throw new Violation('I10', `${name}: ${counts.delivered} delivered of ${topic}, ${reported} announced`);
    }
    for (const { unresolved } of partitions) accounted += unresolved;
    const lost = consumed - accounted;
    if (lost < this.#lost || (lost > this.#lost && !this.#unassigned))
      throw new Violation('I10', `${name}: ${consumed} consumed, ${accounted} accounted for, ${this.#lost} taken away`);
    this.#lost = lost;
    this.#unassigned = false;
  }
}
