import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault } from '../task/ports.ts';
import { type ClientLogLine, FailureLog, failureIn } from './client-log.ts';
import { type Connectable, connectForEver, type ListenAddon, release } from './connect.ts';
import { faultOf, toError } from './faults.ts';
import type { Done } from './group-addon.ts';
import kafka, { type LibrdKafkaError } from './library.ts';
import { POOL_TURNS, Turns } from './pool-turns.ts';

const {
  ERR__TIMED_OUT,
  ERR_COORDINATOR_LOAD_IN_PROGRESS,
  ERR_COORDINATOR_NOT_AVAILABLE,
  ERR_NOT_COORDINATOR,
  ERR__WAIT_COORD,
  ERR__AUTHENTICATION,
  ERR__SSL,
  ERR_UNSUPPORTED_SASL_MECHANISM,
} = kafka.CODES.ERRORS;

/** Trying again with the same settings brings the same. */
const REFUSALS: ReadonlySet<number> = new Set([ERR__AUTHENTICATION, ERR__SSL, ERR_UNSUPPORTED_SASL_MECHANISM]);
/** Another broker may still answer, milliseconds. */
const REFUSED_MS = 2_000;

/** The brokers are about to know who coordinates the group. */
const SOON: ReadonlySet<number> = new Set([
  ERR_COORDINATOR_LOAD_IN_PROGRESS,
  ERR_COORDINATOR_NOT_AVAILABLE,
  ERR_NOT_COORDINATOR,
  ERR__WAIT_COORD,
]);
const PAUSE_MS = 250;
/** One question holds the turn of the whole process no longer, milliseconds. */
const LONGEST_QUESTION_MS = 10_000;
/** A question that is given less can not be answered. */
const SHORTEST_QUESTION_MS = 100;

type Ask<C, T> = (client: C, timeoutMs: number, done: Done<T>) => void;

export interface AskedClientOptions<C extends Connectable> {
  readonly create: () => C;
  readonly tokens: boolean;
  readonly log: (line: ClientLogLine) => void;
  readonly addon: ListenAddon | null;
  /** For connecting; of a client that is opened for some questions, for them too. */
  readonly timeoutMs: number;
  /** A login or a handshake that fails ends it soon, where else it is tried until the time is up. */
  readonly onceRefused?: boolean;
}

/** A client of its own for some questions to the brokers; it is gone when they are answered. */
export interface AskedClient<C> {
  /**
   * Asks in its turn, again while the group's coordinator moves.
   * @throws KafkaError also when the time is up
   */
  ask<T>(question: Ask<C, T>): Promise<T>;
}

/**
 * One such client at a time in the process: each connects, and is closed, in a thread of the pool that reads need too, and with brokers that hang that
 * takes its time.
 */
const CLIENT_TURNS = new Turns();

/** @throws KafkaError also when no broker is reached in time */
export async function withAskedClient<C extends Connectable, T>(
  options: AskedClientOptions<C>,
  use: (client: AskedClient<C>) => Promise<T>,
): Promise<T> {
  const limit = new Limit(options.timeoutMs);
  const failures = new FailureLog();
  try {
    await CLIENT_TURNS.take(limit.signal);
    let closed: Promise<void> = Promise.resolve();
    try {
      const client = await connect(options, limit, failures);
      try {
        return await use({ ask: question => ask(client, question, limit, failures) });
      } finally {
        closed = release(client);
      }
    } finally {
      // Nobody but the next client waits for the goodbye.
      void closed.then(() => CLIENT_TURNS.give());
    }
  } finally {
    limit.over();
  }
}

/** A client that is asked for as long as somebody wants to know something. */
export interface OpenClient<C> {
  /** For questions that need no turn; between `openClient` and `close`. */
  readonly client: C;
  /** As `AskedClient.ask`. @param timeoutMs for the answer, its turn included */
  ask<T>(question: Ask<C, T>, timeoutMs: number): Promise<T>;
  /** The log's last word on a connection that failed. */
  recentFailure(): KafkaFault | null;
  /** Waits for questions that are under way. */
  close(): Promise<void>;
}

/** @throws KafkaError also when no broker is reached in time */
export async function openClient<C extends Connectable>(options: AskedClientOptions<C>): Promise<OpenClient<C>> {
  const failures = new FailureLog();
  const connecting = new Limit(options.timeoutMs);
  const client = await connect(options, connecting, failures).finally(() => connecting.over());
  const running = new Set<Promise<unknown>>();
  return {
    client,
    async ask(question, timeoutMs) {
      const limit = new Limit(timeoutMs);
      const answer = ask(client, question, limit, failures).finally(() => {
        limit.over();
        running.delete(answer);
      });
      running.add(answer);
      return await answer;
    },
    recentFailure: () => failures.recent(),
    async close() {
      await Promise.allSettled([...running]);
      await release(client);
    },
  };
}

/** Until when something may take. */
class Limit {
  readonly endsAt: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.endsAt = performance.now() + timeoutMs;
    this.#timer = this.#after(timeoutMs);
  }

  /** Aborts when the time is up, with a KafkaError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It ends so soon, if not before. */
  endWithin(ms: number): void {
    if (this.endsAt - performance.now() <= ms) return;
    clearTimeout(this.#timer);
    this.#timer = this.#after(ms);
  }

  over(): void {
    clearTimeout(this.#timer);
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(timedOut()), ms);
  }
}

async function connect<C extends Connectable>(
  { create, tokens, log, addon, onceRefused = false }: AskedClientOptions<C>,
  limit: Limit,
  failures: FailureLog,
): Promise<C> {
  let last: KafkaFault | null = null;
  let refused = false;
  try {
    return await connectForEver({
      create,
      signal: limit.signal,
      tokens,
      addon,
      onFault: fault => {
        last = fault;
      },
      onLog: line => {
        failures.note(line);
        if (onceRefused && !refused && REFUSALS.has(failureIn(line)?.code ?? 0)) {
          refused = true;
          limit.endWithin(REFUSED_MS);
        }
        log(line);
      },
    });
  } catch (error) {
    const why = last ?? failures.recent();
    throw limit.signal.aborted && why !== null ? new KafkaError(why) : toError(error);
  }
}

async function ask<C, T>(client: C, question: Ask<C, T>, limit: Limit, failures: FailureLog): Promise<T> {
  for (;;) {
    const answer = await askOnce(client, question, limit);
    if ('value' in answer) return answer.value;
    const { code, said } = answer;
    const left = limit.endsAt - performance.now();
    if (!SOON.has(code) || left < PAUSE_MS + SHORTEST_QUESTION_MS) {
      throw toError(said === '' ? code : { code, message: said }, failures.recent());
    }
    await sleep(PAUSE_MS);
  }
}

type Answer<T> = { readonly value: T } | { readonly code: number; readonly said: string };

async function askOnce<C, T>(client: C, question: Ask<C, T>, { endsAt, signal }: Limit): Promise<Answer<T>> {
  await POOL_TURNS.take(signal);
  try {
    const left = Math.floor(endsAt - performance.now());
    if (left < SHORTEST_QUESTION_MS) throw timedOut();
    return await new Promise<Answer<T>>(resolve =>
      question(client, Math.min(left, LONGEST_QUESTION_MS), (code, value, said) =>
        resolve(code === null ? { value } : { code, said }),
      ),
    );
  } finally {
    POOL_TURNS.give();
  }
}

function timedOut(): KafkaError {
  return new KafkaError(faultOf(ERR__TIMED_OUT));
}

/** A question of node-rdkafka's own, as one of the addon's. */
export function answering<T>(done: Done<T>): (error: LibrdKafkaError | null, answer: T) => void {
  return (error, answer) => (error ? done(toError(error).code, answer, '') : done(null, answer, ''));
}
