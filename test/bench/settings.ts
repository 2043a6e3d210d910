import { parseConfig } from '../../config/load.ts';
import { consumerSettings } from '../../worker/kafka/settings.ts';
import { NO_FILES } from '../support/files.ts';

export type ReaderName = 'auto' | 'native' | 'portable';

export interface WorkerSettings {
  readonly bootstrap: string;
  readonly reader: ReaderName;
}

export interface SinkSettings {
  /** Names the connector, and so its consumer group. */
  readonly name: string;
  readonly topic: string;
  readonly url: string;
  readonly batchRecords: number;
  readonly converter: ConverterName;
  readonly requests?: RequestKind;
  /** Transforms, predicates and whatever else goes on top. */
  readonly more?: Readonly<Record<string, string>>;
  readonly lingerMs?: number;
  /** Most bytes that one partition brings in one fetch; by default the worker decides. */
  readonly partitionFetchBytes?: number;
}

/** `json` checks every record, `schemas` reads it by the schema it has with it; `string` takes it as a text that becomes a JSON string. */
export type ConverterName = 'json' | 'schemas' | 'string';

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

const CONVERTERS: Readonly<Record<ConverterName, Readonly<Record<string, string>>>> = {
  json: { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'false' },
  schemas: { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'true' },
  string: { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' },
};

/**
 * `raw`: texts as they are; `aiven`: the same by a file of Aiven's sink; `types`, `shops`: 4 and 1,000 addresses by a member of the
 * value; gzip; HTTP/2; `envelope`: a JSON object around the records; `adobe`: the same by a file of Adobe's streaming connector.
 */
export type RequestKind = 'raw' | 'aiven' | 'types' | 'shops' | 'gzip' | 'h2' | 'envelope' | 'adobe';

/** A file as its users have it, beside what every case needs. */
function aivenProperties({ name, topic, url, batchRecords }: SinkSettings): string {
  return properties({
    name,
    'connector.class': 'io.aiven.kafka.connect.http.HttpSinkConnector',
    topics: topic,
    ...CONVERTERS.string,
    'consumer.override.auto.offset.reset': 'earliest',
    'http.url': url,
    'http.authorization.type': 'static',
    'http.headers.authorization': 'Bearer benchmark',
    'http.headers.content.type': 'text/plain',
    'batching.enabled': 'true',
    'batch.max.size': batchRecords,
  });
}

function requestKeys(kind: Exclude<RequestKind, 'aiven'>, url: string): Readonly<Record<string, string>> {
  switch (kind) {
    case 'raw':
      return { ...CONVERTERS.string, 'batch.format': 'joined' };
    case 'types':
      return { 'http.url': `${url}/\${value:/type}` };
    case 'shops':
      return { 'http.url': `${url}/\${value:/shop}` };
    case 'gzip':
      return { 'http.request.compression': 'gzip' };
    case 'h2':
      return { 'http.version': '2' };
    case 'envelope':
      return { 'batch.format': 'envelope' };
    case 'adobe':
      return {};
  }
}

/** Adobe's own keys, with ours for what this endpoint is: it names no records in its answers, and its runs end at once. */
function adobeProperties({ name, topic, url, batchRecords, converter }: SinkSettings): string {
  return properties({
    name,
    'connector.class': 'com.adobe.platform.streaming.sink.impl.AEPSinkConnector',
    topics: topic,
    ...CONVERTERS[converter],
    'consumer.override.auto.offset.reset': 'earliest',
    'aep.endpoint': url,
    'aep.flush.bytes.kb': 1000,
    'aep.connection.endpoint.headers': '{"Authorization":"Bearer benchmark"}',
    'http.response.records.status.codes': 207,
    'batch.linger.ms': 20,
    'batch.max.records': batchRecords,
    'delivery.max.uncommitted.records': Math.max(10_000, batchRecords * 20),
  });
}

function properties(entries: Readonly<Record<string, string | number>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

export function workerProperties({ bootstrap, reader }: WorkerSettings): string {
  return properties({ 'bootstrap.servers': bootstrap, listeners: '', reader });
}

export function sinkProperties(sink: SinkSettings): string {
  const { name, topic, url, batchRecords, converter, requests, more, lingerMs, partitionFetchBytes } = sink;
  if (requests === 'adobe') return adobeProperties(sink);
  if (requests === 'aiven') return aivenProperties(sink);
  const fetch = 'consumer.override.max.partition.fetch.bytes';
  return properties({
    name,
    'connector.class': 'tailrace.HttpSink',
    topics: topic,
    ...CONVERTERS[converter],
    'consumer.override.auto.offset.reset': 'earliest',
    'http.url': url,
    'http.auth.type': 'bearer',
    'http.auth.bearer.token': 'benchmark',
    'batch.format': 'array',
    'batch.max.records': batchRecords,
    ...(lingerMs === undefined ? {} : { 'batch.linger.ms': lingerMs }),
    ...(partitionFetchBytes === undefined ? {} : { [fetch]: partitionFetchBytes }),
    // Room for the records of the largest batch: the count decides, not the bytes.
    'batch.max.bytes': Math.max(1_048_576, batchRecords * 1_200),
    'delivery.max.uncommitted.records': Math.max(10_000, batchRecords * 20),
    ...(requests === undefined ? {} : requestKeys(requests, url)),
    ...more,
  });
}

/** The same connector in Kafka Connect on the JVM, with `PostSink` in place of ours. */
export function connectProperties({ name, topic, url, batchRecords, converter, more }: SinkSettings): string {
  return properties({
    name,
    'connector.class': 'PostSink',
    topics: topic,
    ...CONVERTERS[converter],
    'consumer.override.auto.offset.reset': 'earliest',
    'consumer.override.max.poll.records': batchRecords,
    url,
    batch: batchRecords,
    ...more,
  });
}

export interface ConnectSettings {
  readonly bootstrap: string;
  /** Where its REST listener is. */
  readonly listener: string;
  readonly offsetsFile: string;
}

/** Defaults, but for what there is none of; and plugins are found without a look into every jar. */
export function connectWorkerProperties({ bootstrap, listener, offsetsFile }: ConnectSettings): string {
  const bytes = 'org.apache.kafka.connect.converters.ByteArrayConverter';
  return properties({
    'bootstrap.servers': bootstrap,
    listeners: listener,
    'key.converter': bytes,
    'value.converter': bytes,
    'offset.storage.file.filename': offsetsFile,
    'plugin.discovery': 'service_load',
  });
}

/** librdkafka's configuration of the consumer that the worker would have: the limit reads with the same prefetch. */
export function consumerProperties(bootstrap: string, sink: SinkSettings): Readonly<Record<string, unknown>> {
  const config = parseConfig({
    worker: { name: 'worker.properties', text: workerProperties({ bootstrap, reader: 'auto' }) },
    connectors: [{ name: 'sink.properties', text: sinkProperties(sink) }],
    env: {},
    overrides: [],
    files: NO_FILES,
  });
  const [global] = consumerSettings(config.connectors[0]!.kafka, { rebalance_cb: false, offset_commit_cb: false });
  const { rebalance_cb: _, offset_commit_cb: __, ...plain } = global as Record<string, unknown>;
  return plain;
}
