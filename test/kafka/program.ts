import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assertKnownEvent } from '../support/log-events.ts';
import { READER } from '../support/reader.ts';
import { dieWithUs } from '../support/watchdog.ts';
import { ROOT } from './jars.ts';

export type Properties = Readonly<Record<string, string>>;

/** A line of the program's log, or of anything else it wrote (then only `msg`). */
export interface LogLine {
  readonly level?: string;
  readonly event?: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The built program as a user runs it: `tailrace run worker.properties sink.properties`. */
export interface Program {
  readonly pid: number;
  readonly log: readonly LogLine[];
  readonly running: boolean;
  /** The first line, written already or yet to come, that fits. */
  logged(what: string, fits: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>;
  /** Where it listens, once it does. */
  origin(): Promise<URL>;
  /** What GET /health answers now. */
  health(): Promise<Health>;
  /** What GET /metrics answers now. */
  metrics(): Promise<string>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number>;
  /** kill -9 */
  kill(): Promise<void>;
  /** The exit code, once it ends by itself; null after a signal. */
  readonly exit: Promise<number | null>;
}

export interface Health {
  readonly alive: boolean;
  readonly ready: boolean;
  readonly progressing: boolean;
  readonly status: string;
  readonly message: string;
  readonly connectors: readonly { readonly name: string; readonly tasks: readonly TaskHealth[] }[];
}

export interface TaskHealth {
  readonly state: string;
  readonly trace?: string;
  readonly buffered_bytes: number;
}

/** Every program that a test has started, so that none outlives it. */
const started = new Set<Program>();

/** Kills what is left; for a test file's `afterEach`. */
export async function killPrograms(): Promise<void> {
  await Promise.all([...started].map(program => program.kill()));
  started.clear();
}

/** What this test's programs said last, for a failure's message. */
export function programLogs(): string {
  const state = ({ running }: Program): string => (running ? 'still runs' : 'has ended');
  return [...started].map(each => `${each.pid} ${state(each)}; its log ends with\n${tail(each.log)}`).join('\n');
}

/**
 * @param sinks one connector file, or several.
 * @returns once its listener is open; rejects with what the program said when it ends before.
 */
export async function startProgram(
  worker: Properties,
  sinks: Properties | readonly Properties[],
  env: Properties = {},
): Promise<Program> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-run-'));
  const contents = [{ listeners: 'http://127.0.0.1:0', reader: READER, ...worker }, sinks].flat();
  const files = contents.map((_, i) => join(directory, i === 0 ? 'worker.properties' : `sink-${i}.properties`));
  await Promise.all(files.map((file, i) => writeFile(file, propertiesText(contents[i]!))));
  return start(files, { env: { ...process.env, ...env } }, directory);
}

/**
 * The same of files that are there already.
 * @param args what stands behind `tailrace run`
 * @param env the whole environment
 */
export function startProgramIn(cwd: string, args: readonly string[], env: Properties): Promise<Program> {
  return start(args, { cwd, env });
}

/** @param directory removed with the program */
async function start(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
  directory?: string,
): Promise<Program> {
  const child = spawn(process.execPath, [join(ROOT, 'worker/bin/tailrace.cjs'), 'run', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const program = watch(child, dieWithUs(child.pid!, directory), directory);
  started.add(program);
  await program.logged('a listener', ({ msg }) => LISTENER.test(msg));
  return program;
}

function watch(child: ChildProcess, release: () => void, directory?: string): Program {
  const log: LogLine[] = [];
  const waiting = new Set<(line: LogLine | null) => void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', text => {
      const line = parseLine(text);
      log.push(line);
      for (const look of [...waiting]) look(line);
    });
  }
  const exit = once(child, 'close').then(async ([code]) => {
    for (const look of [...waiting]) look(null);
    release();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    return code as number | null;
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exit;
  };

  const ask = async (path: string): Promise<Response> => fetch(new URL(path, await program.origin()));
  const program: Program = {
    pid: child.pid!,
    log,
    exit,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    logged(what, fits, timeoutMs = 60_000) {
      const before = log.find(fits);
      if (before) return Promise.resolve(before);
      return new Promise((resolve, reject) => {
        const settle = (done: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          done();
        };
        const fail = (why: string): void =>
          settle(() => reject(new Error(`${what}: ${why}; the log ends with\n${tail(log)}`)));
        const look = (line: LogLine | null): void => {
          if (line === null) fail('the program ended before');
          else if (fits(line)) settle(() => resolve(line));
        };
        const timer = setTimeout(() => fail(`not within ${timeoutMs} ms`), timeoutMs);
        waiting.add(look);
        if (child.exitCode !== null) look(null);
      });
    },
    async origin() {
      const line = await program.logged('the listener', ({ msg }) => LISTENER.test(msg));
      return new URL(LISTENER.exec(line.msg)![0]);
    },
    async health() {
      return (await (await ask('/health')).json()) as Health;
    },
    async metrics() {
      return (await ask('/metrics')).text();
    },
    async stop() {
      const code = await end('SIGTERM');
      if (code === null) throw new Error(`a signal ended the program; its log ends with\n${tail(log)}`);
      return code;
    },
    async kill() {
      await end('SIGKILL');
    },
  };
  return program;
}

const LISTENER = /http:\/\/127\.0\.0\.1:\d+/;

/** The end of a log as text, for a failure's message. */
export function tail(log: readonly LogLine[], lines = 20): string {
  return log
    .slice(-lines)
    .map(({ level = '', msg }) => `  ${level} ${msg}`)
    .join('\n');
}

function parseLine(text: string): LogLine {
  let line: unknown = null;
  try {
    line = JSON.parse(text);
  } catch {
    // Not a log line: plain text for a person.
  }
  if (typeof line !== 'object' || line === null || !('msg' in line)) return { msg: text };
  assertKnownEvent(line as LogLine);
  return line as LogLine;
}

/** The text of a properties file, with what Java would misread escaped. */
export function propertiesText(properties: Properties): string {
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${escaped(value)}`);
  return `${lines.join('\n')}\n`;
}

function escaped(value: string): string {
  const text = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return text.replace(/^[ \t]/, '\\$&');
}
