import type { Config, ConnectorConfig, WorkerConfig } from '../config/types.ts';
import { TailraceError } from '../connector/errors.ts';
import type { Clock, Random } from '../connector/ports.ts';
import { type Listener, listen } from './admin/listener.ts';
import { createRoutes } from './admin/routes.ts';
import type { BuiltConnector } from './running-connector.ts';
import type { ConnectorStatus } from './status.ts';
import { createSupervisor, type Supervised } from './supervisor.ts';
import type { TaskFact } from './task/facts.ts';
import type { Log } from './telemetry/log.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';

/** What a connector is built with. */
export interface Surroundings {
  readonly worker: WorkerConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: (fact: TaskFact) => void;
  /** For what only a client's own log tells. */
  readonly log: Log;
  /** Hides secrets in a text that leaves the worker otherwise than by the log. */
  readonly mask: (text: string) => string;
}

/** Builds a connector and its task; throws when that can't be done with this configuration. */
export type Assemble = (config: ConnectorConfig, surroundings: Surroundings) => BuiltConnector;

export interface WorkerOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Hides secrets in a text that leaves the worker otherwise than by the log. */
  readonly mask: (text: string) => string;
  readonly version: string;
  readonly droppedLines: () => number;
  /** How late the event loop was since this was last asked, seconds, by quantiles of 0 to 1. */
  readonly loopDelay: (quantiles: readonly number[]) => readonly number[];
  readonly assemble: Assemble;
}

export interface Worker {
  /** Where its listeners can be reached. */
  readonly urls: readonly string[];
  status(): readonly ConnectorStatus[];
  /** Stops every task, `deadlineMs` for all of them together. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves when it has stopped. `clean`: everything in flight was confirmed and committed. */
  readonly ended: Promise<{ readonly clean: boolean }>;
}

/** A connector could not be built. */
export class ConnectorStartError extends TailraceError {
  override readonly name = 'ConnectorStartError';

  constructor(connector: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Connector ${connector} can not be created: ${reason}`, 'CONNECTOR_NOT_CREATED', false, cause);
  }
}

/**
 * Opens the listeners, builds every connector, then starts them all: a worker that can't start in full doesn't start.
 * @throws ListenerError, ConnectorStartError
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { config, clock, log } = options;
  const supervisor = createSupervisor(clock, log);
  const { status } = supervisor;
  const telemetry = createTelemetry({ ...options, status });
  const routes = createRoutes(status, telemetry, clock, options.mask);
  const listeners: Listener[] = [];
  let connectors: readonly Supervised[];
  const close = () => Promise.all(listeners.map(listener => listener.close()));
  try {
    for (const at of config.worker.listeners) listeners.push(await listen(at, routes, clock));
    connectors = config.connectors.map(connector => build(connector, options, telemetry));
  } catch (error) {
    await close();
    throw error;
  }
  for (const listener of listeners) log.write('info', `Listening on ${listener.url} (/health, /metrics)`);
  for (const connector of connectors) supervisor.start(connector);
  return {
    urls: listeners.map(listener => listener.url),
    status,
    stop: supervisor.stop,
    ended: supervisor.ended.then(async end => {
      await close();
      return end;
    }),
  };
}

function build(connector: ConnectorConfig, options: WorkerOptions, telemetry: Telemetry): Supervised {
  const { config, clock, random, mask, assemble } = options;
  const log = options.log.with({ connector: connector.name, task: 0 });
  const announcer = telemetry.announcer({
    connector: connector.name,
    task: 0,
    logEveryRecordError: connector.errors.logEnable,
  });
  try {
    const { announce } = announcer;
    const built = assemble(connector, { worker: config.worker, clock, random, announce, log, mask });
    return { ...built, forget: announcer.forget };
  } catch (error) {
    throw new ConnectorStartError(connector.name, error);
  }
}
