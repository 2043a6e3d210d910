import { ConfigError } from '../../config/findings.ts';
import { loadConfig } from '../../config/load.ts';
import { printable } from '../../config/printable.ts';
import type { Config, ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import type { CommandInput } from '../cli/commands.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { misuse } from '../cli/parse.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createLoggers } from '../telemetry/loggers.ts';
import { createMasking, type Masking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';

export type DlqCommand = 'dlq list' | 'dlq show' | 'dlq replay';

/** What a command about dead letters stands on. */
export interface Ground {
  readonly worker: WorkerConfig;
  readonly connector: ConnectorConfig;
  /** The dead letter topic. */
  readonly topic: string;
  readonly masking: Masking;
  /** To the standard error, warnings and what is worse. */
  readonly log: Log;
  /** Foreign text as a line may show it: without secrets, and steering no terminal. */
  readonly shown: (text: string) => string;
  readonly host: Host;
}

/**
 * Reads the files, and finds the connector and its topic.
 * @param files the worker's, and the connector's unless it is in the environment
 * @returns the exit code where that fails, which is told
 */
export function openGround(
  name: DlqCommand,
  files: readonly string[],
  options: Pick<CommandInput<DlqCommand>['options'], 'override' | 'connector' | 'topic'>,
  host: Host,
): Ground | number {
  const [workerFile, ...connectorFiles] = files;
  let config: Config;
  try {
    config = loadConfig({ workerFile: workerFile!, connectorFiles, overrides: options.override, env: host.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.complain(`${error.message}\n`);
    return error.inConnectorsOnly ? EXIT.CONNECTOR_START : EXIT.WORKER_START;
  }
  const masking = createMasking(secretsOf(config));
  const shown = (text: string): string => printable(masking.mask(text));
  const wrong = (what: string): number => {
    host.complain(misuse(what, name));
    return EXIT.USAGE;
  };
  const connector = chosen(config.connectors, options.connector);
  if (connector === null) {
    const names = config.connectors.map(each => shown(each.name)).join(', ');
    return wrong(
      names === '' ? 'SINK is needed: there is no connector' : `--connector says which connector it is about: ${names}`,
    );
  }
  const topic = options.topic ?? connector.errors.deadLetterTopic;
  if (topic === null) {
    return wrong(`${shown(connector.name)} has no errors.deadletterqueue.topic.name: --topic says which topic it is`);
  }
  const loggers = createLoggers('WARN', host.clock.wall);
  const log = createLog({ loggers, writer: { write: host.complain }, readable: true, masking });
  return { worker: config.worker, connector, topic, masking, log, shown, host };
}

/** Null where that can't be told. */
function chosen(connectors: readonly ConnectorConfig[], name: string | null): ConnectorConfig | null {
  if (name !== null) return connectors.find(connector => connector.name === name) ?? null;
  return connectors.length === 1 ? connectors[0]! : null;
}
