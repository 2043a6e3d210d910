export type Field = readonly [name: string, value: string];

/** What a token is asked for with. */
export interface Grant {
  /** What the user can look at when it is refused; completes "check …". */
  readonly advice: string;
  /**
   * The part of the form that says it; null for the name of the grant: its form has none.
   * @throws CredentialsError when nothing is there to ask with
   */
  ask(): Promise<{ readonly type: string | null; readonly fields: readonly Field[] }>;
  /** A token was given for what was asked with last, perhaps with another refresh token for the next time. */
  accept(refreshToken: string | null): void;
  /**
   * What was asked with last was refused.
   * @returns whether there is something else to ask with at once
   */
  refuse(): boolean;
  close(): void | Promise<void>;
}
