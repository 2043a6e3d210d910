/** What is kept of an endpoint's answer for a dead letter, and for nothing else: it may repeat what the record holds. */
export interface ResponseExcerpt {
  /** Of the answer as a whole. */
  readonly status: number;
  /** The beginning of the body, on one line. */
  readonly body: string;
  /** What the answer says of this record, where it names it. */
  readonly record: { readonly status: number; readonly body: string } | null;
}
