import { InvalidConnectorError } from '../../config/define.ts';
import { ConnectorExistsError, NoConnectorError, NoTaskError, NotStoppedError } from '../herder.ts';
import type { Log } from '../telemetry/log.ts';
import { type Answer, failure } from './answer.ts';

/** What is wrong with a request, and the status that says so. The message goes to the client. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What asks for a connector; Kafka Connect says in other words on some paths that there is none. */
export async function unknownAs<Found>(words: string, ask: () => Found | Promise<Found>): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NoConnectorError) throw new RestError(404, words);
    throw error;
  }
}

/** Errors whose text is meant for who asked. All else is 500, as in Kafka Connect, where it has no mapping. */
const STATUSES: readonly (readonly [error: abstract new (...args: never[]) => Error, status: number])[] = [
  [NoConnectorError, 404],
  [NoTaskError, 404],
  [ConnectorExistsError, 409],
  [InvalidConnectorError, 400],
  [NotStoppedError, 400],
];

/**
 * @param mask hides secrets that a text may repeat
 * @param log is told what the client is not
 */
export function answerTo(error: unknown, mask: (text: string) => string, log: Log): Answer {
  if (error instanceof RestError) return failure(error.status, mask(error.message));
  const known = STATUSES.find(([kind]) => error instanceof kind);
  if (known !== undefined) return failure(known[1], mask((error as Error).message));
  log.write('error', 'A request could not be answered', { event: 'rest-error', error });
  const isTold = typeof (error as { code?: unknown } | null)?.code === 'string' && error instanceof Error;
  return isTold ? failure(500, mask(error.message)) : failure(500);
}
