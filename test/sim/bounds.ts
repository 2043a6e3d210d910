import type { Epoch } from './epoch.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

/** Until all that was read is committed. */
const QUIET_MS = 20_000;
/** An error of the fetch, the look at the log and at its topic's identity. */
const SAID_WITHIN_MS = 60_000;
const ADVICE = {
  low: /were deleted \(retention\).*auto\.offset\.reset=earliest.*--to-offset/,
  end: /beyond the end of the log.*auto\.offset\.reset=earliest.*--to-earliest/,
};

/**
 * I1: a log loses its beginning or its end while the tasks are paused by the user. What was not read is gone for good, or what
 * is written next has offsets that were used before; whoever stood outside may not go on, but says how the user can. Where the
 * user has written `auto.offset.reset` it goes on as that says, and says so.
 */
export class Bounds {
  readonly #world: World;
  #movedAt: number | null = null;
  #of = '';

  constructor(world: World) {
    this.#world = world;
  }

  schedule(): void {
    const { scheduler, random, workers } = this.#world;
    const draw = random.stream('log bounds');
    scheduler.after(draw.between(5_000, 30_000), () => {
      for (const worker of workers) worker.pause();
      scheduler.after(QUIET_MS, () => {
        this.#move(draw);
        for (const worker of workers) worker.resume();
      });
    });
  }

  /**
   * Asked after each event. @returns whether a task has failed as it should: one that goes on has still to end in good order
   * @throws Violation when none has said so in time
   */
  over(): boolean {
    const { workers, scheduler, plan, resets } = this.#world;
    if (this.#movedAt === null) return false;
    const isWritten = plan.connector.kafka.offsetOutOfRange !== 'fail';
    if (isWritten && resets.has(this.#of)) return false;
    for (const { failed } of workers) {
      if (!isWritten && failed?.startsWith(`${this.#of}:`) && ADVICE[plan.bounds!].test(failed)) return true;
    }
    if (scheduler.now - this.#movedAt <= SAID_WITHIN_MS) return false;
    throw new Violation('I1', `${this.#of}: the position is outside the log, and nobody says so`);
  }

  #move(draw: World['random']): void {
    const { workers, broker, plan, scheduler } = this.#world;
    // What waits in a paused task may be cut off behind its back, and is delivered all the same: no look-up knows it then.
    const fits = ({ start, next, acknowledged }: Epoch): boolean =>
      next > start && (plan.bounds === 'low' || acknowledged >= next);
    const epochs = [...workers].flatMap(worker => worker.epochs.filter(fits));
    if (epochs.length === 0) return;
    const { log, next } = draw.pick(epochs);
    if (plan.bounds === 'low') {
      broker.append(log, 20, plan.mixture);
      log.loseBefore(draw.int(next + 1, log.records.length - 1));
    } else {
      log.loseFrom(draw.int(0, next - 1));
      this.#world.checker.ranges.truncated(log.index, log.records.length);
    }
    this.#movedAt = scheduler.now;
    this.#of = `${log.topic}-${log.partition}`;
    this.#world.mark(`a log loses its ${plan.bounds === 'low' ? 'beginning' : 'end'}`);
  }
}
