import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromTask } from './messages.ts';
import type { TaskProcess } from './process-task.ts';

const ENTRY = fileURLToPath(new URL('../../../worker/bin/task.cjs', import.meta.url));
/** Bytes of what it wrote last to its standard error that are kept. */
const LAST_WORDS = 2_048;

/**
 * Starts the process of a task. What it is to do goes over the channel alone: others can see a command line, and every child an environment. The
 * process ends when the channel closes, however this one ends.
 */
export function spawnTaskProcess(): TaskProcess {
  const child = fork(ENTRY, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let lastWords = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  return {
    send(message) {
      // One that is gone says so by its exit.
      if (child.connected) child.send(message, () => undefined);
    },
    listen({ message, exited }) {
      child.on('message', said => message(said as FromTask));
      child.once('error', error => {
        if (child.pid === undefined) exited(error.message, '');
      });
      child.once('close', (code, signal) => exited(signal ?? `exit code ${code}`, lastWords.trim()));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
