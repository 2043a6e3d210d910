import type { AttemptsConfig } from '../../config/answer-types.ts';
import type { AttemptEnd, Carried, DataRequest } from './endpoint.ts';
import { type Epoch, STAGE } from './epoch.ts';
import type { RecordKind } from './log.ts';
import type { SeededRandom } from './random.ts';
import { Violation } from './violation.ts';

/** Some connectors do not wait every outage out, and some try again what is said to be a record's fault. */
export function drawAttempts(draw: SeededRandom): AttemptsConfig | null {
  if (!draw.chance(0.2)) return null;
  return {
    most: draw.pick([0, 1, 2, 3, 5, 8]),
    onExhausted: draw.chance(0.75) ? 'error' : 'fail',
    retryStatuses: draw.pick([[], [[400, 422]], [[404, 499]]]),
    mostRetried: draw.int(1, 6),
  };
}

type Epochs = ReadonlyMap<number, Epoch>;

/** What the endpoint says of records where it finds them at fault, but for 413. */
const AT_FAULT: ReadonlySet<number> = new Set([400, 422]);
/** Of the statuses of 500 and above, those that only a change of something mends. */
const LASTING: ReadonlySet<number> = new Set([501, 505, 511]);

/** The endpoint is out of order, as far as one can tell from an answer, or from none. */
function isOutage(status: number | null): boolean {
  if (status === null || status === 408 || status === 425 || status === 429) return true;
  return status >= 500 && !LASTING.has(status);
}

/** What one process has tried, and how often: what it may give up, and what it may not send again. */
export class Attempts {
  readonly #config: AttemptsConfig | null;
  /** Of a request, by what it carries: how often it was answered by an outage, or not at all. */
  readonly #requests = new Map<string, number>();
  /** Of a record in its epoch: the same, alone or with others, or put off by itself. */
  readonly #outages = new Map<string, number>();
  /** How often it stood in a request that was refused for what it carries, and in one that was too large. */
  readonly #faults = new Map<string, number>();
  readonly #splits = new Map<string, number>();
  readonly #largest = new Map<string, number>();

  constructor(config: AttemptsConfig | null) {
    this.#config = config;
  }

  /** Whether the record was sent in vain as often as the user wants it. */
  mayGiveUp(epoch: Epoch, ordinal: number): boolean {
    const { most = 0 } = this.#config ?? {};
    return most > 0 && count(this.#outages, keyOf(epoch, ordinal)) >= most;
  }

  /** Whether a task may fail so: a record was, and the task is to fail on that. */
  failOn(reason: string): boolean {
    const { most, onExhausted } = this.#config ?? { most: 0, onExhausted: 'error' };
    const isSuch = reason.includes('given up after') && most > 0;
    return isSuch && onExhausted === 'fail' && [...this.#outages.values()].some(times => times >= most);
  }

  /** Whether it may go the way of records that can't be delivered without having been refused. */
  mayReject(epoch: Epoch, ordinal: number): boolean {
    return this.#config?.onExhausted === 'error' && this.mayGiveUp(epoch, ordinal);
  }

  /** Whether a request may carry it though the endpoint has refused it, or pass it by, since it may have been given up. */
  isFree(epoch: Epoch, ordinal: number): boolean {
    if (this.#config === null || epoch.letters.has(ordinal)) return false;
    const repeated = this.#config.retryStatuses.length > 0 && epoch.stage(ordinal) === STAGE.refused;
    return repeated || this.mayReject(epoch, ordinal);
  }

  /** @throws Violation when the same request was sent as often as it may be. */
  starts({ carried }: DataRequest, epochs: Epochs): void {
    const { most = 0 } = this.#config ?? {};
    if (most === 0 || count(this.#requests, signature(carried, epochs)) < most) return;
    throw new Violation('I27', `a request is sent again after ${most} attempts in vain: ${signature(carried, epochs)}`);
  }

  /** @throws Violation when a record's fault was tried more often than the user wants it, and halving can explain. */
  ends({ carried }: DataRequest, epochs: Epochs, { status, confirmed, refused }: AttemptEnd): void {
    if (this.#config === null) return;
    if (isOutage(status)) {
      add(this.#requests, signature(carried, epochs));
      for (const one of carried) add(this.#outages, keyIn(one, epochs));
    }
    if (status === 207) {
      const settled = new Set([...confirmed, ...refused]);
      for (const one of carried) if (!settled.has(one)) add(this.#outages, keyIn(one, epochs));
      for (const one of refused) this.#fault(one, epochs, carried.length);
    }
    if (status === 413) for (const one of carried) add(this.#splits, keyIn(one, epochs));
    if (status !== null && AT_FAULT.has(status)) for (const one of carried) this.#fault(one, epochs, carried.length);
  }

  /**
   * A record is rejected: one that may be given up counts as refused.
   * @param refused takes it, as "partition/ordinal"
   * @throws Violation when the endpoint finds it at fault, and it was to be tried more often before
   */
  rejected(epoch: Epoch, ordinal: number, kind: RecordKind, refused: Set<string>): void {
    if (this.#config === null) return;
    if (this.mayReject(epoch, ordinal)) {
      refused.add(`${epoch.log.index}/${ordinal}`);
      return epoch.refuse(ordinal);
    }
    if (kind !== 'poison' && kind !== 'undeletable') return;
    const { mostRetried } = this.#config;
    const times = count(this.#faults, keyOf(epoch, ordinal));
    if (!this.#repeats(400) || !this.#repeats(422) || times >= mostRetried) return;
    throw new Violation('I27', `${epoch.name}, ordinal ${ordinal}: rejected after ${times} of ${mostRetried} attempts`);
  }

  #fault(one: Carried, epochs: Epochs, records: number): void {
    const key = keyIn(one, epochs);
    const times = add(this.#faults, key);
    const largest = Math.max(records, count(this.#largest, key));
    this.#largest.set(key, largest);
    // Some endpoints say 400 now and 422 then.
    const whole = this.#repeats(400) || this.#repeats(422) ? this.#config!.mostRetried : 1;
    // Halves are tried once each; those of what was too large are wholes again.
    const most = (whole + 1 + Math.ceil(Math.log2(largest))) * (1 + count(this.#splits, key));
    if (times > most)
      throw new Violation('I27', `ordinal ${one.ordinal} was refused ${times} times, now with ${records} records`);
  }

  #repeats(status: number): boolean {
    return this.#config!.retryStatuses.some(([from, to]) => status >= from && status <= to);
  }
}

function count(counts: ReadonlyMap<string, number>, key: string): number {
  return counts.get(key) ?? 0;
}

function add(counts: Map<string, number>, key: string): number {
  const times = count(counts, key) + 1;
  counts.set(key, times);
  return times;
}

function keyOf({ serial }: Epoch, ordinal: number): string {
  return `${serial}/${ordinal}`;
}

function keyIn({ log, ordinal }: Carried, epochs: Epochs): string {
  return keyOf(epochs.get(log.index)!, ordinal);
}

function signature(carried: readonly Carried[], epochs: Epochs): string {
  return carried.map(one => keyIn(one, epochs)).join(' ');
}
