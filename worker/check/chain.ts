import type { Clock } from '../../connector/ports.ts';
import { Scope, type Signal } from '../../connector/scope.ts';
import { type Area, type Finding, type Found, failed, skipped } from './finding.ts';

/** Takes each finding as soon as it is known. */
export type Tell = (finding: Finding) => void;

export interface Looking {
  readonly tell: Tell;
  readonly clock: Clock;
  /** For each step, milliseconds. */
  readonly timeoutMs: number;
}

/** What a step brought, and what those behind it go on with; without it they can not. */
export interface Step<T> {
  readonly found: Found;
  readonly value?: T;
}

/** Steps of which each needs those before it: behind one that failed the others are skipped. */
export class Chain {
  readonly #looking: Looking;
  readonly #connector: string | null;
  readonly #needs: readonly Chain[];
  #broken: string | null = null;

  /** @param needs chains that must not be broken either */
  constructor(looking: Looking, connector: string | null, needs: readonly Chain[] = []) {
    this.#looking = looking;
    this.#connector = connector;
    this.#needs = needs;
  }

  /** Why nothing behind it is looked at; null: nothing has failed. */
  get broken(): string | null {
    return this.#broken ?? this.#needs.map(({ broken }) => broken).find(why => why !== null) ?? null;
  }

  tell(area: Area, subject: string, { outcome, text, advice = null, facts = {} }: Found): void {
    this.#looking.tell({ area, connector: this.#connector, subject, outcome, text, advice, facts });
  }

  /**
   * Looks at one thing, for as long as a step may take.
   * @param look is told by the signal to give up
   * @returns what the next steps go on with; null where this one did not come to it
   */
  async step<T>(area: Area, subject: string, look: (signal: Signal) => Promise<Step<T>>): Promise<T | null> {
    const { broken } = this;
    if (broken !== null) {
      this.tell(area, subject, skipped(broken));
      return null;
    }
    const { found, value } = await this.#inTime(look);
    this.tell(area, subject, found);
    if (found.outcome === 'failed') this.break(`not looked at, since ${area} of ${subject} failed`);
    return value ?? null;
  }

  /** Nothing behind is looked at from now on. */
  break(why: string): void {
    this.#broken ??= why;
  }

  #inTime<T>(look: (signal: Signal) => Promise<Step<T>>): Promise<Step<T>> {
    const { clock, timeoutMs } = this.#looking;
    const late: Step<T> = { found: failed(`no answer within ${timeoutMs} ms`, SLOW) };
    const scope = new Scope();
    return new Promise((resolve, reject) => {
      let cancel = clock.timer(timeoutMs, () => {
        cancel = clock.timer(LAST_WORD_MS, () => resolve(late));
        scope.abort();
      });
      look(scope)
        .then(step => resolve(step.found.facts?.['code'] === 'ABORTED' ? late : step), reject)
        .finally(() => cancel());
    });
  }
}

/** Who is told to give up may still say how far he came. */
const LAST_WORD_MS = 250;
const SLOW = 'check network and firewall, or give it longer with --timeout';
