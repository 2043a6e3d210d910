import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { repeated } from '../support/form.ts';
import { childrenOf, found, isThere, taskProcess } from '../support/processes.ts';
import { assertComplete, assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { type LogLine, type Program, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { type Ground, kafkaSuite } from './suite.ts';
import { committedToEnd, partitionsShared } from './until.ts';

const TASKS = 4;
const PARTITIONS = 16;
const KILLS = repeated(20, 8);
/** What `delivery.max.uncommitted.records` promises: a crash repeats no more of a partition. */
const CAP = 500;

await kafkaSuite('several tasks of a connector', '4', ground => {
  for (const isolation of ['inline', 'process'] as const) {
    test(`${TASKS} of them, ${isolation}: each has its share, all is delivered once, each ends in order`, async t => {
      const { node, collector } = ground;
      const topic = `shared-${isolation}`;
      await node.createTopic(topic, PARTITIONS);
      const first = sampleRecords(PARTITIONS, 2_000);
      await node.produce(topic, first);
      const program = await startTasks(ground, topic, { 'task.isolation': isolation });
      await partitionsShared(program, topic, TASKS, PARTITIONS);
      if (isolation === 'process')
        assert.deepEqual(
          titles(program),
          tasksOf(topic).map(task => `tailrace ${task}`),
        );
      else assert.deepEqual(titles(program), []);
      const more = sampleRecords(PARTITIONS, 2_000, { first: 2_000 });
      await node.produce(topic, more);
      const all = idsOf([...first, ...more]);
      await collector.when('all records', ({ distinct }) => distinct === all.length, 120_000);
      await committedToEnd(node, groupOf(topic), topic);
      await assertMetrics(program, topic, all.length);
      assert.equal(await program.stop(), 0);
      const result = audit(all, collector.journal);
      t.diagnostic(auditLine(result));
      assertExactlyOnce(result);
    });
  }

  test(`${KILLS} × kill -9 of a task's process: nothing lost, and running again each time`, async t => {
    const { node, collector } = ground;
    const topic = 'killed-tasks';
    await node.createTopic(topic, PARTITIONS);
    const records = sampleRecords(PARTITIONS, 1_000 + 250 * KILLS);
    const producing = node.produce(topic, records, { properties: { 'linger.ms': '50' } });
    collector.script(async () => {
      await new Promise(answer => setTimeout(answer, 2 + Math.random() * 8));
      return { status: 200 };
    });
    const program = await startTasks(ground, topic, { 'task.isolation': 'process' });
    await partitionsShared(program, topic, TASKS, PARTITIONS);
    const share = Math.floor(records.length / (KILLS + 4));
    const late: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const task = `${topic}-${kill % TASKS}`;
      const target = Math.min(collector.distinct + share, records.length);
      await collector.when(`life ${kill} gets on`, ({ distinct }) => distinct >= target, 60_000);
      const from = program.log.length;
      process.kill(await found(() => taskProcess(program.pid, task)), 'SIGKILL');
      late.push(await runsAgain(program, from, kill % TASKS));
    }
    await producing;
    await collector.when('all records', ({ distinct }) => distinct === records.length, 120_000);
    await committedToEnd(node, groupOf(topic), topic);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    const waits = late.sort((a, b) => a - b);
    const [median, most] = [waits[KILLS / 2]!, waits.at(-1)!];
    t.diagnostic(`${KILLS} kills: ${auditLine(result)}; RUNNING ${median} ms behind the back-off, ${most} at most`);
    assertComplete(result);
    assert.ok(Math.max(0, ...result.duplicates.values()) <= CAP * KILLS);
  });

  for (const isStill of [false, true]) {
    test(`a worker that is killed leaves no process behind${isStill ? ', not one that stands still' : ''}`, async t => {
      const topic = isStill ? 'left-still' : 'left';
      await ground.node.createTopic(topic, PARTITIONS);
      const program = await startTasks(ground, topic, { 'task.isolation': 'process' });
      await partitionsShared(program, topic, TASKS, PARTITIONS);
      const pids = [...childrenOf(program.pid).keys()];
      assert.equal(pids.length, TASKS);
      endWith(t, pids);
      if (isStill) for (const pid of pids) process.kill(pid, 'SIGSTOP');
      await program.kill();
      await found(() => !pids.some(isThere));
    });
  }
});

function startTasks({ node, collector }: Ground, topic: string, more: Record<string, string>): Promise<Program> {
  const sink = sinkFile(topic, topic, collector.url, {
    'tasks.max': String(TASKS),
    'batch.max.records': '50',
    'delivery.max.uncommitted.records': String(CAP),
    'delivery.drain.timeout.ms': '1000',
    'consumer.override.session.timeout.ms': '1500',
    'consumer.override.heartbeat.interval.ms': '300',
    ...more,
  });
  return startProgram(workerFile(node), sink);
}

function tasksOf(topic: string): string[] {
  return Array.from({ length: TASKS }, (_, id) => `${topic}-${id}`);
}

function titles({ pid }: Program): string[] {
  return [...childrenOf(pid).values()].sort();
}

/** Metrics of all tasks together, over the borders of processes. */
async function assertMetrics(program: Program, topic: string, records: number): Promise<void> {
  const sent = new RegExp(
    `^kafka_connect_sink_task_sink_record_send_total\\{connector="${topic}",task="(\\d)"\\} (\\d+)$`,
    'gm',
  );
  const found = [...(await program.metrics()).matchAll(sent)];
  assert.deepEqual(found.map(([, task]) => task).sort(), ['0', '1', '2', '3']);
  assert.equal(
    found.reduce((sum, [, , count]) => sum + Number(count), 0),
    records,
  );
}

/** @returns how long after its back-off the task was RUNNING again, milliseconds */
async function runsAgain(program: Program, from: number, task: number): Promise<number> {
  const logged = (what: string, fits: (line: LogLine) => boolean): Promise<LogLine> =>
    program.logged(what, line => line['task'] === task && program.log.indexOf(line) >= from && fits(line));
  const restart = await logged('a restart', ({ event }) => event === 'task-restart');
  const running = await logged('it runs', ({ event, msg }) => event === 'task-state' && msg.includes('RUNNING'));
  return Date.parse(String(running['time'])) - Date.parse(String(restart['time'])) - Number(restart['inMs']);
}

function endWith(t: TestContext, pids: readonly number[]): void {
  t.after(() => {
    for (const pid of pids) if (isThere(pid)) process.kill(pid, 'SIGKILL');
  });
}
