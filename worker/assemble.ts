import type { ConnectorConfig, KafkaConfig } from '../config/types.ts';
import type { AttemptParts } from '../connector/http/attempt.ts';
import { createTransports } from '../connector/http/transport/create.ts';
import type { Attributes } from '../connector/spans.ts';
import { createClientLog, linesOfClients } from './client-lines.ts';
import { createDelivery, transportOptionsOf } from './endpoints.ts';
import { thresholdOf } from './isolation/levels.ts';
import { pack } from './isolation/pack.ts';
import { ProcessTask } from './isolation/process-task.ts';
import { spawnTaskProcess } from './isolation/spawn.ts';
import type { ClientLogLine } from './kafka/client-log.ts';
import { createKafkaConsumer } from './kafka/consumer.ts';
import { createPartedProducer } from './kafka/parted-producer.ts';
import { createKafkaProducer } from './kafka/producer.ts';
import { chosenAddon, createReader } from './kafka/reader/choose.ts';
import type { BuiltTask } from './running-task.ts';
import { smallFiles } from './small-files.ts';
import { sessionTimeoutOf } from './task/lease.ts';
import type { TaskWorkerConfig } from './task/task.ts';
import { createTask } from './task/task-loop.ts';
import { configOfTask } from './task-clients.ts';
import type { Surroundings } from './worker.ts';

/** Puts a task together, in this process or in one of its own. */
export function assemble(config: ConnectorConfig, id: number, surroundings: Surroundings): BuiltTask {
  return config.isolation === 'process'
    ? assembleApart(config, id, surroundings)
    : assembleTask(config, id, surroundings);
}

/** What a task is put together with, in whichever process. */
type TaskSurroundings = Omit<Surroundings, 'secrets' | 'worker'> & { readonly worker: TaskWorkerConfig };

function assembleApart(config: ConnectorConfig, taskId: number, surroundings: Surroundings): BuiltTask {
  const { clock, announce, log, mask } = surroundings;
  const { offsetFlushIntervalMs, offsetFlushTimeoutMs, taskShutdownGracefulTimeoutMs, reader } = surroundings.worker;
  const secrets = surroundings.secrets();
  const clientLines = linesOfClients(log);
  const task = new ProcessTask({
    start: {
      config: pack({
        // As it was written it is of no use to the task, and full of secrets.
        connector: { ...config, properties: {} },
        worker: { offsetFlushIntervalMs, offsetFlushTimeoutMs, taskShutdownGracefulTimeoutMs, reader },
        traces: surroundings.worker.traces,
      }),
      taskId,
      secrets: secrets.map(secret => secret.reveal()),
    },
    reader: chosenAddon(reader) === null ? 'portable' : 'native',
    spawn: () => spawnTaskProcess(secrets),
    clock,
    announce,
    log,
    mask,
    threshold: () => thresholdOf(log, clientLines),
  });
  return { task, close: async () => undefined };
}

/** Puts a task together from its real parts, in this process; nothing is connected yet. */
export function assembleTask(connector: ConnectorConfig, taskId: number, surroundings: TaskSurroundings): BuiltTask {
  const config = configOfTask(connector, taskId);
  const { worker, clock, random, announce, traces } = surroundings;
  const { http, errors, reporter, kafka } = config;
  const log = createClientLog(surroundings.log);
  const sending = {
    errorsTolerance: errors.tolerance,
    ...createTransports(http, transportOptionsOf(config)),
    files: smallFiles,
    clock,
    random,
    announce,
    bodies: bodiesKept(reporter, surroundings.mask),
    mask: errors.deadLetterTopic !== null && errors.deadLetterResponseHeaders ? surroundings.mask : null,
    tracing: traces?.of({ common: commonOf(config, taskId), announce, mask: surroundings.mask }) ?? null,
  };
  const { sink, converter, endpoints, needs } = createDelivery(config, sending);
  const consumer = createKafkaConsumer({
    kafka,
    topics: config.topics,
    topicsRegex: config.topicsRegex,
    log,
    addon: chosenAddon(worker.reader),
  });
  // A dead letter needs the record as it was, a report its key.
  const parked = errors.deadLetterTopic !== null;
  const reported = reporter !== null && (reporter.error !== null || reporter.granularity === 'record');
  const task = createTask({
    config,
    worker,
    taskId,
    consumer,
    reader: createReader(worker.reader, consumer, {
      ...needs,
      separator: sink.format.separator,
      keys: parked || reported || needs.keys,
      headers: parked || needs.headers || traces !== null,
      // A read that waits is as old as its wait when it renews the lease, which with a short session is short.
      heartbeatMs: Math.min(1_000, sessionTimeoutOf(config) / 6),
    }),
    producer: createProducer(config, surroundings, log),
    sink,
    converter,
    endpoints,
    clock,
    random,
    announce,
  });
  return { task, close: () => sink.close() };
}

/** What all spans of a task have. */
function commonOf({ name, kafka }: ConnectorConfig, taskId: number): Attributes {
  return { 'tailrace.connector': name, 'tailrace.task': taskId, 'messaging.consumer.group.name': kafka.groupId };
}

/** Null where neither dead letters nor reports are written. */
function createProducer(
  { errors, reporter, kafka }: ConnectorConfig,
  { announce, worker }: TaskSurroundings,
  log: (line: ClientLogLine) => void,
): ReturnType<typeof createKafkaProducer> | null {
  const create = (config: KafkaConfig) =>
    createKafkaProducer(config, {
      log,
      onFault: fault => announce({ kind: 'client-fault', fault }),
      addon: chosenAddon(worker.reader),
    });
  const { reports } = kafka;
  const parked = errors.deadLetterTopic !== null;
  if (reporter === null || reports === undefined) return parked || reporter !== null ? create(kafka) : null;
  const topics = [reporter.success, reporter.error].flatMap(topic => topic?.name ?? []);
  return createPartedProducer(parked ? create(kafka) : null, create({ ...kafka, ...reports }), new Set(topics));
}

/** What reports are to have of the endpoint's answers. */
function bodiesKept(reporter: ConnectorConfig['reporter'], mask: Surroundings['mask']): AttemptParts['bodies'] {
  if (reporter === null) return null;
  const { bodies, responseMaxBytes: maxBytes } = reporter;
  return bodies.success || bodies.error ? { ...bodies, maxBytes, mask } : null;
}
