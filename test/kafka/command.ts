import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READER } from '../support/reader.ts';
import { dieWithUs } from '../support/watchdog.ts';
import { ROOT } from './jars.ts';
import { type Properties, propertiesText } from './program.ts';

export interface CommandEnd {
  /** Null after a signal that was not caught. */
  readonly code: number | null;
  readonly out: string;
  /** The same as it was written. */
  readonly bytes: Buffer;
  readonly err: string;
}

/**
 * Writes files of these properties, into a directory that is the caller's to remove.
 * @returns what Node runs: the built program, the words and these files
 */
export async function commandLine(
  words: readonly string[],
  worker: Properties,
  sink: Properties,
): Promise<{ readonly directory: string; readonly args: readonly string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-command-'));
  const files = ['worker.properties', 'sink.properties'].map(name => join(directory, name));
  await writeFile(files[0]!, propertiesText({ listeners: '', reader: READER, ...worker }));
  await writeFile(files[1]!, propertiesText(sink));
  return { directory, args: [join(ROOT, 'worker/bin/tailrace.cjs'), ...words, ...files] };
}

/** A command that is under way. */
export interface RunningCommand {
  /** What it has said on the standard error so far. */
  readonly err: string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CommandEnd>;
}

/**
 * A command of the built program, without a terminal.
 * @param words of the command line; behind them stand files of these properties
 */
export async function startCommand(
  words: readonly string[],
  worker: Properties,
  sink: Properties,
): Promise<RunningCommand> {
  const { directory, args } = await commandLine(words, worker, sink);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const release = dieWithUs(child.pid!, directory);
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return {
    get err() {
      return err;
    },
    kill: signal => void child.kill(signal),
    ended: once(child, 'close').then(async ([code]) => {
      release();
      await rm(directory, { recursive: true, force: true });
      const bytes = Buffer.concat(out);
      return { code: code as number | null, out: bytes.toString(), bytes, err };
    }),
  };
}

/** The same, to its end. */
export async function runCommand(words: readonly string[], worker: Properties, sink: Properties): Promise<CommandEnd> {
  return (await startCommand(words, worker, sink)).ended;
}
