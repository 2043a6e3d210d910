import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExactHeader, SinkRecord } from '../../connector/block.ts';
import { skipWithoutNativeReader } from '../reader/available.ts';
import { hold } from './collector.ts';
import { runCommand, startCommand } from './command.ts';
import { produceExactly, readExactly } from './exactly.ts';
import type { NewRecord } from './producing.ts';
import type { Properties } from './program.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { until } from './until.ts';

const NATIVE = { skip: skipWithoutNativeReader() };
/** Letters that may come twice after a kill: what is under way at a time. */
const STRETCH = 500;

function parking(name: string, url: string, more: Properties = {}): Properties {
  return sinkFile(name, name, url, {
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': `${name}-dlq`,
    ...more,
  });
}

/** Letters that a worker of the connector of this name would have written, their values with ids. */
function letters(name: string, amount: number, partitions = 1): NewRecord[] {
  return Array.from({ length: amount }, (_, i) => ({
    partition: i % partitions,
    key: `${i}`,
    value: `{"id":"${i}"}`,
    headers: Object.entries({
      topic: name,
      partition: '0',
      offset: String(i),
      'connector.name': name,
      stage: 'TASK_PUT',
    }).map(([header, value]) => [`__connect.errors.${header}`, value] as const),
  }));
}

const numbered = (amount: number): string[] => Array.from({ length: amount }, (_, i) => String(i));
const sorted = (ids: Iterable<string>): string[] => [...ids].sort((a, b) => Number(a) - Number(b));
const repeated = (ids: readonly string[]): number => ids.length - new Set(ids).size;

await kafkaSuite('replays that are interrupted, and letters that are none', '4', ground => {
  const replay = (to: string, ...more: string[]): string[] => ['dlq', 'replay', '--to', to, '--yes', ...more];

  /** Creates an origin topic, and its topic of dead letters with so many of them. */
  async function stage(name: string, amount: number, partitions = 1): Promise<void> {
    const { node } = ground;
    await node.createTopic(name, 1);
    await node.createTopic(`${name}-dlq`, partitions);
    if (amount > 0) await node.produce(`${name}-dlq`, letters(name, amount, partitions));
  }

  test(
    'killed while requests are under way and run again: none is lost, and no more than a stretch comes twice',
    NATIVE,
    async t => {
      const { node, collector } = ground;
      const amount = 2_600;
      await stage('killed', amount, 3);
      const sink = parking('killed', collector.url, { 'batch.max.records': '50' });
      let kills = 0;
      for (const reached of [700, 1_500, 2_100]) {
        const command = await startCommand(replay('endpoint'), workerFile(node), sink);
        await collector.when(`${reached} letters`, ({ distinct }) => distinct >= reached);
        command.kill('SIGKILL');
        const { code } = await command.ended;
        if (code === null) kills += 1;
      }
      const end = await runCommand(replay('endpoint'), workerFile(node), sink);
      assert.equal(end.code, 0, end.err);
      t.diagnostic(`${kills} kills, ${repeated(collector.journal)} letters twice; ${end.err.trim()}`);
      assert.equal(kills, 3);
      assert.deepEqual(sorted(new Set(collector.journal)), numbered(amount));
      assert.ok(repeated(collector.journal) <= kills * STRETCH, `${repeated(collector.journal)} came twice`);
      assert.match(end.err, /goes on where it was, at 0:\d+ 1:\d+ 2:\d+/);
    },
  );

  test(
    'killed while it writes to the origin and run again: none is lost, and no more than a stretch comes twice',
    NATIVE,
    async t => {
      const { node, collector } = ground;
      const amount = 4_000;
      await stage('written', amount);
      const sink = parking('written', collector.url);
      const command = await startCommand(replay('origin'), workerFile(node), sink);
      const written = async (): Promise<number> => (await node.watermarks('written')).get(0)!.high;
      await until('some are written', written, high => high > 0);
      command.kill('SIGKILL');
      const killed = await command.ended;
      const end = await runCommand(replay('origin'), workerFile(node), sink);
      assert.equal(end.code, 0, end.err);
      const ids = (await node.readAll('written')).map(({ key }) => String(key));
      t.diagnostic(`killed: ${killed.code === null}; ${repeated(ids)} letters twice; ${end.err.trim()}`);
      assert.deepEqual(sorted(new Set(ids)), numbered(amount));
      assert.ok(repeated(ids) <= STRETCH, `${repeated(ids)} came twice`);
    },
  );

  test('stopped by a signal it ends what is under way, and goes on without repeating one', NATIVE, async () => {
    const { node, collector } = ground;
    await stage('stopped', 1_200);
    const sink = parking('stopped', collector.url, { 'batch.max.records': '10', 'delivery.max.in.flight': '1' });
    const release = hold(collector, 3);
    const command = await startCommand(replay('endpoint', '--json'), workerFile(node), sink);
    await collector.when('the third request', ({ requests }) => requests === 3);
    command.kill('SIGTERM');
    await until(
      'it has heard',
      async () => command.err,
      err => err.includes('SIGTERM'),
    );
    release();
    const stopped = await command.ended;
    assert.equal(stopped.code, 4, stopped.err);
    const { replayed, finished, places } = JSON.parse(stopped.out);
    assert.deepEqual([replayed, finished, places], [30, false, [{ partition: 0, offset: 30 }]]);
    const end = await runCommand(replay('endpoint'), workerFile(node), sink);
    assert.equal(end.code, 0, end.err);
    assert.deepEqual(collector.journal, numbered(1_200));
  });

  test('a second signal waits for no answer, and keeps the place all the same', NATIVE, async () => {
    const { node, collector } = ground;
    await stage('hung', 40);
    const sink = parking('hung', collector.url, { 'batch.max.records': '10', 'delivery.max.in.flight': '1' });
    collector.script(({ number }) => (number < 3 ? { status: 200 } : new Promise(() => {})));
    const command = await startCommand(replay('endpoint'), workerFile(node), sink);
    await collector.when('the third request', ({ requests }) => requests === 3);
    for (const word of ['SIGTERM: ', 'SIGTERM again']) {
      command.kill('SIGTERM');
      await until(
        'it has heard',
        async () => command.err,
        err => err.includes(word),
      );
    }
    assert.equal((await command.ended).code, 128 + 15);
    collector.script();
    const end = await runCommand(replay('endpoint'), workerFile(node), sink);
    assert.match(end.err, /goes on where it was, at 0:20\n/);
    assert.deepEqual(collector.journal, numbered(40));
  });

  test('of two runs with one group the second to keep its place ends', NATIVE, async () => {
    const { node, collector } = ground;
    await stage('shared', 20);
    const sink = parking('shared', collector.url);
    const release = hold(collector, 1);
    const first = await startCommand(replay('endpoint'), workerFile(node), sink);
    await collector.when('its request', ({ requests }) => requests === 1);
    const second = await runCommand(replay('endpoint'), workerFile(node), sink);
    assert.equal(second.code, 0, second.err);
    release();
    const { code, err } = await first.ended;
    assert.equal(code, 4);
    assert.match(err, /It can't go on: another run keeps its place in the same group/);
  });

  test(
    'a log with aborted transactions and their marks is read to its end, and replayed from there on later',
    NATIVE,
    async () => {
      const { node, collector } = ground;
      await stage('gaps', 0);
      const all = letters('gaps', 90);
      await node.produceTransactions('gaps-dlq', [
        { records: all.slice(0, 30), end: 'commit' },
        { records: letters('gaps', 20), end: 'abort' },
        { records: all.slice(30, 60), end: 'commit' },
        { records: letters('gaps', 20), end: 'abort' },
      ]);
      const sink = parking('gaps', collector.url, { 'consumer.override.isolation.level': 'read_committed' });
      const listed = await runCommand(['dlq', 'list', '--json'], workerFile(node), sink);
      assert.equal(JSON.parse(listed.out).read, 60, listed.err);
      const marker = await runCommand(['dlq', 'show', '0:30'], workerFile(node), sink);
      assert.equal(marker.code, 6);
      assert.match(marker.err, /There is no record at 0:30\. .*the next one is gaps-dlq-0-52/);
      const first = await runCommand(replay('endpoint'), workerFile(node), sink);
      assert.equal(first.code, 0, first.err);
      assert.deepEqual(collector.journal, numbered(60));
      await node.produce('gaps-dlq', all.slice(60));
      const second = await runCommand(replay('endpoint'), workerFile(node), sink);
      assert.equal(second.code, 0, second.err);
      assert.deepEqual(collector.journal, numbered(90));
    },
  );

  test('what an open transaction holds back is left for another time', NATIVE, async () => {
    const { node, collector } = ground;
    await stage('open', 30);
    await node.produceTransactions('open-dlq', [{ records: letters('open', 10), end: 'open' }]);
    await node.produce('open-dlq', letters('open', 5));
    const sink = parking('open', collector.url);
    const end = await runCommand(replay('endpoint', '--json'), workerFile(node), sink);
    assert.equal(end.code, 0, end.err);
    const { read, replayed, places } = JSON.parse(end.out);
    assert.deepEqual([read, replayed, places], [30, 30, [{ partition: 0, offset: 30 }]]);
  });

  test('letters that are none are listed and shown as what they are, and steer no terminal', async t => {
    const { node, collector } = ground;
    await node.createTopic('hostile-dlq', 1);
    const context = (changes: Readonly<Record<string, Buffer | string | null>>): ExactHeader[] =>
      Object.entries({ topic: 'hostile', partition: '0', offset: '1', stage: 'TASK_PUT', ...changes }).map(
        ([name, value]) => [`__connect.errors.${name}`, value === null ? null : Buffer.from(value)],
      );
    const record = { partition: 0, timestamp: 0, key: null, value: null };
    const steering = '\u001b[2J\u001b]0;owned\u0007\u202e<b>\r\n';
    const secret = 'canary-4f1d-secret';
    const rows: readonly Omit<SinkRecord, 'topic' | 'offset'>[] = [
      {
        ...record,
        value: Buffer.from(`{"echo":"${secret}"}`),
        headers: [['echo', Buffer.from(secret)], ...context({ 'exception.message': `said ${secret}` })],
      },
      { ...record, headers: [] },
      { ...record, headers: context({ partition: 'NaN', offset: '-1', topic: '../x' }) },
      { ...record, headers: context({ stage: Buffer.of(0xff, 0xfe), 'exception.message': steering }) },
      { ...record, headers: context({ 'exception.message': null, offset: '99999999999999999999' }) },
      {
        ...record,
        key: Buffer.of(0, 1, 255),
        value: Buffer.alloc(900, 0xfe),
        headers: [
          ['a\0b', Buffer.of(0xff)],
          ['e', Buffer.from(steering)],
        ],
      },
      { ...record, headers: Array.from({ length: 5_000 }, (_, i): ExactHeader => [`h${i}`, Buffer.of(i & 255)]) },
    ];
    await produceExactly(node, 'hostile-dlq', rows);
    const sink = parking('hostile', collector.url, { 'http.headers.X-Api-Key': secret });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
    const steers = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
    const listed = await runCommand(['dlq', 'list'], workerFile(node), sink);
    assert.equal(listed.code, 0, listed.err);
    t.diagnostic(`\n${listed.out}`);
    assert.doesNotMatch(listed.out, steers);
    for (const part of [
      '7 dead letters',
      'no header says where it came from',
      'can be no partition',
      'is no UTF-8',
      '\\u001b[2J',
    ]) {
      assert.ok(listed.out.includes(part), part);
    }
    const whole = JSON.parse((await runCommand(['dlq', 'list', '--json'], workerFile(node), sink)).out);
    assert.equal(
      whole.causes.reduce((sum: number, { letters: amount }: { letters: number }) => sum + amount, 0),
      7,
    );
    assert.ok(listed.out.includes('said [hidden]') && !JSON.stringify(whole).includes(secret));
    for (const offset of [0, 3, 5, 6]) {
      const shown = await runCommand(['dlq', 'show', `0:${offset}`], workerFile(node), sink);
      assert.equal(shown.code, 0, shown.err);
      assert.doesNotMatch(shown.out, steers, `the letter at ${offset}`);
      assert.ok(!shown.out.includes(secret), 'a secret of the configuration that a record holds');
    }
    const bytes = await runCommand(['dlq', 'show', '0:5', '--raw', 'key'], workerFile(node), sink);
    assert.deepEqual(bytes.bytes, Buffer.of(0, 1, 255));
    const none = await runCommand(['dlq', 'show', '0:5', '--raw', 'value'], workerFile(node), sink);
    assert.deepEqual(none.bytes, Buffer.alloc(900, 0xfe));
    assert.equal((await readExactly(node, 'hostile-dlq')).length, rows.length);
  });

  test('a topic, a partition or a record that there is not is told in a sentence', async () => {
    const { node, collector } = ground;
    await node.createTopic('empty-dlq', 1);
    const sink = parking('empty', collector.url);
    const saidWith = async (worker: Properties, ...words: string[]) => {
      const { code, err, out } = await runCommand(words, workerFile(node, worker), sink);
      assert.equal(out.length, 0, words.join(' '));
      return `${code} ${err.trim()}`;
    };
    const said = (...words: string[]) => saidWith({}, ...words);
    assert.match(await said('dlq', 'list', '--topic', 'none-dlq'), /^4 none-dlq: .*does not exist/);
    assert.match(await said('dlq', 'list', '--partition', '7'), /^4 empty-dlq has no partition 7: it has 1$/);
    assert.match(await said('dlq', 'show', '0:0'), /^6 Partition 0 is empty$/);
    assert.match(await said('dlq', 'show', 'elsewhere'), /^1 tailrace: the first argument is PARTITION:OFFSET/);
    assert.match(
      await said('dlq', 'replay', '--to', 'endpoint', '--same-partition'),
      /^1 tailrace: --same-partition goes with --to origin/,
    );
    const portable = { reader: 'portable' };
    assert.match(
      await saidWith(portable, 'dlq', 'replay', '--to', 'endpoint', '--yes'),
      /^6 Nothing was done: this takes the native reader/,
    );
    assert.match(await saidWith(portable, 'dlq', 'show', '0:0'), /^6 Partition 0 is empty$/);
    assert.match(await said('dlq', 'replay'), /^1 tailrace: --to is needed/);
  });
});
