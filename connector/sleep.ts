import type { Clock } from './ports.ts';
import type { Signal } from './scope.ts';

/** Resolves after `ms` milliseconds, or as soon as the signal fires; the caller looks which. */
export async function sleep(clock: Clock, ms: number, signal: Signal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>(resolve => {
    const wake = (): void => {
      cancelTimer();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancelTimer = clock.timer(ms, wake);
    signal.addEventListener('abort', wake);
  });
}
