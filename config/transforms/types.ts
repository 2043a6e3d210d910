/** What a transform works on. */
export type Part = 'key' | 'value';

export const CAST_TYPES = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'] as const;
export type CastType = (typeof CAST_TYPES)[number];

/** `name` of a field that InsertField adds; a required one fails with a schema where there is nothing to insert. */
export interface InsertedField {
  readonly name: string;
  readonly optional: boolean;
}

export const TIMESTAMP_TYPES = ['string', 'unix', 'Date', 'Time', 'Timestamp'] as const;
export const UNIX_PRECISIONS = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds'] as const;

/** An operation of RFC 6902; pointers are RFC 6901's. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }
  | { readonly op: 'remove'; readonly path: string };

interface OnPart {
  readonly part: Part;
}

interface WithDefaults extends OnPart {
  /** A field that is null and has a default in its schema is read as the default. */
  readonly replaceNullWithDefault: boolean;
}

export interface CastSettings extends WithDefaults {
  readonly kind: 'Cast';
  /** The type of the whole key or value; null when fields are cast. */
  readonly whole: CastType | null;
  readonly fields: readonly (readonly [field: string, type: CastType])[];
}
export interface ExtractFieldSettings extends WithDefaults {
  readonly kind: 'ExtractField';
  readonly field: string;
  /** The field's name alone, or the steps of a path (field.syntax.version=V2). */
  readonly path: readonly string[];
}
export interface HeaderFromSettings extends WithDefaults {
  readonly kind: 'HeaderFrom';
  readonly fields: readonly string[];
  /** As many as fields. */
  readonly headers: readonly string[];
  readonly operation: 'move' | 'copy';
}
export interface InsertFieldSettings extends WithDefaults {
  readonly kind: 'InsertField';
  readonly topic: InsertedField | null;
  readonly partition: InsertedField | null;
  readonly offset: InsertedField | null;
  readonly timestamp: InsertedField | null;
  readonly static: (InsertedField & { readonly value: string }) | null;
}
export interface MaskFieldSettings extends WithDefaults {
  readonly kind: 'MaskField';
  readonly fields: readonly string[];
  readonly replacement: string | null;
}
export interface ReplaceFieldSettings extends WithDefaults {
  readonly kind: 'ReplaceField';
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  readonly renames: readonly (readonly [from: string, to: string])[];
}
export interface SetSchemaMetadataSettings extends WithDefaults {
  readonly kind: 'SetSchemaMetadata';
  readonly schemaName: string | null;
  readonly schemaVersion: number | null;
}
export interface TimestampConverterSettings extends WithDefaults {
  readonly kind: 'TimestampConverter';
  /** Empty: the whole key or value. */
  readonly field: string;
  readonly targetType: (typeof TIMESTAMP_TYPES)[number];
  /** A pattern of java.text.SimpleDateFormat; null when none was written. */
  readonly format: string | null;
  readonly unixPrecision: (typeof UNIX_PRECISIONS)[number];
}
export interface ValueToKeySettings {
  readonly kind: 'ValueToKey';
  readonly fields: readonly string[];
  readonly replaceNullWithDefault: boolean;
}

/** What one transform was told, checked. */
export type TransformSettings =
  | CastSettings
  | { readonly kind: 'DropHeaders'; readonly headers: readonly string[] }
  | ExtractFieldSettings
  | { readonly kind: 'Filter' }
  | ({ readonly kind: 'Flatten'; readonly delimiter: string } & OnPart)
  | HeaderFromSettings
  | ({ readonly kind: 'HoistField'; readonly field: string } & OnPart)
  | InsertFieldSettings
  | { readonly kind: 'InsertHeader'; readonly header: string; readonly literal: string }
  | { readonly kind: 'JsonPatch'; readonly operations: readonly JsonPatchOperation[] }
  | MaskFieldSettings
  | { readonly kind: 'RegexRouter'; readonly regex: string; readonly replacement: string }
  | ReplaceFieldSettings
  | SetSchemaMetadataSettings
  | TimestampConverterSettings
  | { readonly kind: 'TimestampRouter'; readonly topicFormat: string; readonly timestampFormat: string }
  | ValueToKeySettings;

/** What one predicate was told, checked. */
export type PredicateSettings =
  | { readonly kind: 'HasHeaderKey'; readonly name: string }
  | { readonly kind: 'RecordIsTombstone' }
  | { readonly kind: 'TopicNameMatches'; readonly pattern: string };
