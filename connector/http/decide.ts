import type { HttpConfig } from '../../config/types.ts';
import { backoff } from '../backoff.ts';
import type { DeliveryEnd } from '../batch.ts';
import { AuthorizationRefusedError } from '../errors.ts';
import type { Announce, Clock, Random } from '../ports.ts';
import type { PerRecord, Refusal } from './answers/classify.ts';
import type { Attempted } from './attempt.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Delivery, Rejection } from './delivery.ts';
import type { Gate, Pass } from './gate.ts';
import { countTries, exhausted, givenUp, isExhausted, withoutRetries } from './limits.ts';
import type { Pace } from './pace.ts';
import { countRecords } from './parts.ts';
import { answerOf, rejectionOf } from './rejection.ts';

/**
 * What follows an attempt: the end, the same once more with the same pass, or the next request after a wait. `apart`: the
 * same request was refused twice for the same reason, and each of its lanes is to be tried by itself. `giveUp`: the request
 * was tried as often as it may be, and this ends it after the wait.
 */
export type Next =
  | { readonly end: DeliveryEnd }
  | { readonly waitMs: number; readonly apart: boolean; readonly giveUp?: () => void }
  | 'resend';

export interface DeciderParts {
  readonly http: HttpConfig;
  readonly credentials: Credentials;
  readonly gate: Gate;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
}

type Refused = NonNullable<PerRecord['refusal']>;

interface Failing {
  reason: string;
  readonly since: number;
}

const AT_ONCE: Next = { waitMs: 0, apart: false };

/** Turns what an attempt meant into verdicts, and into what comes next. Hands the attempt's pass back, save to resend. */
export class Decider {
  readonly #parts: DeciderParts;
  readonly #failing = new Map<Delivery, Failing>();

  constructor(parts: DeciderParts) {
    this.#parts = parts;
  }

  /** The delivery that has been failing for longest, if one is. */
  get failing(): Readonly<Failing> | null {
    for (const failing of this.#failing.values()) return failing;
    return null;
  }

  /** The delivery has ended. */
  forget(delivery: Delivery): void {
    this.#failing.delete(delivery);
    this.#parts.pace.forget(delivery);
  }

  /** The delivery goes on in parts: each is failing until it is taken. */
  replace(delivery: Delivery, parts: readonly Delivery[]): void {
    const failing = this.#failing.get(delivery);
    this.forget(delivery);
    if (failing !== undefined) for (const part of parts) this.#failing.set(part, { ...failing });
  }

  decide(delivery: Delivery, attempted: Attempted, pass: Pass): Next {
    const { gate, pace } = this.#parts;
    const { result, records } = attempted;
    if (result.class === 're-authenticate') return this.#reauthenticate(delivery, attempted, pass, result.reason);
    delivery.reauthenticated = false;
    if (result.class === 'retry') {
      gate.release(pass, true);
      return this.#outOfOrder(delivery, attempted, result.reason, result.hintMs);
    }
    if (result.class === 'fatal') return this.#renewAndRefuse(delivery, attempted, pass, result);
    if (result.class === 'per-record' && result.refusal !== null) {
      return this.#withhold(delivery, attempted, pass, result, result.refusal);
    }
    gate.accept(pass);
    pace.accept();
    if (result.class === 'repeat') {
      delivery.tries.repeats++;
      return this.#repeat(delivery, attempted, result.reason, result.hintMs);
    }
    this.#failing.delete(delivery);
    switch (result.class) {
      case 'delivered':
        this.#succeeded(attempted, records, delivery.attempt);
        delivery.deliver(answerOf(attempted, delivery.attempt));
        return AT_ONCE;
      case 'per-record':
        return this.#settle(delivery, attempted, result);
      case 'split':
        this.#refine(delivery, attempted, result.reason);
        delivery.split();
        return AT_ONCE;
      case 'reject':
        this.#refine(delivery, attempted, result.reason);
        delivery.reject(rejectionOf(attempted, delivery.attempt, result.reason));
        return AT_ONCE;
    }
  }

  /** The same again, unless that was tried as often as it may be. What was not sent for want of a token was not tried. */
  #outOfOrder(delivery: Delivery, attempted: Attempted, reason: string, hintMs: number | null): Next {
    const { attempts } = this.#parts.http;
    if (attempts !== null && attempted.authorization !== null) {
      delivery.tries.outages++;
      if (isExhausted(attempts, delivery.tries)) return this.#exhaust(delivery, attempted, reason, hintMs);
    }
    return this.#repeat(delivery, attempted, reason, hintMs);
  }

  /** In an outage what is given up waits too: others would take its place at once, again and again. */
  #exhaust(delivery: Delivery, attempted: Attempted, reason: string, hintMs: number | null): Next {
    const { pace } = this.#parts;
    const { attempt: tried } = delivery;
    const { outages } = delivery.tries;
    const fails = this.#parts.http.attempts!.onExhausted === 'fail';
    const postponedMs = this.#postpone(delivery, reason, hintMs);
    const waitMs = pace.isOutage && !fails ? postponedMs : 0;
    pace.giveUp(delivery);
    this.#failed(attempted, reason, tried, null);
    if (fails) return this.#failTask(delivery, outages, reason);
    const giveUp = (): void => {
      this.#gaveUp(attempted.records, outages, reason);
      delivery.giveUp(rejectionOf(attempted, tried, `${reason}; ${givenUp(outages)}`));
    };
    return { waitMs, apart: false, giveUp };
  }

  #failTask(delivery: Delivery, outages: number, reason: string): Next {
    const parts = delivery.next();
    // All of it was taken away meanwhile: it is another owner's to try.
    if (parts === null) return AT_ONCE;
    this.#gaveUp(countRecords(parts), outages, reason);
    return { end: { kind: 'fatal', error: exhausted(parts, outages, reason) } };
  }

  #gaveUp(records: number, attempts: number, reason: string): void {
    const { announce, http } = this.#parts;
    announce({ kind: 'request-given-up', reason, records, attempts, outcome: http.attempts!.onExhausted });
  }

  #settle(delivery: Delivery, attempted: Attempted, answer: PerRecord): Next {
    const { attempts } = this.#parts.http;
    const putOff = attempts === null ? 0 : countTries(answer, delivery.tries);
    const { outages } = delivery.tries;
    const isLast = putOff > 0 && isExhausted(attempts!, delivery.tries);
    const why = `the endpoint put off ${putOff} of ${attempted.records} records`;
    if (isLast && attempts!.onExhausted === 'error') this.#gaveUp(putOff, outages, why);
    const again = this.#tell(delivery, attempted, answer, isLast && attempts!.onExhausted === 'error');
    if (again === 0) return AT_ONCE;
    if (isLast && attempts!.onExhausted === 'fail') return this.#failTask(delivery, outages, why);
    const reason = `the endpoint put off ${again} of ${attempted.records} records`;
    return { waitMs: this.#postpone(delivery, reason, null), apart: false };
  }

  /** Some records have their verdict, and the others wait until the endpoint refuses us no more. */
  #withhold(delivery: Delivery, attempted: Attempted, pass: Pass, answer: PerRecord, refusal: Refused): Next {
    const again = this.#tell(delivery, attempted, answer);
    const rest = { ...attempted, records: again };
    if (refusal.class === 're-authenticate') return this.#reauthenticate(delivery, rest, pass, refusal.reason);
    return this.#renewAndRefuse(delivery, rest, pass, refusal);
  }

  /** A probe with a token that was revoked would be refused until the token's own end. */
  #renewAndRefuse(delivery: Delivery, attempted: Attempted, pass: Pass, refusal: Refusal): Next {
    if (refusal.auth) this.#invalidate(attempted);
    return this.#refused(delivery, attempted, pass, refusal);
  }

  /**
   * @param isFinal what is put off is not sent again
   * @returns how many records are to be sent again
   */
  #tell(delivery: Delivery, attempted: Attempted, answer: PerRecord, isFinal = false): number {
    const { statuses, outcomeOf, itemOf } = answer;
    const { attempt: tried } = delivery;
    const { outages } = delivery.tries;
    const ofRecord = (index: number): Rejection => {
      const status = statuses[index] as number;
      const isLast = isFinal && outcomeOf(status) === 'retry';
      const message = `the endpoint answered ${status} for it${isLast ? `; ${givenUp(outages)}` : ''}`;
      return rejectionOf(attempted, tried, message, { status, item: itemOf(index) });
    };
    const outcome = isFinal ? withoutRetries(outcomeOf) : outcomeOf;
    const again = delivery.settle(statuses, outcome, ofRecord, answerOf(attempted, tried));
    const done = attempted.records - again;
    if (done > 0) this.#succeeded(attempted, done, tried);
    return again;
  }

  #repeat(delivery: Delivery, attempted: Attempted, reason: string, hintMs: number | null): Next {
    const tried = delivery.attempt;
    const apart = this.#isPart(delivery, attempted);
    const waitMs = this.#postpone(delivery, reason, hintMs);
    this.#failed(attempted, reason, tried, waitMs);
    return { waitMs, apart };
  }

  /** A 401 renews the credentials and sends once more; a second one in a row is a refusal, as a 403 is. */
  #reauthenticate(delivery: Delivery, attempted: Attempted, pass: Pass, reason: string): Next {
    if (delivery.reauthenticated || !this.#invalidate(attempted)) {
      delivery.reauthenticated = false;
      return this.#refused(delivery, attempted, pass, { reason, auth: true, patient: false });
    }
    delivery.reauthenticated = true;
    this.#failed(attempted, reason, delivery.attempt++, 0);
    return 'resend';
  }

  /** @returns whether there may be others */
  #invalidate({ authorization, answeredAt }: Attempted): boolean {
    return authorization !== null && this.#parts.credentials.invalidate(authorization, answeredAt);
  }

  #refused(delivery: Delivery, attempted: Attempted, pass: Pass, refusal: Refusal): Next {
    const { gate, http } = this.#parts;
    const { reason, auth } = refusal;
    if (auth && http.authFailFast) {
      gate.release(pass, false);
      this.#failed(attempted, reason, delivery.attempt, null);
      return { end: { kind: 'fatal', error: new AuthorizationRefusedError(reason) } };
    }
    // The gate holds everybody up; the wait of its own keeps a delivery that alone is refused (by a filter that
    // dislikes its content, say) from closing the gate again as soon as the others have opened it.
    const gateMs = gate.refuse(pass, refusal);
    const tried = delivery.attempt;
    const apart = this.#isPart(delivery, attempted);
    const waitMs = this.#backOff(delivery, delivery.attempt, null);
    this.#failed(attempted, reason, tried, Math.max(gateMs, waitMs));
    return { waitMs, apart };
  }

  #refine(delivery: Delivery, attempted: Attempted, reason: string): void {
    const { records, status } = attempted;
    this.#failed(attempted, reason, delivery.attempt, null);
    if (records > 1) this.#parts.announce({ kind: 'batch-split', records, status: status! });
  }

  #postpone(delivery: Delivery, reason: string, hintMs: number | null): number {
    const failing = this.#failing.get(delivery);
    if (failing === undefined) this.#failing.set(delivery, { reason, since: this.#parts.clock.now() });
    else failing.reason = reason;
    return this.#backOff(delivery, this.#parts.pace.refuse(delivery), hintMs);
  }

  #backOff(delivery: Delivery, attempts: number, hintMs: number | null): number {
    const { random, http } = this.#parts;
    delivery.attempt++;
    return backoff(attempts, hintMs, http.retryBackoffMs, http.retryBackoffMaxMs, random);
  }

  /** Whether a part of the request may be to blame: it got there, and was refused like this before. */
  #isPart(delivery: Delivery, { result, status, code, ambiguous }: Attempted): boolean {
    const arrived = status !== null || ambiguous;
    return delivery.refuse(arrived ? `${result.class} ${status ?? code}` : null);
  }

  #succeeded({ status, bytes, ms }: Attempted, records: number, tried: number): void {
    this.#parts.announce({ kind: 'request-succeeded', status: status!, records, bytes, ms, attempt: tried });
  }

  #failed(attempted: Attempted, reason: string, tried: number, retryInMs: number | null): void {
    const { result, status, code, records, ms, ambiguous } = attempted;
    this.#parts.announce({
      kind: 'request-failed',
      class: result.class,
      status,
      code,
      reason,
      records,
      ms,
      attempt: tried,
      retryInMs,
      ambiguous,
    });
  }
}
