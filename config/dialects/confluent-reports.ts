import type { ConfluentKeys } from './confluent-keys.ts';
import { withConnector } from './confluent-shared.ts';
import { differs, fault, ignored, type Peer, type Statement, set } from './dialect.ts';

const BROKERS = 'reporter.bootstrap.servers';
/** Where a record stands, as the headers of reports call it. */
const PLACE =
  'offset:input_record_offset,timestamp:input_record_timestamp,partition:input_record_partition,topic:input_record_topic';
const OF_ERRORS = `${PLACE},reason:error_message,exception:exception,response:response_content,status:status_code,value:payload`;

interface Topic {
  readonly kind: 'result' | 'error';
  readonly ours: 'success' | 'error';
  readonly written: string | null;
  readonly format: string;
  readonly schemas: readonly [keys: boolean, values: boolean];
}

/** @param isCloud there both topics are there by default */
export function* reports(peer: Peer<ConfluentKeys>, isCloud: boolean): Iterable<Statement> {
  const { values } = peer;
  const topics: readonly Topic[] = [
    {
      kind: 'result',
      ours: 'success',
      written: values.resultTopic,
      format: values.resultValueFormat,
      schemas: [values.resultKeySchemas, values.resultValueSchemas],
    },
    {
      kind: 'error',
      ours: 'error',
      written: values.errorTopic,
      format: values.errorValueFormat,
      schemas: [values.errorKeySchemas, values.errorValueSchemas],
    },
  ];
  const told = topics.filter(topic => nameOf(peer, topic, isCloud) !== null);
  for (const topic of topics) {
    if (told.includes(topic)) yield* oneTopic(peer, topic, isCloud);
    else yield* idle(topic);
  }
  if (told.some(({ ours }) => ours === 'error')) {
    const value = values.reportErrorsAs === 'http_response' ? 'response' : 'reason';
    yield set('reporter.error.value', value, 'report.errors.as');
  } else yield ignored('report.errors.as', 'no topic is told of errors');
  if (told.length > 0) yield* brokers(peer);
  else yield* [BROKERS].map(key => ignored(key, 'no topic is told of anything'));
}

/** Null: it is told nothing. */
function nameOf({ text, wrote }: Peer<ConfluentKeys>, { kind, written }: Topic, isCloud: boolean): string | null {
  const key = `reporter.${kind}.topic.name`;
  const connector = text('name');
  if (wrote(key)) return written === null ? null : withConnector(written.trim(), connector);
  const name = kind === 'result' ? 'success' : 'error';
  if (isCloud) return `${name}-${connector ?? ''}`;
  return (text(BROKERS)?.trim() ?? '') === '' ? null : `${connector ?? ''}-${name}`;
}

function* oneTopic(peer: Peer<ConfluentKeys>, topic: Topic, isCloud: boolean): Iterable<Statement> {
  const { kind, ours, format, schemas } = topic;
  const key = (rest: string): string => `reporter.${kind}.topic.${rest}`;
  yield set(`reporter.${ours}.topic.name`, nameOf(peer, topic, isCloud)!, key('name'));
  for (const part of ['replication.factor', 'partitions']) {
    const text = peer.text(key(part));
    if (text !== null) yield set(`reporter.${ours}.topic.${part}`, text, key(part));
  }
  if (ours === 'success') yield set('reporter.success.value', 'response', key('name'));
  yield set(`reporter.${ours}.headers`, ours === 'success' ? PLACE : OF_ERRORS, key('name'));
  if (format === 'json' || format === 'string') {
    yield set(`reporter.${ours}.format`, format === 'json' ? 'json' : 'text', key('value.format'));
  } else {
    yield fault('unsupported', key('value.format'), `is ${format}, which is not supported: take json or string`);
  }
  yield differs(key('key.format'), 'has no effect on keys: they are those of the records, byte for byte');
  for (const [i, role] of ['key', 'value'].entries()) {
    const what = 'is not supported: reports have no schemas, write false';
    if (schemas[i]) yield fault('unsupported', key(`${role}.format.schemas.enable`), what);
  }
}

function* idle({ kind }: Topic): Iterable<Statement> {
  const parts = ['replication.factor', 'partitions', 'key.format', 'value.format'];
  for (const part of [...parts, 'key.format.schemas.enable', 'value.format.schemas.enable']) {
    yield ignored(`reporter.${kind}.topic.${part}`, `no reporter.${kind}.topic.name is written`);
  }
}

/** The reporter has clients of its own, which inherit nothing from those of the worker. */
function* brokers({ family, values }: Peer<ConfluentKeys>): Iterable<Statement> {
  if (values.reporterBrokers !== null) yield set(BROKERS, values.reporterBrokers, BROKERS);
  for (const prefix of ['reporter.producer.', 'reporter.admin.']) {
    for (const [rest, value] of family(prefix)) yield set(prefix + rest, value, prefix + rest);
  }
}
