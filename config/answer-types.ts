/** A JSON pointer (RFC 6901), its tokens unescaped; none is the whole document. */
export type PointerTokens = readonly string[];

/** What a rule may compare with: a scalar of JSON, or an array or object that holds nothing. */
export type RuleValue = string | number | boolean | null | { readonly empty: 'array' | 'object' };

/** What a clause looks at: a value of the JSON body, the status of the answer, or the body as a text. */
export type RuleSubject =
  | { readonly kind: 'pointer'; readonly tokens: PointerTokens }
  | { readonly kind: 'status' }
  | { readonly kind: 'body' };

export type RuleTest =
  | { readonly kind: 'equals'; readonly values: readonly RuleValue[]; readonly negated: boolean }
  /** A Java regular expression that is found somewhere in the text. */
  | { readonly kind: 'matches'; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: 'compares'; readonly operator: '<' | '<=' | '>' | '>='; readonly bound: number }
  | { readonly kind: 'exists'; readonly negated: boolean };

export interface RuleClause {
  readonly subject: RuleSubject;
  readonly test: RuleTest;
}

/** Holds where all clauses of one of the alternatives do. */
export type Rule = readonly (readonly RuleClause[])[];

/** What must be true of an answer, or of an item in it, beside its status. */
export interface JudgingConfig {
  /** Null: whatever fits no rule of a failure is a success. */
  readonly success: Rule | null;
  /** The first that holds says which status it counts as; by ascending status. */
  readonly failures: readonly { readonly status: number; readonly rule: Rule }[];
  /** What it counts as when `success` does not hold, and no failure's rule does: 400 to 599. */
  readonly failureStatus: number;
}

/** Which record an item is about. */
export type RecordPlace =
  | { readonly by: 'position' }
  /** @property first what the first record's index is: 0 or 1 */
  | { readonly by: 'index'; readonly pointer: PointerTokens; readonly first: number }
  /** `topic-partition-offset`. */
  | { readonly by: 'id'; readonly pointer: PointerTokens };

/** How an answer names what became of each record, in the user's words. Status or judging is set, or both. */
export interface CustomRecordsConfig {
  readonly kind: 'custom';
  readonly items: PointerTokens;
  readonly place: RecordPlace;
  readonly status: PointerTokens | null;
  readonly judging: JudgingConfig | null;
}

export type RecordsConfig =
  | { readonly kind: 'none' | 'multi-status' | 'aep' | 'bulk' | 'kinesis' }
  | CustomRecordsConfig;

/** How often a request is tried. */
export interface AttemptsConfig {
  /** How often while the endpoint is out of order; 0: as long as that takes. */
  readonly most: number;
  /** What follows the last time: the task fails, or each record takes the way of those that can not be delivered. */
  readonly onExhausted: 'fail' | 'error';
  /** Statuses of 400 to 499, as inclusive ranges, that are repeated though they are about a record; or none. */
  readonly retryStatuses: readonly (readonly [from: number, to: number])[];
  /** How often a request is sent that is answered with one of those. */
  readonly mostRetried: number;
}

/** How answers are understood, beyond their status. */
export interface AnswersConfig {
  /** Null: a status that confirms is enough. */
  readonly judging: JudgingConfig | null;
  readonly records: RecordsConfig;
  /** Statuses whose answers name what became of each record, as inclusive ranges. */
  readonly recordStatuses: readonly (readonly [from: number, to: number])[];
}
