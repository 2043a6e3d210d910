import { CredentialsError } from '../../errors.ts';
import type { Signal } from '../../scope.ts';

/** The waiter may leave early; what it waited for goes on for the others. */
export function waitFor<T>(result: Promise<T>, signal: Signal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new CredentialsError('given up while waiting for a token', 'ABORTED', true));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
