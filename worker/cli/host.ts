import type { Clock, Random } from '../../connector/ports.ts';
import type { LineWriter } from '../telemetry/line-writer.ts';

export interface Keyboard {
  /** A person types there. */
  readonly terminal: boolean;
  /**
   * One line, without its end; null at the end of the input. What is hidden is not shown while it is typed. A signal of the
   * keyboard's is a signal.
   */
  line(options?: { readonly hidden?: boolean }): Promise<string | null>;
  /**
   * Calls back with each key, without an Enter: a character, or a name such as `up`, `return`, `escape`, `ctrl-c`; `end-of-input`
   * where no more will come. Nothing that is typed is shown, and no key is a signal.
   *
   * @returns a function that ends it
   */
  keys(listener: (key: string) => void): () => void;
}

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
  /** Standard error is a terminal: progress and questions are shown there. */
  readonly errorTerminal: boolean;
  readonly keyboard: Keyboard;
  /** Of the terminal, characters; null: there is none. */
  size(): { readonly columns: number; readonly rows: number } | null;
  /** Calls back when the terminal has another size. @returns a function that ends it */
  onResize(listener: () => void): () => void;
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
