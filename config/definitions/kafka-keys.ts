import type { ConfigKeyInfo } from './config-infos.ts';
import { KAFKA_ROWS } from './kafka-rows.ts';

/** Why a value is refused, in Kafka's words; null for one that is fine, or that is missing. */
export type Validator = (value: ParsedValue) => string | null;
/** Null: nothing was written, or it could not be parsed. */
export type ParsedValue = string | readonly string[] | null;

export interface KafkaKey extends ConfigKeyInfo {
  readonly validator: Validator | null;
}

const REQUIRED: ReadonlySet<string> = new Set(['name', 'connector.class']);

/** Names as ConfigDef.NonEmptyStringWithoutControlChars has them. */
function isName(value: ParsedValue): string | null {
  if (typeof value !== 'string') return null;
  if (value === '') return 'String may not be empty';
  const controls = [...value]
    .map(sign => sign.charCodeAt(0))
    .filter(code => code < 0x20 || (code > 0x7e && code < 0xa0));
  return controls.length === 0
    ? null
    : `String may not contain control sequences but had the following ASCII chars: ${controls.join(', ')}`;
}

const atLeastOne: Validator = value =>
  value === null ? 'Value must be non-null' : Number(value) < 1 ? 'Value must be at least 1' : null;

function oneOf(...values: readonly string[]): Validator {
  return value => (values.includes(String(value)) ? null : `String must be one of: ${values.join(', ')}`);
}

const distinct: Validator = value =>
  Array.isArray(value) && new Set(value).size < value.length ? 'Duplicate alias provided.' : null;

const VALIDATORS: Readonly<Record<string, Validator>> = {
  name: isName,
  'tasks.max': atLeastOne,
  transforms: distinct,
  predicates: distinct,
  'config.action.reload': oneOf('none', 'restart'),
  'errors.tolerance': oneOf('none', 'all'),
};

export const KAFKA_KEYS: readonly KafkaKey[] = KAFKA_ROWS.map(
  ([name, type, fallback, importance, group, order, width, display_name, documentation]) => ({
    name,
    type,
    required: REQUIRED.has(name),
    default_value: fallback,
    importance,
    documentation,
    group,
    width,
    display_name,
    dependents: [],
    order,
    validator: VALIDATORS[name] ?? null,
  }),
);
