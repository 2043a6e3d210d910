import type { KafkaFault } from '../ports.ts';

/** Why a partition brings nothing although it should; its own until it brings something. */
export interface Trouble {
  /** Milliseconds, when it was noticed first. */
  readonly since: number;
  /** What the client said first; null when it said nothing, and the records just do not come. */
  readonly fault: KafkaFault | null;
  /** One line. */
  readonly reason: string;
  /** How often the client has said it, with nothing else between, and some time. */
  times: number;
  /** When it was said last. */
  heardAt: number;
  /** The client fetches it no more: only a new assignment has it fetched again. */
  givenUp: boolean;
  /** When it is tried again next, and how long the pause behind that will be. */
  retryAt: number;
  pauseMs: number;
}
