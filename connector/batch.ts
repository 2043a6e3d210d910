import type { Answer } from './answer.ts';
import type { Slice } from './block.ts';
import type { RecordError } from './record-error.ts';
import type { ResponseExcerpt } from './response-excerpt.ts';
import type { Signal } from './scope.ts';

/** How one request's body is made up, and what it may hold: what reader, converter and batcher must know of a sink. */
export interface BodyFormat {
  /** What the blocks' values must be separated by. */
  readonly separator: Buffer;
  /** Values stand as they are, each by itself or between what the user chose: texts and bytes are not made JSON. */
  readonly bare: boolean;
  /** And what no transform has touched goes byte for byte, whether it is text or not. */
  readonly verbatim: boolean;
  /** Most records of a request. */
  readonly maxRecords: number;
  /** Most bytes of a body. */
  readonly maxBytes: number;
  /** A body of as many is full; at most `maxBytes`, which the record that reaches them may not exceed. */
  readonly targetBytes: number;
  /** The most bytes that a value may have to fit into a request alone: `bytesOf(maxValueBytes, 1)` is `maxBytes`. */
  readonly maxValueBytes: number;
  /**
   * Exact bytes of a body.
   * @param sliceBytes the sum of `rangeBytes` over its slices
   * @param slices how many there are, at least one
   */
  bytesOf(sliceBytes: number, slices: number): number;
}

/** One slice inside a batch. */
export interface BatchItem {
  /** Its block may be exchanged for one that holds the same records at the same indices. */
  slice: Slice;
  /** The lane this slice holds while it has no verdict; opaque to the connector. */
  readonly lane: unknown;
  /**
   * Set by the task when the partition was lost: from then on the slice belongs to nobody. The attempt under way is
   * not aborted for it; every later attempt is built without it, and no verdict of it is looked at.
   */
  detached: boolean;
}

/** What one request carries. */
export interface Batch {
  /** Stable within one process life only. */
  readonly id: number;
  readonly items: readonly BatchItem[];
  readonly records: number;
  /** Bytes of the body, envelope included. */
  readonly bytes: number;
}

/**
 * The final word on the records `start` … `end` (indices into the item's block) of one item.
 * Ranges of one item are reported in ascending order, each record exactly once.
 */
export type Verdict =
  | {
      readonly kind: 'delivered';
      readonly item: BatchItem;
      readonly start: number;
      readonly end: number;
      readonly answer: Answer;
    }
  | {
      readonly kind: 'rejected';
      readonly item: BatchItem;
      readonly start: number;
      readonly end: number;
      readonly error: RecordError;
      /** Kept only where dead letters are to carry it. */
      readonly response?: ResponseExcerpt;
    };

/**
 * How a delivery ended. `done`: every record of every attached item has a verdict. `aborted`: the signal fired.
 * `halted`: with errors.tolerance=none a record was rejected; what has no verdict yet is nobody's and is not sent.
 * `fatal`: the endpoint refuses us for good, or was out of order for as many attempts as there may be, and the user asked to
 * fail on it (http.auth.fail.fast, delivery.max.attempts).
 */
export type DeliveryEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'halted' }
  | { readonly kind: 'fatal'; readonly error: Error };

/** Of credentials that are renewed: tokens, and keys in a file. */
export interface CredentialsState {
  /** How long ago those in use were given or read, milliseconds; null while there are none. */
  readonly ageMs: number | null;
  /** How long they are still good, milliseconds; null where that is not known. */
  readonly expiresInMs: number | null;
  /** Since the start: how often there were new ones, and how often getting them failed. */
  readonly refreshes: number;
  readonly failures: number;
  /** Why the last time failed, in one line; null when it did not. */
  readonly lastFailure: string | null;
}

export type SinkState = (
  | { readonly state: 'ok' }
  /** At least one request is being repeated. */
  | { readonly state: 'retrying'; readonly reason: string; readonly since: number }
  /** The endpoint refuses us as a whole (credentials, TLS, wrong URL): nothing is sent but a probe with back-off. */
  | { readonly state: 'parked'; readonly reason: string; readonly since: number }
) & {
  /** Only with credentials that are renewed. */
  readonly credentials?: CredentialsState;
};

/** The right to have a request in flight. A delivery begins with one place, and holds one during each of its attempts. */
export interface Places {
  /** Gives a place up, for others. */
  leave(): void;
  /**
   * Waits for a place.
   * @returns false when the signal fired first
   */
  enter(signal: Signal): Promise<boolean>;
}

/** Records in, verdicts out. */
export interface Sink {
  readonly format: BodyFormat;
  /**
   * Delivers one batch, repeating for as long as the endpoint is out of order, or as often as the user wants it. `report` is called for each range of
   * records as soon as its verdict is known, always before the promise resolves. Never rejects for anything that the
   * endpoint or the network does. What is refused again and again is taken apart at lane borders, so that each lane's
   * records come through, or not, by themselves; `places` are given up for the waits, and none is held at the end.
   */
  deliver(batch: Batch, report: (verdict: Verdict) => void, signal: Signal, places: Places): Promise<DeliveryEnd>;
  readonly state: SinkState;
  close(): Promise<void>;
}
