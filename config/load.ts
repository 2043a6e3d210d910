import { build, type ConfigTexts, type Loaded, type WorkerBase } from './build.ts';
import { ConfigError, Findings } from './findings.ts';
import type { Environment } from './schema/schema.ts';
import { systemFiles } from './source/files.ts';
import { fileName, readSource, type SourceText, standIn } from './source/source-text.ts';
import type { Config } from './types.ts';

export interface ConfigFiles {
  /** Null: the worker is configured by the environment alone. */
  readonly workerFile: string | null;
  readonly connectorFiles: readonly string[];
  readonly env: Environment;
  /** `key=value` each, from the command line. */
  readonly overrides: readonly string[];
}

/**
 * Reads a worker file and its connector files: defaults < file < environment < command line.
 *
 * @throws ConfigError that lists all faults of all files
 */
export function loadConfig(files: ConfigFiles): Config {
  return configOf(loadFiles(files));
}

/** The same, and what connectors that come later are built beside. @throws ConfigError */
export function loadWorker(files: ConfigFiles): { readonly config: Config; readonly base: WorkerBase } {
  const loaded = loadFiles(files);
  return { config: configOf(loaded), base: loaded.base };
}

/** The same from texts. @throws ConfigError */
export function parseConfig(texts: ConfigTexts): Config {
  return configOf(build(texts, new Findings()));
}

/** What `loadConfig` reads, faults and all. */
export function loadFiles({ env, overrides, ...files }: ConfigFiles): Loaded {
  const findings = new Findings();
  const workerFile = files.workerFile === null ? null : fileName(files.workerFile);
  const connectorFiles = files.connectorFiles.map(fileName);
  const names = [...(workerFile === null ? [] : [workerFile]), ...connectorFiles];
  const sources = readSources(names, findings);
  const worker = workerFile === null ? null : (sources.get(workerFile) ?? standIn(workerFile));
  const read = [...sources.values()].filter(source => source !== null);
  const connectors = read.filter(({ name }) => name !== workerFile);
  return build({ worker, connectors, env, overrides, named: names, files: systemFiles, toRun: true }, findings);
}

/** The files by their names, null where one can't be read. One that is named twice is read once, and is a fault. */
export function readSources(names: readonly string[], findings: Findings): ReadonlyMap<string, SourceText | null> {
  const sources = new Map<string, SourceText | null>();
  for (const name of names) {
    if (sources.has(name)) findings.fault('conflict', { file: name, line: null, key: null }, 'is named twice');
    else sources.set(name, readSource(name, systemFiles, findings));
  }
  return sources;
}

function configOf({ config, faults, inConnectorsOnly }: Loaded): Config {
  if (config === null) throw new ConfigError(faults, inConnectorsOnly);
  return config;
}
