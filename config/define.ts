import { buildAddition, type WorkerBase } from './build.ts';
import type { ConfigInfos, ConfigKeyInfo } from './definitions/config-infos.ts';
import { Findings, type Origin } from './findings.ts';
import { HIDDEN } from './properties.ts';
import type { Written, WrittenKeys } from './schema/written-keys.ts';
import { isCredential } from './secrecy.ts';
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
  /** @throws UnknownPluginError, InvalidConnectorError without `connector.class` */
  validate(plugin: string, properties: SentProperties): ConfigInfos;
  /** Keys of a plugin in Kafka Connect's order, by full name, simple name or alias; null for one that is not known. */
  definitions(plugin: string): readonly ConfigKeyInfo[] | null;
  readonly plugins: readonly PluginInfo[];
}

export interface DefinitionParts {
  readonly base: WorkerBase;
  readonly version: string;
}

/** Kafka Connect's answer to a configuration with errors. */
export class InvalidConnectorError extends Error {
  override readonly name = 'InvalidConnectorError';
  readonly code = 'CONNECTOR_INVALID';

  /** @param errors without secrets */
  constructor(errors: readonly string[]) {
    super(
      [
        `Connector configuration is invalid and contains the following ${errors.length} error(s):`,
        ...errors,
        'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
      ].join('\n'),
    );
  }
}

export class UnknownPluginError extends Error {
  override readonly name = 'UnknownPluginError';
  readonly code = 'PLUGIN_UNKNOWN';
}

/** What there is to say of the worker was said at its start. */
function isOfConnector({ file, key }: Origin, worker: string | null): boolean {
  return file === 'environment' ? isConnectorVariable(key ?? '') : file !== worker;
}

/** @param base of `loadFiles` */
export function createDefinitions({ base }: DefinitionParts): Definitions {
  return {
    define(properties, others) {
      const name = `connector ${properties['name'] ?? ''}`.trimEnd();
      const findings = new Findings();
      const keys = writtenOf(name, properties, findings);
      const { config, provided } = buildAddition(base, { name, keys, others }, findings);
      if (config === null) {
        throw new InvalidConnectorError(findings.faults.map(({ key, message }) => `${key ?? ''} ${message}`.trim()));
      }
      return { config, provided, ...findings.linesOf(origin => isOfConnector(origin, base.source?.name ?? null)) };
    },
    validate(plugin) {
      throw new UnknownPluginError(plugin);
    },
    definitions: () => null,
    plugins: [],
  };
}

function writtenOf(file: string, properties: SentProperties, findings: Findings): WrittenKeys {
  const written = new Map<string, Written>();
  for (const [key, text] of Object.entries(properties)) {
    const origin = { file, line: null, key };
    if (text === null) findings.fault('invalid', origin, 'must not be null');
    else {
      if (text === HIDDEN && isCredential(key)) findings.fault('invalid', origin, NO_SECRET);
      written.set(key, { text, origin, placeholder: null });
    }
  }
  return written;
}

const NO_SECRET = `is ${HIDDEN}, which stands for the secret that is there, and there is none: write the secret`;
