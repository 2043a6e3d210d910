import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Answer, enter, spawned } from '../worker/cli/real.ts';
import { sampleRecords } from './audit.ts';
import { type Properties, propertiesText } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const BRIEF = ['--json', '--max-requests', '300', '--max-in-flight', '8', '--max-time', '5s'];

interface Report {
  readonly sample: { readonly source: string; readonly records: number; readonly arrivalPerSecond: number | null };
  readonly used: { readonly requests: number };
  readonly sweeps: readonly { readonly points: readonly { readonly inFlight: number }[] }[];
  readonly recommendation: { readonly settings: Readonly<Record<string, string>> } | null;
}

await kafkaSuite('tune', '4', ground => {
  function tune(t: TestContext, sink: Properties, options: readonly string[]): Promise<Answer> {
    const directory = enter(t);
    writeFileSync(join(directory, 'worker.properties'), propertiesText(workerFile(ground.node)));
    writeFileSync(join(directory, 'sink.properties'), propertiesText(sink));
    return spawned(directory, ['tune', ...options, 'worker.properties', 'sink.properties']);
  }

  function reportOf({ out, err, code }: Answer): Report {
    assert.equal(code, 0, err);
    return JSON.parse(out) as Report;
  }

  /** As Kafka's own tool lists them. */
  async function groups(): Promise<readonly string[]> {
    const args = ['--bootstrap-server', ground.node.bootstrap(), '--list'];
    const out = await ground.node.java('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', args);
    return out.split('\n').filter(line => line !== '');
  }

  test('records of the topic are sent, and nothing is committed, joined or left behind', async t => {
    const { node, collector } = ground;
    await node.createTopic('tuned', 3);
    const records = sampleRecords(3, 400);
    await node.produce('tuned', records);
    const before = await groups();
    const report = reportOf(await tune(t, sinkFile('tuned', 'tuned', collector.url), ['--send', ...BRIEF]));
    assert.deepEqual([report.sample.source, report.sample.records], ['of tuned', 1_200]);
    // What is given up at the end of the time may not have arrived.
    assert.ok(collector.requests <= report.used.requests && collector.requests >= report.used.requests - 8);
    const produced = new Set(records.map(({ key }) => String(key)));
    assert.ok(collector.distinct > 0 && collector.journal.every(id => produced.has(id)));
    assert.deepEqual(await groups(), before);
    assert.equal((await node.committed(groupOf('tuned'), 'tuned')).size, 0);
  });

  test('no more requests at a time than partitions, nor are more recommended', async t => {
    const { node, collector } = ground;
    await node.createTopic('few', 2);
    await node.produce('few', sampleRecords(2, 200));
    const report = reportOf(await tune(t, sinkFile('few', 'few', collector.url), ['--send', ...BRIEF]));
    assert.ok(report.sweeps[0]!.points.every(({ inFlight }) => inFlight <= 2));
    assert.ok(Number(report.recommendation!.settings['delivery.max.in.flight']) <= 2);
  });

  test('the newest records are the sample, of all topics that match', async t => {
    const { node, collector } = ground;
    for (const topic of ['match-a', 'match-b', 'other-a']) await node.createTopic(topic, 1);
    await node.produce('match-a', sampleRecords(1, 100, { base: 10 }));
    await node.produce('match-b', sampleRecords(1, 100, { base: 20 }));
    await node.produce('other-a', sampleRecords(1, 100, { base: 30 }));
    const { topics: _, ...sink } = sinkFile('match', '', collector.url, { 'topics.regex': 'match-.*' }) as Record<
      string,
      string
    >;
    const report = reportOf(await tune(t, sink, ['--send', '--records', '20', ...BRIEF]));
    assert.deepEqual([report.sample.source, report.sample.records], ['of match-a, match-b', 20]);
    const newest = [10, 20].flatMap(base => sampleRecords(1, 10, { base, first: 90 }));
    assert.deepEqual(new Set(collector.journal), new Set(newest.map(({ key }) => String(key))));
  });

  test('a made-up endpoint is measured with records of the topic; the real one gets nothing', async t => {
    const { node, collector } = ground;
    await node.createTopic('made-up', 1);
    await node.produce('made-up', sampleRecords(1, 200));
    const sink = sinkFile('made-up', 'made-up', collector.url);
    reportOf(await tune(t, sink, ['--simulate', 'latency=2ms', ...BRIEF]));
    assert.equal(collector.requests, 0);
  });

  test('without the word nothing is read and nothing sent', async t => {
    const { collector } = ground;
    const { code, err } = await tune(t, sinkFile('silent', 'silent', collector.url), []);
    assert.equal(code, 1);
    assert.match(err, /--send/);
    assert.equal(collector.requests, 0);
  });

  for (const [name, topic, told] of [
    ['a topic that does not exist', 'nowhere', /nowhere/],
    ['a topic without a record', 'empty', /empty: there is no record; --file takes some of a file/],
  ] as const) {
    test(`${name} is told, and nothing is sent`, async t => {
      const { node, collector } = ground;
      if (topic === 'empty') await node.createTopic('empty', 1);
      const { code, err } = await tune(t, sinkFile(topic, topic, collector.url), ['--send', ...BRIEF]);
      assert.equal(code, 4, err);
      assert.match(err, told);
      assert.equal(collector.requests, 0);
    });
  }
});
