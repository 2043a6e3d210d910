import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Secret } from '../../config/secret.ts';
import type { FromTask } from './messages.ts';
import type { StartedProcess } from './process-task.ts';

const ENTRY = fileURLToPath(new URL('../../../worker/bin/task.cjs', import.meta.url));
/** Characters of what it wrote last to its standard error that are kept: more than is told, as secrets have to be whole to be found. */
const KEPT = 65_536;
/** Options of Node's that a task is to have as well: memory, TLS, names of hosts. One whose value stands apart is not among them. */
const HANDED_ON =
  /^--((max-(old|semi)-space-size|openssl-config|tls-[\w.-]+|dns-result-order|secure-heap(-min)?|icu-data-dir)=|(use-(openssl|system|bundled)-ca|(enable|force)-fips|openssl-(legacy-provider|shared-config)|tls-(min|max)-v1\.\d)$)/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts the process of a task. What it is to do goes over the channel alone: others can see a command line, and every child an environment. The
 * process ends when the channel closes, however this one ends.
 *
 * @param secrets variables that hold one of these are not handed on
 */
export function spawnTaskProcess(secrets: readonly Secret[]): StartedProcess {
  let child: ChildProcess;
  try {
    child = fork(ENTRY, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: withoutSecrets(process.env, secrets),
      execArgv: process.execArgv.filter(option => HANDED_ON.test(option)),
    });
  } catch (error) {
    return unstarted((error as Error).message);
  }
  let lastWords = '';
  // Where the system has no descriptors left there is no pipe.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-KEPT);
  });
  return {
    pid: child.pid ?? null,
    send(message) {
      // One that is gone says so by its exit.
      if (child.connected) child.send(message, () => undefined);
    },
    listen({ message, exited }) {
      child.on('message', said => message(said as FromTask));
      child.on('error', error => {
        if (child.pid === undefined) exited(error.message, '');
      });
      child.once('close', (code, signal) => {
        if (child.pid !== undefined) exited(signal ?? `exit code ${code}`, lastWords.trim());
      });
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** The system refuses another process. */
function unstarted(reason: string): StartedProcess {
  return {
    pid: null,
    send: () => undefined,
    listen: ({ exited }) => queueMicrotask(() => exited(reason, '')),
    kill: () => undefined,
  };
}

/** Of a short one nobody could tell whether it is there by chance. */
const SHORTEST = 6;

function withoutSecrets(env: Environment, secrets: readonly Secret[]): Environment {
  const texts = secrets.map(secret => secret.reveal()).filter(({ length }) => length >= SHORTEST);
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => !texts.some(text => value?.includes(text) === true)),
  );
}
