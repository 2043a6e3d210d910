import type { Letter } from './letter.ts';

/** What became of a letter that was to be replayed. Reasons are one line, of foreign origin. */
export type Outcome =
  /** The origin's brokers, or the endpoint, have acknowledged it. */
  | { readonly kind: 'replayed' }
  /** The connector leaves such records out: a transform dropped it, or its value is one that is skipped. */
  | { readonly kind: 'dropped' }
  /** It was tried, and can't be taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing says where it belongs, or it does not belong to the connector. */
  | { readonly kind: 'misplaced'; readonly reason: string };

/** Whoever gets the letters. */
export interface Target {
  /**
   * Hands these letters over, in their order as far as they belong to one partition. `settle` is called for each as soon as its outcome is
   * known, by its index and once. Resolves when all are settled, or, once `stop` has fired, those that were under way.
   *
   * @param abort nothing is waited for any more
   * @throws ReplayError for what ends the replay: the letters that were not settled are as if they had not been tried
   */
  deliver(
    letters: readonly Letter[],
    settle: (index: number, outcome: Outcome) => void,
    signals: { readonly stop: AbortSignal; readonly abort: AbortSignal },
  ): Promise<void>;
  close(): Promise<void>;
}

/** A replay can not go on; the message is one line that says what to do. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}
