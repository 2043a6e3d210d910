import type { Clock, Random } from '../../connector/ports.ts';
import type { LineWriter } from '../telemetry/line-writer.ts';

/** The process that a worker runs in; only main.ts touches the real one. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of Node's on the command line. */
  readonly execArgv: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  /** Standard output is a terminal: readable lines in place of JSON. */
  readonly terminal: boolean;
  /** Standard output; whoever ends the process flushes it. */
  readonly out: LineWriter;
  /** Standard error, at once. */
  complain(text: string): void;
  /** Calls back at each SIGTERM, SIGINT and SIGHUP. */
  onSignal(listener: (name: string, number: number) => void): void;
  /** Calls back at each SIGUSR1, which without a listener opens Node's debugger. */
  onDebuggerSignal(listener: () => void): void;
  /** How late the event loop was since this was last asked, seconds, by quantiles of 0 to 1. */
  loopDelay(quantiles: readonly number[]): readonly number[];
  /** Calls back with what nobody caught. */
  onCrash(listener: (error: unknown) => void): void;
  /** Ends the process now. */
  exit(code: number): never;
}
