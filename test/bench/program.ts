import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { dieWithUs } from '../support/watchdog.ts';

const STOP_TIMEOUT_MS = 60_000;

/** A process that is measured. */
export interface Running {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly begun: number;
  readonly logFile: string;
  /** The exit code or signal. */
  readonly exited: Promise<string>;
  /** Seconds that joining its group took, where it tells. */
  readonly joined?: Promise<number>;
  /** SIGTERM; what the exit code or signal was. */
  stop(): Promise<string>;
}

export interface ProgramOptions {
  /** Names its log file. */
  readonly name: string;
  readonly directory: string;
  /** It can send messages to this process. */
  readonly ipc?: boolean;
}

export interface Program extends Running {
  readonly child: ChildProcess;
}

/** Starts a program, its output in a log file. It never outlives this process. */
export function startProgram(command: string, args: readonly string[], options: ProgramOptions): Program {
  const logFile = join(options.directory, `${options.name}.log`);
  const begun = performance.timeOrigin + performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? ['ipc' as const] : [])] });
  const release = dieWithUs(child.pid!);
  const log = createWriteStream(logFile);
  child.stdout!.pipe(log, { end: false });
  child.stderr!.pipe(log, { end: false });
  const exited = once(child, 'exit').then(([code, signal]) => {
    release();
    log.end();
    return String(code ?? signal);
  });
  return {
    child,
    pid: child.pid!,
    begun,
    logFile,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const how = await exited;
      clearTimeout(timer);
      return how;
    },
  };
}
