import { parseConfig } from '../../config/load.ts';
import { consumerSettings } from '../../worker/kafka/settings.ts';

export interface Settings {
  /** Names the connector, and so its consumer group; a new one reads the topic from its start. */
  readonly name: string;
  readonly bootstrap: string;
  readonly topic: string;
  readonly url: string;
  readonly batchRecords: number;
  /** Where the files of a run go. */
  readonly directory: string;
}

function properties(entries: Readonly<Record<string, string | number>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

export function workerProperties({ bootstrap }: Settings): string {
  return properties({ 'bootstrap.servers': bootstrap, listeners: '' });
}

export function sinkProperties({ name, topic, url, batchRecords }: Settings): string {
  return properties({
    name,
    'connector.class': 'tailrace.HttpSink',
    topics: topic,
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'consumer.override.auto.offset.reset': 'earliest',
    'http.url': url,
    'http.auth.type': 'bearer',
    'http.auth.bearer.token': 'benchmark',
    'batch.format': 'array',
    'batch.max.records': batchRecords,
    // Room for the records of the largest batch: the count decides, not the bytes.
    'batch.max.bytes': Math.max(1_048_576, batchRecords * 1_200),
    'delivery.max.uncommitted.records': Math.max(10_000, batchRecords * 20),
  });
}

/** librdkafka's configuration of the consumer that the worker would have with these settings. */
export function consumerProperties(settings: Settings): Readonly<Record<string, unknown>> {
  const config = parseConfig({
    worker: { name: 'worker.properties', text: workerProperties(settings) },
    connectors: [{ name: 'sink.properties', text: sinkProperties(settings) }],
    env: {},
    overrides: [],
    readFile: path => {
      throw new Error(`nothing refers to ${path}`);
    },
  });
  const [global] = consumerSettings(config.connectors[0]!.kafka, { rebalance_cb: false, offset_commit_cb: false });
  const { rebalance_cb: _, offset_commit_cb: __, ...plain } = global as Record<string, unknown>;
  return plain;
}
