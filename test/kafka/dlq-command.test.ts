import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import type { SinkRecord } from '../../connector/block.ts';
import { skipWithoutNativeReader } from '../reader/available.ts';
import { type Pty, startPty } from '../support/pty.ts';
import { type CommandEnd, commandLine, runCommand } from './command.ts';
import { type ExactRecord, produceExactly, readExactly } from './exactly.ts';
import type { KafkaNode } from './node.ts';
import type { NewRecord } from './producing.ts';
import { type Properties, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { type Ground, kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

const NATIVE = { skip: skipWithoutNativeReader() };
const TIME = 1_700_000_000_000;

/** One of each way in which a record can fail, by its key; the endpoint refuses what its value asks for. */
const FAILING: Readonly<Record<string, string>> = {
  'no-json': '{"id":',
  'no-number': '{"id":"1","amount":"many"}',
  refused: '{"id":"2","amount":"1","answer":400}',
  'too-large': '{"id":"3","amount":"1","answer":413}',
  'one-of-many': '{"id":"4","amount":"1","answer":207}',
};

function parking(name: string, topic: string, url: string, more: Properties = {}): Properties {
  return sinkFile(name, topic, url, {
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': `${topic}-dlq`,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
    'errors.deadletterqueue.response.headers.enable': 'true',
    ...more,
  });
}

const CAST: Properties = {
  transforms: 'cast',
  'transforms.cast.type': 'org.apache.kafka.connect.transforms.Cast$Value',
  'transforms.cast.spec': 'amount:int32',
};

function jsonOf({ out, err, code }: CommandEnd) {
  assert.doesNotThrow(() => JSON.parse(out), `exit code ${code}: ${err}`);
  return JSON.parse(out);
}

interface ListedCause {
  readonly stage: string;
  readonly httpStatus: string | null;
  readonly letters: number;
}

/** Has a real worker park a record of each kind, among good ones. @returns where the letters are, by key */
async function park({ node, collector }: Ground, topic: string, sink: Properties): Promise<readonly SinkRecord[]> {
  await node.createTopic(topic, 3);
  await node.createTopic(`${topic}-dlq`, 3);
  const good: NewRecord[] = Array.from({ length: 30 }, (_, i) => ({
    key: `good-${i}`,
    value: `{"id":"g${i}","amount":"${i}"}`,
  }));
  const bad = Object.entries(FAILING).map(
    ([key, value], i): NewRecord => ({
      key,
      value,
      timestamp: TIME + i,
      headers: [
        ['own', key],
        ['own', 'again'],
      ],
    }),
  );
  await node.produce(topic, [...good.slice(0, 15), ...bad, ...good.slice(15)]);
  collector.script(({ body }) => {
    const records = JSON.parse(body.toString()) as { answer?: number }[];
    const asked = records.map(({ answer }) => answer).filter(answer => answer !== undefined);
    if (asked.includes(413)) return { status: 413 };
    if (asked.includes(400)) return { status: 400, body: '{"error":"no such parcel"}' };
    if (!asked.includes(207)) return { status: 200 };
    const statuses = records.map(({ answer }) => ({ status: answer === 207 ? 422 : 200 }));
    return { status: 207, body: JSON.stringify(statuses) };
  });
  const program = await startProgram(workerFile(node), sink);
  await committedToEnd(node, groupOf(topic), topic);
  assert.equal(await program.stop(), 0);
  const letters = await readExactly(node, `${topic}-dlq`);
  assert.deepEqual(keysOf(letters).toSorted(), Object.keys(FAILING).toSorted());
  return letters;
}

const keysOf = (records: readonly SinkRecord[]): string[] => records.map(({ key }) => String(key));
const placeOf = ({ partition, offset }: SinkRecord): string => `${partition}:${offset}`;

/** What a record is, wherever it lies. */
const contentOf = ({ key, value, timestamp, headers }: SinkRecord) => ({ key, value, timestamp, headers });

async function ownOf(node: KafkaNode, topic: string): Promise<readonly SinkRecord[]> {
  return (await readExactly(node, topic)).filter(({ key }) => Object.hasOwn(FAILING, String(key)));
}

await kafkaSuite('the commands about dead letters', '4', ground => {
  test('what a worker parked is listed by cause, and shown', async t => {
    const { node, collector } = ground;
    const sink = parking('listed', 'listed', collector.url, CAST);
    const letters = await park(ground, 'listed', sink);
    const listed = jsonOf(await runCommand(['dlq', 'list', '--json'], workerFile(node), sink));
    assert.deepEqual([listed.read, listed.matched, listed.others], [5, 5, 0]);
    const causes = (listed.causes as ListedCause[]).map(({ stage, httpStatus, letters: amount }) => [
      stage,
      httpStatus,
      amount,
    ]);
    assert.deepEqual(causes.toSorted(), [
      ['TASK_PUT', '400', 1],
      ['TASK_PUT', '413', 1],
      ['TASK_PUT', '422', 1],
      ['TRANSFORMATION', null, 1],
      ['VALUE_CONVERTER', null, 1],
    ]);
    const text = await runCommand(['dlq', 'list'], workerFile(node), sink);
    assert.equal(text.code, 0, text.err);
    t.diagnostic(`\n${text.out}`);
    assert.match(text.out, /^listed-dlq: 5 dead letters in 3 partitions\n/);
    const filtered = ['--stage', 'task_put', '--cause', '400'];
    const few = jsonOf(await runCommand(['dlq', 'list', '--json', ...filtered], workerFile(node), sink));
    assert.deepEqual([few.read, few.matched, few.causes.length], [5, 1, 1]);

    for (const letter of letters.filter(({ key }) => /^no-json|^refused/.test(String(key)))) {
      const words = ['dlq', 'show', placeOf(letter)];
      const raw = await runCommand([...words, '--raw', 'value'], workerFile(node), sink);
      assert.deepEqual([raw.code, raw.bytes], [0, letter.value]);
      const told = jsonOf(await runCommand([...words, '--json'], workerFile(node), sink));
      assert.deepEqual(told.origin.topic, 'listed');
      assert.deepEqual(told.key, { text: String(letter.key) });
      assert.deepEqual(told.headers.length, 2, 'its own headers');
    }
    const refused = letters.find(({ key }) => String(key) === 'refused')!;
    const shown = await runCommand(
      ['dlq', 'show', `listed-dlq-${refused.partition}-${refused.offset}`],
      workerFile(node),
      sink,
    );
    t.diagnostic(`\n${shown.out}`);
    for (const part of [
      /TASK_PUT {2}HTTP 400/,
      /no such parcel/,
      /listed-\d offset \d+/,
      /own {2}refused/,
      /2023-11-14T22:13:20/,
    ]) {
      assert.match(shown.out, part);
    }
    assert.deepEqual((await readExactly(node, 'listed-dlq')).map(placeOf), letters.map(placeOf), 'nothing was written');
  });

  test('letters go back to where they came from, byte for byte, once', NATIVE, async () => {
    const { node, collector } = ground;
    const sink = parking('returned', 'returned', collector.url, CAST);
    const letters = await park(ground, 'returned', sink);
    const before = await ownOf(node, 'returned');
    const words = ['dlq', 'replay', '--to', 'origin', '--json'];

    const counted = jsonOf(await runCommand([...words, '--dry-run'], workerFile(node), sink));
    assert.deepEqual([counted.matched, counted.placed], [5, 5]);
    const unasked = await runCommand([...words], workerFile(node), sink);
    assert.equal(unasked.code, 6, 'nobody agreed');
    assert.match(unasked.err, /--yes/);
    assert.equal((await ownOf(node, 'returned')).length, 5, 'nothing was written');
    assert.deepEqual([...(await node.committed(counted.group, 'returned-dlq'))], [], 'and no place was kept');

    const end = await runCommand([...words, '--yes'], workerFile(node), sink);
    assert.equal(end.code, 0, end.err);
    const { replayed, refused, misplaced, finished, group } = jsonOf(end);
    assert.deepEqual([replayed, refused, misplaced, finished, group], [5, 0, 0, true, counted.group]);
    const after = await ownOf(node, 'returned');
    assert.equal(after.length, 10);
    for (const letter of letters) {
      const original = before.find(({ key }) => key!.equals(letter.key!))!;
      const again = after.find(
        ({ key, headers }) => key!.equals(letter.key!) && headers.length > original.headers.length,
      );
      const name = `returned-dlq-${letter.partition}-${letter.offset}`;
      assert.deepEqual(contentOf(again!), {
        ...contentOf(original),
        headers: [...original.headers, ['tailrace.replayed', Buffer.from(name)]],
      });
      assert.equal(
        again!.partition,
        letter.partition,
        'its key chooses, as in a dead letter topic of as many partitions',
      );
    }
    assert.deepEqual(await readExactly(node, 'returned-dlq'), letters, 'the letters are where they were');
    const committed = await node.committed(group as string, 'returned-dlq');
    const ends = [...(await node.watermarks('returned-dlq'))].filter(([, { high }]) => high > 0);
    assert.deepEqual(
      [...committed],
      ends.map(([partition, { high }]) => [partition, high]),
    );

    const again = jsonOf(await runCommand([...words, '--yes'], workerFile(node), sink));
    assert.deepEqual([again.read, again.replayed], [0, 0], 'it goes on where it was');
    const others = ['--cause', 'no such', '--group', 'anew', '--yes'];
    const anew = jsonOf(await runCommand([...words, ...others], workerFile(node), sink));
    assert.deepEqual([anew.read, anew.replayed], [5, 0]);
  });

  test('letters go to the endpoint as of their origin; what is refused again is told and stays', NATIVE, async () => {
    const { node, collector } = ground;
    const url = `${collector.url}/\${topic}`;
    const sink = parking('sent', 'sent', url, CAST);
    const letters = await park(ground, 'sent', sink);
    const paths: string[] = [];
    const bodies: string[] = [];
    collector.script(({ path, body }) => {
      paths.push(path);
      bodies.push(body.toString());
      return { status: body.includes('"answer":413') ? 400 : 200 };
    });
    const words = ['dlq', 'replay', '--to', 'endpoint', '--json'];
    const dry = await runCommand([...words, '--dry-run'], workerFile(node), sink);
    assert.deepEqual([dry.code, paths.length], [0, 0]);
    const end = await runCommand([...words, '--yes'], workerFile(node), sink);
    const { replayed, refused, dropped } = jsonOf(end);
    assert.deepEqual([end.code, replayed, refused, dropped], [4, 2, 3, 0]);
    for (const key of ['no-json', 'no-number', 'too-large']) {
      const { partition, offset } = letters.find(letter => String(letter.key) === key)!;
      assert.match(end.err, new RegExp(`sent-dlq-${partition}-${offset} \\(sent-\\d offset \\d+\\) refused: `), key);
    }
    assert.deepEqual([...new Set(paths)], ['/in/sent']);
    assert.match(bodies.join(), /\{"id":"2","amount":1,"answer":400\}/, 'through the transform');
    assert.deepEqual(await readExactly(node, 'sent-dlq'), letters, 'no letter was added or taken');
    const again = await runCommand([...words, '--yes'], workerFile(node), sink);
    assert.deepEqual([again.code, jsonOf(again).read], [0, 0]);
  });

  test('filters choose what is replayed: by class, offset, time, partition and number', NATIVE, async () => {
    const { node, collector } = ground;
    await node.createTopic('chosen', 1);
    await node.createTopic('chosen-dlq', 2);
    await produceExactly(
      node,
      'chosen-dlq',
      many('chosen', 40, i => ({ partition: i % 2, timestamp: TIME + i })),
    );
    const sink = parking('chosen', 'chosen', collector.url);
    const replay = async (...filter: string[]): Promise<string[]> => {
      const words = ['dlq', 'replay', '--to', 'endpoint', '--yes', '--group', `chosen${filter.join('.')}`, ...filter];
      const from = collector.journal.length;
      const end = await runCommand([...words], workerFile(node), sink);
      assert.equal(end.code, 0, end.err);
      return collector.journal.slice(from).toSorted((a, b) => Number(a) - Number(b));
    };
    assert.deepEqual(await replay('--partition', '1', '--from-offset', '18'), ['37', '39']);
    assert.deepEqual(await replay('--to-offset', '1'), ['0', '1']);
    assert.deepEqual(await replay('--since', String(TIME + 38)), ['38', '39']);
    assert.deepEqual(await replay('--until', String(TIME + 1)), ['0']);
    assert.deepEqual(await replay('--class', 'NoSuchException'), []);
    const limited = ['--partition', '0', '--limit', '2'];
    assert.deepEqual(await replay(...limited), ['0', '2']);
    assert.deepEqual(await replay(...limited), ['4', '6'], 'the next run goes on behind them');
  });

  test('letters of other connectors, of other topics and without a place go nowhere', NATIVE, async () => {
    const { node, collector } = ground;
    await node.createTopic('mine', 1);
    await node.createTopic('secret', 1);
    await node.createTopic('mine-dlq', 1);
    const [first, second, third, fourth] = many('mine', 4) as [ExactRecord, ExactRecord, ExactRecord, ExactRecord];
    await produceExactly(node, 'mine-dlq', [
      first,
      withContext(second, { topic: 'secret' }),
      withContext(third, { 'connector.name': 'theirs' }),
      { ...fourth, headers: [['own', null]] },
    ]);
    const sink = parking('mine', 'mine', collector.url);
    const words = ['dlq', 'replay', '--to', 'origin', '--json', '--yes'];
    const end = await runCommand(words, workerFile(node), sink);
    const { matched, replayed, misplaced } = jsonOf(end);
    assert.deepEqual([end.code, matched, replayed, misplaced], [4, 3, 1, 2], end.err);
    assert.match(end.err, /does not read its origin topic secret/);
    assert.deepEqual((await readExactly(node, 'secret')).length, 0);

    const more = await runCommand([...words, '--any-connector', '--origin-topic', 'mine'], workerFile(node), sink);
    assert.deepEqual([more.code, jsonOf(more).replayed], [4, 3]);
    const returned = await readExactly(node, 'mine');
    assert.deepEqual(keysOf(returned), ['0', '0', '2', '3']);
    assert.deepEqual(returned.at(-1)!.headers, [
      ['own', null],
      ['tailrace.replayed', Buffer.from('mine-dlq-0-3')],
    ]);
    const foreign = await runCommand([...words, '--origin-topic', 'secret'], workerFile(node), sink);
    assert.deepEqual([foreign.code, foreign.out.length], [1, 0]);
  });

  test(
    'into the partition that a record had, where there is one, and not into a topic that is gone',
    NATIVE,
    async () => {
      const { node, collector } = ground;
      await node.createTopic('parted', 3);
      await node.createTopic('parted-dlq', 1);
      const letters = many('parted', 4).map((letter, i) => withContext(letter, { partition: String([2, 0, 1, 7][i]) }));
      const gone = withContext(many('gone', 1)[0]!, { 'connector.name': 'parted' });
      await produceExactly(node, 'parted-dlq', [...letters, gone]);
      const sink = sinkFile('parted', 'parted,gone', collector.url, {
        'errors.tolerance': 'all',
        'errors.deadletterqueue.topic.name': 'parted-dlq',
      });
      const words = ['dlq', 'replay', '--to', 'origin', '--same-partition', '--json', '--yes'];
      const end = await runCommand(words, workerFile(node), sink);
      const { replayed, refused } = jsonOf(end);
      assert.deepEqual([end.code, replayed, refused], [4, 3, 2], end.err);
      assert.match(end.err, /parted-dlq-0-3 \(parted-7 offset 3\) refused: parted has 3 partitions, and not parted-7/);
      assert.match(end.err, /parted-dlq-0-4 \(gone-0 offset 0\) refused: its origin topic gone does not exist/);
      const returned = await readExactly(node, 'parted');
      assert.deepEqual(
        returned.map(({ partition, key }) => [partition, String(key)]),
        [
          [0, '1'],
          [1, '2'],
          [2, '0'],
        ],
      );
    },
  );

  test('on a terminal a person is asked: no, a signal, and yes', NATIVE, async t => {
    const { node, collector } = ground;
    await node.createTopic('asked', 1);
    await node.createTopic('asked-dlq', 1);
    await produceExactly(node, 'asked-dlq', many('asked', 3));
    const sink = parking('asked', 'asked', collector.url);
    const words = ['dlq', 'replay', '--to', 'endpoint'];
    const { directory, args } = await commandLine(words, workerFile(node), sink);
    t.after(() => rm(directory, { recursive: true }));
    const answered = async (answer: (pty: Pty) => void): Promise<readonly [code: number, text: string]> => {
      const pty = startPty(t, [process.execPath, ...args], { columns: 40 });
      await pty.until(lines => lines.join('').includes('[y/N]'));
      answer(pty);
      return [await pty.ended, pty.written()];
    };
    const [no, refused] = await answered(pty => pty.type('n\r'));
    assert.equal(no, 6);
    assert.match(
      refused,
      /3 dead letters read, 3 meant, 3 of them can be replayed\s+3 from asked\s+Send these 3 to the endpoint of asked\?/,
    );
    assert.equal((await answered(pty => pty.signal('SIGINT')))[0], 128 + 2);
    assert.equal(collector.requests, 0);
    const [yes, done] = await answered(pty => pty.type('y\r'));
    assert.deepEqual([yes, collector.journal], [0, ['0', '1', '2']]);
    assert.match(done, /3 of 3 dead letters replayed to the endpoint of asked/);
  });
});

/** Letters of a topic as a worker of the connector of its name would have written them, keyed by number. */
function many(topic: string, amount: number, more: (i: number) => Partial<ExactRecord> = () => ({})): ExactRecord[] {
  return Array.from({ length: amount }, (_, i) =>
    withContext(
      {
        partition: 0,
        timestamp: TIME,
        key: Buffer.from(`${i}`),
        value: Buffer.from(`{"id":${i}}`),
        headers: [],
        ...more(i),
      },
      { topic, 'connector.name': topic, offset: String(i) },
    ),
  );
}

function withContext(record: ExactRecord, changes: Readonly<Record<string, string>>): ExactRecord {
  const known = new Map(record.headers.map(([name, value]) => [String(name), String(value)]));
  const context: Record<string, string> = {
    partition: '0',
    stage: 'TASK_PUT',
    'exception.class.name': 'a.b.GoneException',
  };
  for (const [name, value] of Object.entries({ ...context, ...changes })) {
    if (changes[name] !== undefined || !known.has(`__connect.errors.${name}`))
      known.set(`__connect.errors.${name}`, value);
  }
  return { ...record, headers: [...known].map(([name, value]) => [name, Buffer.from(value)]) };
}
