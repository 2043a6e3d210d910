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
  readonly out: Buffer;
  readonly err: string;
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
 * @param words of the command line; WORKER and SINK stand for files of these properties
 */
export async function startCommand(
  words: readonly string[],
  worker: Properties,
  sink: Properties,
): Promise<RunningCommand> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-command-'));
  const files: Readonly<Record<string, string>> = {
    WORKER: join(directory, 'worker.properties'),
    SINK: join(directory, 'sink.properties'),
  };
  await writeFile(files['WORKER']!, propertiesText({ reader: READER, ...worker }));
  await writeFile(files['SINK']!, propertiesText(sink));
  const program = join(ROOT, 'worker/bin/tailrace.cjs');
  const args = [program, ...words.map(word => files[word] ?? word)];
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
      return { code: code as number | null, out: Buffer.concat(out), err };
    }),
  };
}

/** The same, to its end. */
export async function runCommand(words: readonly string[], worker: Properties, sink: Properties): Promise<CommandEnd> {
  return (await startCommand(words, worker, sink)).ended;
}
