import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit } from './asking.ts';
import { sampleRecords } from './audit.ts';
import { arrived, hold } from './collector.ts';
import { deleteBefore } from './deleting.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, until } from './until.ts';

const RESET = 'consumer.override.auto.offset.reset';
/** A client that fetches ahead little, and a task that stops reading soon. */
const SMALL = {
  'batch.max.records': '10',
  'buffer.max.bytes': '65536',
  'batch.max.bytes': '8192',
  'consumer.override.queued.max.messages.kbytes': '16',
  'consumer.override.fetch.max.bytes': '16384',
  'consumer.override.max.partition.fetch.bytes': '8192',
};

await kafkaSuite('a log that lost what was not read', '4', ground => {
  /** The group has committed 100, the log begins at 180 and ends at 300. */
  async function behind(topic: string): Promise<void> {
    const { node, collector } = ground;
    await node.createTopic(topic, 1);
    await node.produce(topic, sampleRecords(1, 100));
    const first = await startProgram(workerFile(node), sinkFile(topic, topic, collector.url));
    await collector.when('the first records', ({ distinct }) => distinct === 100);
    assert.equal(await first.stop(), 0);
    await node.produce(topic, sampleRecords(1, 200, { first: 100 }));
    await deleteBefore(node, topic, 0, 180);
  }

  for (const [what, topic, written] of [
    ['nothing written', 'retention', null],
    ['none', 'retention-none', 'none'],
  ] as const) {
    test(`${what}: the task stops and says which offsets are gone, and which key goes on behind them`, async t => {
      const { node, collector } = ground;
      await behind(topic);
      const second = await startProgram(workerFile(node), sink(topic, collector.url, written));
      const line = await failed(second);
      t.diagnostic(line);
      assert.match(line, new RegExp(`${topic}-0`));
      assert.match(line, /100\b.*179\b/, 'the offsets that are gone');
      assert.match(line, /write consumer\.override\.auto\.offset\.reset=earliest/);
      const { ready, message } = await second.health();
      assert.equal(ready, false);
      assert.match(message, /FAILED/);
      assert.equal(await second.stop(), 4);
      assert.equal((await node.committed(groupOf(topic), topic)).get(0), 100, 'the group stays where it was');
      assert.equal(collector.distinct, 100, 'nothing behind the gap was sent');
    });
  }

  for (const [place, worker, connector] of [
    ['the connector file', {}, { [RESET]: 'earliest' }],
    ['the worker file', { 'consumer.auto.offset.reset': 'earliest' }, {}],
  ] as const satisfies readonly (readonly [string, Properties, Properties])[]) {
    test(`earliest in ${place}: it goes on at the log's start, says what is lost, and counts it`, async t => {
      const { node, collector } = ground;
      const topic = `retention-${Object.keys(worker).length}`;
      await behind(topic);
      const second = await startProgram(workerFile(node, worker), sink(topic, collector.url, null, connector));
      await arrived(collector, 'what is left', sampleRecords(1, 120, { first: 180 }));
      const lines = resets(second);
      t.diagnostic(lines.join('\n'));
      assert.equal(lines.length, 1);
      assert.match(
        lines[0]!,
        new RegExp(`^${topic}-0: offsets 100 to 179 \\(80\\) are lost .*=earliest .* start, 180$`),
      );
      await committedToEnd(node, groupOf(topic), topic);
      assert.equal(collector.distinct, 220, 'and nothing twice, nothing that is gone');
      assert.equal(collector.journal.length, 220);
      assert.deepEqual(await counted(second), ['deleted 1', 'lost 80']);
      await until(
        'all is well',
        () => second.health(),
        ({ ready }) => ready,
      );
      assert.equal(await second.stop(), 0);
    });
  }

  test('latest: it goes on at the end, all between is counted, and the group is there at once', async t => {
    const { node, collector } = ground;
    const topic = 'retention-latest';
    await behind(topic);
    const second = await startProgram(workerFile(node), sink(topic, collector.url, 'latest'));
    await committedToEnd(node, groupOf(topic), topic);
    t.diagnostic(resets(second).join('\n'));
    assert.match(
      resets(second)[0]!,
      /offsets 100 to 299 \(200\) are lost .* up to 179 were deleted .*=latest .* end, 300$/,
    );
    assert.deepEqual(await counted(second), ['deleted 1', 'lost 200']);
    await node.produce(topic, sampleRecords(1, 10, { first: 300 }));
    await arrived(collector, 'what comes next', sampleRecords(1, 10, { first: 300 }));
    assert.equal(collector.distinct, 110);
    assert.equal(await second.stop(), 0);
  });

  for (const [written, from] of [
    ['earliest', 20],
    ['latest', 50],
    [null, null],
  ] as const) {
    test(`beyond the end, ${written ?? 'nothing'} written: it ${from === null ? 'fails' : `goes on at ${from}`}`, async t => {
      const { node, collector } = ground;
      const topic = `truncated-${written ?? 'unwritten'}`;
      await node.createTopic(topic, 1);
      await node.produce(topic, sampleRecords(1, 50));
      await deleteBefore(node, topic, 0, 20);
      await commit(node.bootstrap(), groupOf(topic), { topic, partition: 0, offset: 400 });
      const program = await startProgram(workerFile(node), sink(topic, collector.url, written));
      if (from === null) {
        const line = await failed(program);
        t.diagnostic(line);
        assert.match(
          line,
          /offset 400 is beyond the end of the log \(50\).*write consumer\.override\.auto\.offset\.reset=/,
        );
        assert.equal(await program.stop(), 4);
        assert.equal((await node.committed(groupOf(topic), topic)).get(0), 400);
        return;
      }
      // Its start is committed before anything has come: nobody else begins beyond the end any more.
      const committed = async () => (await node.committed(groupOf(topic), topic)).get(0);
      await until('the group is back in the log', committed, offset => offset !== undefined && offset <= 50);
      await node.produce(topic, sampleRecords(1, 10, { first: 50 }));
      await arrived(collector, 'what is read', sampleRecords(1, 60 - from, { first: from }));
      await committedToEnd(node, groupOf(topic), topic);
      const lines = resets(program);
      t.diagnostic(lines.join('\n'));
      assert.equal(lines.length, 1);
      assert.match(
        lines[0]!,
        new RegExp(`offset 400 is beyond the end of the log \\(50\\).*=${written} .*, ${from}: `),
      );
      assert.deepEqual(
        [collector.distinct, collector.journal.length],
        [60 - from, 60 - from],
        'nothing but that, and nothing twice',
      );
      await until(
        'all is well',
        () => program.health(),
        ({ ready }) => ready,
      );
      assert.equal(await program.stop(), 0);
    });
  }

  for (const written of ['earliest', null] as const) {
    test(`while it runs, ${written ?? 'nothing'} written: what it has in memory is delivered, then ${written === null ? 'it fails' : 'it goes on'}`, async t => {
      const { node, collector } = ground;
      const topic = `retention-running-${written ?? 'unwritten'}`;
      await node.createTopic(topic, 1);
      const records = sampleRecords(1, 4_000);
      const release = hold(collector);
      const program = await startProgram(workerFile(node), sink(topic, collector.url, written, SMALL));
      await node.produce(topic, records);
      await collector.when('a request that has no answer', ({ waiting }) => waiting.length > 0);
      await until('reading stands still', () => buffered(program), steady());
      await deleteBefore(node, topic, 0, 3_900);
      release();
      collector.script();
      if (written === null) {
        const line = await failed(program);
        t.diagnostic(line);
        assert.match(line, /to 3899 were deleted/);
        assert.equal(await program.stop(), 4);
      } else {
        await arrived(collector, 'what is left', records.slice(3_900));
        await committedToEnd(node, groupOf(topic), topic);
        t.diagnostic(resets(program).join('\n'));
        const [, from, lost] = /offsets (\d+) to 3899 \((\d+)\)/.exec(resets(program)[0]!)!;
        assert.equal(Number(lost), 3_900 - Number(from));
        assert.ok(Number(from) > 0 && Number(from) < 3_900);
        assert.equal(collector.distinct, 4_000 - Number(lost), 'everything that was not lost, no more');
        assert.deepEqual(await counted(program), ['deleted 1', `lost ${lost}`]);
        assert.equal(await program.stop(), 0);
      }
      const numbers = [...new Set(collector.journal)].map(id => Number(id.split(':')[1]));
      assert.deepEqual(
        numbers.filter((number, i) => number !== i && number < 3_900),
        [],
        'what was read before the gap arrived without one',
      );
    });
  }
});

/** A sink file with the key as it is to be written, or without it. */
function sink(topic: string, url: string, reset: string | null, more: Properties = {}): Properties {
  const { [RESET]: _, ...rest } = sinkFile(topic, topic, url);
  return { ...rest, ...(reset !== null && { [RESET]: reset }), ...more };
}

async function failed(program: Program): Promise<string> {
  const isFailure = ({ level, msg }: { level?: string; msg: string }): boolean =>
    level === 'error' && msg.includes('FAILED');
  return (await program.logged('the failure', isFailure, 90_000)).msg;
}

/** The lines that tell of a position outside the log, each as the user reads it. */
function resets({ log }: Program): string[] {
  return log.filter(({ level, msg }) => level === 'warn' && msg.includes('auto.offset.reset')).map(({ msg }) => msg);
}

/** What the metrics say of it: how often, and how many offsets. */
async function counted(program: Program): Promise<string[]> {
  const text = await program.metrics();
  const value = (of: RegExp): string | undefined => new RegExp(`${of.source} (\\d+)$`, 'm').exec(text)?.[1];
  const times = value(/^tailrace_offset_resets_total\{.*cause="deleted"\}/);
  return [`deleted ${times}`, `lost ${value(/^tailrace_records_lost_to_retention_total\{.*\}/)}`];
}

async function buffered(program: Program): Promise<number> {
  return (await program.health()).connectors[0]!.tasks[0]!.buffered_bytes;
}

/** Fits once a number that is not 0 has been the same five times in a row. */
function steady(): (answer: number) => boolean {
  const last: number[] = [];
  return answer => {
    last.push(answer);
    return answer > 0 && last.length >= 5 && last.slice(-5).every(one => one === answer);
  };
}
