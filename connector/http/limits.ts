import type { AttemptsConfig } from '../../config/answer-types.ts';
import { AttemptsExhaustedError } from '../errors.ts';
import type { PerRecord, RecordOutcome } from './answers/classify.ts';
import type { RecordStatus } from './answers/record-answers.ts';
import { countRecords, type Part } from './parts.ts';

/** How often the next request of a delivery was sent, by what came of it. */
export interface Tries {
  /** Times that it found the endpoint out of order. */
  outages: number;
  /** Times that it was answered with a status of `retryStatuses`. */
  repeats: number;
}

/**
 * Statuses about a record after which the next request is sent once more; undefined: after none.
 * @param next `halved`: it is a half of one that was refused so, and that was repeated
 */
export function repeatedStatuses(
  config: AttemptsConfig | null,
  { tries, halved }: { readonly tries: Tries; readonly halved: boolean },
): AttemptsConfig['retryStatuses'] | undefined {
  if (config === null || config.retryStatuses.length === 0 || halved) return undefined;
  return tries.repeats + 1 < config.mostRetried ? config.retryStatuses : undefined;
}

/** Whether the next request was sent as often as it may be while the endpoint is out of order. */
export function isExhausted({ most }: AttemptsConfig, { outages }: Tries): boolean {
  return most > 0 && outages >= most;
}

/**
 * Counts an answer that names each record.
 * @returns for how many records the endpoint was out of order
 */
export function countTries({ statuses, outcomeOf }: PerRecord, tries: Tries): number {
  let putOff = 0;
  let repeated = false;
  for (const status of statuses) {
    const outcome = outcomeOf(status);
    if (outcome === 'retry') putOff++;
    else if (outcome === 'repeat') repeated = true;
  }
  if (putOff > 0) tries.outages++;
  if (repeated) tries.repeats++;
  return putOff;
}

/** The same outcomes, where what would be sent again for an outage is not. */
export function withoutRetries(outcomeOf: (status: RecordStatus) => RecordOutcome): typeof outcomeOf {
  return status => {
    const outcome = outcomeOf(status);
    return outcome === 'retry' ? 'reject' : outcome;
  };
}

/** Behind the reason of the last attempt. */
export function givenUp(outages: number): string {
  return `given up after ${outages === 1 ? '1 attempt' : `${outages} attempts`} (delivery.max.attempts)`;
}

const ADVICE =
  'What it carried is not committed. Restart the connector once the endpoint is in order again; or set delivery.max.attempts=0 to ' +
  'wait outages out, or delivery.on.exhausted=error to have such records go the way of errors.tolerance';

/** What fails the task. @param parts of the request that was given up */
export function exhausted(parts: readonly Part[], outages: number, reason: string): AttemptsExhaustedError {
  const { item, start } = parts[0]!;
  const { topic, partition, block } = item.slice;
  const records = countRecords(parts);
  const what = records === 1 ? '1 record' : `${records} records`;
  const first = `${topic}-${partition} offset ${block.offset[start]} the first of them`;
  return new AttemptsExhaustedError(`a request with ${what}, ${first}, was ${givenUp(outages)}: ${reason}. ${ADVICE}`);
}
