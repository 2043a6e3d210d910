import type { WorkerBase } from '../../config/build.ts';
import { createDefinitions } from '../../config/define.ts';
import { ConfigError } from '../../config/findings.ts';
import { loadWorker } from '../../config/load.ts';
import type { Config, TracesConfig } from '../../config/types.ts';
import { ListenerError } from '../admin/listener.ts';
import { assemble } from '../assemble.ts';
import { createClientLog } from '../client-lines.ts';
import { missingFeatures } from '../kafka/features.ts';
import { createGroups } from '../kafka/groups.ts';
import { fallback } from '../kafka/reader/choose.ts';
import { openStateFile, StateStoreError } from '../store/state-file.ts';
import { createNoStore, type StateStore } from '../store/state-store.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createLoggers, type Loggers, toLevelName } from '../telemetry/loggers.ts';
import { createMasking, type Masking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';
import type { Traces } from '../traces/exporter.ts';
import { ConnectorStartError, startWorker, type Worker } from '../worker.ts';
import { EXIT, refusedExit, SIGNAL_BASE } from './exit-codes.ts';
import type { Host } from './host.ts';
import { warningsOf } from './surroundings.ts';
import { VERSION } from './version.ts';

export interface RunInput {
  readonly workerFile: string | null;
  readonly connectorFiles: readonly string[];
  readonly overrides: readonly string[];
}

/** `tailrace run`: from the files to the exit code. */
export async function runWorker(input: RunInput, host: Host): Promise<number> {
  const loaded = load(input, host);
  if (typeof loaded === 'number') return loaded;
  const { config, base } = loaded;
  const masking = createMasking(secretsOf(config));
  const loggers = createLoggers(toLevelName(config.worker.logLevel)!, host.clock.wall);
  const log = createLog({ loggers, writer: host.out, readable: host.terminal, masking });
  return serve(config, base, log, loggers, masking, host);
}

function load(input: RunInput, host: Host): ReturnType<typeof loadWorker> | number {
  try {
    return loadWorker({ ...input, env: host.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.complain(`${error.message}\n`);
    return refusedExit(error.inConnectorsOnly);
  }
}

async function serve(
  config: Config,
  base: WorkerBase,
  log: Log,
  loggers: Loggers,
  masking: Masking,
  host: Host,
): Promise<number> {
  const ending = createEnding(config.worker.taskShutdownGracefulTimeoutMs, log, host);
  const names = config.connectors.map(connector => connector.name).join(', ');
  log.write('info', `Tailrace ${VERSION} starts${names === '' ? '' : ` ${names}`}`, { event: 'worker-starts' });
  for (const warning of config.warnings) log.write('warn', warning, { event: 'config' });
  for (const notice of config.notices) log.write('info', notice, { event: 'config' });
  for (const warning of warningsOf(host)) log.write('warn', warning, { event: 'environment' });
  host.onDebuggerSignal(() =>
    log.write('warn', "SIGUSR1 is ignored: it would open Node's debugger", { event: 'debugger-refused' }),
  );
  for (const missing of missingFeatures()) {
    const text = `The Kafka client was compiled without ${missing}; "make setup" brings it`;
    log.write('warn', text, { event: 'client-feature-missing' });
  }
  const reason = fallback(config.worker.reader);
  if (reason !== null)
    log.write('warn', `The portable reader serves, not the native one: ${reason}`, { event: 'reader-fallback' });
  const { clock, random, out, loopDelay } = host;
  const { stateFile } = config.worker;
  let store: StateStore | null = null;
  let worker: Worker;
  try {
    store = stateFile === null ? createNoStore(log) : await openStateFile(stateFile, clock, log);
    const droppedLines = () => out.dropped;
    worker = await startWorker({
      worker: config.worker,
      connectors: config.connectors,
      definitions: createDefinitions({ base, version: VERSION }),
      store,
      groups: createGroups({
        worker: config.worker,
        log: createClientLog(log),
        onFailure: (connector, text) => log.write('error', text, { event: 'group-question-failed', connector }),
      }),
      clock,
      random,
      log,
      loggers,
      masking,
      version: VERSION,
      droppedLines,
      loopDelay,
      traces: await tracesOf(config.worker.traces, host),
      assemble,
    });
  } catch (error) {
    await store?.close();
    const code = exitCodeOf(error);
    if (code === null) throw error;
    log.write('fatal', (error as Error).message, { event: 'worker-not-started' });
    return code;
  }
  ending.of(worker);
  const { clean } = await worker.ended;
  const code = ending.code(clean);
  const isClean = code === EXIT.CLEAN;
  log.write(isClean ? 'info' : 'warn', isClean ? 'Stopped cleanly' : `Stopped with ${code}`, {
    event: 'worker-stopped',
  });
  return code;
}

/** What makes them is loaded where there are any. */
async function tracesOf(config: TracesConfig | null, { clock, random }: Host): Promise<Traces | null> {
  if (config === null) return null;
  const { openTraces } = await import('../traces/open.ts');
  return openTraces(config, { clock, random, version: VERSION });
}

/** Null for what should not have happened. */
function exitCodeOf(error: unknown): number | null {
  if (error instanceof ConnectorStartError) return EXIT.CONNECTOR_START;
  return error instanceof ListenerError || error instanceof StateStoreError ? EXIT.WORKER_START : null;
}

/**
 * Why the worker ends. The first signal lets what is in flight finish, a second one aborts it; what nobody caught
 * aborts at once. An abort commits what is confirmed, and nothing beyond.
 */
function createEnding(gracefulMs: number, log: Log, host: Host) {
  let worker: Worker | null = null;
  let signals = 0;
  let forcedBy = 0;
  let crashed = false;

  function stop(): void {
    if (crashed || forcedBy > 0) worker?.stop(0);
    else if (signals > 0) worker?.stop(gracefulMs);
  }

  host.onSignal((name, number) => {
    signals += 1;
    if (signals === 1)
      log.write('info', `${name}: finishing what is in flight, at most ${gracefulMs} ms`, { event: 'worker-stops' });
    else if (signals === 2) {
      forcedBy = number;
      log.write('warn', `${name} again: aborting; what is not confirmed stays uncommitted and is sent again`, {
        event: 'worker-aborting',
      });
    } else host.exit(SIGNAL_BASE + number);
    stop();
  });
  host.onCrash(error => {
    log.write('fatal', 'Internal error: stopping without committing what is not confirmed', {
      event: 'worker-defect',
      error,
    });
    if (crashed) host.exit(EXIT.INTERNAL);
    crashed = true;
    stop();
  });
  return {
    /** Signals that came while it started are obeyed now. */
    of(started: Worker): void {
      worker = started;
      stop();
    },
    code(clean: boolean): number {
      if (crashed) return EXIT.INTERNAL;
      if (forcedBy > 0) return SIGNAL_BASE + forcedBy;
      return clean ? EXIT.CLEAN : EXIT.UNFINISHED;
    },
  };
}
