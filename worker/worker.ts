import type { Defined, Definitions } from '../config/define.ts';
import type { Secret } from '../config/secret.ts';
import type { ConnectorConfig, WorkerConfig } from '../config/types.ts';
import { TailraceError } from '../connector/errors.ts';
import type { Clock, Random } from '../connector/ports.ts';
import { openRest, type Rest } from './admin/rest.ts';
import type { ConnectorMachine, MachineParts } from './connector-machine.ts';
import { firstConnectors } from './first-connectors.ts';
import type { Groups } from './herder.ts';
import type { BuiltTask } from './running-task.ts';
import { smallFiles } from './small-files.ts';
import { createStandaloneHerder } from './standalone-herder.ts';
import type { ConnectorStatus } from './status.ts';
import type { StateStore } from './store/state-store.ts';
import { createSupervisor } from './supervisor.ts';
import type { TaskFact } from './task/facts.ts';
import { createHistory } from './telemetry/history.ts';
import { type Log, loggerOfConnector } from './telemetry/log.ts';
import type { Loggers } from './telemetry/loggers.ts';
import type { Masking } from './telemetry/masking.ts';
import { secretsOfConnector } from './telemetry/secrets.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import type { Traces } from './traces/exporter.ts';

/** What a task is built with. */
export interface Surroundings {
  readonly worker: WorkerConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: (fact: TaskFact) => void;
  /** Null: there are none. */
  readonly traces: Traces | null;
  /** For what only a client's own log tells. */
  readonly log: Log;
  /** Hides secrets in a text that leaves the worker otherwise than by the log. */
  readonly mask: (text: string) => string;
  /** All that it hides. */
  readonly secrets: () => readonly Secret[];
}

/** Builds a task of a connector; throws when that can't be done with this configuration. */
export type Assemble = (config: ConnectorConfig, id: number, surroundings: Surroundings) => BuiltTask;

export interface WorkerOptions {
  readonly worker: WorkerConfig;
  /** Those of the files. */
  readonly connectors: readonly ConnectorConfig[];
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
  /** Closed with the worker; null: there are none. */
  readonly traces: Traces | null;
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
 * Builds every connector, opens the listeners, then starts them all: a worker that can't start in full doesn't start. But for connectors that REST made or
 * changed: what can't be built of those is FAILED, since whoever sees that can mend it there.
 *
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
          traces: options.traces,
          mask: masking.mask,
          secrets: masking.secrets,
        }),
      announcer: ({ errors }, id) =>
        telemetry.announcer({ connector: name, task: id, logEveryRecordError: errors.logEnable }),
      started: telemetry.connectorStarted,
      gracefulMs,
      clock,
      random,
      log: ofConnector,
    };
  });
  const hide = ({ config, provided }: Defined) => masking.add([...secretsOfConnector(config), ...provided]);
  const herder = createStandaloneHerder({
    ...options,
    files: new Map(options.connectors.map(({ name, properties }) => [name, properties])),
    supervisor,
    gracefulMs,
    hide,
    forget: name => loggers.forget(loggerOfConnector(name)),
  });
  const history = createHistory({ clock, telemetry, status: supervisor.status });
  const first: ConnectorMachine[] = [];
  let rest: Rest;
  try {
    // Before anybody can ask for them, or for others of their names.
    for (const { config, target, isOfFile, whenUnused } of await firstConnectors({ ...options, hide })) {
      const machine = supervisor.add(config, target, whenUnused);
      const fault = machine.prepare();
      if (fault !== null && isOfFile) throw new ConnectorStartError(config.name, fault);
      first.push(machine);
    }
    rest = await openRest({
      ...options,
      rest: worker.rest,
      herder,
      telemetry,
      history,
      status: supervisor.status,
      files: smallFiles,
      mask: masking.mask,
    });
  } catch (error) {
    history.close();
    supervisor.stop(0);
    throw error;
  }
  for (const url of rest.urls) log.write('info', `Listening on ${url}`, { event: 'listening' });
  for (const machine of first) machine.start();
  return {
    urls: rest.urls,
    status: supervisor.status,
    stop: supervisor.stop,
    ended: supervisor.ended.then(async end => {
      await within(CLOSE_MS, clock, closeAll());
      return end;
    }),
  };

  async function closeAll(): Promise<void> {
    history.close();
    const exported = options.traces?.close(FLUSH_MS);
    await rest.close();
    await store
      .close()
      .catch(error =>
        log.write('warn', 'The state file could not be closed', { event: 'state-file-not-closed', error }),
      );
    await exported;
  }
}

/** A disk that hangs, say, is not waited for longer: the process has to end within two seconds of its deadline. */
const CLOSE_MS = 300;
/** Spans of the last requests are not waited for longer. */
const FLUSH_MS = 250;

function within(ms: number, clock: Clock, done: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const cancel = clock.timer(ms, resolve);
    void done.finally(() => {
      cancel();
      resolve();
    });
  });
}
