import { ConfigError } from '../../config/findings.ts';
import { loadConfig } from '../../config/load.ts';
import { printable } from '../../config/printable.ts';
import type { Config, ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import { createMasking, type Masking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';
import type { CommandName } from './commands.ts';
import { EXIT, refusedExit } from './exit-codes.ts';
import type { Host } from './host.ts';
import { misuse } from './parse.ts';

/** What a command about one connector stands on. */
export interface OneConnector {
  readonly worker: WorkerConfig;
  readonly connector: ConnectorConfig;
  /** Of all that the files keep secret. */
  readonly masking: Masking;
  /** Foreign text as it may be shown: without secrets, and steering no terminal. */
  readonly shown: (text: string) => string;
}

/** Of the command line: the worker's file, and the connector's unless it is in the environment. */
export interface OneConnectorInput {
  readonly arguments: readonly string[];
  readonly options: { readonly override: readonly string[]; readonly connector: string | null };
}

/** Reads the files, and finds the connector. @returns the exit code where that fails, which is told */
export function openConnector(name: CommandName, input: OneConnectorInput, host: Host): OneConnector | number {
  const [workerFile, ...connectorFiles] = input.arguments;
  const { override: overrides, connector: wanted } = input.options;
  let config: Config;
  try {
    config = loadConfig({ workerFile: workerFile!, connectorFiles, overrides, env: host.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.complain(`${error.message}\n`);
    return refusedExit(error.inConnectorsOnly);
  }
  const masking = createMasking(secretsOf(config));
  const shown = (text: string): string => printable(masking.mask(text));
  const { connectors } = config;
  const fitting = connectors.filter(each => wanted === null || each.name === wanted);
  if (fitting.length === 1) return { worker: config.worker, connector: fitting[0]!, masking, shown };
  const names = connectors.map(each => shown(each.name)).join(', ');
  const what =
    names === '' ? 'SINK is needed: there is no connector' : `--connector says which connector it is about: ${names}`;
  host.complain(misuse(what, name));
  return EXIT.USAGE;
}
