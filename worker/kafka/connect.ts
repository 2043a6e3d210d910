import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault } from '../task/ports.ts';
import { type ClientLogLine, FailureLog, tellable } from './client-log.ts';
import { CONNECTION_CODES, toFault } from './faults.ts';
import kafka, { type LibrdKafkaError } from './library.ts';
import { tokenFault } from './security-faults.ts';

/** How long one client may try before a fresh one takes its place, milliseconds. */
const ATTEMPT_MS = 5_000;
const PAUSE_MS = 1_000;

/** The part of node-rdkafka's consumer and producer that connecting needs. */
export interface Connectable {
  connect(options: { timeout: number; allTopics: boolean }, done: (error: LibrdKafkaError | null) => void): unknown;
  on(event: 'event.log', listener: (line: { severity: number; fac: string; message: string }) => void): unknown;
  once(event: 'connection.failure', listener: () => void): unknown;
  getClient(): unknown;
}

/** The native half's part. */
export interface ListenAddon {
  /**
   * To be called for a client that is about to connect: node-rdkafka itself begins to listen when it has, in a way that a line of the log in just
   * that moment does not survive. @param client the native half of any of node-rdkafka's clients
   */
  listen(client: unknown): void;
}

export interface ConnectOptions<C extends Connectable> {
  /** Throws for a setting that librdkafka refuses. */
  readonly create: () => C;
  readonly signal: AbortSignal;
  /** The client logs in with tokens: it tries no broker before it has one, and may say nothing of it. */
  readonly tokens: boolean;
  readonly onFault: (fault: KafkaFault) => void;
  readonly onLog: (line: ClientLogLine) => void;
  /** Without it a line of the client's log may end the process in a wrong moment, as `listen` says. */
  readonly addon: ListenAddon | null;
  readonly attemptMs?: number;
}

/**
 * Creates clients one after the other until one has spoken to a broker: a client whose first metadata request failed
 * is closed by node-rdkafka and can't be used again. `onFault` is told why each of them failed.
 *
 * @throws KafkaError for what waiting can't mend (a refused setting, an unreadable key file); the signal's reason.
 */
export async function connectForEver<C extends Connectable>(options: ConnectOptions<C>): Promise<C> {
  const { signal, onFault, attemptMs = ATTEMPT_MS } = options;
  for (;;) {
    signal.throwIfAborted();
    const attempt = tryOnce(options, attemptMs);
    const result = await orAbort(attempt, signal);
    if ('client' in result) return result.client;
    if (result.hopeless) throw refused(result.fault);
    onFault(result.fault);
    await sleep(Math.min(PAUSE_MS, attemptMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

type Attempt<C> = { readonly client: C } | { readonly fault: KafkaFault; readonly hopeless: boolean };

async function tryOnce<C extends Connectable>(options: ConnectOptions<C>, timeout: number): Promise<Attempt<C>> {
  let client: C;
  try {
    client = options.create();
  } catch (error) {
    return { fault: toFault(error), hopeless: true };
  }
  const failures = new FailureLog();
  client.on('event.log', ({ severity, fac, message }) => {
    const line = tellable({ severity, facility: fac, message });
    failures.note(line);
    options.onLog(line);
  });
  let created = false;
  client.once('connection.failure', () => {
    created = true;
  });
  options.addon?.listen(client.getClient());
  const error = await new Promise<LibrdKafkaError | null>(done => client.connect({ timeout, allTopics: false }, done));
  if (error === null || error === undefined) return { client };
  await release(client);
  const failure = failures.recent();
  const fault = toFault(error, failure);
  const isWaiting = options.tokens && failure === null && CONNECTION_CODES.has(fault.code);
  return { fault: isWaiting ? tokenFault(null) : fault, hopeless: !created };
}

/** An attempt that outlives its signal is closed when it ends, out of sight. */
async function orAbort<C extends Connectable>(attempt: Promise<Attempt<C>>, signal: AbortSignal): Promise<Attempt<C>> {
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([attempt, aborted]);
  } catch (error) {
    void attempt.then(late => ('client' in late ? release(late.client) : undefined));
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Closes a client and takes its callbacks out of the native half, which would hold it in memory for ever. It is the
 * disconnect of the base class: a producer's own flushes first, and throws when it is not connected.
 */
export function release(client: Connectable): Promise<void> {
  const base = Object.getPrototypeOf(kafka.KafkaConsumer.prototype) as { disconnect(done: () => void): void };
  return new Promise(resolve => base.disconnect.call(client, () => resolve()));
}

function refused({ message }: KafkaFault): KafkaError {
  return new KafkaError({
    code: kafka.CODES.ERRORS.ERR__INVALID_ARG,
    message: `the Kafka client refuses its settings: ${message}`,
    fatal: true,
  });
}
