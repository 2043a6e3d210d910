import * as files from 'node:fs/promises';
import type { FileSystem } from '../../../worker/store/file-system.ts';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** What is about to be done, counted from 1, and how to do it. The result is what the caller gets. */
export type Step = (number: number, name: string, call: Call, args: readonly unknown[]) => Promise<unknown>;

/** The system's files, with a word to say before each call, those of open files included. */
export function steppedFiles(step: Step): FileSystem {
  let number = 0;
  function stepped<T extends object>(target: T): T {
    return new Proxy(target, {
      get(of, name) {
        const member = Reflect.get(of, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]) => {
          number += 1;
          const result = await step(number, String(name), (...given) => member.apply(of, given), args);
          return name === 'open' ? stepped(result as object) : result;
        };
      },
    });
  }
  return stepped<FileSystem>({ ...files });
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: planted`), { code });
}
