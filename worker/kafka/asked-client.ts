import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault } from '../task/ports.ts';
import { type ClientLogLine, FailureLog } from './client-log.ts';
import { type Connectable, connectForEver, release } from './connect.ts';
import { faultOf, toError } from './faults.ts';
import type { Done } from './group-addon.ts';
import kafka from './library.ts';
import { POOL_TURNS, Turns } from './pool-turns.ts';

const {
  ERR__TIMED_OUT,
  ERR_COORDINATOR_LOAD_IN_PROGRESS,
  ERR_COORDINATOR_NOT_AVAILABLE,
  ERR_NOT_COORDINATOR,
  ERR__WAIT_COORD,
} = kafka.CODES.ERRORS;

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

export interface AskedClientOptions<C extends Connectable> {
  readonly create: () => C;
  readonly tokens: boolean;
  readonly log: (line: ClientLogLine) => void;
  /** For connecting and all questions together. */
  readonly timeoutMs: number;
}

/** A client of its own for some questions to the brokers; it is gone when they are answered. */
export interface AskedClient<C> {
  /**
   * Asks in its turn, again while the group's coordinator moves.
   * @throws KafkaError also when the time is up
   */
  ask<T>(question: (client: C, timeoutMs: number, done: Done<T>) => void): Promise<T>;
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
  const endsAt = performance.now() + options.timeoutMs;
  const failures = new FailureLog();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(timedOut()), options.timeoutMs);
  try {
    await CLIENT_TURNS.take(limit.signal);
    let closed: Promise<void> = Promise.resolve();
    try {
      const client = await connect(options, limit.signal, failures);
      try {
        return await use({ ask: question => ask(client, question, endsAt, limit.signal, failures) });
      } finally {
        closed = release(client);
      }
    } finally {
      // Nobody but the next client waits for the goodbye.
      void closed.then(() => CLIENT_TURNS.give());
    }
  } finally {
    clearTimeout(timer);
  }
}

async function connect<C extends Connectable>(
  { create, tokens, log }: AskedClientOptions<C>,
  signal: AbortSignal,
  failures: FailureLog,
): Promise<C> {
  let last: KafkaFault | null = null;
  try {
    return await connectForEver({
      create,
      signal,
      tokens,
      onFault: fault => {
        last = fault;
      },
      onLog: line => {
        failures.note(line);
        log(line);
      },
    });
  } catch (error) {
    const why = last ?? failures.recent();
    throw signal.aborted && why !== null ? new KafkaError(why) : toError(error);
  }
}

async function ask<C, T>(
  client: C,
  question: (client: C, timeoutMs: number, done: Done<T>) => void,
  endsAt: number,
  signal: AbortSignal,
  failures: FailureLog,
): Promise<T> {
  for (;;) {
    const answer = await askOnce(client, question, endsAt, signal);
    if ('value' in answer) return answer.value;
    const { code, said } = answer;
    const left = endsAt - performance.now();
    if (!SOON.has(code) || left < PAUSE_MS + SHORTEST_QUESTION_MS) {
      throw toError(said === '' ? code : { code, message: said }, failures.recent());
    }
    await sleep(PAUSE_MS);
  }
}

type Answer<T> = { readonly value: T } | { readonly code: number; readonly said: string };

async function askOnce<C, T>(
  client: C,
  question: (client: C, timeoutMs: number, done: Done<T>) => void,
  endsAt: number,
  signal: AbortSignal,
): Promise<Answer<T>> {
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
