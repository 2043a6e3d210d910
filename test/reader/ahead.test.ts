import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { type Block, FLAG_CHECKED, MOST_NAMES, type ReadAhead } from '../../connector/block.ts';
import { sendable } from '../../worker/kafka/produce.ts';
import { produce } from '../kafka/producing.ts';
import { kafkaConfig, type MockBroker, startMember, startMockBroker } from '../support/broker.ts';
import { assertMembers, assertQuoted, membersAt } from './ahead.ts';
import { skipWithoutNativeReader } from './available.ts';
import { LARGE, NAMES, objects } from './objects.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const SEPARATORS = ['\n', '', ',', '\r\n--é--\r\n'];
const limit = { timeout: 120_000 };

/** Of members as texts; what is told of none is []. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  '{"a":1}': ['a 1 integer 1'],
  ' { "a" : 1 , "ab" : [ 1 ] } ': ['a 1 integer 1', 'ab [ 1 ] array 2'],
  '{"ab":"x" ,\n"":{"a":{}}\t}': ['ab "x" string 2', ' {"a":{}} object 3'],
  '{"abc":true,"b":false,"c":null}': ['abc true true 0', 'b false false 0', 'c null null 0'],
  '{"a":-0,"b":1.0,"c":1e2,"d":-1E+2}': [
    'a -0 integer 1',
    'b 1.0 fraction 0',
    'c 1e2 fraction 0',
    'd -1E+2 fraction 0',
  ],
  '{"a":"}","b":"\\\\","c":"\\""}': ['a "}" string 1', 'b "\\\\" string 0', 'c "\\"" string 0'],
  '{"\u00e9":1,"\ufffd":2}': ['\u00c3\u00a9 1 integer 4', '\u00ef\u00bf\u00bd 2 integer 0'],
  '{"a":1,"a":1}': [],
  '{"a":1,"b":2,"c":{"d":1,"d":2}}': ['a 1 integer 1', 'b 2 integer 0', 'c {"d":1,"d":2} object 0'],
  '{"\\u0061":1}': [],
  '{"a":1,"b\\\\":2}': [],
  '{"a":{"b\\\\":2}}': ['a {"b\\\\":2} object 1'],
  '{}': [],
  ' { } ': [],
  '[{"a":1}]': [],
  '"{}"': [],
  '\ufeff{"a":1}': [],
  '{"a":1': [],
  '{"a":01}': [],
};

describe('what the native reader tells ahead', { skip: skipWithoutNativeReader(), concurrency: true }, () => {
  let broker: MockBroker;
  let topics = 0;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  async function blocksOf(
    t: TestContext,
    values: readonly (Buffer | string | null)[],
    separator: string,
    ahead: Partial<ReadAhead>,
    partitions = 1,
  ): Promise<readonly Block[]> {
    const topic = `ahead-${++topics}`;
    await broker.createTopic(topic);
    const bytes = values.map(value => (typeof value === 'string' ? Buffer.from(value) : value));
    const records = bytes.map((value, i) => ({ value: sendable(value) as Buffer | null, partition: i % partitions }));
    await produce(broker.bootstrapServers, topic, records, { properties: { 'message.max.bytes': '2000000' } });
    const config = kafkaConfig(broker.bootstrapServers, topic);
    const options = { config, topics: [topic], reader: 'native', separator: Buffer.from(separator), ahead } as const;
    const member = await startMember(t, options);
    await member.when(() => member.records.length >= values.length);
    return member.blocks;
  }

  it('is where members stand, what they are, and which of the names they have', limit, async t => {
    const names = ['a', 'ab', '', 'é', '\ud800', 'a'];
    const blocks = await blocksOf(t, Object.keys(TOLD), ',', { members: names });
    const told = blocks.flatMap(block =>
      Array.from({ length: block.count }, (_, i) =>
        membersAt(block, i).map(({ name, value, kind, index }) => `${name} ${value} ${kind} ${index}`),
      ),
    );
    assert.deepEqual(told, Object.values(TOLD));
  });

  for (const separator of SEPARATORS) {
    it(`is what the tokens of objects say (${separator.length} characters between them)`, limit, async t => {
      t.diagnostic(`seed ${SEED}`);
      const texts = [...objects(SEED, 3_000), ...LARGE];
      const fillers = Array.from({ length: MOST_NAMES - NAMES.length }, (_, i) => `n${i}`);
      const blocks = await blocksOf(t, texts, separator, { members: [...NAMES, ...fillers] }, 4);
      let told = 0;
      for (const block of blocks) told += assertMembers(block, [...NAMES, ...fillers]);
      assert.ok(told > 1_000, `of ${told} values members are told`);
    });
  }

  it('has no names where none are asked for, and nothing at all without a check', limit, async t => {
    const none = await blocksOf(t, ['{"a":1}', '{"":1}'], ',', { members: [] });
    assert.equal(assertMembers(none[0]!, []), none[0]!.count);
    const unchecked = await blocksOf(t, ['{"a":1}'], ',', { json: false, members: ['a'] });
    assert.deepEqual([unchecked[0]!.members, unchecked[0]!.flags[0]! & FLAG_CHECKED], [undefined, 0]);
  });

  for (const separator of [...SEPARATORS, '"\\\u0001']) {
    it(`is the JSON string of each text (${separator.length} characters between them)`, limit, async t => {
      t.diagnostic(`seed ${SEED}`);
      const text = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }).map(each => Buffer.from(each)),
        fc.uint8Array({ max: 0x7f, maxLength: 60 }).map(each => Buffer.from(each)),
        fc.string({ unit: fc.constantFrom('"', '\\', 'x', '\n', '\u001f', '\u007f', '\u2028', '😀'), maxLength: 40 }),
        fc.json(),
        fc.constantFrom(null, ''),
      );
      const long = [99_999, 100_000, 100_001].flatMap(size => ['x', '\u0001', '"'].map(each => each.repeat(size)));
      const bytes = Array.from({ length: 128 }, (_, byte) => 'x'.repeat(byte % 19) + String.fromCharCode(byte));
      const texts = [...fc.sample(text, { seed: SEED, numRuns: 2_000 }), ...bytes, ...long];
      const blocks = await blocksOf(t, texts, separator, { json: false, quotedUpTo: 100_000 }, 4);
      const quoted = blocks.reduce((sum, block) => sum + assertQuoted(block, 100_000), 0);
      assert.equal(quoted, texts.length);
    });

    it(`is nothing where a value is no text (${separator.length} characters between them)`, limit, async t => {
      // Without anything between them, what is no text is also the half of a character whose other half stands beside it.
      const halves = [Buffer.from('é'), Buffer.of(0xc3), Buffer.of(0xa9), 'x', null];
      const bad = [[0xff], [0xc3], [0xa9], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]];
      const cases = [halves, ...bad.map(bytes => ['x', Buffer.from(bytes), 'x'])];
      const read = await Promise.all(cases.map(values => blocksOf(t, values, separator, { quotedUpTo: 100 })));
      for (const blocks of read) {
        for (const block of blocks) assertQuoted(block, 100);
        assert.ok(blocks.some(({ quoted }) => quoted === undefined));
      }
    });
  }

  it('are strings of any length where nothing limits them, and of none', limit, async t => {
    const texts = ['', 'x', '"'.repeat(500_000), null];
    const limits = [Number.MAX_SAFE_INTEGER, 1, 0, -1];
    const read = await Promise.all(limits.map(quotedUpTo => blocksOf(t, texts, '\n', { quotedUpTo })));
    for (const [i, blocks] of read.entries()) {
      const quoted = blocks.reduce((sum, block) => sum + assertQuoted(block, limits[i]!), 0);
      assert.equal(quoted, texts.length);
    }
  });
});
