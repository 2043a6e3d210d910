import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assertComplete, assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import type { Collector, Delivery } from './collector.ts';
import type { KafkaNode } from './node.ts';
import type { NewRecord } from './producing.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { type Rest, restOf } from './rest.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, partitionsShared } from './until.ts';

const PARTITIONS = 4;
const TASKS = 2;
/** Tells the records of the connector that stays from those of the one that moves. */
const STEADY = 10;
/** Of each partition in each turn of the flow. */
const AT_ONCE = 25;
/** So many records more say that a connector gets on. */
const ENOUGH = 300;
/** What `delivery.max.uncommitted.records` promises: a crash repeats no more of a partition. */
const CAP = 500;

/** Records that flow into both topics until it is ended. */
interface Flow {
  /** @returns the ids of all that were written, of both topics. */
  end(): Promise<{ readonly moving: string[]; readonly steady: string[] }>;
}

function flowInto(node: KafkaNode, moving: string, steady: string): Flow {
  const written = { moving: [] as NewRecord[], steady: [] as NewRecord[] };
  let flows = true;
  async function run(): Promise<void> {
    for (let first = 0; flows; first += AT_ONCE) {
      const some = sampleRecords(PARTITIONS, AT_ONCE, { first });
      const others = sampleRecords(PARTITIONS, AT_ONCE, { first, base: STEADY });
      await Promise.all([node.produce(moving, some), node.produce(steady, others)]);
      written.moving.push(...some);
      written.steady.push(...others);
      await new Promise(resolve => setTimeout(resolve, 40));
    }
  }
  const running = run();
  return {
    async end() {
      flows = false;
      await running;
      return { moving: idsOf(written.moving), steady: idsOf(written.steady) };
    },
  };
}

const isSteady = (id: string): boolean => Number(id.split(':')[0]) >= STEADY;
const movingIn = (journal: readonly string[]): string[] => journal.filter(id => !isSteady(id));
const steadyIn = (journal: readonly string[]): string[] => journal.filter(isSteady);

/** Resolves once so many more of these records have come. */
function getsOn(collector: Collector, what: string, which: (journal: readonly string[]) => string[]): Promise<void> {
  const target = which(collector.journal).length + ENOUGH;
  return collector.when(what, ({ journal }) => journal.length >= target && which(journal).length >= target);
}

/** Nothing of the moving one comes while the other gets on twice: what was on its way has arrived in the first of the two. */
async function rests(collector: Collector, what: string): Promise<void> {
  await getsOn(collector, `the other gets on while ${what}`, steadyIn);
  const before = movingIn(collector.journal).length;
  await getsOn(collector, `the other gets on while ${what}`, steadyIn);
  assert.equal(movingIn(collector.journal).length, before, `records arrive while ${what}`);
}

await kafkaSuite('the life of connectors under load', '4', ground => {
  async function begin(
    t: TestContext,
    names: { moving: string; steady: string },
    more: Properties = {},
  ): Promise<Flow> {
    const { node } = ground;
    await node.createTopic(names.moving, PARTITIONS);
    await node.createTopic(names.steady, PARTITIONS);
    configs = {
      moving: sinkFile(names.moving, names.moving, ground.collector.url, { ...LIVELY, ...more }),
      steady: sinkFile(names.steady, names.steady, ground.collector.url, LIVELY),
    };
    const flow = flowInto(node, names.moving, names.steady);
    t.after(() => flow.end());
    return flow;
  }

  let configs: { readonly moving: Properties; readonly steady: Properties };
  const LIVELY: Properties = {
    'tasks.max': String(TASKS),
    'delivery.max.uncommitted.records': String(CAP),
  };

  async function createBoth(rest: Rest): Promise<void> {
    for (const config of [configs.moving, configs.steady]) {
      await rest.create(config);
      await rest.settled(config['name']!, 'RUNNING', 'RUNNING', TASKS);
    }
    await getsOn(ground.collector, 'the first records', movingIn);
    await getsOn(ground.collector, 'the first records of the other', steadyIn);
  }

  /** Waits for the rest of the flow, and says what became of both. */
  async function finish(flow: Flow) {
    const { node, collector } = ground;
    const written = await flow.end();
    const all = written.moving.length + written.steady.length;
    await collector.when('all records', ({ distinct }) => distinct === all, 120_000);
    for (const { name } of Object.values(configs)) await committedToEnd(node, groupOf(name!), name!);
    const { journal } = collector;
    return { moving: audit(written.moving, movingIn(journal)), steady: audit(written.steady, steadyIn(journal)) };
  }

  for (const isolation of ['inline', 'process'] as const) {
    test(`every change of a connector, task.isolation=${isolation}: nothing lost, nothing twice, the other undisturbed`, async t => {
      const { node, collector } = ground;
      const flow = await begin(
        t,
        { moving: `moving-${isolation}`, steady: `steady-${isolation}` },
        { 'task.isolation': isolation },
      );
      const { name = '' } = configs.moving;
      const path = `/connectors/${name}`;
      const deliveries: Pick<Delivery, 'path' | 'ids'>[] = [];
      collector.script(({ path, ids }) => {
        if (!isSteady(ids[0]!)) deliveries.push({ path, ids });
        return { status: 200 };
      });
      const program = await startProgram(workerFile(node), []);
      const rest = await restOf(program);
      await createBoth(rest);
      await partitionsShared(program, configs.steady['name']!, TASKS, PARTITIONS);
      const assigned = assignments(program, configs.steady['name']!);

      const other = collector.url.replace('/in', '/other');
      await rest.call('PUT', `${path}/config`, 200, {
        ...configs.moving,
        'http.url': other,
        'batch.max.records': '20',
      });
      await collector.when('the other address', () => deliveries.at(-1)?.path === '/other');
      const changed = deliveries.findIndex(delivery => delivery.path === '/other');
      await getsOn(collector, 'with the new configuration', movingIn);
      assert.deepEqual([...new Set(deliveries.slice(changed).map(delivery => delivery.path))], ['/other']);
      assert.ok(deliveries.slice(changed).every(({ ids }) => ids.length <= 20));

      await rest.call('PUT', `${path}/pause`, 202);
      await rest.settled(name, 'PAUSED', 'PAUSED', TASKS);
      await rests(collector, 'it is paused');
      await rest.call('PUT', `${path}/resume`, 202);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'resumed', movingIn);

      await rest.call('PUT', `${path}/stop`, 204);
      await rest.settled(name, 'STOPPED', 'STOPPED', 0);
      await rests(collector, 'it is stopped');
      await rest.call('PUT', `${path}/resume`, 202);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'resumed from a stop', movingIn);

      await rest.call('POST', `${path}/restart`, 204);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await rest.call('POST', `${path}/restart?includeTasks=true`, 202);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'restarted', movingIn);
      await rest.call('POST', `${path}/tasks/1/restart`, 204);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'its task restarted', movingIn);

      await rest.call('DELETE', path, 204);
      await rest.call('GET', `${path}/status`, 404);
      await rests(collector, 'it is deleted');
      await rest.create(configs.moving);
      await rest.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'created again', movingIn);

      const { moving, steady } = await finish(flow);
      t.diagnostic(`the one that moved: ${auditLine(moving)}`);
      t.diagnostic(`the other: ${auditLine(steady)}`);
      assertExactlyOnce(moving);
      assertExactlyOnce(steady);
      assert.equal(assignments(program, configs.steady['name']!), assigned, 'the other took part in a rebalance');
      assert.equal(await program.stop(), 0);
    });
  }

  test('what REST has made outlives a restart and kill -9 with a state file', async t => {
    const { node, collector } = ground;
    const directory = await mkdtemp(join(tmpdir(), 'tailrace-state-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const worker = workerFile(node, { 'config.storage.file': join(directory, 'state.json') });
    const flow = await begin(t, { moving: 'kept', steady: 'kept-too' });
    const { name = '' } = configs.moving;
    const first = await startProgram(worker, []);
    const rest = await restOf(first);
    await createBoth(rest);
    await rest.create({ ...configs.moving, name: 'asleep' });
    await rest.call('PUT', '/connectors/asleep/stop', 204);
    await rest.create({ ...configs.moving, name: 'gone' });
    await rest.call('DELETE', '/connectors/gone', 204);
    await rest.call('PATCH', `/connectors/${name}/config`, 200, { 'batch.max.records': '30' });
    assert.equal(await first.stop(), 0);

    const again = async (): Promise<Program> => {
      const program = await startProgram(worker, []);
      const shown = await restOf(program);
      const names = (await shown.call('GET', '/connectors', 200)) as string[];
      assert.deepEqual(names.sort(), ['asleep', 'kept', 'kept-too']);
      assert.deepEqual(await shown.call('GET', `/connectors/${name}/config`, 200), {
        ...configs.moving,
        'batch.max.records': '30',
      });
      await shown.settled('asleep', 'STOPPED', 'STOPPED', 0);
      await shown.settled(name, 'RUNNING', 'RUNNING', TASKS);
      await getsOn(collector, 'goes on', movingIn);
      await getsOn(collector, 'the other goes on', steadyIn);
      return program;
    };
    const before = await again();
    const graceful = audit([...new Set(collector.journal)], collector.journal);
    t.diagnostic(`both after a restart: ${auditLine(graceful)}`);
    assert.equal(graceful.duplicates.size, 0, 'a restart repeats nothing');
    await before.kill();
    const after = await again();
    const { moving, steady } = await finish(flow);
    t.diagnostic(`after kill -9: ${auditLine(moving)}; the other: ${auditLine(steady)}`);
    for (const result of [moving, steady]) {
      assertComplete(result);
      for (const [partition, count] of result.duplicates) assert.ok(count <= CAP, `${count} of partition ${partition}`);
    }
    assert.equal(await after.stop(), 0);
  });
});

/** How often a task of the connector was assigned partitions. */
function assignments({ log }: Program, connector: string): number {
  return log.filter(line => line.event === 'partitions-assigned' && line['connector'] === connector).length;
}
