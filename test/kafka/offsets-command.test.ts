import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openInquiry } from '../../worker/kafka/inquiry.ts';
import { kafkaConfig } from '../support/broker.ts';
import { AUTHORIZER, allow, loginAs, USERS } from './access.ts';
import { sampleRecords } from './audit.ts';
import { type CommandEnd, runCommand } from './command.ts';
import { type Properties, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, partitionsShared } from './until.ts';

interface Told {
  readonly state: string | null;
  readonly lag: number;
  readonly members: readonly { readonly clientId: string; readonly partitions: readonly unknown[] }[];
  readonly partitions: readonly Readonly<Record<string, unknown>>[];
  readonly faults: readonly { readonly topic: string; readonly message: string }[];
}

interface Changed {
  readonly refused: readonly string[];
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly from: number | null;
    readonly to: number;
    readonly changed: boolean;
  }[];
}

await kafkaSuite(
  'tailrace offsets',
  '4',
  ground => {
    const sinkOf = (name: string, topics = name) => sinkFile(name, topics, ground.collector.url);
    const offsets = (words: readonly string[], worker: Properties, sink: Properties): Promise<CommandEnd> =>
      runCommand(['offsets', ...words], worker, sink);
    const run = (words: readonly string[], name: string, topics?: string): Promise<CommandEnd> =>
      offsets(words, workerFile(ground.node), sinkOf(name, topics));
    async function show(name: string, words: readonly string[] = [], topics?: string): Promise<Told> {
      const { out, err, code } = await run(['show', '--json', ...words], name, topics);
      assert.deepEqual([code, err], [0, '']);
      return JSON.parse(out) as Told;
    }
    async function reset(name: string, to: string, words: readonly string[] = []): Promise<Changed> {
      const { out, err, code } = await run(['reset', '--to', to, '--json', '--yes', ...words], name);
      assert.deepEqual([code, err], [0, '']);
      return JSON.parse(out) as Changed;
    }

    /** What Kafka's own tool says of the group: topic, partition, committed, end, lag. */
    async function byKafka(group: string): Promise<readonly string[]> {
      const args = ['--bootstrap-server', ground.node.bootstrap(), '--describe', '--group', group];
      const text = await ground.node.java('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', args);
      const rows = text.split('\n').map(line => line.trim().split(/\s+/));
      return rows
        .filter(([name]) => name === group)
        .map(row => row.slice(1, 6).join(' '))
        .sort();
    }
    const told = ({ partitions }: Told): readonly string[] =>
      partitions
        .map(({ topic, partition, committed, ends, lag }) =>
          [topic, partition, committed ?? '-', ends, lag ?? '-'].join(' '),
        )
        .sort();

    test('what is shown is what kafka-consumer-groups.sh shows: with members, and when they have gone', async t => {
      const { node, collector } = ground;
      await node.createTopic('shown', 3);
      await node.createTopic('shown-more', 1);
      await node.produce('shown', sampleRecords(3, 40));
      const program = await startProgram(workerFile(node), sinkOf('shown', 'shown, shown-more'));
      await collector.when('all records', ({ distinct }) => distinct === 120);
      await committedToEnd(node, groupOf('shown'), 'shown');
      const busy = await show('shown', [], 'shown, shown-more');
      assert.equal(busy.state, 'Stable');
      assert.deepEqual(
        busy.members.map(({ partitions }) => partitions.length),
        [4],
      );
      assert.equal(busy.lag, 0);
      const { out } = await run(['show'], 'shown', 'shown, shown-more');
      t.diagnostic(out);
      assert.match(out, /^connect-shown: Stable, 1 member; 4 partitions, lag 0\n {2}\S+ on 127\.0\.0\.1 \(shown-0, /);
      assert.match(out, /^shown +2 +40 +0 +40 +0 +\S+$/m);
      assert.equal(await program.stop(), 0);
      await node.produce('shown', sampleRecords(2, 7, { first: 40 }));
      const idle = await show('shown', [], 'shown, shown-more');
      assert.deepEqual([idle.state, idle.members, idle.lag], ['Empty', [], 14]);
      // Kafka's tool tells of partitions with an offset alone.
      assert.deepEqual(
        told(idle).filter(row => !row.startsWith('shown-more ')),
        (await byKafka(groupOf('shown'))).filter(row => !row.startsWith('shown-more ')),
      );
      const one = await show('shown', ['--topic', 'shown', '--partition', '1'], 'shown, shown-more');
      assert.deepEqual(
        one.partitions.map(({ topic, partition, lag }) => [topic, partition, lag]),
        [['shown', 1, 7]],
      );
    });

    test('a group with members: nothing is changed, and who is in it is told', async () => {
      const { node } = ground;
      await node.createTopic('used', 2);
      await node.produce('used', sampleRecords(2, 5));
      const program = await startProgram(workerFile(node), sinkOf('used'));
      await committedToEnd(node, groupOf('used'), 'used');
      await partitionsShared(program, 'used', 1, 2);
      const { code, out, err } = await run(['reset', '--to', 'earliest', '--yes'], 'used');
      assert.deepEqual([code, out], [6, '']);
      assert.match(
        err,
        /^The group connect-used is in use \(Stable\): stop the connector used first, wherever it runs\n {2}\S+ on 127\.0\.0\.1 \(used-0, used-1\)\nNothing was changed\n$/,
      );
      assert.deepEqual(
        await node.committed(groupOf('used'), 'used'),
        new Map([
          [0, 5],
          [1, 5],
        ]),
      );
      assert.equal(await program.stop(), 0);
    });

    test('earliest, latest, an offset, a time: what is committed is there, and a connector goes on from it exactly', async () => {
      const { node, collector } = ground;
      await node.createTopic('places', 2);
      // Retention would delete older ones.
      const began = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
      const records = [0, 1].flatMap(partition =>
        sampleRecords(1, 10, { base: partition }).map((record, i) => ({
          ...record,
          partition,
          timestamp: began + i * 1_000,
        })),
      );
      await node.produce('places', records);
      const assertAt = async (...offsets: number[]) =>
        assert.deepEqual(await node.committed(groupOf('places'), 'places'), new Map(offsets.entries()));
      const first = await reset('places', '4');
      assert.deepEqual(
        first.partitions.map(({ from, to, changed }) => [from, to, changed]),
        [
          [null, 4, true],
          [null, 4, true],
        ],
      );
      await assertAt(4, 4);
      await reset('places', 'latest', ['--partition', '1']);
      await assertAt(4, 10);
      await reset('places', 'earliest', ['--partition', '0', '--topic', 'places']);
      await assertAt(0, 10);
      // Behind the last record there is none that is as young.
      await reset('places', '2099-01-01', ['--partition', '0']);
      await assertAt(10, 10);
      // In the middle between two records: 7 is the first one that is not older.
      await reset('places', new Date(began + 6_500).toISOString());
      await assertAt(7, 7);
      const inquiry = await openInquiry({
        kafka: kafkaConfig(node.bootstrap(), groupOf('places')),
        reader: 'auto',
        timeoutMs: 20_000,
      });
      const ids = (await inquiry.committed([])).map(one => 'topicId' in one && one.topicId);
      const [topic] = await inquiry.topics(['places']);
      await inquiry.close();
      assert.deepEqual(ids, [topic!.id, topic!.id], 'with the topic that they are of');

      const again = await reset('places', '7', ['--partition', '0']);
      assert.deepEqual(
        again.partitions.map(({ from, to, changed }) => [from, to, changed]),
        [[7, 7, false]],
      );
      await reset('places', '3', ['--partition', '0']);
      const program = await startProgram(workerFile(node), sinkOf('places'));
      await collector.when('the rest', ({ distinct }) => distinct === 10);
      await committedToEnd(node, groupOf('places'), 'places');
      assert.equal(await program.stop(), 0);
      const expected = [...[3, 4, 5, 6, 7, 8, 9].map(n => `0:${n}`), ...[7, 8, 9].map(n => `1:${n}`)];
      assert.deepEqual([...collector.journal].sort(), expected.sort());
    });

    test('a dry run, and nobody there to agree: told, and nothing is changed', async () => {
      const { node } = ground;
      await node.createTopic('dry', 2);
      await node.produce('dry', sampleRecords(2, 5));
      await reset('dry', 'latest');
      const before = await node.committed(groupOf('dry'), 'dry');
      const dry = await run(['reset', '--to', 'earliest', '--dry-run'], 'dry');
      assert.deepEqual([dry.code, dry.err], [0, '']);
      assert.match(
        dry.out,
        /^TOPIC +PARTITION +FROM +TO +BEGINS +ENDS +RECORDS\ndry +0 +5 +0 +0 +5 +5 again\ndry +1 +5 +0 +0 +5 +5 again\n\nNothing was changed: this was --dry-run\n$/,
      );
      const asked = await run(['reset', '--to', 'earliest'], 'dry');
      assert.equal(asked.code, 6);
      assert.match(asked.out, /5 again/);
      assert.match(asked.err, /no terminal to ask on, and --yes does it/);
      const same = await run(['reset', '--to', 'latest'], 'dry');
      assert.deepEqual([same.code, same.err], [0, '']);
      assert.match(same.out, /as it is[\s\S]*All is there already\nNothing was changed\n$/);
      assert.deepEqual(await node.committed(groupOf('dry'), 'dry'), before);
    });

    test('what there is not, what may not be, who does not answer: each has its sentence, and nothing is changed', async () => {
      const { node, collector } = ground;
      await node.createTopic('there', 2);
      await node.produce('there', sampleRecords(2, 5));
      const refused = async (words: readonly string[], topics: string, text: RegExp): Promise<void> => {
        const { code, out, err } = await run(['reset', '--yes', ...words], 'there', topics);
        assert.deepEqual([code, out], [6, ''], err);
        assert.match(err, text);
        assert.match(err, /\nNothing was changed\n$/);
        assert.deepEqual(await node.committed(groupOf('there'), 'there'), new Map());
      };
      await refused(
        ['--to', 'earliest'],
        'there, nowhere',
        /^nowhere: the topic does not exist: create it, or correct its name/,
      );
      await refused(
        ['--to', 'earliest', '--partition', '1', '--partition', '7'],
        'there',
        /^there-7: the topic has no such partition/,
      );
      await refused(
        ['--to', '6'],
        'there',
        /^there-0: 6 is outside its log, which reaches from 0 to 5\nthere-1: 6 is outside/,
      );
      await refused(['--to', 'earliest', '--topic', 'elsewhere'], 'there', /^elsewhere: the topic does not exist/);
      await node.createTopic('foreign', 1);
      await refused(
        ['--to', 'earliest', '--topic', 'foreign'],
        'there',
        /^foreign: the connector does not read this topic, and its group has committed nothing of it/,
      );

      const shown = await run(['show', '--json'], 'there', 'there, nowhere');
      assert.equal(shown.code, 4);
      const { faults, partitions } = JSON.parse(shown.out) as Told;
      assert.deepEqual([faults.length, partitions.length], [1, 2]);
      assert.match(faults[0]!.message, /does not exist/);

      const carol = { ...workerFile(node, loginAs('carol'), 'LOGIN') };
      const asCarol = (words: readonly string[]) => offsets(words, carol, sinkFile('there', 'there', collector.url));
      const group = await asCarol(['show']);
      assert.deepEqual([group.code, group.out], [4, '']);
      assert.match(group.err, /^not allowed to use the consumer group: grant this user READ on it/);
      await allow(node, 'carol', ['Read'], { group: groupOf('there') });
      const topic = await asCarol(['reset', '--to', 'earliest', '--yes']);
      assert.equal(topic.code, 6);
      assert.match(topic.err, /^there: not allowed to use a topic: grant this user READ and DESCRIBE on it/);
      await allow(node, 'carol', ['Describe'], { topic: 'there' });
      const denied = await asCarol(['reset', '--to', 'earliest', '--yes']);
      assert.equal(denied.code, 4, 'all of them are refused by the brokers');
      assert.match(denied.err, /there-0: not allowed to use a topic: .*; it stays where it was/);
      assert.deepEqual(await node.committed(groupOf('there'), 'there'), new Map());
      for (const { out, err } of [group, topic, denied]) assert.ok(!`${out}${err}`.includes(USERS.carol));

      const gone = { ...workerFile(node), 'bootstrap.servers': '127.0.0.1:1' };
      const away = await offsets(['show'], gone, sinkOf('there'));
      assert.deepEqual([away.code, away.out], [4, '']);
      assert.match(away.err, /check bootstrap\.servers/);
    });

    test('a topic that was created anew, offsets outside the log, a topic that the connector has left', async () => {
      const { node } = ground;
      for (const topic of ['anew', 'left']) await node.createTopic(topic, 1);
      await node.produce('anew', sampleRecords(1, 5));
      await node.produce('left', sampleRecords(1, 3));
      assert.equal((await run(['reset', '--to', 'latest', '--yes'], 'anew', 'anew, left')).code, 0);
      const both = await show('anew');
      assert.deepEqual(
        both.partitions.map(({ topic, committed }) => [topic, committed]),
        [
          ['anew', 5],
          ['left', 3],
        ],
      );
      const [config, at] = [kafkaConfig(node.bootstrap(), groupOf('anew')), { topic: 'anew', partition: 0 }];
      const inquiry = await openInquiry({ kafka: config, reader: 'auto', timeoutMs: 20_000 });
      await inquiry.alter([{ ...at, offset: 2, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }]);
      const older = (await show('anew')).partitions[0]!;
      assert.deepEqual([older['committed'], older['lag']], [2, null]);
      assert.match(String(older['remark']), /older topic of this name/);
      await reset('anew', '2', ['--topic', 'anew']);
      assert.deepEqual((await show('anew')).partitions[0]!['lag'], 3, 'the same offset, of the topic that there is');
      await inquiry.alter([{ ...at, offset: 99 }]);
      assert.match(String((await show('anew')).partitions[0]!['remark']), /beyond its log/);
      await inquiry.close();
    });

    test('with the portable reader: what its client knows is shown, and why nothing can be reset', async () => {
      const { node } = ground;
      await node.createTopic('ported', 1);
      await node.produce('ported', sampleRecords(1, 4));
      await reset('ported', '1');
      const worker = { ...workerFile(node), reader: 'portable' };
      const shown = await offsets(['show'], worker, sinkOf('ported'));
      assert.deepEqual([shown.code, shown.err], [0, '']);
      assert.match(
        shown.out,
        /^connect-ported: its members are not known: that takes the native reader; 1 partition, lag 3\n/,
      );
      assert.match(shown.out, /^ported +0 +1 +0 +4 +3$/m);
      const { code, err } = await offsets(['reset', '--to', 'earliest', '--yes'], worker, sinkOf('ported'));
      assert.equal(code, 6);
      assert.match(
        err,
        /^Offsets are not reset here: this takes the native reader, and reader=portable is set\nNothing was changed\n$/,
      );
      assert.deepEqual(await node.committed(groupOf('ported'), 'ported'), new Map([[0, 1]]));
    });

    test('a thousand partitions, topics by a pattern', async () => {
      const { node } = ground;
      await node.createTopic('wide-a', 1_000);
      await node.createTopic('wide-b', 1);
      await node.produce('wide-a', sampleRecords(1_000, 1));
      const sink = sinkOf('wide');
      const { topics: _, ...others } = { ...sink } as Record<string, string>;
      const pattern = { ...others, 'topics.regex': 'wide-[a-z]' };
      const worker = workerFile(node);
      const done = await offsets(['reset', '--to', 'earliest', '--yes'], worker, pattern);
      assert.deepEqual([done.code, done.err], [0, '']);
      assert.match(done.out, /The offsets of 1001 partitions of connect-wide are reset\n$/);
      const shown = await offsets(['show', '--json'], worker, pattern);
      const { lag, partitions } = JSON.parse(shown.out) as Told;
      assert.deepEqual([lag, partitions.length], [1_000, 1_001]);
      assert.deepEqual(
        partitions.map(({ partition }) => partition),
        [...Array(1_000).keys(), 0],
        'by their numbers',
      );
      assert.equal((await node.committed(groupOf('wide'), 'wide-a')).size, 1_000);
    });
  },
  { properties: AUTHORIZER, users: USERS },
);
