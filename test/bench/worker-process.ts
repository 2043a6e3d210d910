import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../kafka/jars.ts';
import { dieWithUs } from '../support/watchdog.ts';
import { type Settings, sinkProperties, workerProperties } from './settings.ts';

const STOP_TIMEOUT_MS = 60_000;

/** The built worker as a user runs it: `tailrace run worker.properties sink.properties`. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly begun: number;
  readonly logFile: string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

export async function startWorker(settings: Settings): Promise<WorkerProcess> {
  const { directory, name } = settings;
  const worker = join(directory, `${name}.worker.properties`);
  const sink = join(directory, `${name}.properties`);
  await writeFile(worker, workerProperties(settings));
  await writeFile(sink, sinkProperties(settings));
  const logFile = join(directory, `${name}.log`);
  const begun = performance.timeOrigin + performance.now();
  const program = join(ROOT, 'worker', 'bin', 'tailrace.cjs');
  const child = spawn(process.execPath, [program, 'run', worker, sink], { stdio: ['ignore', 'pipe', 'pipe'] });
  const release = dieWithUs(child.pid!);
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = once(child, 'exit').finally(release);
  return {
    child,
    pid: child.pid!,
    begun,
    logFile,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const [code] = (await exited) as [number | null];
      clearTimeout(timer);
      return code;
    },
  };
}
