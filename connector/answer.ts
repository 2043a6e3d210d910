/** The answer that the verdict on a record rests on, as reports tell it. */
export interface Answer {
  /** HTTP status: the record's own where the answer had one for each. */
  readonly status: number;
  /** Milliseconds that the attempt took. */
  readonly ms: number;
  /** Which attempt of the request it was, from 1. */
  readonly attempt: number;
  /** Kept only where reports are to have it, as `ResponseExcerpt` is for dead letters. */
  readonly body?: AnswerBody;
}

/** The body of an answer as text, secrets masked. All records that were answered together share one. */
export interface AnswerBody {
  readonly text: string;
  /** Some of it is missing at its end. */
  readonly cut: boolean;
  /** About what it takes in memory. */
  readonly bytes: number;
}
