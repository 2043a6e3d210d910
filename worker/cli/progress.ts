import type { Host } from './host.ts';
import { fit } from './terminal.ts';

export interface Progress {
  /**
   * @param share done, 0 to 1; null: nobody knows
   * @param text what is being done, printable, one line
   */
  show(share: number | null, text: string): void;
  /** Takes the bar away, before anything else is written. */
  clear(): void;
}

const BAR = 20;
const REDRAW_MS = 100;
const LINE_MS = 10_000;

/** Shows on the standard error how far something is: a bar where that is a terminal, else a line every ten seconds. */
export function createProgress(host: Pick<Host, 'clock' | 'errorTerminal' | 'size' | 'complain'>): Progress {
  const { clock, errorTerminal } = host;
  let shownAt = errorTerminal ? Number.NEGATIVE_INFINITY : clock.now();
  let visible = false;
  return {
    show(share, text) {
      const now = clock.now();
      if (now - shownAt < (errorTerminal ? REDRAW_MS : LINE_MS)) return;
      shownAt = now;
      const told = share === null ? text : `${percentOf(share)}  ${text}`;
      if (!errorTerminal) return host.complain(`${told.trimStart()}\n`);
      visible = true;
      const columns = (host.size()?.columns ?? 80) - 1;
      const line = share === null || columns < 2 * BAR ? told.trimStart() : `${barOf(share)} ${told}`;
      host.complain(`\r${fit(line, columns)}\u001b[K`);
    },
    clear() {
      if (visible) host.complain('\r\u001b[K');
      visible = false;
      if (errorTerminal) shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function percentOf(share: number): string {
  return `${Math.floor(Math.min(Math.max(share, 0), 1) * 100)} %`.padStart(5);
}

function barOf(share: number): string {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
}
