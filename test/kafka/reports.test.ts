import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../worker/kafka/library.ts';
import { assertComplete, assertExactlyOnce, audit, auditLine, idsOf, recordId, sampleRecords } from './audit.ts';
import { arrived } from './collector.ts';
import { type KafkaNode, startKafka } from './node.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

interface Report {
  readonly outcome: string;
  readonly partition: number;
  readonly offset: number;
  readonly lastOffset?: number;
  readonly status: number | null;
  readonly reason?: string;
}

await kafkaSuite('reports of outcomes', '4', ground => {
  test('tell each record’s, under its key, in topics that are made for them', async t => {
    const { node, collector } = ground;
    await node.createTopic('told', 2);
    const good = sampleRecords(2, 300);
    const refused: NewRecord = { partition: 1, key: 'refused', value: '{"id":"1:9999","refuse":true}' };
    const broken: NewRecord = { partition: 0, key: 'broken', value: '{"id":' };
    await node.produce('told', [...good.slice(0, 300), refused, broken, ...good.slice(300)]);
    collector.script(({ body }) => ({ status: body.includes('"refuse":true') ? 400 : 201 }));
    const sink = sinkFile('told', 'told', collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'told-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
      ...topicsOf('told'),
      'reporter.success.topic.partitions': '3',
    });
    const program = await startProgram(workerFile(node), sink);
    await committedToEnd(node, groupOf('told'), 'told');
    assert.match(await program.metrics(), /tailrace_reports_total\{[^}]*result="acknowledged"[^}]*\} 602\n/);
    assert.equal(await program.stop(), 0);

    const done = await node.readAll('told-done');
    t.diagnostic(`${done.length} reports of success: ${done[0]!.value}`);
    assert.equal(done.length, good.length);
    assert.deepEqual(new Set(done.map(({ key }) => `${key}`)), new Set(idsOf(good)));
    assert.equal((await node.watermarks('told-done')).size, 3);
    for (const { outcome, status } of done.map(reportOf)) assert.deepEqual([outcome, status], ['delivered', 201]);
    const failed = new Map((await node.readAll('told-failed')).map(report => [`${report.key}`, report]));
    assert.deepEqual([...failed.keys()].sort(), ['broken', 'refused']);
    const { outcome, status, reason, partition } = reportOf(failed.get('refused')!);
    assert.deepEqual([outcome, status, partition], ['dead-lettered', 400, 1]);
    assert.match(reason!, /the endpoint answered 400/);
    const ofBroken = reportOf(failed.get('broken')!);
    assert.deepEqual([ofBroken.outcome, ofBroken.status], ['dead-lettered', null]);
    const headers = new Map(failed.get('broken')!.headers!.flatMap(header => Object.entries(header)));
    assert.equal(`${headers.get('__tailrace.report.offset')}`, `${ofBroken.offset}`);
    assert.equal((await node.readAll('told-dlq')).length, 2);
  });

  test('are what the endpoint answered, or why, where that is asked for, with headers of the names that a reader knows', async t => {
    const { node, collector } = ground;
    await node.createTopic('answered', 1);
    const records = sampleRecords(1, 5);
    await node.produce('answered', [...records, { partition: 0, key: 'refused', value: '{"id":"0:9","refuse":true}' }]);
    const long = 'x'.repeat(3_000);
    collector.script(({ body }) =>
      body.includes('"refuse":true')
        ? { status: 422, body: `no such "field" ${long}` }
        : { status: 200, body: '{"id":1}' },
    );
    const sink = sinkFile('answered', 'answered', collector.url, {
      'batch.format': 'single',
      'errors.tolerance': 'all',
      ...topicsOf('answered'),
      'reporter.format': 'text',
      'reporter.success.value': 'response',
      'reporter.success.format': 'json',
      'reporter.error.value': 'response',
      'reporter.response.max.bytes': '1000',
      'reporter.headers':
        'topic:input_record_topic,partition:input_record_partition,offset:input_record_offset,status:status_code,' +
        'reason:error_message,value:payload,truncated',
    });
    const program = await startProgram(workerFile(node), sink);
    await committedToEnd(node, groupOf('answered'), 'answered');
    assert.equal(await program.stop(), 0);
    const headersOf = ({ headers }: Message): Record<string, string> =>
      Object.fromEntries(headers!.flatMap(header => Object.entries(header)).map(([name, text]) => [name, `${text}`]));
    const done = await node.readAll('answered-done');
    t.diagnostic(`${done[0]!.value} ${JSON.stringify(headersOf(done[0]!))}`);
    assert.deepEqual(
      done.map(({ value }) => `${value}`),
      Array(5).fill(String.raw`"{\"id\":1}"`),
    );
    const place = { input_record_topic: 'answered', input_record_partition: '0' };
    assert.deepEqual(
      done.map(headersOf).sort((a, b) => Number(a['input_record_offset']) - Number(b['input_record_offset'])),
      records.map(({ value }, offset) => ({
        ...place,
        input_record_offset: `${offset}`,
        status_code: '200',
        payload: `${value}`,
      })),
    );
    const [failed] = await node.readAll('answered-failed');
    assert.equal(`${failed!.value}`, `no such "field" ${long}`.slice(0, 1_000));
    assert.deepEqual(headersOf(failed!), {
      ...place,
      input_record_offset: '5',
      status_code: '422',
      error_message: 'the endpoint answered 422',
      payload: '{"id":"0:9","refuse":true}',
      '__tailrace.report.truncated': 'true',
    });
  });

  test('go to another cluster where that is asked for, and dead letters stay', async t => {
    const { node, collector } = ground;
    const other = await startKafka({ version: '4' });
    t.after(() => other.stop());
    await node.createTopic('apart', 1);
    const records = sampleRecords(1, 20);
    await node.produce('apart', [...records, { partition: 0, key: 'broken', value: '{"id":' }]);
    const sink = sinkFile('apart', 'apart', collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'apart-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
      ...topicsOf('apart'),
      'reporter.bootstrap.servers': other.bootstrap('PLAINTEXT'),
      'reporter.producer.linger.ms': '0',
    });
    const program = await startProgram(workerFile(node), sink);
    await committedToEnd(node, groupOf('apart'), 'apart');
    assert.equal(await program.stop(), 0);
    assert.equal((await other.readAll('apart-done')).length, records.length);
    assert.deepEqual(
      (await other.readAll('apart-failed')).map(({ key }) => `${key}`),
      ['broken'],
    );
    assert.deepEqual(
      (await node.readAll('apart-dlq')).map(({ key }) => `${key}`),
      ['broken'],
    );
    const strays = [await node.watermarks('apart-done'), await other.watermarks('apart-dlq')];
    assert.deepEqual(
      strays.map(({ size }) => size),
      [0, 0],
    );
  });

  test('that the brokers do not take hold the commit, and nothing else; once they do, all goes on', async t => {
    const { node, collector } = ground;
    await node.createTopic('held', 2);
    const records = sampleRecords(2, 200);
    const sink = sinkFile('held', 'held', collector.url, {
      ...topicsOf('held'),
      'reporter.granularity': 'batch',
      // Of the client's own repetitions nobody hears.
      'producer.override.delivery.timeout.ms': '1000',
      'producer.override.request.timeout.ms': '1000',
      'producer.override.linger.ms': '0',
    });
    const program = await startProgram(workerFile(node), sink);
    await program.logged('that it runs', ({ msg }) => msg.includes('Assigned held-0 held-1'));
    await node.deleteTopic('held-done');
    await node.produce('held', records);
    await arrived(collector, 'all records', records);
    const line = await program.logged('that a report fails', ({ event }) => event === 'report-failed');
    t.diagnostic(line.msg);
    assert.match(
      line.msg,
      /The report on held-\d@\d+ was not taken, and its records are not committed: .*; next try in/,
    );
    assert.deepEqual([...(await node.committed(groupOf('held'), 'held'))], []);
    assert.ok(program.running);

    await node.createTopic('held-done', 1);
    await committedToEnd(node, groupOf('held'), 'held');
    assert.equal(await program.stop(), 0);
    assertExactlyOnce(audit(idsOf(records), collector.journal));
    assert.deepEqual(await untold(node, 'held-done', 2, 200), []);
  });

  test('that Kafka refuses for good fail the task, and say why', async t => {
    const { node, collector } = ground;
    await node.createTopic('small', 1);
    await node.createTopic('small-done', 1, { 'max.message.bytes': '100' });
    await node.produce('small', sampleRecords(1, 1));
    const program = await startProgram(workerFile(node), sinkFile('small', 'small', collector.url, topicsOf('small')));
    const line = await program.logged('the failure', ({ level, msg }) => level === 'error' && msg.includes('FAILED'));
    t.diagnostic(line.msg);
    assert.match(line.msg, /a report of record small-0 offset 0 was refused: .*max\.message\.bytes/);
    assert.equal(await program.stop(), 4);
    assert.equal((await node.committed(groupOf('small'), 'small')).get(0), undefined);
  });

  test('are there for all that is committed when the worker is killed', async t => {
    const { node, collector } = ground;
    const perPartition = 3_000;
    await node.createTopic('killed', 2);
    const records = sampleRecords(2, perPartition);
    await node.produce('killed', records);
    const sink = sinkFile('killed', 'killed', collector.url, {
      ...topicsOf('killed'),
      'batch.max.records': '50',
      'delivery.max.uncommitted.records': '500',
    });
    for (const part of [0.2, 0.5, 0.8]) {
      const program = await startProgram(workerFile(node, { 'offset.flush.interval.ms': '200' }), sink);
      await collector.when('some records', ({ distinct }) => distinct > records.length * part);
      await program.kill();
      const committed = await node.committed(groupOf('killed'), 'killed');
      const told = await reported(node, 'killed-done');
      const early = [...committed].flatMap(([partition, next]) =>
        Array.from({ length: next }, (_, offset) => recordId(partition, offset)).filter(id => !told.has(id)),
      );
      t.diagnostic(`killed with ${[...committed]} committed and ${told.size} reported`);
      assert.deepEqual(early, []);
    }
    const program = await startProgram(workerFile(node), sink);
    await committedToEnd(node, groupOf('killed'), 'killed');
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertComplete(result);
    assert.deepEqual(await untold(node, 'killed-done', 2, perPartition), []);
  });
});

function topicsOf(name: string): Readonly<Record<string, string>> {
  return {
    'reporter.success.topic.name': `${name}-done`,
    'reporter.success.topic.replication.factor': '1',
    'reporter.error.topic.name': `${name}-failed`,
    'reporter.error.topic.replication.factor': '1',
  };
}

function reportOf({ value }: Message): Report {
  return JSON.parse(`${value}`) as Report;
}

/** The ids of the records that a topic has reports of: their numbers are their offsets. */
async function reported(node: KafkaNode, topic: string): Promise<Set<string>> {
  const told = new Set<string>();
  for (const { partition, offset, lastOffset = offset } of (await node.readAll(topic)).map(reportOf)) {
    for (let each = offset; each <= lastOffset; each++) told.add(recordId(partition, each));
  }
  return told;
}

async function untold(node: KafkaNode, topic: string, partitions: number, perPartition: number): Promise<string[]> {
  const told = await reported(node, topic);
  const all = Array.from({ length: partitions * perPartition }, (_, i) =>
    recordId(i % partitions, Math.floor(i / partitions)),
  );
  return all.filter(id => !told.has(id));
}
