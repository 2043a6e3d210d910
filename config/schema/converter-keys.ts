import { boolean, integer, oneOf, text } from './formats.ts';
import type { KeySpec, keyGroup } from './key-spec.ts';

/** What is converted, as Kafka Connect's keys begin. */
export type ConverterRole = 'key' | 'value' | 'header';

interface ConverterParts {
  readonly Converter: KeySpec<string | null>;
  readonly ConverterSchemasEnable: KeySpec<boolean | null>;
  readonly ConverterSchemasCacheSize: KeySpec<number | null>;
  readonly ConverterSchemaContent: KeySpec<string | null>;
  readonly ConverterDecimalFormat: KeySpec<'BASE64' | 'NUMERIC' | null>;
  readonly ConverterReplaceNullWithDefault: KeySpec<boolean | null>;
  readonly ConverterEncoding: KeySpec<string | null>;
}

export type ConverterKeys = {
  readonly [Name in keyof ConverterParts as `${ConverterRole}${Name}`]: ConverterParts[Name];
};

const READ: Readonly<Record<ConverterRole, string>> = {
  key: 'How record keys are read. They are converted where a transform needs them, or where the converter may refuse one',
  value:
    'How record values are read: JSON without schemas is checked and sent unchanged (what JsonConverter reads though it is ' +
    'none as JSON: leading zeros, a byte order mark, UTF-16, UTF-32, the first of several values), everything else is sent ' +
    'as the JSON of its payload',
  header: 'How header values are read, where a transform needs them',
};

const NAMES: Readonly<Record<ConverterRole, string>> = {
  key: '`JsonConverter`, `StringConverter`, `ByteArrayConverter`, `ShortConverter`, `IntegerConverter`, …',
  value: '`JsonConverter`, `StringConverter`, `ByteArrayConverter`, `ShortConverter`, `IntegerConverter`, …',
  header: '`SimpleHeaderConverter` or any of the converters for values',
};

const NOBODY: Readonly<Record<ConverterRole, string>> = {
  key: 'The bytes as they are when neither file names one.',
  value: 'JSON without schemas when neither file names one.',
  header: '`SimpleHeaderConverter` when neither file names one.',
};

type Group = ReturnType<typeof keyGroup>;

function partsOf(role: ConverterRole, group: Group): ConverterParts {
  const prefix = `${role}.converter`;
  const json = 'JSON converter: ';
  return {
    Converter: group.optional(
      prefix,
      text,
      `${READ[role]}: ${NAMES[role]}, by full or simple name. The connector's converter replaces the worker's together ` +
        `with its sub-keys. ${NOBODY[role]}`,
    ),
    ConverterSchemasEnable: group.optional(
      `${prefix}.schemas.enable`,
      boolean,
      `${json}each text is an object of \`schema\` and \`payload\`. Default: true, as in Kafka Connect.`,
    ),
    ConverterSchemasCacheSize: group.optional(
      `${prefix}.schemas.cache.size`,
      integer(0, 1_000_000),
      `${json}how many schemas are remembered. Default: 1000.`,
    ),
    ConverterSchemaContent: group.optional(
      `${prefix}.schema.content`,
      text,
      `${json}the schema of all texts, which then are payloads alone.`,
    ),
    ConverterDecimalFormat: group.optional(
      `${prefix}.decimal.format`,
      oneOf('BASE64', 'NUMERIC'),
      role === 'value'
        ? `${json}how a Decimal is sent, as its bytes in base64 or as a number. Both are read. Default: BASE64.`
        : `${json}accepted; both forms are read, and nothing is written.`,
    ),
    ConverterReplaceNullWithDefault: group.optional(
      `${prefix}.replace.null.with.default`,
      boolean,
      `${json}a null counts as its schema's default, where there is one. Default: true.`,
    ),
    ConverterEncoding: group.optional(
      `${prefix}.converter.encoding`,
      oneOf('UTF-8', 'UTF8', 'US-ASCII', 'ISO-8859-1', 'UTF-16', 'UTF-16BE', 'UTF-16LE'),
      'String converter: the encoding of the texts. Default: UTF-8.',
    ),
  };
}

/** The converter keys of a file: both kinds of files have the same ones. */
export function converterKeys(group: Group): ConverterKeys {
  const roles: readonly ConverterRole[] = ['key', 'value', 'header'];
  const named = roles.flatMap(role =>
    Object.entries(partsOf(role, group)).map(([name, spec]) => [`${role}${name}`, spec] as const),
  );
  return Object.fromEntries(named) as unknown as ConverterKeys;
}
