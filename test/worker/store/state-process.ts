import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../worker/clock.ts';
import { openStateFile } from '../../../worker/store/state-file.ts';
import type { StateStore, StoredConnector } from '../../../worker/store/state-store.ts';
import { silentLog } from './silent-log.ts';
import { steppedFiles } from './stepped-files.ts';

/** What one is told; each is answered with what came of it. */
export type Order =
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'close' }
  /** Opens, puts, closes; with `dieAt` the process kills itself before that call of the file system, in the midst of it where it writes. */
  | { readonly kind: 'put'; readonly path: string; readonly name: string; readonly dieAt: number };

export type Answer =
  | { readonly kind: 'done'; readonly steps: number }
  | { readonly kind: 'refused'; readonly reason: string };

export const STORED: StoredConnector = { properties: { 'http.url': 'http://h/' }, target: 'RUNNING', file: null };

/** A process that has a state file, or wants it. */
export interface StateProcess {
  readonly child: ChildProcess;
  ask(order: Order): Promise<Answer>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
}

export function startStateProcess(t: TestContext, options: { readonly uid?: number } = {}): StateProcess {
  const child = fork(fileURLToPath(import.meta.url), { ...options, cwd: '/' });
  const gone = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    gone,
    async ask(order) {
      const answered = once(child, 'message') as Promise<[Answer]>;
      child.send(order);
      return (await Promise.race([answered, gone.then(() => [GONE] as const)]))[0];
    },
  };
}

const GONE: Answer = { kind: 'refused', reason: 'gone' };

let store: StateStore | null = null;

async function obey(order: Order): Promise<number> {
  switch (order.kind) {
    case 'open':
      store = await openStateFile(order.path, systemClock, silentLog);
      return 0;
    case 'close':
      await store!.close();
      return 0;
    case 'put':
      return await put(order);
  }
}

async function put({ path, name, dieAt }: Order & { readonly kind: 'put' }): Promise<number> {
  let steps = 0;
  const files = steppedFiles(async (number, call, perform, args) => {
    steps = number;
    if (number === dieAt) {
      const [text] = args as [string];
      if (call === 'writeFile') await perform(text.slice(0, text.length / 2));
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    }
    return await perform(...args);
  });
  const opened = await openStateFile(path, systemClock, silentLog, files);
  await opened.put(name, STORED);
  await opened.close();
  return steps;
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('message', (order: Order) => {
    void obey(order).then(
      steps => process.send!({ kind: 'done', steps } satisfies Answer),
      (error: Error) => process.send!({ kind: 'refused', reason: error.message } satisfies Answer),
    );
  });
}
