import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorConfig } from '../../config/types.ts';
import { configOfTask } from '../../worker/task-clients.ts';
import { connectorOf } from '../config/written.ts';

function clientsOf({ kafka }: ConnectorConfig) {
  const idOf = (properties: { readonly global: object }) => (properties.global as Record<string, unknown>)['client.id'];
  return {
    consumer: idOf(kafka.consumer),
    producer: idOf(kafka.producer),
    reports: kafka.reports && idOf(kafka.reports.producer),
    member: (kafka.consumer.global as Record<string, unknown>)['group.instance.id'],
  };
}

test('clients are called as in Kafka Connect, whatever the name of the connector ends in', () => {
  const config = connectorOf({
    name: 'orders-0',
    'reporter.error.topic.name': 'errors',
    'reporter.bootstrap.servers': 'other:9092',
  });
  assert.deepEqual(clientsOf(configOfTask(config, 0)), {
    consumer: 'connector-consumer-orders-0-0',
    producer: 'connector-dlq-producer-orders-0-0',
    reports: 'connector-dlq-producer-orders-0-0',
    member: undefined,
  });
  assert.deepEqual(clientsOf(configOfTask(config, 12)), {
    consumer: 'connector-consumer-orders-0-12',
    producer: 'connector-dlq-producer-orders-0-12',
    reports: 'connector-dlq-producer-orders-0-12',
    member: undefined,
  });
});

test('a name that the user gave stays; a static member’s id differs between tasks, and the first one has it as it is', () => {
  const config = connectorOf({
    'consumer.override.client.id': 'mine-0',
    'consumer.override.group.instance.id': 'pod-0',
  });
  const members = [0, 1, 2].map(id => clientsOf(configOfTask(config, id)));
  assert.deepEqual(
    members.map(({ consumer }) => consumer),
    ['mine-0', 'mine-0', 'mine-0'],
  );
  assert.deepEqual(
    members.map(({ member }) => member),
    ['pod-0', 'pod-0-1', 'pod-0-2'],
  );
  assert.equal(configOfTask(config, 0), config);
});
