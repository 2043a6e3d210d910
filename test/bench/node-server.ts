import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dieWithUs } from '../support/watchdog.ts';
import type { Server } from './endpoint.ts';

/** The stand-in for nginx, in a process of its own. */
export async function startNodeServer(logFile: string): Promise<Server> {
  await writeFile(logFile, '');
  const child = fork(fileURLToPath(new URL('node-server-process.js', import.meta.url)), [logFile]);
  const release = dieWithUs(child.pid!);
  const exited = once(child, 'exit').finally(release);
  const ended = exited.then(([code]) => {
    throw new Error(`the endpoint's process ended (${code}) before it served`);
  });
  ended.catch(() => {});
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  return {
    port,
    http2Port: null,
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
