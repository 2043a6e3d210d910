import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dieWithUs } from './watchdog.ts';

const START_TIMEOUT_MS = 20_000;
/** Below what systems give to outgoing connections by themselves: nobody takes it between the probe and the program. */
const [FIRST_PORT, LAST_PORT] = [15_000, 32_000];

/** A port of 127.0.0.1 that nobody listens at. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    const probe = createServer();
    const free = new Promise<boolean>(resolve => {
      probe.once('listening', () => resolve(true)).once('error', () => resolve(false));
    });
    probe.listen(port, '127.0.0.1');
    if (!(await free)) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export interface DaemonOptions {
  readonly args: readonly string[];
  readonly port: number;
  /** Where it tells what went wrong. */
  readonly errors: string;
  /** Goes with it, where this process dies. */
  readonly directory?: string;
}

/** Starts a program that serves at a port; resolves when it does. @throws Error with what it told, when it does not */
export async function startDaemon(
  program: string,
  { args, port, errors, directory }: DaemonOptions,
): Promise<{ stop(signal: NodeJS.Signals): Promise<void> }> {
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' });
  const release = directory === undefined ? dieWithUs(child.pid!) : dieWithUs(child.pid!, directory);
  const exited = once(child, 'exit').finally(release);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${program} does not serve: ${(await readFile(errors, 'utf8').catch(() => '')).trim()}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return {
    async stop(signal) {
      child.kill(signal);
      await exited;
    },
  };
}
