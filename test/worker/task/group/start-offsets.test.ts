import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaConfig } from '../../../../config/types.ts';
import { Questions } from '../../../../worker/task/group/questions.ts';
import { StartOffsets } from '../../../../worker/task/group/start-offsets.ts';
import {
  type KafkaConsumer,
  type KafkaFault,
  OFFSET_BEGINNING,
  OFFSET_NONE,
  type TopicPartition,
} from '../../../../worker/task/ports.ts';

const NO_LEADER: KafkaFault = { code: 5, message: 'no leader', fatal: false };

/** The group's offsets of topic t with four partitions, each log ending at 50 unless `ends` says else. */
class GroupOfT {
  readonly committed: Record<number, number>;
  readonly ends: (number | KafkaFault)[] = [50, 50, 50, 50];
  /** Undefined: the brokers do not know the topic. */
  topicId: string | null | undefined = 'A';
  /** The topic that the offsets were committed for. */
  of: string | null = null;
  /** What was asked, and of how many. */
  readonly asked: string[] = [];

  constructor(committed: Record<number, number>) {
    this.committed = committed;
  }

  starts(reset: KafkaConfig['autoOffsetReset']): StartOffsets {
    return new StartOffsets(new Questions(this.consumer()), reset);
  }

  consumer(): KafkaConsumer {
    const consumer: Pick<KafkaConsumer, 'topicIds' | 'committed' | 'offsets' | 'partitionCounts'> = {
      topicIds: async topics => {
        this.asked.push(`ids ${topics.length}`);
        const { topicId } = this;
        return topicId === undefined ? new Map() : new Map(topics.map(topic => [topic, topicId]));
      },
      committed: async list => {
        this.asked.push(`committed ${list.length}`);
        return list.map(({ topic, partition }) => ({
          topic,
          partition,
          offset: this.committed[partition] ?? OFFSET_NONE,
          topicId: this.of,
        }));
      },
      offsets: async list => {
        this.asked.push(`offsets ${list.length}`);
        return list.map(({ partition }) => this.ends[partition]!);
      },
      partitionCounts: async topics => {
        this.asked.push(`counts ${topics.length}`);
        return new Map(topics.map(topic => [topic, 4]));
      },
    };
    return consumer as KafkaConsumer;
  }
}

const ASKED: readonly TopicPartition[] = [0, 1].map(partition => ({ topic: 't', partition }));
const OTHERS: readonly TopicPartition[] = [2, 3].map(partition => ({ topic: 't', partition }));

async function found(starts: StartOffsets, partitions = ASKED): Promise<(readonly [number, boolean])[]> {
  return (await starts.find(partitions)).map(({ offset, commitStart }) => [offset, commitStart] as const);
}

test('a committed offset always wins', async () => {
  for (const reset of ['earliest', 'latest', 'none'] as const) {
    const starts = await found(new GroupOfT({ 0: 7, 1: 0 }).starts(reset));
    assert.deepEqual(starts, [
      [7, false],
      [0, false],
    ]);
  }
});

test('earliest: a partition without an offset is read from its beginning', async () => {
  const group = new GroupOfT({});
  const starts = await found(group.starts('earliest'));
  assert.deepEqual(starts, [
    [OFFSET_BEGINNING, false],
    [OFFSET_BEGINNING, false],
  ]);
  assert.deepEqual(group.asked, ['ids 1', 'committed 2']);
});

test('latest: a group without offsets starts at the end, and commits that; five questions, however many partitions', async () => {
  const group = new GroupOfT({});
  const starts = await found(group.starts('latest'));
  assert.deepEqual(starts, [
    [50, true],
    [50, true],
  ]);
  assert.deepEqual(group.asked, ['ids 1', 'committed 2', 'counts 1', 'committed 4', 'offsets 4']);
});

test('KIP-1327: in a group with offsets a partition without one is new, and latest would skip its records', async () => {
  for (const reset of ['latest', 'none'] as const) {
    const starts = await found(new GroupOfT({ 3: 9 }).starts(reset));
    assert.deepEqual(starts, [
      [OFFSET_BEGINNING, false],
      [OFFSET_BEGINNING, false],
    ]);
  }
});

test('none: a group without offsets is an error that says what to do', async () => {
  await assert.rejects(
    new GroupOfT({}).starts('none').find(ASKED),
    /t-0 and auto\.offset\.reset=none.*earliest or latest/,
  );
});

test('an offset of another topic of the name is none: the topic is read from its beginning, whatever the reset', async () => {
  for (const reset of ['earliest', 'latest'] as const) {
    const group = new GroupOfT({ 0: 7, 1: 9 });
    group.of = 'B';
    const starts = await group.starts(reset).find(ASKED);
    assert.deepEqual(
      starts.map(start => [start.offset, start.topicId]),
      [
        [OFFSET_BEGINNING, 'A'],
        [OFFSET_BEGINNING, 'A'],
      ],
    );
  }
  const group = new GroupOfT({ 0: 7 });
  group.of = 'B';
  await assert.rejects(group.starts('none').find(ASKED), /deleted and created anew/);
});

test('an offset counts that was committed for this topic, or by somebody who does not say for which', async () => {
  for (const [of, id] of [
    ['A', 'A'],
    [null, 'A'],
    ['A', null],
  ] as const) {
    const group = new GroupOfT({ 0: 7, 1: 9 });
    group.of = of;
    group.topicId = id;
    assert.deepEqual(await found(group.starts('earliest')), [
      [7, false],
      [9, false],
    ]);
  }
});

test('latest: where the partitions of a topic ended that is no more says nothing of the next one', async () => {
  const group = new GroupOfT({});
  const starts = group.starts('latest');
  assert.deepEqual(await found(starts), [
    [50, true],
    [50, true],
  ]);
  group.topicId = 'B';
  const anew = await starts.find(ASKED, true);
  assert.deepEqual(
    anew.map(start => [start.offset, start.topicId]),
    [
      [OFFSET_BEGINNING, 'B'],
      [OFFSET_BEGINNING, 'B'],
    ],
  );
  assert.deepEqual(
    await found(starts),
    [
      [OFFSET_BEGINNING, false],
      [OFFSET_BEGINNING, false],
    ],
    'nor later',
  );
});

test('latest: a look-up repeated after another fresh worker has committed begins where the logs ended first', async () => {
  const group = new GroupOfT({});
  group.ends[1] = NO_LEADER;
  const starts = group.starts('latest');
  await assert.rejects(starts.find(ASKED), { name: 'KafkaError', message: /t-1: no leader/ });
  group.committed[2] = 50;
  group.committed[3] = 50;
  group.ends.splice(0, 4, 60, 60, 60, 60);
  assert.deepEqual(await found(starts), [
    [50, true],
    [60, true],
  ]);
});

test('latest: what another fresh worker was given and has not committed begins where the logs ended first', async () => {
  const group = new GroupOfT({});
  const starts = group.starts('latest');
  await starts.find(ASKED);
  group.committed[0] = 55;
  group.ends.fill(60);
  assert.deepEqual(await found(starts, OTHERS), [
    [50, true],
    [50, true],
  ]);
});

test('latest: a partition that the topic did not have when it was met is new', async () => {
  const group = new GroupOfT({});
  const starts = group.starts('latest');
  await starts.find(ASKED);
  assert.deepEqual(await found(starts, [{ topic: 't', partition: 4 }]), [[OFFSET_BEGINNING, false]]);
});

test('latest: where a topic ended that came while it was looked up says nothing of the next one', async () => {
  const group = new GroupOfT({});
  const starts = group.starts('latest');
  group.topicId = undefined;
  await found(starts).catch(() => []);
  group.topicId = 'B';
  await found(starts);
  group.topicId = 'C';
  group.ends.fill(10);
  assert.deepEqual(
    (await found(starts)).filter(([offset]) => offset === 50),
    [],
  );
});
