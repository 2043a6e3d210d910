import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { sampleRecords } from './audit.ts';
import { hold } from './collector.ts';
import type { NewRecord } from './producing.ts';
import { type Program, type Properties, startProgram, tail } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, until } from './until.ts';

const GRACEFUL_MS = 2_000;
/** What the documentation promises beyond the graceful time. */
const BEYOND_MS = 2_000;
/** For a machine that is busy with other things: the signal's way, the process's end. */
const SLACK_MS = 1_000;
/** Longer than a quiet partition is left alone, and longer than the time from one question about it to the next. */
const QUIET_MS = 35_000;
const ASKED_AGAIN_MS = 12_000;

/** Each test's own, with their partitions. */
const TOPICS = {
  connecting: 1,
  idle: 2,
  'quiet-asked': 256,
  'quiet-hung': 256,
  'in-flight': 2,
  confirmed: 2,
  paused: 2,
  refused: 2,
  rebalancing: 2,
} as const;

const CLEAN = 0;
const UNFINISHED = 4;

await kafkaSuite('a broker that hangs, and SIGTERM', '4', ground => {
  // In advance: the controller takes a broker that stood still for lost, and creates nothing for a while.
  before(async () => {
    for (const [topic, partitions] of Object.entries(TOPICS)) await ground.node.createTopic(topic, partitions);
  });

  /** A worker on a topic that holds `records`. */
  async function start(
    topic: keyof typeof TOPICS,
    records: readonly NewRecord[] = [],
    more: Properties = {},
  ): Promise<Program> {
    const { node, collector } = ground;
    await node.produce(topic, records);
    const sink = sinkFile(topic, topic, collector.url, { 'consumer.override.session.timeout.ms': '120000', ...more });
    return startProgram(worker(), sink);
  }

  const worker = () => workerFile(ground.node, { 'task.shutdown.graceful.timeout.ms': String(GRACEFUL_MS) });

  const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

  const assigned = (program: Program): Promise<unknown> =>
    program.logged('its partitions', ({ event }) => event === 'partitions-assigned');

  /** From here on the broker answers nothing; its sockets stay open. */
  function freeze(t: TestContext): void {
    const pid = ground.node.pid!;
    process.kill(pid, 'SIGSTOP');
    t.after(() => process.kill(pid, 'SIGCONT'));
  }

  async function assertEnds(t: TestContext, program: Program, code: number): Promise<void> {
    const begun = performance.now();
    process.kill(program.pid, 'SIGTERM');
    const limit = GRACEFUL_MS + BEYOND_MS + SLACK_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(() => resolve('late'), limit);
    });
    const how = await Promise.race([program.exit, late]);
    clearTimeout(timer);
    const took = Math.round(performance.now() - begun);
    t.diagnostic(`exit code ${how} after ${took} ms`);
    assert.notEqual(how, 'late', `it still runs ${limit} ms after SIGTERM; its log ends with\n${tail(program.log)}`);
    assert.equal(how, code, `exit code; its log ends with\n${tail(program.log)}`);
  }

  test('while it connects', async t => {
    freeze(t);
    const program = await startProgram(worker(), sinkFile('connecting', 'connecting', ground.collector.url));
    await program.logged('a start', ({ msg }) => msg.includes('Task started'));
    await assertEnds(t, program, CLEAN);
  });

  test('while nothing is left to do', async t => {
    const records = sampleRecords(2, 100);
    const program = await start('idle', records);
    await ground.collector.when('all records', ({ distinct }) => distinct === records.length);
    await committedToEnd(ground.node, groupOf('idle'), 'idle');
    freeze(t);
    await assertEnds(t, program, CLEAN);
  });

  test('while many partitions have been quiet for long; and with a broker that answers', async t => {
    const [asked, hung] = [await start('quiet-asked'), await start('quiet-hung')];
    for (const program of [asked, hung]) await assigned(program);
    // Nothing can be awaited: what it asks about quiet partitions shows nowhere.
    await pause(QUIET_MS);
    await assertEnds(t, asked, CLEAN);
    freeze(t);
    await pause(ASKED_AGAIN_MS);
    await assertEnds(t, hung, CLEAN);
  });

  test('while requests are in flight', async t => {
    hold(ground.collector);
    const program = await start('in-flight', sampleRecords(2, 100));
    await ground.collector.when('a request', ({ waiting }) => waiting.length > 0);
    freeze(t);
    await assertEnds(t, program, UNFINISHED);
  });

  test('while something is confirmed and can not be committed', async t => {
    const records = sampleRecords(2, 50);
    const release = hold(ground.collector);
    const program = await start('confirmed', records);
    await ground.collector.when('all requests', ({ waiting }) => waiting.length === records.length);
    freeze(t);
    release();
    await ground.collector.when('their answers', ({ distinct }) => distinct === records.length);
    await assertEnds(t, program, UNFINISHED);
  });

  test('while the connector is paused', async t => {
    const program = await start('paused', sampleRecords(2, 100), { initial_state: 'PAUSED' });
    await assigned(program);
    freeze(t);
    await assertEnds(t, program, CLEAN);
  });

  test('while the endpoint refuses everything and the buffer fills', async t => {
    ground.collector.script(() => ({ status: 503 }));
    const limits = { 'buffer.max.bytes': '262144', 'batch.max.bytes': '65536' };
    const program = await start('refused', sampleRecords(2, 6000), limits);
    const buffered = async (): Promise<number> => (await program.health()).connectors[0]!.tasks[0]!.buffered_bytes;
    await until('records that wait', buffered, bytes => bytes > 40_000);
    freeze(t);
    await assertEnds(t, program, UNFINISHED);
  });

  test('while the group rebalances', async t => {
    const { node, collector } = ground;
    const program = await start('rebalancing', sampleRecords(2, 100));
    await collector.when('all records', ({ distinct }) => distinct === 200);
    await committedToEnd(node, groupOf('rebalancing'), 'rebalancing');
    await startProgram(worker(), sinkFile('rebalancing', 'rebalancing', collector.url));
    await program.logged('a rebalance', ({ event }) => event === 'partitions-revoked');
    freeze(t);
    await assertEnds(t, program, CLEAN);
  });
});
