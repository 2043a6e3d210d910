import { Worker } from 'node:worker_threads';

export interface HashQuestion {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

/** What the thread says. */
interface HashAnswer {
  readonly id: number;
  readonly isRight: boolean;
}

/** Checks passwords against bcrypt hashes, beside the event loop. */
export interface HashChecker {
  /** Null: too many wait already. */
  check(password: string, hash: string): Promise<boolean> | null;
  close(): Promise<void>;
}

/** At some 100 ms each, the last one has its answer within what a request may take. */
const MOST_WAITING = 8;

interface Waiting {
  resolve(isRight: boolean): void;
  reject(error: Error): void;
}

/** The thread is there from the first question on; after a crash, which fails all that wait, from the next one on. */
export function createHashChecker(): HashChecker {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let ids = 0;

  function start(): Worker {
    const started = new Worker(new URL('./hash-thread.js', import.meta.url), { env: {}, execArgv: [] });
    // Nothing waits for it at the end.
    started.unref();
    started.on('message', ({ id, isRight }: HashAnswer) => {
      waiting.get(id)?.resolve(isRight);
      waiting.delete(id);
    });
    const fail = (): void => {
      if (thread !== started) return;
      thread = null;
      for (const { reject } of waiting.values()) reject(new Error('The thread that checks passwords has ended'));
      waiting.clear();
    };
    started.on('error', fail);
    started.on('exit', fail);
    return started;
  }

  return {
    check(password, hash) {
      if (waiting.size >= MOST_WAITING) return null;
      thread ??= start();
      ids += 1;
      const id = ids;
      const answer = new Promise<boolean>((resolve, reject) => waiting.set(id, { resolve, reject }));
      thread.postMessage({ id, password, hash } satisfies HashQuestion);
      return answer;
    },
    async close() {
      await thread?.terminate();
    },
  };
}
