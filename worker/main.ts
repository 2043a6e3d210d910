import { fstatSync, write as fsWrite, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { EXIT } from './cli/exit-codes.ts';
import { renderHelp } from './cli/help.ts';
import type { Host } from './cli/host.ts';
import { createKeyboard } from './cli/keyboard.ts';
import { parseCommand } from './cli/parse.ts';
import { measureLoopDelay, systemClock, systemRandom } from './clock.ts';
import { dispatch, usesKafka } from './dispatch.ts';
import { createLineWriter, type Write } from './telemetry/line-writer.ts';

const STDOUT = 1;
const STDERR = 2;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** What a slow reader of the last lines is waited for. */
const FLUSH_MS = 1000;

/**
 * A pipe that nobody reads is written to by libuv's loop, which can leave a write undone; one in its thread pool could
 * not be left, and would hold up the end of the process. Files and terminals are written in the pool.
 */
const throughStream: Write = (_fd, data, done) => {
  process.stdout.write(data, error => done(error ?? null, data.byteLength));
};

/** Until a command has loaded the Kafka client there is nothing that could hold the process. */
let endAtOnce: (code: number) => void = () => undefined;

function end(code: number): never {
  endAtOnce(code);
  process.exit(code);
}

const host: Host = {
  env: process.env,
  execArgv: process.execArgv,
  clock: systemClock,
  random: systemRandom,
  terminal: isatty(STDOUT),
  out: createLineWriter(STDOUT, systemClock, isPipe(STDOUT) ? throughStream : fsWrite),
  complain(text) {
    try {
      writeSync(STDERR, text);
    } catch {
      // Nobody may be listening; that is no reason to fail.
    }
  },
  errorTerminal: isatty(STDERR),
  // Whoever reads neither lines nor keys never touches the standard input.
  get keyboard() {
    return createKeyboard(process.stdin, () => process.kill(process.pid, 'SIGINT'));
  },
  size() {
    const stream = [process.stdout, process.stderr].find(({ isTTY }) => isTTY);
    return stream === undefined ? null : { columns: stream.columns, rows: stream.rows };
  },
  onResize(listener) {
    process.on('SIGWINCH', listener);
    return () => process.off('SIGWINCH', listener);
  },
  onSignal(listener) {
    for (const name of STOP_SIGNALS) process.on(name, () => listener(name, constants.signals[name]));
  },
  onDebuggerSignal(listener) {
    process.on('SIGUSR1', listener);
  },
  loopDelay: measureLoopDelay(),
  onCrash(listener) {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
  exit: end,
};

function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommand(argv, systemClock.wall());
  switch (command.kind) {
    case 'misuse':
      host.complain(command.text);
      return EXIT.USAGE;
    case 'help':
      host.out.write(renderHelp(command.topic, host.size()?.columns ?? null));
      return EXIT.CLEAN;
    case 'call':
      if (usesKafka(command.name)) endAtOnce = (await import('./cli/process-end.ts')).endProcess;
      return dispatch(command, host);
  }
}

// Node itself writes warnings to the one, and a write to the other can fail: a reader that left must not end the worker.
process.stderr.on('error', () => undefined);
if (isPipe(STDOUT)) process.stdout.on('error', () => undefined);

main(process.argv.slice(2))
  .catch(error => {
    host.complain(`tailrace: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    return EXIT.INTERNAL;
  })
  .then(async code => {
    await host.out.flush(FLUSH_MS);
    end(code);
  });
