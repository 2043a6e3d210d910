import type { Defined, Definitions } from '../config/define.ts';
import { revealed } from '../config/properties.ts';
import { mayBeShown } from '../config/secrecy.ts';
import { Secret } from '../config/secret.ts';
import type { ConnectorConfig, TargetState, WrittenProperties } from '../config/types.ts';
import type { UnusableConfig } from './connector-machine.ts';
import { restore } from './store/restore.ts';
import type { StateStore } from './store/state-store.ts';
import type { Log } from './telemetry/log.ts';

/** A connector that a worker begins with. */
export interface FirstConnector {
  readonly config: ConnectorConfig | UnusableConfig;
  readonly target: TargetState;
  /** Whether a file says all of it: one that can't be built keeps the worker from starting. */
  readonly isOfFile: boolean;
  readonly whenUnused: () => void;
}

export interface FirstConnectorsParts {
  /** Those of the files. */
  readonly connectors: readonly ConnectorConfig[];
  readonly definitions: Definitions;
  readonly store: StateStore;
  readonly hide: (defined: Defined) => () => void;
  readonly log: Log;
}

/** What a worker begins with, of its files and of what REST had changed when it ran before. What can't be used any more is there too: the others start. */
export async function firstConnectors(parts: FirstConnectorsParts): Promise<readonly FirstConnector[]> {
  const { connectors, definitions, store, hide, log } = parts;
  const ofFiles = new Map(connectors.map(config => [config.name, config]));
  const files = new Map(connectors.map(({ name, properties }) => [name, revealed(properties)]));
  const restored = restore(files, store.connectors);
  for (const warning of restored.warnings) log.write('warn', warning, { event: 'config' });
  for (const notice of restored.notices) log.write('info', notice, { event: 'config' });
  // Should their files say again what they said then, what is outdated would count again.
  for (const name of restored.outdated) {
    await store
      .put(name, null)
      .catch((error: Error) => log.write('warn', error.message, { event: 'state-not-kept', connector: name }));
  }
  const first: FirstConnector[] = [];
  for (const { name, properties, target, isOfFile } of restored.connectors) {
    const config = isOfFile ? ofFiles.get(name) : undefined;
    if (config !== undefined) {
      first.push({ config, target: target ?? config.initialState, isOfFile, whenUnused: () => undefined });
    } else first.push({ ...defined(name, properties), target: target ?? 'RUNNING', isOfFile });
  }
  return first;

  function defined(name: string, properties: Readonly<Record<string, string>>) {
    const others = first.flatMap(({ config }) => ('fault' in config ? [] : [config]));
    try {
      const all = definitions.define(properties, others);
      return { config: all.config, whenUnused: hide(all) };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      return { config: { name, properties: shown(properties), fault }, whenUnused: () => undefined };
    }
  }
}

/** Nobody knows what they are: whatever may be a secret is one. */
function shown(properties: Readonly<Record<string, string>>): WrittenProperties {
  const entries = Object.entries(properties);
  const isPlain = (key: string, text: string): boolean => mayBeShown(key) && !USER_INFO.test(text);
  return Object.fromEntries(entries.map(([key, text]) => [key, isPlain(key, text) ? text : new Secret(text)]));
}

const USER_INFO = /:\/\/[^\s/]*@/;
