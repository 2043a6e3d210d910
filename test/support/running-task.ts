import type { TestContext } from 'node:test';
import type { ConnectorConfig, KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { assemble } from '../../worker/assemble.ts';
import { systemClock, systemRandom } from '../../worker/clock.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { Task, TaskEnd } from '../../worker/task/task.ts';
import type { Log } from '../../worker/telemetry/log.ts';
import type { Surroundings } from '../../worker/worker.ts';
import { Conditions } from './conditions.ts';
import { DEFAULT_VALUES, PLAIN_JSON } from './converters.ts';
import { NO_REST } from './no-rest.ts';
import { READER } from './reader.ts';

const WORKER: WorkerConfig = {
  bootstrapServers: [],
  ...NO_REST,
  offsetFlushIntervalMs: 200,
  offsetFlushTimeoutMs: 2_000,
  taskShutdownGracefulTimeoutMs: 10_000,
  logLevel: 'fatal',
  reader: READER,
};
/** Where tasks run: TEST_ISOLATION, by default in the process of the test. */
const ISOLATION = (process.env['TEST_ISOLATION'] ?? 'inline') as ConnectorConfig['isolation'];
const SILENCE: Log = { write: () => {}, writes: () => false, with: () => SILENCE };

/** A connector that posts JSON arrays of up to 100 records, with the defaults of everything else. */
export function connectorConfig(kafka: KafkaConfig, topics: readonly string[], url: URL): ConnectorConfig {
  return {
    name: kafka.groupId,
    properties: {},
    isolation: ISOLATION,
    restart: { max: 0, backoffMs: 1_000, backoffMaxMs: 60_000 },
    connectorClass: 'tailrace.HttpSink',
    tasksMax: 1,
    initialState: 'RUNNING',
    topics,
    topicsRegex: null,
    ...PLAIN_JSON,
    transforms: [],
    endpoints: null,
    http: {
      url,
      method: 'POST',
      version: '1.1',
      headers: {},
      route: null,
      timeoutMs: 30_000,
      connectTimeoutMs: 10_000,
      responseMaxBytes: 1_048_576,
      successStatuses: [[200, 299]],
      answers: null,
      attempts: null,
      identity: { idempotencyKey: null, traceContext: false },
      auth: { type: 'none' },
      authFailFast: false,
      authRenewStatuses: [[401, 401]],
      connection: { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 },
      tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
      coding: { requests: null, compressedAnswers: false },
      retryBackoffMs: 50,
      retryBackoffMaxMs: 500,
    },
    batch: {
      format: 'array',
      maxRecords: 100,
      maxBytes: 1_048_576,
      targetBytes: null,
      lingerMs: 5,
      envelopePrefix: '',
      envelopeSuffix: '',
      prefix: '',
      separator: '\n',
      suffix: '',
      content: 'json',
    },
    values: DEFAULT_VALUES,
    delivery: { maxInFlight: 8, maxUncommittedRecords: 10_000, drainTimeoutMs: 3_000, bufferMaxBytes: 16_777_216 },
    errors: {
      tolerance: 'none',
      logEnable: false,
      deadLetterTopic: null,
      deadLetterReplicationFactor: 1,
      deadLetterContextHeaders: false,
      deadLetterResponseHeaders: false,
    },
    reporter: null,
    kafka,
  };
}

/** A real task over the real parts, and everything it told. */
export class RunningTask {
  readonly task: Task;
  readonly facts: TaskFact[] = [];
  readonly end: Promise<TaskEnd>;
  readonly #conditions = new Conditions();

  /**
   * @param all where the facts of several tasks come together, in order.
   * @param given in place of what it has by default
   */
  constructor(t: TestContext, config: ConnectorConfig, all: TaskFact[] = [], given: Partial<Surroundings> = {}) {
    const { task, close } = assemble(config, 0, {
      worker: WORKER,
      clock: systemClock,
      random: systemRandom,
      log: SILENCE,
      mask: text => text,
      secrets: () => [],
      traces: null,
      ...given,
      announce: fact => {
        this.facts.push(fact);
        all.push(fact);
        this.#conditions.changed();
      },
    });
    this.task = task;
    this.end = task.run().finally(close);
    t.after(() => this.stop());
  }

  factsOf<K extends TaskFact['kind']>(kind: K): Extract<TaskFact, { kind: K }>[] {
    return this.facts.filter((fact): fact is Extract<TaskFact, { kind: K }> => fact.kind === kind);
  }

  /** Resolves at the fact that makes `condition` true. */
  when(condition: () => boolean): Promise<void> {
    return this.#conditions.met(condition);
  }

  stop(): Promise<TaskEnd> {
    this.task.stop(10_000);
    return this.end;
  }
}
