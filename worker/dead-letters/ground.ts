import type { CommandInput } from '../cli/commands.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { type OneConnector, openConnector } from '../cli/one-connector.ts';
import { misuse } from '../cli/parse.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createLoggers } from '../telemetry/loggers.ts';

export type DlqCommand = 'dlq list' | 'dlq show' | 'dlq replay';

/** What a command about dead letters stands on. */
export interface Ground extends OneConnector {
  /** The dead letter topic. */
  readonly topic: string;
  /** To the standard error, warnings and what is worse. */
  readonly log: Log;
  readonly host: Host;
}

/**
 * Reads the files, and finds the connector and its topic.
 *
 * @param files the worker's, and the connector's unless it is in the environment
 * @returns the exit code where that fails, which is told
 */
export function openGround(
  name: DlqCommand,
  files: readonly string[],
  options: Pick<CommandInput<DlqCommand>['options'], 'override' | 'connector' | 'topic'>,
  host: Host,
): Ground | number {
  const opened = openConnector(name, { arguments: files, options }, host);
  if (typeof opened === 'number') return opened;
  const { connector, masking, shown } = opened;
  const topic = options.topic ?? connector.errors.deadLetterTopic;
  if (topic === null) {
    const what = `${shown(connector.name)} has no errors.deadletterqueue.topic.name: --topic says which topic it is`;
    host.complain(misuse(what, name));
    return EXIT.USAGE;
  }
  const loggers = createLoggers('WARN', host.clock.wall);
  const log = createLog({ loggers, writer: { write: host.complain }, readable: true, masking });
  return { ...opened, topic, log, host };
}
