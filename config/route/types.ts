import type { Secret } from '../secret.ts';

/** What a template takes from a record. */
export type Macro = MacroSource & {
  /** As it was written, for messages. */
  readonly source: string;
  /** What stands in for something that the record has not; null: nothing does. */
  readonly fallback: string | null;
};

export type MacroSource =
  | { readonly kind: 'topic' | 'partition' | 'offset' | 'timestamp' | 'record.id' }
  /** Empty: all of it. Else the reference tokens of a JSON pointer (RFC 6901), unescaped. */
  | { readonly kind: 'key' | 'value'; readonly pointer: readonly string[] }
  | { readonly kind: 'header'; readonly name: string };

/** Literals and macros in their order. */
export type Template<Literal = string> = readonly (Literal | Macro)[];

/** Path and query of a request; literals are encoded. */
export interface UrlTemplate {
  readonly path: Template;
  /** Begins with the question mark; empty without a query. */
  readonly query: Template;
}

/** A piece of a JSON body: text as it stands, or a macro, which is a value of its own or within a string. */
export type JsonPiece = string | { readonly macro: Macro; readonly place: 'value' | 'string' };

/** What takes the place of each record's value in a body. */
export type BodyTemplate = {
  /** What becomes of a macro that a record has nothing for, and that has no default: `null`, or an error of the record. */
  readonly onMissing: 'null' | 'fail';
} & (
  | /** JSON texts without blanks between their tokens, separated by line ends where there are several. */
  { readonly kind: 'json'; readonly pieces: readonly JsonPiece[] }
  | { readonly kind: 'text'; readonly template: Template }
);

/** Names of record headers that are passed on; lower-case. `prefix` ends where the star stood. */
export type HeaderPattern = { readonly name: string } | { readonly prefix: string };

/** What takes the place of what a pattern matches: texts, groups of the match, macros of the record. */
export type ReplacementPart = string | { readonly group: number | string } | Macro;

export interface ReplacementStep {
  /** A Java regular expression, which `compileJavaRegex` takes. */
  readonly pattern: string;
  readonly replacement: readonly ReplacementPart[];
}

/** What is replaced in what stands for a record in a body. */
export interface ReplaceConfig {
  /** One after the other, each in what the one before has made. */
  readonly steps: readonly ReplacementStep[];
  /** What all of them may take for one record, milliseconds. */
  readonly timeoutMs: number;
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET';

/** What a record makes of the request that carries it. */
export interface RouteConfig {
  readonly method: Method;
  /** Null: the same for all records. */
  readonly url: UrlTemplate | null;
  /** Where a record without a value is deleted; null: such records are none of the route's business. */
  readonly deleteUrl: UrlTemplate | null;
  /** Statuses that confirm such a deletion beside the usual ones, as inclusive ranges. */
  readonly goneStatuses: readonly (readonly [from: number, to: number])[];
  /** Headers that depend on the record, by lower-case name. Literals may be secret. */
  readonly headers: Readonly<Record<string, Template<Secret>>>;
  readonly forward: readonly HeaderPattern[];
  /** Names that are configured: no record header takes their place. */
  readonly configured: ReadonlySet<string>;
  readonly body: BodyTemplate | null;
  /** Behind the template, or the value where there is none; null: nothing is replaced. */
  readonly replace: ReplaceConfig | null;
  /** Records for which it makes different texts do not share a request; null: none are parted by it. */
  readonly batchKey: Template | null;
  /** Requests have no body, and carry one record each. */
  readonly bodiless: boolean;
}

/** Whether something of the record itself, and not of its topic or partition alone, decides. */
export function isOfRecord({ kind }: Macro): boolean {
  return kind !== 'topic' && kind !== 'partition';
}

export function isMacro<Part>(part: Part | Macro): part is Macro {
  return typeof part === 'object' && part !== null && 'fallback' in part;
}
