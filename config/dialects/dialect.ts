import type { FaultCode, NoteKind } from '../findings.ts';
import type { Family } from '../schema/connect-keys.ts';
import type { KeyTable, Values } from '../schema/key-spec.ts';
import type { NamedKey } from '../schema/named-key.ts';

/** What a key of the vendor's means in keys of ours. `from` is the key that the user wrote, or that has its default. */
export type Statement =
  | { readonly kind: 'set'; readonly key: string; readonly text: string; readonly from: string }
  /** `text` completes "the key …". Of a key that nobody wrote nothing is said. */
  | { readonly kind: NoteKind; readonly text: string; readonly from: string }
  | { readonly kind: 'fault'; readonly code: FaultCode; readonly text: string; readonly from: string };

/** A connector file as the vendor's sink reads it. */
export interface Peer<Table extends KeyTable = KeyTable> {
  readonly values: Values<Table>;
  /** What was written for a key, the vendor's or one of Kafka Connect's; null where nothing was. */
  text(key: string): string | null;
  wrote(key: string): boolean;
  /** A variable of the environment that the vendor's sink looks at; null where it is not set, or empty. */
  variable(name: string): string | null;
  /** What was written for the keys that begin with the prefix of one of the vendor's families, by the rest of the key. */
  family(prefix: string): ReadonlyMap<string, string>;
}

/** Prose of config/MIGRATING.md: an item each, Markdown. */
export interface Guide {
  /** What works as it did. */
  readonly stays: readonly string[];
  /** What is done in another way, and why. */
  readonly differs: readonly string[];
  /** What to tune once it runs. */
  readonly tune: readonly string[];
}

/**
 * Another vendor's HTTP sink, as far as its configuration goes: what its keys are, and what they mean in ours. Keys of ours may stand
 * beside them, and win; Kafka Connect's own stay as they are. A name that the vendor's sink and this one both have means what the
 * vendor's says.
 */
export interface Dialect<Table extends KeyTable = KeyTable> {
  /** As it completes "a file of …". */
  readonly title: string;
  /** `connector.class`, in full; its simple name, and that without `Connector`, are answered too. */
  readonly classes: readonly string[];
  /** Keys that tell this sink from others whose class has the same simple name. */
  readonly markers: readonly string[];
  readonly keys: Table;
  readonly families?: readonly Family[];
  /** Keys that have no meaning here; `text` completes "the key … has no effect: ". */
  readonly ignored: readonly NamedKey[];
  /** Keys that change what is delivered and can't be honoured; `text` completes "the key …". */
  readonly refused: readonly NamedKey[];
  /** Keys of a series are documented once: whether this one is the first. */
  readonly isDocumented?: (key: string) => boolean;
  readonly translate: (peer: Peer<Table>) => Iterable<Statement>;
  readonly guide: Guide;
}

/** Types the table of a dialect by what stands in it. */
export function defineDialect<Table extends KeyTable>(dialect: Dialect<Table>): Dialect {
  return dialect as unknown as Dialect;
}

export function set(key: string, text: string | number | boolean, from: string): Statement {
  return { kind: 'set', key, text: String(text), from };
}

export function differs(from: string, text: string): Statement {
  return { kind: 'differs', from, text };
}

export function ignored(from: string, text: string): Statement {
  return { kind: 'ignored', from, text };
}

export function remark(from: string, text: string): Statement {
  return { kind: 'remark', from, text };
}

export function warning(from: string, text: string): Statement {
  return { kind: 'warning', from, text };
}

export function fault(code: FaultCode, from: string, text: string): Statement {
  return { kind: 'fault', code, from, text };
}
