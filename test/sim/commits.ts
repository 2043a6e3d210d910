import type { CommitOffset, ConsumerEvent } from '../../worker/task/ports.ts';
import type { ClientParts, Link } from './client.ts';
import { CODE } from './group.ts';
import type { Membership } from './membership.ts';

/** A client's commits on their way to the coordinator, and what becomes of them and of their answers. */
export class Commits {
  readonly #parts: ClientParts;
  readonly #link: Link;
  readonly #membership: Membership;
  readonly #tell: (event: ConsumerEvent, seen: () => void) => void;
  #arrivesAt = 0;

  /** @param tell the event waits for a read; `seen` is called when the listener gets it */
  constructor(
    parts: ClientParts,
    link: Link,
    membership: Membership,
    tell: (event: ConsumerEvent, seen: () => void) => void,
  ) {
    this.#parts = parts;
    this.#link = link;
    this.#membership = membership;
    this.#tell = tell;
  }

  /** @param answered called with the answer's code, 0 for none, when the task is told */
  send(offsets: readonly CommitOffset[], answered: (code: number) => void): void {
    const { host, broker, hooks } = this.#parts;
    const { faults, random, scheduler } = broker;
    const { memberId, generation } = this.#membership.identity;
    const unanswered = random.chance(faults.commitUnanswered);
    if (unanswered) hooks.mark('commit never answered');
    const answer = (code: number, delay: number): void => {
      if (unanswered) return;
      host.post('native', delay, () => {
        const fault = code === 0 ? null : { code, message: `commit failed (${code})`, fatal: false };
        this.#tell({ kind: 'commit-answer', fault, offsets }, () => answered(code));
      });
    };
    if (this.#membership.fenced) return answer(CODE.fatal, 0);
    if (this.#link.broken || random.chance(faults.commitRequestLost)) {
      hooks.mark('commit request lost');
      return answer(CODE.timedOut, random.between(1_000, 12_000));
    }
    const lost = random.chance(faults.commitReplyLost);
    const slow = random.chance(faults.commitDelayed) ? random.between(1_000, 20_000) : 0;
    // One connection: what was sent first arrives first.
    const late = faults.commitLate > 0 && random.chance(faults.commitLate) ? random.between(100, 1_000) : 0;
    this.#arrivesAt = Math.max(host.now + late + this.#link.delay(), this.#arrivesAt);
    scheduler.after(this.#arrivesAt - host.now, () => {
      const code = broker.commit(memberId, generation, offsets);
      if (code === CODE.illegalGeneration || code === CODE.unknownMember) hooks.mark('commit of an old generation');
      if (lost) hooks.mark('commit reply lost');
      // Soon enough for another try before a revoke must be answered: what an old generation leaves uncommitted has no excuse.
      const backMs = this.#link.delay() + (code === CODE.illegalGeneration ? 0 : slow);
      if (slow > 0) hooks.mark('commit answer late');
      answer(lost ? CODE.requestTimedOut : code, backMs + (lost ? random.between(500, 10_000) : 0));
    });
  }
}
