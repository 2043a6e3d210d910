import { compileJavaRegex, JavaRegexError } from '../schema/java-regex.ts';
import { parseReplacement } from '../schema/java-replacement.ts';
import { FieldPathError, parseFieldPath } from './field-path.ts';
import { PatternError, parsePattern } from './java-date-pattern.ts';
import { readJsonPatch } from './json-patch.ts';
import { invalid, SettingError, type SettingsReader } from './settings-reader.ts';
import {
  CAST_TYPES,
  type CastSettings,
  type CastType,
  type ExtractFieldSettings,
  type HeaderFromSettings,
  type InsertedField,
  type InsertFieldSettings,
  type MaskFieldSettings,
  type Part,
  type ReplaceFieldSettings,
  type SetSchemaMetadataSettings,
  TIMESTAMP_TYPES,
  type TimestampConverterSettings,
  type TransformSettings,
  UNIX_PRECISIONS,
} from './types.ts';

type ReadSettings = (read: SettingsReader, part: Part) => TransformSettings;

/** Transforms that are named `<class>$Key` or `<class>$Value`. */
export const PART_TRANSFORMS: Readonly<Record<string, ReadSettings>> = {
  Cast: readCast,
  ExtractField: readExtractField,
  Flatten: (read, part) => ({ kind: 'Flatten', part, delimiter: read.text('delimiter') ?? '.' }),
  HeaderFrom: readHeaderFrom,
  HoistField: (read, part) => ({ kind: 'HoistField', part, field: read.requiredText('field') }),
  InsertField: readInsertField,
  MaskField: readMaskField,
  ReplaceField: readReplaceField,
  SetSchemaMetadata: readSetSchemaMetadata,
  TimestampConverter: readTimestampConverter,
};

/** Transforms of the whole record. */
export const RECORD_TRANSFORMS: Readonly<Record<string, (read: SettingsReader) => TransformSettings>> = {
  DropHeaders: read => ({
    kind: 'DropHeaders',
    headers: read.distinct('headers', read.requiredList('headers'), false),
  }),
  Filter: () => ({ kind: 'Filter' }),
  InsertHeader: read => ({
    kind: 'InsertHeader',
    header: read.requiredText('header'),
    literal: read.requiredText('value.literal'),
  }),
  RegexRouter: readRegexRouter,
  TimestampRouter: readTimestampRouter,
  ValueToKey: read => ({
    kind: 'ValueToKey',
    fields: read.distinct('fields', read.requiredList('fields'), false),
    replaceNullWithDefault: replaceNullWithDefault(read),
  }),
};

/** Adobe's transform of the value. */
export function readJsonPatchTransform(read: SettingsReader): TransformSettings {
  return { kind: 'JsonPatch', operations: readJsonPatch('operations', read.requiredText('operations')) };
}

function replaceNullWithDefault(read: SettingsReader): boolean {
  return read.boolean('replace.null.with.default', true);
}

/** java.lang.String.split: empty pieces at the end are dropped. */
function split(text: string): readonly string[] {
  const parts = text.split(':');
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function readCast(read: SettingsReader, part: Part): CastSettings {
  const spec = read.requiredList('spec');
  const replace = replaceNullWithDefault(read);
  if (spec.length === 0) throw new SettingError('spec', 'Must specify at least one field to cast.');
  const fields = new Map<string, CastType>();
  let whole: CastType | null = null;
  for (const mapping of spec) {
    const [first = '', second, ...more] = split(mapping);
    if (more.length > 0) invalid('spec', `[${spec.join(', ')}]`, `Invalid rename mapping: ${mapping}`);
    if (second === undefined) whole = castType(first.trim());
    else fields.set(first.trim(), castType(second.trim()));
  }
  if (whole !== null && spec.length > 1) {
    const message =
      'Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec';
    throw new SettingError('spec', message);
  }
  return { kind: 'Cast', part, whole, fields: [...fields], replaceNullWithDefault: replace };
}

function castType(name: string): CastType {
  const lower = name.toLowerCase();
  const found = CAST_TYPES.find(type => type === lower);
  if (found !== undefined) return found;
  if (!['bytes', 'array', 'map', 'struct'].includes(lower)) {
    throw new SettingError('spec', `Invalid type found in casting spec: ${name}`);
  }
  const supported = CAST_TYPES.map(type => type.toUpperCase()).join(', ');
  throw new SettingError(
    'spec',
    `Cast transformation does not support casting to ${name.toUpperCase()}; supported types are [${supported}]`,
  );
}

function readExtractField(read: SettingsReader, part: Part): ExtractFieldSettings {
  const field = read.requiredText('field');
  const version = read.text('field.syntax.version') ?? 'V1';
  const replace = replaceNullWithDefault(read);
  if (!/^v[12]$/i.test(version)) {
    invalid('field.syntax.version', version, 'String must be one of (case insensitive): V1, V2');
  }
  const nested = version.toUpperCase() === 'V2';
  if (nested && field === '') invalid('field', field, 'String must be non-empty');
  return { kind: 'ExtractField', part, field, path: nested ? path(field) : [field], replaceNullWithDefault: replace };
}

function path(field: string): readonly string[] {
  try {
    return parseFieldPath(field);
  } catch (error) {
    if (error instanceof FieldPathError) throw new SettingError('field', error.message);
    throw error;
  }
}

function readHeaderFrom(read: SettingsReader, part: Part): HeaderFromSettings {
  const fields = read.requiredList('fields');
  const headers = read.requiredList('headers');
  const operation = read.oneOf('operation', null, 'move', 'copy');
  const replace = replaceNullWithDefault(read);
  if (fields.length === 0) invalid('fields', '[]', 'Empty list');
  if (headers.length === 0) invalid('headers', '[]', 'Empty list');
  if (fields.length !== headers.length) {
    throw new SettingError('fields', "'fields' config must have the same number of elements as 'headers' config.");
  }
  return { kind: 'HeaderFrom', part, fields, headers, operation, replaceNullWithDefault: replace };
}

function readInsertField(read: SettingsReader, part: Part): InsertFieldSettings {
  const topic = inserted(read.text('topic.field'));
  const partition = inserted(read.text('partition.field'));
  const offset = inserted(read.text('offset.field'));
  const timestamp = inserted(read.text('timestamp.field'));
  const field = inserted(read.text('static.field'));
  const value = read.text('static.value');
  const replace = replaceNullWithDefault(read);
  if ([topic, partition, offset, timestamp, field].every(each => each === null)) {
    throw new SettingError(null, 'No field insertion configured');
  }
  if (field !== null && value === null) {
    invalid('static.value', null, `No value specified for static field: ${field.name}`);
  }
  const fixed = field === null || value === null ? null : { ...field, value };
  return {
    kind: 'InsertField',
    part,
    topic,
    partition,
    offset,
    timestamp,
    static: fixed,
    replaceNullWithDefault: replace,
  };
}

/** `name`, `name?` (optional, which it is anyway) or `name!` (required). */
function inserted(text: string | null): InsertedField | null {
  if (text === null) return null;
  return { name: text.replace(/[?!]$/, ''), optional: !text.endsWith('!') };
}

function readMaskField(read: SettingsReader, part: Part): MaskFieldSettings {
  const fields = read.distinct('fields', read.requiredList('fields'), false);
  const replacement = read.text('replacement');
  if (replacement === '') invalid('replacement', '', 'String must be non-empty');
  return { kind: 'MaskField', part, fields, replacement, replaceNullWithDefault: replaceNullWithDefault(read) };
}

/** `blacklist` and `whitelist` are what `exclude` and `include` were called before Kafka 4.0. */
function readReplaceField(read: SettingsReader, part: Part): ReplaceFieldSettings {
  const exclude = read.distinct('exclude', read.list('exclude') ?? read.list('blacklist') ?? [], true);
  const include = read.distinct('include', read.list('include') ?? read.list('whitelist') ?? [], true);
  const mappings = read.list('renames') ?? [];
  const renames = new Map<string, string>();
  for (const mapping of mappings) {
    const parts = split(mapping);
    const [from, to] = parts;
    if (parts.length !== 2 || from === undefined || to === undefined) {
      invalid('renames', `[${mappings.join(', ')}]`, `Invalid rename mapping: ${mapping}`);
    }
    renames.set(from, to);
  }
  const replace = replaceNullWithDefault(read);
  return { kind: 'ReplaceField', part, exclude, include, renames: [...renames], replaceNullWithDefault: replace };
}

function readSetSchemaMetadata(read: SettingsReader, part: Part): SetSchemaMetadataSettings {
  const schemaName = read.text('schema.name');
  const schemaVersion = read.int('schema.version');
  const replace = replaceNullWithDefault(read);
  if (schemaName === null && schemaVersion === null) {
    throw new SettingError(null, 'Neither schema name nor version configured');
  }
  return { kind: 'SetSchemaMetadata', part, schemaName, schemaVersion, replaceNullWithDefault: replace };
}

function readTimestampConverter(read: SettingsReader, part: Part): TimestampConverterSettings {
  const field = read.text('field') ?? '';
  const targetType = read.oneOf('target.type', null, ...TIMESTAMP_TYPES);
  const format = read.text('format') || null;
  const unixPrecision = read.oneOf('unix.precision', 'milliseconds', ...UNIX_PRECISIONS);
  const replace = replaceNullWithDefault(read);
  if (targetType === 'string' && format === null) {
    const message = 'TimestampConverter requires format option to be specified when using string timestamps';
    throw new SettingError('format', message);
  }
  if (format !== null) {
    checkDatePattern(format, reason => {
      const message = 'TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps';
      return new SettingError('format', `${message}: ${format} (${reason})`);
    });
  }
  return {
    kind: 'TimestampConverter',
    part,
    field,
    targetType,
    format,
    unixPrecision,
    replaceNullWithDefault: replace,
  };
}

function checkDatePattern(pattern: string, refusal: (reason: string) => SettingError): void {
  try {
    parsePattern(pattern);
  } catch (error) {
    throw error instanceof PatternError ? refusal(error.message) : error;
  }
}

function readTimestampRouter(read: SettingsReader): TransformSettings {
  const topicFormat = read.text('topic.format') ?? '${' + 'topic}-${' + 'timestamp}';
  const timestampFormat = read.text('timestamp.format') ?? 'yyyyMMdd';
  checkDatePattern(timestampFormat, reason => {
    const message = `Invalid value ${timestampFormat} for configuration timestamp.format: ${reason}`;
    return new SettingError('timestamp.format', message);
  });
  return { kind: 'TimestampRouter', topicFormat, timestampFormat };
}

function readRegexRouter(read: SettingsReader): TransformSettings {
  const regex = read.requiredText('regex');
  const replacement = read.requiredText('replacement');
  const compiled = checkRegex('regex', regex);
  try {
    parseReplacement(replacement, compiled);
  } catch (error) {
    if (error instanceof JavaRegexError) invalid('replacement', replacement, error.message);
    throw error;
  }
  return { kind: 'RegexRouter', regex, replacement };
}

/** @throws SettingError */
export function checkRegex(key: string, regex: string): ReturnType<typeof compileJavaRegex> {
  try {
    return compileJavaRegex(regex);
  } catch (error) {
    if (error instanceof JavaRegexError) invalid(key, regex, `Invalid regex: ${error.message}`);
    throw error;
  }
}
