import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { KafkaConfig } from '../../config/types.ts';
import { type Block, FLAG_CHECKED, FLAG_RAW_NEWLINE, type ReadAhead, type SinkRecord } from '../../connector/block.ts';
import { blockFromMessages } from '../../connector/block-builder.ts';
import { convertJson } from '../../connector/converters/json.ts';
import { recordAt } from '../../connector/headers-column.ts';
import { startMember } from '../support/broker.ts';
import { assertMembers, assertQuoted, type Told } from './ahead.ts';

export interface Comparison extends Told {
  readonly blocks: number;
  /** Records that the native reader marked as JSON. */
  readonly checked: number;
  readonly records: readonly SinkRecord[];
}

/**
 * Reads a topic with both readers. Of each block of the native one: the block that is built of the same records, as the
 * portable one gave them, is the same in every column, before and after JSON's converter; and what the native one tells ahead is
 * what can be found afterwards.
 * @param config of a group with this name
 * @param separator behind each value, a line end by default
 * @param ahead what the native one is asked for
 */
export async function compareReaders(
  t: TestContext,
  config: (group: string) => KafkaConfig,
  topic: string,
  count: number,
  separator?: Buffer,
  ahead: Pick<ReadAhead, 'members' | 'quotedUpTo'> = { members: null, quotedUpTo: null },
): Promise<Comparison> {
  const [portable, native] = await Promise.all(
    (['portable', 'native'] as const).map(reader =>
      startMember(t, {
        config: config(`${topic}-${reader}`),
        topics: [topic],
        reader,
        ...(separator && { separator }),
        ...(reader === 'native' && { ahead }),
      }),
    ),
  );
  await Promise.all([portable!, native!].map(member => member.when(() => member.records.length >= count)));
  const records = portable!.blocks.flatMap(recordsOf);
  assert.equal(records.length, count);
  assert.equal(native!.records.length, count);
  const found = new Map(records.map(record => [`${record.partition} ${record.offset}`, record]));
  let [checked, objects, quoted] = [0, 0, 0];
  for (const block of native!.blocks) {
    assertSame(block, found);
    objects += assertMembers(block, ahead.members);
    quoted += assertQuoted(block, ahead.quotedUpTo);
    checked += block.flags.filter(flags => (flags & FLAG_CHECKED) !== 0).length;
  }
  return { blocks: native!.blocks.length, checked, objects, quoted, records };
}

function recordsOf(block: Block): SinkRecord[] {
  return block.runs.flatMap(run =>
    Array.from({ length: run.end - run.start }, (_, i) => recordAt(block, run, run.start + i)),
  );
}

function assertSame(block: Block, records: ReadonlyMap<string, SinkRecord>): void {
  const messages = block.runs.flatMap(({ topic, partition, start, end }) =>
    Array.from(block.offset.subarray(start, end), offset => {
      const record = records.get(`${partition} ${offset}`);
      assert.ok(record, `${topic}-${partition} has a record at ${offset}`);
      return { ...record, headers: record.headers.map(([name, value]) => ({ [String(name)]: value })) };
    }),
  );
  const expected = blockFromMessages(messages, { separator: block.separator, keys: true, headers: true });
  // What the reader has found out by checking, the converter finds out as well.
  const found = FLAG_CHECKED | FLAG_RAW_NEWLINE;
  const { free, splice, members, quoted, ...columns } = block;
  assert.equal(typeof free, 'function');
  assert.equal(typeof splice, 'function');
  // Only the native reader tells topics of one name apart.
  for (const { topicId } of block.runs) assert.match(topicId ?? '', /^[\w+/-]{22}$/);
  const runs = block.runs.map(run => ({ ...run, topicId: null }));
  assert.deepEqual({ ...columns, runs, flags: block.flags.map(flags => flags & ~found) }, expected);
  const limits = { maxValueBytes: 500_000 };
  const converted = convertJson(block, limits);
  const byItself = convertJson(expected, limits);
  // Only where values are lines does the reader look for line breaks in them.
  const told = block.separator.toString() === '\n' ? ~FLAG_CHECKED : ~found;
  assert.deepEqual(
    converted.flags.map(flags => flags & told),
    byItself.flags.map(flags => flags & told),
  );
  assert.deepEqual(converted.valueEnd, byItself.valueEnd);
  assert.ok(converted.values.equals(byItself.values));
}
