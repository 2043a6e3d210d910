import type { Log } from '../../../worker/telemetry/log.ts';

/** A log that nobody reads. */
export const silentLog: Log = { write: () => undefined, writes: () => false, with: () => silentLog };

/** A log whose lines are looked at. */
export function createLines(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const log: Log = {
    write: (level, text) => void lines.push(`${level} ${text}`),
    writes: () => true,
    with: () => log,
  };
  return { log, lines };
}
