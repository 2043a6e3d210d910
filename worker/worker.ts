import type { Definitions } from '../config/define.ts';
import type { Secret } from '../config/secret.ts';
import type { ConnectorConfig, TargetState, WorkerConfig } from '../config/types.ts';
import { TailraceError } from '../connector/errors.ts';
import type { Clock, Random } from '../connector/ports.ts';
import { type Listener, listen } from './admin/listener.ts';
import { createRoutes } from './admin/routes.ts';
import type { MachineParts } from './connector-machine.ts';
import type { Groups } from './herder.ts';
import type { BuiltTask } from './running-task.ts';
import { createStandaloneHerder } from './standalone-herder.ts';
import type { ConnectorStatus } from './status.ts';
import type { StateStore } from './store/state-store.ts';
import { createSupervisor } from './supervisor.ts';
import type { TaskFact } from './task/facts.ts';
import { type Log, loggerOfConnector } from './telemetry/log.ts';
import type { Loggers } from './telemetry/loggers.ts';
import type { Masking } from './telemetry/masking.ts';
import { secretsOfConnector } from './telemetry/secrets.ts';
import { createTelemetry } from './telemetry/telemetry.ts';

/** What a task is built with. */
export interface Surroundings {
  readonly worker: WorkerConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: (fact: TaskFact) => void;
  /** For what only a client's own log tells. */
  readonly log: Log;
  /** Hides secrets in a text that leaves the worker otherwise than by the log. */
  readonly mask: (text: string) => string;
  /** All that it hides. */
  readonly secrets: () => readonly Secret[];
}

/** Builds a task of a connector; throws when that can't be done with this configuration. */
export type Assemble = (config: ConnectorConfig, id: number, surroundings: Surroundings) => BuiltTask;

/** A connector that the worker begins with. */
export interface FirstConnector {
  readonly config: ConnectorConfig;
  readonly target: TargetState;
}

export interface WorkerOptions {
  readonly worker: WorkerConfig;
  readonly connectors: readonly FirstConnector[];
  /** What the files say, by the names of their connectors. */
  readonly files: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly definitions: Definitions;
  readonly store: StateStore;
  readonly groups: Groups;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The levels of its lines. */
  readonly loggers: Loggers;
  /** Hides the secrets of the connectors that there are, in the log and in what leaves the worker otherwise. */
  readonly masking: Masking;
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

  constructor(connector: string, reason: string) {
    super(`Connector ${connector} can not be created: ${reason}`, 'CONNECTOR_NOT_CREATED', false);
  }
}

/**
 * Opens the listeners, builds every connector, then starts them all: a worker that can't start in full doesn't start.
 * @throws ListenerError, ConnectorStartError
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { worker, clock, random, log, loggers, masking, assemble, store } = options;
  const gracefulMs = worker.taskShutdownGracefulTimeoutMs;
  const telemetry = createTelemetry({
    ...options,
    metricNames: worker.metricNames,
    status: () => supervisor.status(),
  });
  const supervisor = createSupervisor((name): MachineParts => {
    const ofConnector = log.with({ connector: name });
    return {
      build: (config, id, announce) =>
        assemble(config, id, {
          worker,
          clock,
          random,
          announce,
          log: ofConnector.with({ task: id }),
          mask: masking.mask,
          secrets: masking.secrets,
        }),
      announcer: ({ errors }, id) =>
        telemetry.announcer({ connector: name, task: id, logEveryRecordError: errors.logEnable }),
      gracefulMs,
      clock,
      random,
      log: ofConnector,
    };
  });
  createStandaloneHerder({
    ...options,
    supervisor,
    gracefulMs,
    hide(name, defined) {
      masking.set(name, defined === null ? [] : [...secretsOfConnector(defined.config), ...defined.provided]);
      if (defined === null) loggers.forget(loggerOfConnector(name));
    },
  });
  const routes = createRoutes(supervisor.status, telemetry, clock, masking.mask);
  const listeners: Listener[] = [];
  const close = () => Promise.all(listeners.map(listener => listener.close()));
  try {
    for (const at of worker.rest.listeners) listeners.push(await listen(at, routes, clock));
    for (const { config, target } of options.connectors) {
      const fault = supervisor.add(config, target).prepare();
      if (fault !== null) throw new ConnectorStartError(config.name, fault);
    }
  } catch (error) {
    await close();
    throw error;
  }
  for (const listener of listeners) log.write('info', `Listening on ${listener.url} (/health, /metrics)`);
  for (const { config } of options.connectors) supervisor.get(config.name)!.start();
  return {
    urls: listeners.map(listener => listener.url),
    status: supervisor.status,
    stop: supervisor.stop,
    ended: supervisor.ended.then(async end => {
      await close();
      await store.close();
      return end;
    }),
  };
}
