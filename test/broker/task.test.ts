import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { TaskFact } from '../../worker/task/facts.ts';
import { OFFSET_BEGINNING } from '../../worker/task/ports.ts';
import {
  ASSIGNOR,
  committedOffsets,
  kafkaConfig,
  type MockBroker,
  partitionsOf,
  startMockBroker,
} from '../support/broker.ts';
import { type Arrived, Endpoint, recordsOf } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const limit = { timeout: 90_000 };

interface Numbered {
  readonly p: number;
  readonly n: number;
}

/** An endpoint that counts what arrives, and notices order and repetition. */
class Counter {
  readonly endpoint: Endpoint;
  readonly seen = new Set<string>();
  repeated = 0;
  disordered = 0;
  readonly #last = new Map<number, number>();
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.endpoint = new Endpoint({ keep: false, script: request => this.#count(request) });
  }

  /** Resolves when so many different records have arrived. */
  reached(count: number): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (this.seen.size < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #count(request: Arrived): object {
    for (const { p, n } of recordsOf(request) as Numbered[]) {
      const key = `${p}/${n}`;
      if (this.seen.has(key)) this.repeated++;
      else if (n < (this.#last.get(p) ?? -1)) this.disordered++;
      this.seen.add(key);
      this.#last.set(p, Math.max(n, this.#last.get(p) ?? n));
    }
    for (const look of [...this.#waiting]) look();
    return {};
  }
}

/**
 * How often records were delivered again because a partition's next owner began below what the last one had delivered;
 * where it may begin is the last acknowledged commit, or behind it. The mock refuses every commit while a member of the
 * group is joining, also those inside a revocation; a broker takes them.
 */
function explainedRepeats(facts: readonly TaskFact[]): number {
  const committed = new Map<number, number>();
  const position = new Map<number, number>();
  const delivered = new Map<number, number>();
  let repeats = 0;
  for (const fact of facts) {
    if (fact.kind === 'commit-acknowledged')
      for (const { partition, offset } of fact.offsets) committed.set(partition, offset);
    if (fact.kind === 'partitions-assigned') {
      for (const { partition, offset } of fact.partitions) {
        assert.ok(
          offset >= (committed.get(partition) ?? OFFSET_BEGINNING),
          `partition ${partition} begins at ${offset}`,
        );
        position.set(partition, Math.max(offset, 0));
      }
    }
    if (fact.kind !== 'records-delivered') continue;
    const from = position.get(fact.partition)!;
    const reached = delivered.get(fact.partition) ?? 0;
    repeats += Math.max(0, Math.min(from + fact.records, reached) - from);
    position.set(fact.partition, from + fact.records);
    delivered.set(fact.partition, Math.max(reached, from + fact.records));
  }
  return repeats;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('the task on the mock cluster', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  async function setUp(t: TestContext, topic: string, assignor: keyof typeof ASSIGNOR) {
    const counter = new Counter();
    await counter.endpoint.start();
    t.after(() => counter.endpoint.close());
    await broker.createTopic(topic);
    const settings = { 'partition.assignment.strategy': ASSIGNOR[assignor] };
    const kafka = kafkaConfig(broker.bootstrapServers, `connect-${topic}`, settings);
    const produced = [0, 0, 0, 0];
    const facts: TaskFact[] = [];
    return {
      counter,
      produced,
      facts,
      start: () => new RunningTask(t, connectorConfig(kafka, [topic], counter.endpoint.url), facts),
      committed: () => committedOffsets(broker, kafka.groupId, partitionsOf(topic)),
      produce: (count: number) =>
        broker.produce(
          topic,
          Array.from({ length: count }, (_, i) => {
            const partition = i % 4;
            return { value: `{"p":${partition},"n":${produced[partition]!++}}`, partition };
          }),
        ),
    };
  }

  it('delivers 20,000 records over four partitions, once and in order, across a clean restart', limit, async t => {
    const { counter, start, produce, produced, committed } = await setUp(t, 'restarted', 'cooperative');
    await produce(12_000);
    const first = start();
    await counter.reached(4_000);
    assert.deepEqual(await first.stop(), { clean: true, trace: null });
    const delivered = counter.seen.size;
    assert.equal(
      (await committed()).reduce((sum, offset) => sum + Math.max(offset, 0), 0),
      delivered,
    );
    await produce(8_000);
    const second = start();
    await counter.reached(20_000);
    assert.deepEqual(await second.stop(), { clean: true, trace: null });
    assert.deepEqual([counter.seen.size, counter.repeated, counter.disordered], [20_000, 0, 0]);
    assert.deepEqual(await committed(), produced);
  });

  for (const assignor of ['cooperative', 'eager'] as const) {
    it(`shares a stream with a member that joins and one that leaves (${assignor})`, limit, async t => {
      const { counter, facts, start, produce, produced, committed } = await setUp(t, `shared-${assignor}`, assignor);
      const first = start();
      await first.when(() => first.factsOf('partitions-assigned').some(({ partitions }) => partitions.length === 4));
      const second = start();
      const joined = second.when(() =>
        second.factsOf('partitions-assigned').some(({ partitions }) => partitions.length > 0),
      );
      let streaming = true;
      const stream = (async () => {
        while (streaming) {
          await produce(200);
          await counter.reached(sum(produced) - 1_000);
        }
      })();
      await joined;
      const before = counter.seen.size;
      await counter.reached(before + 2_000);
      const revocations = first.factsOf('partitions-revoked');
      assert.ok(revocations.length > 0 && revocations.every(({ drained }) => drained));
      assert.ok(second.factsOf('records-delivered').length > 0);

      assert.deepEqual(await first.stop(), { clean: true, trace: null });
      await second.when(
        () => second.factsOf('partitions-assigned').flatMap(({ partitions }) => partitions).length >= 4,
      );
      streaming = false;
      await stream;
      await produce(4_000);
      const total = sum(produced);
      await counter.reached(total);
      assert.deepEqual(await second.stop(), { clean: true, trace: null });
      assert.equal(counter.seen.size, total);
      assert.equal(counter.disordered, 0);
      assert.deepEqual(await committed(), produced);
      assert.equal(counter.repeated, explainedRepeats(facts));
    });
  }
});
