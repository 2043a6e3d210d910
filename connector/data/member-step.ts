import type { MemberKind } from '../block.ts';
import type { Value } from './model.ts';
import type { ConnectRecord } from './record.ts';

/**
 * What a transform does to a value that is a JSON object without a schema, as far as that can be said by the names of its members. A
 * plan is made of these (`connector/plan/`); what they give must be what `RecordTransformation.apply` gives.
 *
 * The records that their functions get have a value that nothing can be read from: it is null where the record's is, and only then.
 */
export type MemberStep =
  /** The value is neither looked at nor changed. Null drops the record. */
  | { readonly kind: 'beside'; readonly apply: (record: ConnectRecord) => ConnectRecord | null }
  /** Sets members. A null says: not this time. */
  | {
      readonly kind: 'insert';
      readonly fields: readonly { readonly name: string; readonly value: (record: ConnectRecord) => Value }[];
    }
  /** Leaves out and renames members; of those without a name here, all or none remain. */
  | {
      readonly kind: 'choose';
      readonly names: readonly string[];
      readonly keepsOthers: boolean;
      /** The name of one that has a name here; null: it is left out. */
      readonly renamed: (name: string) => string | null;
    }
  /** Puts others in the place of members; one that is not there counts as a null, and is there afterwards. */
  | { readonly kind: 'change'; readonly names: readonly string[]; readonly change: MemberChange }
  /** The object becomes the only member of another one. */
  | { readonly kind: 'hoist'; readonly name: string }
  /** A member takes the place of the object, or one of the objects within it. */
  | { readonly kind: 'extract'; readonly path: readonly [name: string, ...within: string[]] }
  /** Members are copied, or moved, to somewhere beside the value; null for one that is not there. */
  | {
      readonly kind: 'take';
      readonly names: readonly string[];
      readonly moves: boolean;
      readonly give: (record: ConnectRecord, members: readonly Value[]) => ConnectRecord;
    }
  /** The members of objects within take their place, with joined names. */
  | { readonly kind: 'flatten'; readonly delimiter: string };

/** How members are changed: by what they are alone, or by what they say, which an object or an array does not. */
export type MemberChange =
  | { readonly by: 'kind'; readonly of: (kind: MemberKind) => Value }
  | {
      readonly by: 'value';
      readonly of: (name: string, value: Value) => Value;
      /** What `of` leaves as it is written; null: nothing. */
      readonly kept: ((name: string) => KeptNumbers | null) | null;
    };

/** Numbers whose digits stay. */
export interface KeptNumbers {
  /** They become the text that they are. */
  readonly quoted: boolean;
  /** Integers of at most so many digits. */
  readonly digits: number;
  /** Fractions as Java writes a double. */
  readonly fractions: boolean;
}

/** A step, and which records it is for: null for all. */
export interface PlannedStep {
  readonly step: MemberStep;
  readonly when: ((record: ConnectRecord) => boolean) | null;
}
