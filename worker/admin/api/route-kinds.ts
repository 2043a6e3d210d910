import { MAX_WRITTEN_BYTES } from '../body.ts';

/** What waits for brokers, or for a disk. */
const SLOW_MS = 30_000;

/** Routes that change something. What they are sent is not looked at, unless they are of the next kind. */
export const CHANGE = { answersJson: true, answerMs: SLOW_MS };
/** Routes that take JSON. */
export const WRITE = { answersJson: true, takesBytes: MAX_WRITTEN_BYTES, answerMs: SLOW_MS };
/** Routes that look at what this worker knows. */
export const READ = { answersJson: true };
/** Routes that ask the brokers. */
export const SLOW = CHANGE;

export interface OfConnector {
  Params: { connector: string };
}

export interface OfTask {
  Params: { connector: string; task: string };
}
