import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figures } from './recording.ts';
import type { EndpointModel } from './simulation.ts';

/** What a made-up endpoint is to be. */
export type EndpointOrder = { readonly model: EndpointModel } | { readonly figures: readonly Figures[] };

/** Tells it how many records a body holds: it looks into none. */
export const RECORDS_HEADER = 'x-tailrace-records';

export interface EndpointProcess {
  /** Of the loopback. */
  readonly origin: string;
  close(): void;
}

const ENTRY = fileURLToPath(new URL('endpoint-main.js', import.meta.url));

/**
 * Starts a made-up endpoint in a process of its own: what it does costs the one that measures nothing.
 * @throws Error when the process can't be started
 */
export function startEndpoint(order: EndpointOrder): Promise<EndpointProcess> {
  return new Promise((resolve, reject) => {
    // It needs nothing of the environment, which may hold secrets.
    const child = fork(ENTRY, [], {
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`the process of the made-up endpoint ended with ${code}`)));
    child.once('message', message => {
      const { port } = message as { readonly port: number };
      resolve({ origin: `http://127.0.0.1:${port}`, close: () => child.kill('SIGKILL') });
    });
    child.send(order);
  });
}
