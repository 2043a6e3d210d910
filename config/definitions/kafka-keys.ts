import type { ConfigKeyInfo, ConfigType } from './config-infos.ts';

/** Why a value is refused, in Kafka's words; null for one that is fine, or that is missing. */
export type Validator = (value: ParsedValue) => string | null;
/** Null: nothing was written, or it could not be parsed. */
export type ParsedValue = string | readonly string[] | null;

export interface KafkaKey extends ConfigKeyInfo {
  readonly validator: Validator | null;
}

type Importance = ConfigKeyInfo['importance'];
type Width = ConfigKeyInfo['width'];

/** As the columns of Kafka's ConfigDef. */
type Row = readonly [
  name: string,
  type: ConfigType,
  fallback: string | null,
  importance: Importance,
  group: string,
  order: number,
  width: Width,
  display: string,
  documentation: string,
  validator?: Validator,
];

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

const VERSION_DOC = 'Accepted as it is: there is one version of each plugin.';

/** Keys of every sink connector (ConnectorConfig and SinkConnectorConfig of Kafka Connect), in its order. */
const ROWS: readonly Row[] = [
  [
    'name',
    'STRING',
    null,
    'HIGH',
    'Common',
    1,
    'MEDIUM',
    'Connector name',
    'Name of the connector, unique in the worker; its consumer group is connect-<name>.',
    isName,
  ],
  [
    'connector.class',
    'STRING',
    null,
    'HIGH',
    'Common',
    2,
    'LONG',
    'Connector class',
    'The connector: its class by full name, simple name, or that without Connector.',
  ],
  ['connector.plugin.version', 'STRING', null, 'MEDIUM', 'Common', 3, 'MEDIUM', 'Connector version', VERSION_DOC],
  [
    'tasks.max',
    'INT',
    '1',
    'HIGH',
    'Common',
    4,
    'SHORT',
    'Tasks max',
    'Most tasks of the connector. There are never more than its topics have partitions.',
    atLeastOne,
  ],
  [
    'tasks.max.enforce',
    'BOOLEAN',
    'true',
    'LOW',
    'Common',
    5,
    'SHORT',
    'Enforce tasks max',
    'Accepted as it is: there are never more tasks than tasks.max.',
  ],
  ['key.converter', 'CLASS', null, 'LOW', 'Common', 6, 'SHORT', 'Key converter class', 'How record keys are read.'],
  ['key.converter.plugin.version', 'STRING', null, 'LOW', 'Common', 7, 'SHORT', 'Key converter version', VERSION_DOC],
  [
    'value.converter',
    'CLASS',
    null,
    'LOW',
    'Common',
    8,
    'SHORT',
    'Value converter class',
    'How record values are read.',
  ],
  [
    'value.converter.plugin.version',
    'STRING',
    null,
    'LOW',
    'Common',
    9,
    'SHORT',
    'Value converter version',
    VERSION_DOC,
  ],
  [
    'header.converter',
    'CLASS',
    null,
    'LOW',
    'Common',
    10,
    'SHORT',
    'Header converter class',
    'How header values are read.',
  ],
  [
    'header.converter.plugin.version',
    'STRING',
    null,
    'LOW',
    'Common',
    11,
    'SHORT',
    'Header converter version',
    VERSION_DOC,
  ],
  [
    'transforms',
    'LIST',
    '',
    'LOW',
    'Transforms',
    12,
    'LONG',
    'Transforms',
    'Aliases of the transforms that every record goes through, in this order.',
    distinct,
  ],
  [
    'predicates',
    'LIST',
    '',
    'LOW',
    'Predicates',
    13,
    'LONG',
    'Predicates',
    'Aliases of the predicates that transforms use.',
    distinct,
  ],
  [
    'config.action.reload',
    'STRING',
    'restart',
    'LOW',
    'Common',
    14,
    'MEDIUM',
    'Reload Action',
    'What follows when the value of a config provider expires; the providers that are known here never say so.',
    oneOf('none', 'restart'),
  ],
  [
    'errors.retry.timeout',
    'LONG',
    '0',
    'MEDIUM',
    'Error Handling',
    1,
    'MEDIUM',
    'Retry Timeout for Errors',
    'Accepted as it is: converting is not repeated; requests are, see retry.backoff.ms.',
  ],
  [
    'errors.retry.delay.max.ms',
    'LONG',
    '60000',
    'MEDIUM',
    'Error Handling',
    2,
    'MEDIUM',
    'Maximum Delay Between Retries for Errors',
    'Accepted as it is: converting is not repeated; requests are, see retry.backoff.max.ms.',
  ],
  [
    'errors.tolerance',
    'STRING',
    'none',
    'MEDIUM',
    'Error Handling',
    3,
    'SHORT',
    'Error Tolerance',
    'A record that can not be delivered fails the task (none), or goes into the dead letter topic or is skipped and counted (all).',
    oneOf('none', 'all'),
  ],
  [
    'errors.log.enable',
    'BOOLEAN',
    'false',
    'MEDIUM',
    'Error Handling',
    4,
    'SHORT',
    'Log Errors',
    'Log each record that can not be delivered.',
  ],
  [
    'errors.log.include.messages',
    'BOOLEAN',
    'false',
    'MEDIUM',
    'Error Handling',
    5,
    'SHORT',
    'Log Error Details',
    'Accepted: a line says where the record stands, and little of what it holds.',
  ],
  [
    'topics',
    'LIST',
    '',
    'HIGH',
    'Common',
    4,
    'LONG',
    'Topics',
    'Topics to read, separated by commas. Either this or topics.regex.',
  ],
  [
    'topics.regex',
    'STRING',
    '',
    'HIGH',
    'Common',
    4,
    'LONG',
    'Topics regex',
    'Java regular expression that the whole name of a topic must match. Either this or topics.',
  ],
  [
    'errors.deadletterqueue.topic.name',
    'STRING',
    '',
    'MEDIUM',
    'Error Handling',
    6,
    'MEDIUM',
    'Dead Letter Queue Topic Name',
    'Topic for records that can not be delivered; none when it is blank.',
  ],
  [
    'errors.deadletterqueue.topic.replication.factor',
    'SHORT',
    '3',
    'MEDIUM',
    'Error Handling',
    7,
    'MEDIUM',
    'Dead Letter Queue Topic Replication Factor',
    'Replication factor when the dead letter topic has to be created; -1 leaves it to the broker.',
  ],
  [
    'errors.deadletterqueue.context.headers.enable',
    'BOOLEAN',
    'false',
    'MEDIUM',
    'Error Handling',
    8,
    'MEDIUM',
    'Enable Error Context Headers',
    "Add Kafka Connect's __connect.errors.* headers to each dead letter.",
  ],
];

export const KAFKA_KEYS: readonly KafkaKey[] = ROWS.map(
  ([name, type, fallback, importance, group, order, width, display_name, documentation, validator]) => ({
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
    validator: validator ?? null,
  }),
);
