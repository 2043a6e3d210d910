import type { KafkaNode } from './node.ts';
import type { Properties } from './program.ts';
import type { Listener } from './properties.ts';

/** A worker file against the node's listener. */
export function workerFile(node: KafkaNode, more: Properties = {}, listener: Listener = 'PLAINTEXT'): Properties {
  return {
    'bootstrap.servers': node.bootstrap(listener),
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'offset.flush.interval.ms': '1000',
    'plugin.path': '/opt/connectors',
    ...more,
  };
}

/** A sink file as the README has it: short sessions, so that a member that was killed is missed soon. */
export function sinkFile(name: string, topics: string, url: string, more: Properties = {}): Properties {
  return {
    name,
    'connector.class': 'tailrace.HttpSink',
    'tasks.max': '1',
    topics,
    'http.url': url,
    'batch.max.records': '200',
    'batch.linger.ms': '10',
    'retry.backoff.ms': '50',
    'retry.backoff.max.ms': '500',
    'consumer.override.auto.offset.reset': 'earliest',
    'consumer.override.session.timeout.ms': '3000',
    'consumer.override.heartbeat.interval.ms': '500',
    'delivery.drain.timeout.ms': '2000',
    ...more,
  };
}

/** The consumer group of a connector. */
export function groupOf(name: string): string {
  return `connect-${name}`;
}
