/** The answer that the verdict on a record rests on, as reports tell it. */
export interface Answer {
  /** HTTP status: the record's own where the answer had one for each. */
  readonly status: number;
  /** Milliseconds that the attempt took. */
  readonly ms: number;
  /** Which attempt of the request it was, from 1. */
  readonly attempt: number;
}
