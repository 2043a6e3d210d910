import { readBatch, readValues } from './body.ts';
import { readConverters } from './converter.ts';
import { DIALECTS } from './dialects/choose.ts';
import { readEndpoints } from './endpoints.ts';
import type { Findings } from './findings.ts';
import { readHttp } from './http.ts';
import { NO_DEAD_LETTERS } from './kafka/client.ts';
import { buildKafka } from './kafka/clients.ts';
import { type TopicsPattern, translateRegex } from './kafka/topics-regex.ts';
import { propertiesOf } from './properties.ts';
import { readReporter } from './reporter.ts';
import { notKnown, trim } from './schema/formats.ts';
import { type ConnectorSection, noteIdle, type WorkerSection } from './schema/section.ts';
import { CONNECTOR_CLASSES } from './sink-classes.ts';
import type { Outside } from './source/files.ts';
import { readTransforms } from './transforms/transforms.ts';
import type {
  AuthConfig,
  BatchConfig,
  ConnectorConfig,
  ConverterConfig,
  DeliveryConfig,
  ErrorsConfig,
  KafkaConfig,
  RestartConfig,
} from './types.ts';

const DEAD_LETTER_KEYS = [
  'errors.deadletterqueue.topic.replication.factor',
  'errors.deadletterqueue.context.headers.enable',
  'errors.deadletterqueue.response.headers.enable',
];

/** Null while something that can't be stood in for is missing; the faults say what. */
export function buildConnector(
  worker: WorkerSection,
  section: ConnectorSection,
  outside: Outside,
  findings: Findings,
): ConnectorConfig | null {
  const { values } = section;
  checkClass(section, findings);
  const topicsRegex = readTopics(section, findings);
  const converters = readConverters(worker, section, findings);
  const { valueConverter: converter } = converters;
  const topics = topicList(values.topics);
  const several = readEndpoints(section, { topics, converter, outside, checkBatch }, findings);
  const one = several === null ? readOne(section, converter, outside, findings) : several[0];
  const transforms = readTransforms(section, findings);
  const kafka = buildKafka(values.name ?? '', worker, section, outside, findings);
  const delivery = readDelivery(section, kafka, findings);
  const isRead = (topic: string): boolean =>
    values.topics?.includes(topic) === true || topicsRegex?.matches(topic) === true;
  if (one) noteTokens(section, one.http.auth, findings);
  if (values.name === null || values.connectorClass === null || !one) return null;
  return {
    name: values.name,
    properties: propertiesOf(section.written),
    isolation: values.taskIsolation ?? worker.values.taskIsolation,
    restart: readRestart(section, findings),
    connectorClass: values.connectorClass,
    tasksMax: values.tasksMax,
    initialState: values.initialState,
    topics,
    topicsRegex: topicsRegex?.pattern ?? null,
    ...converters,
    transforms,
    http: one.http,
    batch: one.batch,
    values: one.values,
    endpoints: several,
    delivery,
    errors: readErrors(section, isRead, findings),
    reporter: readReporter(section, isRead, findings),
    kafka,
  };
}

/** The endpoint of a connector that has one. */
function readOne(
  section: ConnectorSection,
  converter: ConverterConfig,
  outside: Outside,
  findings: Findings,
): Pick<ConnectorConfig, 'http' | 'batch' | 'values'> | null {
  const http = readHttp(section, outside, findings);
  const batch = readBatch(section, converter, findings);
  checkBatch(section, batch, findings);
  const values = readValues(section, converter, findings);
  return http === null ? null : { http, batch, values };
}

/** Each task asks for tokens of its own. */
function noteTokens({ values, origin }: ConnectorSection, auth: AuthConfig, findings: Findings): void {
  if (values.tasksMax === 1 || auth.type !== 'oauth2') return;
  const { grant } = auth;
  const isOnce = grant.type === 'refresh_token' || (grant.type === 'authorization_code' && !grant.permanent);
  if (!isOnce) return;
  findings.note(
    'warning',
    origin('tasks.max'),
    'each task asks for tokens of its own: where a code or refresh token serves once, they take it from each other; tasks.max=1 avoids that',
  );
}

function checkClass({ values, origin, isForeign }: ConnectorSection, findings: Findings): void {
  if (isForeign || values.connectorClass === null || CONNECTOR_CLASSES.includes(values.connectorClass)) return;
  findings.fault(
    'unsupported',
    origin('connector.class'),
    `${notKnown(values.connectorClass, 'a connector that is known here')}: known is ${CONNECTOR_CLASSES[0]}, also as ` +
      `${CONNECTOR_CLASSES.slice(1).join(', ')}; and ${DIALECTS.flatMap(({ classes }) => classes).join(', ')}`,
  );
}

/** Kafka Connect drops blank items; a list of nothing else names no topic. */
function topicList(topics: readonly string[] | null): readonly string[] | null {
  return topics === null || topics.length === 0 ? null : topics;
}

function readTopics(section: ConnectorSection, findings: Findings): TopicsPattern | null {
  const { values, origin } = section;
  const { topicsRegex } = values;
  const topics = topicList(values.topics);
  if (topics !== null && topicsRegex !== null) {
    findings.fault('conflict', origin('topics.regex'), 'and topics exclude each other: keep one of them');
  }
  // What is written and no list of topics is a fault already.
  const isFaulty =
    values.topics === null && section.written.some(([key, { text }]) => key === 'topics' && trim(text) !== '');
  if (topics === null && topicsRegex === null && !isFaulty) {
    findings.fault('missing', origin('topics'), 'is required, or topics.regex in its place: the topics to read');
  }
  if (topicsRegex === null) return null;
  const translated = translateRegex(topicsRegex);
  if ('problem' in translated) {
    findings.fault('unsupported', origin('topics.regex'), translated.problem);
    return null;
  }
  return translated;
}

function readDelivery({ values, origin }: ConnectorSection, kafka: KafkaConfig, findings: Findings): DeliveryConfig {
  for (const key of ['session.timeout.ms', 'max.poll.interval.ms']) {
    const limit = Number(kafka.consumer.global[key]);
    if (values.drainTimeoutMs < limit) continue;
    const message = `must be below the consumer's ${key}, ${limit}: the group waits that long for a member that drains`;
    findings.fault('conflict', origin('delivery.drain.timeout.ms'), message);
  }
  const { maxInFlight, maxUncommittedRecords, drainTimeoutMs, bufferMaxBytes } = values;
  return { maxInFlight, maxUncommittedRecords, drainTimeoutMs, bufferMaxBytes };
}

/** What one request may carry is to find room. */
function checkBatch({ values, origin }: ConnectorSection, batch: BatchConfig, findings: Findings): void {
  if (values.maxUncommittedRecords < batch.maxRecords) {
    const message = `must not be below batch.max.records, ${batch.maxRecords}: a single request would exceed it`;
    findings.fault('conflict', origin('delivery.max.uncommitted.records'), message);
  }
  if (values.bufferMaxBytes < batch.maxBytes) {
    findings.fault('conflict', origin('buffer.max.bytes'), `must not be below batch.max.bytes, ${batch.maxBytes}`);
  }
}

function readRestart({ values, origin }: ConnectorSection, findings: Findings): RestartConfig {
  const { restartMax, restartBackoffMs: backoffMs, restartBackoffMaxMs: backoffMaxMs } = values;
  if (backoffMaxMs < backoffMs) {
    const message = `must not be below errors.restart.backoff.ms, ${backoffMs}`;
    findings.fault('conflict', origin('errors.restart.backoff.max.ms'), message);
  }
  return { max: restartMax === -1 ? null : restartMax, backoffMs, backoffMaxMs };
}

function readErrors(section: ConnectorSection, isRead: (topic: string) => boolean, findings: Findings): ErrorsConfig {
  const { values, origin } = section;
  const { deadLetterTopic } = values;
  if (deadLetterTopic === null) noteIdle(section, DEAD_LETTER_KEYS, NO_DEAD_LETTERS, findings);
  if (deadLetterTopic !== null && isRead(deadLetterTopic)) {
    const message = 'must not be a topic that the connector reads: each dead letter would come back to it';
    findings.fault('conflict', origin('errors.deadletterqueue.topic.name'), message);
  }
  if (values.deadLetterReplicationFactor === 0) {
    findings.fault('invalid', origin('errors.deadletterqueue.topic.replication.factor'), 'must be at least 1, or -1');
  }
  return {
    tolerance: values.errorsTolerance,
    logEnable: values.errorsLogEnable,
    deadLetterTopic,
    deadLetterReplicationFactor: values.deadLetterReplicationFactor,
    deadLetterContextHeaders: values.deadLetterContextHeaders,
    deadLetterResponseHeaders: values.deadLetterResponseHeaders,
  };
}
