import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReporterConfig, ReportTopicConfig } from '../../../../config/types.ts';
import type { Slice } from '../../../../connector/block.ts';
import { buildBlock } from '../../../../connector/block-builder.ts';
import { Publisher } from '../../../../worker/task/delivery/publisher.ts';
import type { Grounds } from '../../../../worker/task/delivery/report-parts.ts';
import { type ReportEvent, Reports } from '../../../../worker/task/delivery/reports.ts';
import type { TaskFact } from '../../../../worker/task/facts.ts';
import { KafkaError } from '../../../../worker/task/kafka-error.ts';
import { Assignment, type PartitionLane } from '../../../../worker/task/order/assignment.ts';
import type { KafkaProducer, ProducerRecord } from '../../../../worker/task/ports.ts';
import { VirtualClock } from '../../../support/clock.ts';

const MOST_OPEN = 1_000;
const TOPIC: ReportTopicConfig = {
  name: 'reports',
  partitions: 1,
  replicationFactor: 1,
  value: 'report',
  format: 'json',
  headers: [],
};
const REPORTER: ReporterConfig = {
  success: TOPIC,
  error: null,
  granularity: 'record',
  bodies: { success: false, error: false },
  responseMaxBytes: 1_000,
};
const GROUNDS: Grounds = { answer: { status: 200, ms: 1, attempt: 1 }, error: null };
const OUT_OF_REACH = new KafkaError({ code: -195, message: 'no broker', fatal: false });
const NOT_AUTHORIZED = new KafkaError({ code: 29, message: 'not authorized', fatal: false });

/** A cluster that answers when it is told to. */
class Cluster implements KafkaProducer {
  readonly open: { readonly record: ProducerRecord; readonly end: (error: KafkaError | null) => void }[] = [];
  begun = 0;

  async connect(): Promise<void> {}
  async ensureTopic(): Promise<void> {}
  async disconnect(): Promise<void> {}

  publish(record: ProducerRecord): Promise<void> {
    this.begun++;
    return new Promise((resolve, reject) => {
      this.open.push({ record, end: error => (error === null ? resolve() : reject(error)) });
    });
  }

  /** Ends some of those that are open, in order. */
  answer(count = this.open.length, error: KafkaError | null = null): void {
    for (const { end } of this.open.splice(0, count)) end(error);
  }
}

function setUp(changes: Partial<ReporterConfig> = {}) {
  const cluster = new Cluster();
  const clock = new VirtualClock();
  const facts: TaskFact[] = [];
  const events: ReportEvent[] = [];
  const lost = new Set<PartitionLane>();
  const kept: number[] = [];
  const announce = (fact: TaskFact): void => {
    facts.push(fact);
  };
  const publisher = new Publisher({ topics: [], producer: cluster, clock, random: () => 0.5, announce });
  const reports = new Reports({
    reporter: { ...REPORTER, ...changes },
    connector: 'shop',
    taskId: 0,
    publisher,
    isOurs: lane => !lost.has(lane),
    post: event => {
      events.push(event);
      reports.settled();
    },
    announce,
    keep: bytes => {
      kept.push(bytes);
    },
  });
  return { cluster, clock, facts, events, lost, kept, reports };
}

function laneOf(partition = 0): PartitionLane {
  const options = { maxUncommitted: 10, commitStart: false, now: 0, changed: () => {} };
  return new Assignment({ topic: 'orders', partition, offset: 0 }, options).lane;
}

function sliceOf(count: number, partition = 0): Slice {
  const block = buildBlock(
    Array.from({ length: count }, (_, offset) => ({
      topic: 'orders',
      partition,
      offset,
      key: Buffer.of(1),
      value: '1',
    })),
    { keys: true },
  );
  return { block, topic: 'orders', partition, start: 0, end: count, first: 0 };
}

const ends = (events: readonly ReportEvent[]) =>
  events.map(({ slice, acknowledged, fault }) => [slice.partition, acknowledged, fault?.message ?? null]);

describe('reports', () => {
  it('end a slice when all of them are acknowledged, and not before', async () => {
    const { cluster, clock, events, facts, reports } = setUp();
    const lane = laneOf();
    reports.report(lane, sliceOf(3), 'delivered', GROUNDS);
    cluster.answer(2);
    await clock.settle();
    assert.deepEqual([events, reports.idle, lane.assignment.drained], [[], false, false]);
    cluster.answer();
    await clock.settle();
    assert.deepEqual([ends(events), reports.idle], [[[0, true, null]], true]);
    assert.deepEqual(facts, [{ kind: 'reports-acknowledged', topic: 'orders', partition: 0, reports: 3 }]);
  });

  it('are one for a slice where the user wants them by batch', async () => {
    const { cluster, clock, events, reports } = setUp({ granularity: 'batch' });
    reports.report(laneOf(), sliceOf(5_000), 'delivered', GROUNDS);
    assert.equal(cluster.open.length, 1);
    cluster.answer();
    await clock.settle();
    assert.deepEqual(ends(events), [[0, true, null]]);
  });

  it('count the answers that they still have to tell of as memory, until they end', async () => {
    const { cluster, clock, kept, reports } = setUp({ success: { ...TOPIC, value: 'response' } });
    const answer = { ...GROUNDS.answer!, body: { text: 'taken', cut: false, bytes: 10 } };
    reports.report(laneOf(), sliceOf(2), 'delivered', { answer, error: null });
    reports.report(laneOf(), sliceOf(1), 'delivered', GROUNDS);
    assert.deepEqual(kept, [10]);
    cluster.answer(1);
    await clock.settle();
    assert.deepEqual(kept, [10]);
    cluster.answer();
    await clock.settle();
    assert.deepEqual(kept, [10, -10]);
    reports.report(laneOf(), sliceOf(1), 'delivered', { answer, error: null });
    reports.abandon();
    cluster.answer(1, OUT_OF_REACH);
    await clock.settle();
    assert.deepEqual(kept, [10, -10, 10, -10]);
  });

  it('are of those outcomes that have a topic', () => {
    const of = (changes: Partial<ReporterConfig>) => {
      const { reports } = setUp(changes);
      return (['delivered', 'deadLettered', 'skipped', 'failed'] as const).map(outcome => reports.covers(outcome));
    };
    assert.deepEqual(of({}), [true, false, false, false]);
    assert.deepEqual(of({ success: null, error: TOPIC }), [false, true, true, true]);
  });

  it('wait for each other where there are many, in order, and hold no more open than that', async () => {
    const { cluster, clock, events, reports } = setUp();
    for (const partition of [0, 1, 2]) reports.report(laneOf(partition), sliceOf(800, partition), 'delivered', GROUNDS);
    assert.equal(cluster.open.length, MOST_OPEN);
    while (cluster.open.length > 0) {
      cluster.answer(300);
      await clock.settle();
      assert.ok(cluster.open.length <= MOST_OPEN);
    }
    assert.deepEqual(
      ends(events),
      [0, 1, 2].map(partition => [partition, true, null]),
    );
    assert.equal(cluster.begun, 2_400, 'each once');
  });

  it('are repeated for as long as the brokers are out of reach', async () => {
    const { cluster, clock, events, facts, reports } = setUp();
    reports.report(laneOf(), sliceOf(1), 'delivered', GROUNDS);
    for (let i = 0; i < 3; i++) {
      cluster.answer(1, OUT_OF_REACH);
      await clock.advance(60_000);
    }
    cluster.answer();
    await clock.settle();
    assert.deepEqual(ends(events), [[0, true, null]]);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      [...Array(3).fill('report-failed'), 'reports-acknowledged'],
    );
  });

  it('that Kafka refuses for good say so, and nothing more of their slice is written', async () => {
    const { cluster, clock, events, facts, reports } = setUp();
    reports.report(laneOf(), sliceOf(MOST_OPEN + 500), 'delivered', GROUNDS);
    cluster.answer(1, NOT_AUTHORIZED);
    await clock.settle();
    assert.equal(cluster.begun, MOST_OPEN);
    cluster.answer();
    await clock.settle();
    assert.deepEqual(ends(events), [[0, false, 'not authorized']]);
    assert.ok(facts.some(fact => fact.kind === 'report-failed' && fact.retryInMs === null));
    assert.ok(reports.idle);
  });

  it('of a partition that was lost are not begun any more: its next owner makes them', async () => {
    const { cluster, clock, events, lost, reports } = setUp();
    const [mine, gone] = [laneOf(0), laneOf(1)];
    reports.report(mine, sliceOf(MOST_OPEN), 'delivered', GROUNDS);
    reports.report(gone, sliceOf(10, 1), 'delivered', GROUNDS);
    lost.add(gone);
    cluster.answer();
    await clock.settle();
    assert.deepEqual(
      new Map(ends(events).map(([partition, acknowledged]) => [partition, acknowledged])),
      new Map([
        [0, true],
        [1, false],
      ]),
    );
    assert.equal(cluster.begun, MOST_OPEN);
  });

  it('are given up, those that wait at once, and one on its way when its answer is there', async () => {
    const { cluster, clock, events, reports } = setUp();
    reports.report(laneOf(0), sliceOf(MOST_OPEN), 'delivered', GROUNDS);
    reports.report(laneOf(1), sliceOf(3, 1), 'delivered', GROUNDS);
    reports.abandon();
    assert.deepEqual(ends(events), [[1, false, null]]);
    cluster.answer(MOST_OPEN - 1);
    cluster.answer(1, OUT_OF_REACH);
    await clock.settle();
    assert.deepEqual(ends(events), [
      [1, false, null],
      [0, false, null],
    ]);
    reports.report(laneOf(2), sliceOf(1, 2), 'delivered', GROUNDS);
    assert.deepEqual([ends(events).at(-1), cluster.begun], [[2, false, null], MOST_OPEN]);
  });
});
