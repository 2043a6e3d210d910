import type { Findings } from './findings.ts';
import type { ConverterRole } from './schema/converter-keys.ts';
import { notKnown } from './schema/formats.ts';
import type { ConnectorSection, WorkerSection } from './schema/section.ts';
import type { ConverterConfig, HeaderConverterConfig, JsonConverterConfig, PrimitiveConverterKind } from './types.ts';

const PACKAGES = 'org.apache.kafka.connect';
const CONVERTERS = `${PACKAGES}.converters`;

type Kind = (ConverterConfig | HeaderConverterConfig)['kind'];

const CLASSES: ReadonlyMap<string, Kind> = new Map([
  ...aliases(`${PACKAGES}.json.JsonConverter`, 'json'),
  ...aliases(`${PACKAGES}.storage.StringConverter`, 'string'),
  ...aliases(`${CONVERTERS}.ByteArrayConverter`, 'bytes'),
  ...aliases(`${CONVERTERS}.ShortConverter`, 'short'),
  ...aliases(`${CONVERTERS}.IntegerConverter`, 'integer'),
  ...aliases(`${CONVERTERS}.LongConverter`, 'long'),
  ...aliases(`${CONVERTERS}.FloatConverter`, 'float'),
  ...aliases(`${CONVERTERS}.DoubleConverter`, 'double'),
  ...aliases(`${CONVERTERS}.BooleanConverter`, 'boolean'),
]);

const HEADER_CLASSES: ReadonlyMap<string, Kind> = new Map([
  ...CLASSES,
  ...aliases(`${PACKAGES}.storage.SimpleHeaderConverter`, 'simple'),
]);

/** Confluent's converters, by the format that they read. */
const CONFLUENT: ReadonlyMap<string, string> = new Map([
  ['io.confluent.connect.avro.AvroConverter', 'Avro'],
  ['io.confluent.connect.json.JsonSchemaConverter', 'JSON Schema'],
  ['io.confluent.connect.protobuf.ProtobufConverter', 'Protobuf'],
]);

/** Full names of those that a role may have. */
export function converterClasses(role: ConverterRole): readonly string[] {
  return [...(role === 'header' ? HEADER_CLASSES : CLASSES).keys()].filter(name => name.startsWith(PACKAGES));
}

/** Whether it is one of those that speak to a schema registry: why it is refused says more than that it is not known. */
export function isOfRegistry(name: string): boolean {
  return CONFLUENT.has(name) || name.startsWith('io.confluent.');
}

/** Kafka Connect's: the full name, the simple one, and that without the suffix. */
function aliases(className: string, kind: Kind): [string, Kind][] {
  const simple = className.slice(className.lastIndexOf('.') + 1);
  return [className, simple, simple.replace(/(Header)?Converter$/, '')].map(name => [name, kind]);
}

export interface Converters {
  readonly keyConverter: ConverterConfig;
  readonly valueConverter: ConverterConfig;
  readonly headerConverter: HeaderConverterConfig;
}

/** The connector's converter replaces the worker's together with its sub-keys, role by role. */
export function readConverters(worker: WorkerSection, connector: ConnectorSection, findings: Findings): Converters {
  const read = (role: ConverterRole): HeaderConverterConfig => readConverter(role, worker, connector, findings);
  return {
    keyConverter: read('key') as ConverterConfig,
    valueConverter: read('value') as ConverterConfig,
    headerConverter: read('header'),
  };
}

function readConverter(
  role: ConverterRole,
  worker: WorkerSection,
  connector: ConnectorSection,
  findings: Findings,
): HeaderConverterConfig {
  const own = connector.values[`${role}Converter`];
  const inherited = worker.values[`${role}Converter`];
  const fromWorker = own === null && inherited !== null;
  if (fromWorker) noteLostSubKeys(role, connector, findings);
  const section: WorkerSection | ConnectorSection = fromWorker ? worker : connector;
  const name = own ?? inherited;
  if (name === null) return withoutName(role, section);
  const kind = (role === 'header' ? HEADER_CLASSES : CLASSES).get(name);
  if (kind === undefined) findings.fault('unsupported', section.origin(`${role}.converter`), refusal(role, name));
  if (kind === undefined || kind === 'json') {
    return withDecimals(role, connector, json(role, section, true));
  }
  return other(kind, role, section);
}

function withoutName(role: ConverterRole, section: ConnectorSection | WorkerSection): HeaderConverterConfig {
  if (role === 'key') return { kind: 'bytes' };
  return role === 'header' ? { kind: 'simple' } : json(role, section, false);
}

/** What another vendor's sink says of decimals counts whoever named the converter: there they are of its own JSON. */
function withDecimals(role: ConverterRole, connector: ConnectorSection, config: JsonConverterConfig): ConverterConfig {
  const own = connector.isForeign ? connector.values[`${role}ConverterDecimalFormat`] : null;
  return own === null ? config : { ...config, decimalFormat: own };
}

function json(
  role: ConverterRole,
  { values }: ConnectorSection | WorkerSection,
  schemasByDefault: boolean,
): JsonConverterConfig {
  return {
    kind: 'json',
    schemas: values[`${role}ConverterSchemasEnable`] ?? schemasByDefault,
    schemaContent: values[`${role}ConverterSchemaContent`],
    schemasCacheSize: values[`${role}ConverterSchemasCacheSize`] ?? 1000,
    decimalFormat: values[`${role}ConverterDecimalFormat`] ?? 'BASE64',
    replaceNullWithDefault: values[`${role}ConverterReplaceNullWithDefault`] ?? true,
  };
}

function other(
  kind: Exclude<Kind, 'json'>,
  role: ConverterRole,
  { values }: ConnectorSection | WorkerSection,
): HeaderConverterConfig {
  if (kind === 'string') return { kind, encoding: values[`${role}ConverterEncoding`] ?? 'UTF-8' };
  if (kind === 'bytes' || kind === 'simple') return { kind };
  return { kind: kind satisfies PrimitiveConverterKind };
}

const SUB_KEYS = [
  'schemas.enable',
  'schemas.cache.size',
  'schema.content',
  'decimal.format',
  'replace.null.with.default',
  'converter.encoding',
];

/** Kafka Connect drops them in silence. */
function noteLostSubKeys(role: ConverterRole, connector: ConnectorSection, findings: Findings): void {
  for (const subKey of SUB_KEYS) {
    const written = connector.inFile(`${role}.converter.${subKey}`);
    const why = `without ${role}.converter in the same file the worker's converter counts, with its own keys`;
    if (written !== null) findings.note('ignored', written.origin, why);
  }
}

function refusal(role: ConverterRole, name: string): string {
  const known = converterClasses(role).join(', ');
  const format = CONFLUENT.get(name) ?? (name.startsWith('io.confluent.') ? 'Schema Registry' : null);
  if (format === null) return `${notKnown(name, 'a converter that is supported here')}: known are ${known}`;
  const hint =
    role === 'key'
      ? `; where nothing reads the keys, write key.converter=${CONVERTERS}.ByteArrayConverter in the connector file`
      : '';
  return `reads ${format} with a schema registry, which is not supported: known are ${known}${hint}`;
}
