import { buildAddition, type WorkerBase } from './build.ts';
import type { ConfigInfos, ConfigKeyInfo } from './definitions/config-infos.ts';
import { KAFKA_KEYS } from './definitions/kafka-keys.ts';
import { findSink, SINKS, type SinkClass } from './definitions/own-keys.ts';
import { ALL_PLUGINS, CONVERTERS, findPlugin, HEADER_CONVERTERS, type Plugin } from './definitions/plugins.ts';
import { configInfos, NULL_VALUE, type ValidateParts } from './definitions/validate.ts';
import { type ExplainedSource, explainSource } from './explain.ts';
import { Findings, type Origin } from './findings.ts';
import { HIDDEN } from './properties.ts';
import type { WorkerSection } from './schema/section.ts';
import type { Written, WrittenKeys } from './schema/written-keys.ts';
import { isCredential, mayBeShown } from './secrecy.ts';
import type { Secret } from './secret.ts';
import { isConnectorVariable } from './source/environment.ts';
import type { ConnectorConfig } from './types.ts';

/** What was sent for a connector; null is no value, and is refused as in Kafka Connect. */
export type SentProperties = Readonly<Record<string, string | null>>;

/** A connector made of properties, and what there is to say about it. */
export interface Defined {
  readonly config: ConnectorConfig;
  /** One line each, no secrets. */
  readonly warnings: readonly string[];
  readonly notices: readonly string[];
  /** Values that config providers gave for keys that may hold a secret. */
  readonly provided: readonly Secret[];
}

export interface PluginInfo {
  readonly class: string;
  readonly type: 'sink' | 'transformation' | 'predicate' | 'converter' | 'header_converter';
  readonly version: string;
}

/** What connectors of this worker are made of; the worker's own configuration is as it was at its start. */
export interface Definitions {
  /**
   * @param properties as sent, with `name`
   * @param others connectors that there are beside it: names and groups must differ
   * @throws InvalidConnectorError
   */
  define(properties: SentProperties, others: readonly ConnectorConfig[]): Defined;
  /**
   * @param plugin by full name, simple name or alias: `connector.class` must be of that name
   * @throws InvalidConnectorError for a class that is not known, or not that of the plugin
   */
  validate(plugin: string, properties: SentProperties): ConfigInfos;
  /**
   * What becomes of each key of a connector that there is.
   * @param others connectors that there are beside it
   * @param isInUse it was built like this before, whoever gave it
   */
  explain(properties: SentProperties, others: readonly ConnectorConfig[], isInUse: boolean): ExplainedSource;
  /** Keys of a plugin in Kafka Connect's order, by full name, simple name or alias; null for one that is not known. */
  definitions(plugin: string): readonly ConfigKeyInfo[] | null;
  readonly plugins: readonly PluginInfo[];
}

export interface DefinitionParts {
  readonly base: WorkerBase;
  readonly version: string;
}

/** Kafka Connect's answer to a configuration that it does not take: 400. Its text holds no secret. */
export class InvalidConnectorError extends Error {
  override readonly name = 'InvalidConnectorError';
  readonly code = 'CONNECTOR_INVALID';
}

/** Of Kafka's plugins: the line of Kafka Connect that is followed. */
const KAFKA_VERSION = '4.1.0';

/** @param base of `loadWorker` */
export function createDefinitions({ base, version }: DefinitionParts): Definitions {
  const converters = convertersOf(base.section);
  const workerFile = base.source?.name ?? null;

  function add(properties: SentProperties, others: readonly ConnectorConfig[], isTrusted = false) {
    const name = nameOf(properties);
    const findings = new Findings();
    const keys = writtenOf(name, properties, findings);
    return { name, findings, added: buildAddition(base, { name, keys, others, isTrusted }, findings) };
  }

  function check(properties: SentProperties, others: readonly ConnectorConfig[]) {
    const [className, sink] = sinkOf(properties);
    const { added, findings } = add(properties, others);
    const infos = configInfos({
      className,
      sink,
      nulls: new Set(Object.keys(properties).filter(key => properties[key] === null)),
      written: new Map(added.section.written),
      faults: findings.faults,
      converters,
      versions: { sink: version, kafka: KAFKA_VERSION },
    });
    return { added, infos, findings };
  }

  return {
    define(properties, others) {
      const { added, infos, findings } = check(properties, others);
      const { config, provided } = added;
      if (config === null || infos.error_count > 0) throw invalid(infos);
      return { config, provided, ...findings.linesOf(origin => isOfConnector(origin, workerFile)) };
    },
    validate(plugin, properties) {
      const className = properties['connector.class'] ?? null;
      if (className !== null && !withoutSuffix(className).endsWith(withoutSuffix(plugin))) {
        throw new InvalidConnectorError(`Included connector type ${className} does not match request type ${plugin}`);
      }
      return check(properties, []).infos;
    },
    explain(properties, others, isInUse) {
      const { name, added, findings } = add(properties, others, isInUse);
      return explainSource(name, added.section.written, findings, findings.bySubject());
    },
    definitions(plugin) {
      const sink = findSink(plugin, new Set());
      if (sink === undefined) return findPlugin(ALL_PLUGINS, plugin)?.keys ?? null;
      const own = sink.keys.map(keyInfo);
      const kafkas = KAFKA_KEYS.map(keyInfo);
      const ofVersion = 'connector.plugin.version';
      return [...own, ...kafkas.map(key => (key.name === ofVersion ? { ...key, default_value: version } : key))];
    },
    plugins: [
      ...SINKS.map(sink => ({ class: sink.class, type: 'sink' as const, version })),
      ...ALL_PLUGINS.map(plugin => ({ class: plugin.class, type: plugin.type, version: KAFKA_VERSION })),
    ],
  };
}

/** How it is called in what is said of it. */
function nameOf(properties: SentProperties): string {
  return `connector ${properties['name'] ?? ''}`.trimEnd();
}

/** The class that is named, in the words of Kafka Connect where there is none. @throws InvalidConnectorError */
function sinkOf(properties: SentProperties): readonly [className: string, SinkClass] {
  const className = properties['connector.class'] ?? null;
  if (className === null) {
    const shown = Object.entries(properties).map(([key, text]) => `${key}=${mayBeShown(key) ? text : HIDDEN}`);
    throw new InvalidConnectorError(`Connector config {${shown.join(', ')}} contains no connector type`);
  }
  const sink = findSink(className, { has: key => Object.hasOwn(properties, key) });
  if (sink !== undefined) return [className, sink];
  const known = SINKS.map(each => each.class).join(', ');
  throw new InvalidConnectorError(
    `Failed to find any class that implements Connector and which name matches ${className}, available connectors are: ${known}`,
  );
}

/** As Kafka Connect compares the two, ConnectorPluginsResource. */
function withoutSuffix(name: string): string {
  return name.replace(/(?<=.)Connector$/, '');
}

/** Errors that are listed one by one. */
const MOST_LISTED = 200;

function invalid(infos: ConfigInfos): InvalidConnectorError {
  const errors = infos.configs.flatMap(({ value }) => value.errors);
  const more = errors.length - MOST_LISTED;
  return new InvalidConnectorError(
    [
      `Connector configuration is invalid and contains the following ${errors.length} error(s):`,
      ...errors.slice(0, MOST_LISTED),
      ...(more > 0 ? [`… and ${more} more`] : []),
      'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
    ].join('\n'),
  );
}

/** What counts where a connector names none. */
function convertersOf({ values }: WorkerSection): ValidateParts['converters'] {
  const named = (name: string | null, plugins: readonly Plugin[], fallback: string) =>
    findPlugin(plugins, name ?? fallback)?.class ?? fallback;
  return {
    key: named(values.keyConverter, CONVERTERS, 'org.apache.kafka.connect.converters.ByteArrayConverter'),
    value: named(values.valueConverter, CONVERTERS, 'org.apache.kafka.connect.json.JsonConverter'),
    header: named(values.headerConverter, HEADER_CONVERTERS, 'org.apache.kafka.connect.storage.SimpleHeaderConverter'),
  };
}

function keyInfo(key: ConfigKeyInfo): ConfigKeyInfo {
  const { name, type, required, default_value, importance, documentation, group, width, display_name } = key;
  const { dependents, order } = key;
  return {
    name,
    type,
    required,
    default_value,
    importance,
    documentation,
    group,
    width,
    display_name,
    dependents,
    order,
  };
}

/** What there is to say of the worker was said at its start. */
function isOfConnector({ file, key }: Origin, worker: string | null): boolean {
  return file === 'environment' ? isConnectorVariable(key ?? '') : file !== worker;
}

function writtenOf(file: string, properties: SentProperties, findings: Findings): WrittenKeys {
  const written = new Map<string, Written>();
  for (const [key, text] of Object.entries(properties)) {
    const origin = { file, line: null, key };
    if (text === null) findings.fault('invalid', origin, NULL_VALUE);
    else {
      if (text === HIDDEN && isCredential(key)) findings.fault('invalid', origin, NO_SECRET);
      written.set(key, { text, origin, placeholder: null });
    }
  }
  return written;
}

const NO_SECRET = `is ${HIDDEN}, which stands for the secret that is there, and there is none: write the secret`;
