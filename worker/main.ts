import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { parseCommand } from './cli.ts';

import { systemClock, systemRandom } from './clock.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import { VERSION } from './version.ts';

const STDOUT = 1;
const STDERR = 2;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const host: Host = {
  env: process.env,
  clock: systemClock,
  random: systemRandom,
  terminal: isatty(STDOUT),
  print: text => put(STDOUT, text),
  complain: text => put(STDERR, text),
  onSignal(listener) {
    for (const name of STOP_SIGNALS) process.on(name, () => listener(name, constants.signals[name]));
  },
  onCrash(listener) {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
  exit: code => process.exit(code),
};

/** Nobody may be listening; that is no reason to fail. */
function put(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // The reader is gone or slow: these texts are for people who look.
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommand(argv);
  switch (command.kind) {
    case 'misuse':
      host.complain(command.text);
      return EXIT.USAGE;
    case 'help':
      host.print(command.text);
      return EXIT.CLEAN;
    case 'version':
      host.print(`tailrace ${VERSION}\n`);
      return EXIT.CLEAN;
    case 'run':
      return (await import('./run.ts')).runWorker(command, host);
    case 'demo':
      return (await import('./demo.ts')).runDemo(command, host);
  }
}

// Node itself writes warnings there; a reader that left must not end the worker.
process.stderr.on('error', () => undefined);

// A client that does not say goodbye in time leaves threads behind: the process is ended, not waited for.
main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    host.complain(`tailrace: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(EXIT.INTERNAL);
  },
);
