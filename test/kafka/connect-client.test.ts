import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectorClient, KafkaConnectClient } from 'kafka-connect-client';
import { sampleRecords } from './audit.ts';
import { startProgram } from './program.ts';
import { restOf } from './rest.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { until } from './until.ts';

type Answer = Awaited<ReturnType<KafkaConnectClient['getCluster']>>;

const PARTITIONS = 2;

async function running(connector: ConnectorClient): Promise<void> {
  const fits = ({ data }: { data: { tasks: readonly { state: string }[] } }): boolean =>
    data.tasks.length === 1 && data.tasks[0]?.state === 'RUNNING';
  await until('its task runs', () => connector.getStatus(), fits);
}

await kafkaSuite('the npm client of Kafka Connect', '4', ground => {
  test('each of its methods works against Tailrace', async () => {
    const { node, collector } = ground;
    await node.createTopic('client', PARTITIONS);
    await node.produce('client', sampleRecords(PARTITIONS, 5));
    const program = await startProgram(workerFile(node), []);
    const { hostname, port } = await program.origin();
    const client = new KafkaConnectClient({ protocol: 'http', host: hostname, port });
    const { name, ...config } = sinkFile('client', 'client', collector.url);
    const kept = { ...config, name: 'client' };
    const answers = (answer: Answer, status: number, data?: unknown): void => {
      assert.equal(answer.status, status);
      if (data !== undefined) assert.deepEqual(answer.data, data);
    };

    const cluster = await client.getCluster();
    assert.match(cluster.data.version, /^\d+\.\d+\.\d+/);
    assert.equal(typeof cluster.data.kafka_cluster_id, 'string');
    answers(await client.getConnectors(), 200, []);
    const sinks = (await client.getConnectorPlugins()).data.filter(({ class: type }) => type === 'tailrace.HttpSink');
    assert.equal(sinks.length, 1);
    assert.equal(sinks[0]!.type, 'sink');
    const all = (await client.getConnectorPlugins({ connectorsOnly: false })).data;
    assert.ok(all.some(({ type }) => type === 'transformation'));
    const validated = await client.validateConnectorConfig('tailrace.HttpSink', { ...kept, 'tasks.max': 'abc' });
    answers(validated, 200);
    assert.equal(validated.data.error_count, 2);

    const connector = client.connector('client');
    const created = await connector.create(config);
    answers(created, 201);
    assert.deepEqual(created.data.config, kept);
    await running(connector);
    answers(await client.createConnector('second', { ...config, topics: 'client' }), 201);
    answers(await client.connector('second').delete(), 204);
    answers(await client.getConnectors(), 200, ['client']);
    // Its arrays go out as `expand[]`, which Kafka Connect drops: it gets names from there, and from Tailrace what it asks for.
    const expanded: Answer = await client.getConnectors({ expand: ['status', 'info'] });
    assert.deepEqual(Object.keys(expanded.data), ['client']);
    assert.deepEqual(expanded.data.client.info.config, kept);
    assert.equal(expanded.data.client.status.connector.state, 'RUNNING');

    answers(await connector.get(), 200, {
      name: 'client',
      config: kept,
      tasks: [{ connector: 'client', task: 0 }],
      type: 'sink',
    });
    answers(await connector.getConfig(), 200, kept);
    answers(await connector.updateConfig({ ...config, 'batch.max.records': '2' }), 200);
    answers(await connector.getConfig(), 200, { ...kept, 'batch.max.records': '2' });
    const tasks = await connector.getTasks();
    assert.deepEqual(tasks.data[0]!.id, { connector: 'client', task: 0 });
    // The status may be that of the task before the new configuration.
    const task = () => connector.getTaskStatus(0);
    await until('the task runs', task, ({ data }) => Number(data.id) === 0 && data.state === 'RUNNING');
    answers(await connector.restartTask(0), 204);
    await running(connector);
    // It sends its options in the body, which Kafka Connect does not look at.
    answers(await connector.restart({ includeTasks: true }), 204);
    answers(await connector.pause(), 202);
    answers(await connector.resume(), 202);
    await collector.when('the records', ({ distinct }) => distinct === PARTITIONS * 5);

    // It looks for the topics in the text of the answer before that is parsed, whoever answers.
    await assert.rejects(connector.getTopics(), TypeError);
    const rest = await restOf(program);
    assert.deepEqual(await rest.call('GET', '/connectors/client/topics', 200), { client: { topics: ['client'] } });
    answers(await connector.resetTopics(), 202);
    answers(await connector.stop(), 204);
    const offsets = (...at: readonly (readonly [partition: number, offset: number])[]) => ({
      offsets: at.map(([partition, offset]) => ({
        partition: { kafka_topic: 'client', kafka_partition: partition },
        offset: { kafka_offset: offset },
      })),
    });
    await until(
      'it has no task',
      () => connector.getStatus(),
      ({ data }) => data.tasks.length === 0,
    );
    answers(await connector.getOffsets(), 200, offsets([0, 5], [1, 5]));
    answers(await connector.alterOffsets(offsets([1, 3]).offsets), 200);
    answers(await connector.getOffsets(), 200, offsets([0, 5], [1, 3]));
    answers(await connector.resetOffsets(), 200);
    answers(await connector.getOffsets(), 200, { offsets: [] });
    answers(await connector.delete(), 204);
    await assert.rejects(connector.get(), { status: 404 });
    assert.equal(await program.stop(), 0);
  });
});
