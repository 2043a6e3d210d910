import type { ConfigInfos, ConfigKeyInfo } from './definitions/config-infos.ts';
import { type Fault, Findings } from './findings.ts';
import { build } from './load.ts';
import type { Environment } from './schema/schema.ts';
import type { Secret } from './secret.ts';
import { type Files, systemFiles } from './source/files.ts';
import type { SourceText } from './source/source-text.ts';
import type { ConnectorConfig } from './types.ts';

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
  define(properties: Readonly<Record<string, string>>, others: readonly ConnectorConfig[]): Defined;
  /** @throws UnknownPluginError */
  validate(plugin: string, properties: Readonly<Record<string, string>>): ConfigInfos;
  /** Keys of a plugin in Kafka Connect's order, by full name, simple name or alias; null for one that is not known. */
  definitions(plugin: string): readonly ConfigKeyInfo[] | null;
  readonly plugins: readonly PluginInfo[];
}

export interface DefinitionParts {
  /** The worker's file as it was at its start; null: the environment alone. */
  readonly worker: SourceText | null;
  readonly env: Environment;
  readonly version: string;
  readonly files?: Files;
}

/** Kafka Connect's answer to a configuration with errors. */
export class InvalidConnectorError extends Error {
  readonly code = 'CONNECTOR_INVALID';

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ message }) => message).join('\n'));
    this.name = 'InvalidConnectorError';
  }
}

export class UnknownPluginError extends Error {
  readonly code = 'PLUGIN_UNKNOWN';
}

export function createDefinitions({ worker, env, files = systemFiles }: DefinitionParts): Definitions {
  return {
    define(properties) {
      const source = { name: 'REST', text: JSON.stringify(properties) };
      const findings = new Findings();
      const { config, faults } = build({ worker, connectors: [source], env, overrides: [], files }, findings);
      if (config === null) throw new InvalidConnectorError(faults);
      const { warnings, notices, provided, connectors } = config;
      return { config: connectors[0]!, warnings, notices, provided };
    },
    validate(plugin) {
      throw new UnknownPluginError(plugin);
    },
    definitions: () => null,
    plugins: [],
  };
}
