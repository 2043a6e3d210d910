import type { Keys } from '../written.ts';

/** What one key of the vendor's means: the parts of the configuration that it decides. */
export interface Row {
  readonly key: string;
  /** Keys that must stand beside it to have a meaning. */
  readonly beside?: Keys;
  /** Where the key is not written; `undefined`: the part is not there. */
  readonly unset: Readonly<Record<string, unknown>>;
  /** A written value, and what results. */
  readonly written: readonly (readonly [text: string, parts: Readonly<Record<string, unknown>>])[];
  /** A value, perhaps with others beside it, that is refused: code, key and message. */
  readonly faults?: readonly (readonly [text: string | null, fault: RegExp, beside?: Keys])[];
}
