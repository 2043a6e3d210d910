import type { Block } from '../../connector/block.ts';
import { TailraceError } from '../../connector/errors.ts';
import { recordAt } from '../../connector/headers-column.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { createClientLog } from '../client-lines.ts';
import { type Inquiry, openInquiry } from '../kafka/inquiry.ts';
import { readLog } from '../kafka/log-reader.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { LetterFilter } from './filter.ts';
import type { Ground } from './ground.ts';
import { type Letter, readLetter } from './letter.ts';

/** For connecting, for each answer, and for a time in which nothing comes, milliseconds. */
const TIMEOUT_MS = 30_000;

/** A partition of the topic: its log, and what of it is meant. */
export interface Range {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
  /** The first offset that is meant, and the one behind the last: `from` may be `to`, and nothing is. */
  readonly from: number;
  readonly to: number;
}

type Positions = Pick<LetterFilter, 'partitions' | 'from' | 'to'>;

/** Why a topic can't be read: one line that says what to do. */
class ReadingError extends Error {
  override readonly name = 'ReadingError';
}

/** A dead letter topic, from where it begins up to where it ended when it was opened; what an open transaction holds back is behind that. */
export interface Reading {
  /** Null: not known. */
  readonly topicId: string | null;
  /** By number. */
  readonly ranges: readonly Range[];
  /** Of the group that was asked for. */
  readonly inquiry: Inquiry;
  /**
   * Blocks of these partitions, keys and headers with them, each partition in its order; without a group, and nothing is committed.
   * @param ranges as `ranges`, or less
   * @throws KafkaError; the signal's reason
   */
  blocks(ranges: readonly Range[], signal?: AbortSignal): AsyncIterable<Block>;
  close(): Promise<void>;
}

/**
 * Opens the topic for as long as `use` takes.
 *
 * @param group whose places are asked for; null: the connector's
 * @returns the exit code that `use` gives, or that of what Kafka did not do, which is told
 */
export async function withReading(
  ground: Ground,
  positions: Positions,
  group: string | null,
  use: (reading: Reading) => Promise<number>,
): Promise<number> {
  try {
    const reading = await openReading(ground, positions, group);
    try {
      return await use(reading);
    } finally {
      await reading.close();
    }
  } catch (error) {
    if (!isTold(error)) throw error;
    ground.host.complain(`${ground.shown(error.message)}\n`);
    return EXIT.UNFINISHED;
  }
}

/** Whether it says to the user what is the matter, as against a defect. */
export function isTold(error: unknown): error is Error {
  return error instanceof ReadingError || error instanceof KafkaError || error instanceof TailraceError;
}

async function openReading(
  { connector, worker, topic, log: lines }: Ground,
  positions: Positions,
  group: string | null,
): Promise<Reading> {
  const { reader } = worker;
  const log = createClientLog(lines);
  const kafka = group === null ? connector.kafka : { ...connector.kafka, groupId: group };
  const inquiry = await openInquiry({ kafka, reader, log, timeoutMs: TIMEOUT_MS });
  try {
    const { topicId, ranges } = await rangesOf(inquiry, topic, positions);
    const blocks = { separator: SEPARATOR, keys: true, headers: true, json: false, members: null, quotedUpTo: null };
    return {
      topicId,
      ranges,
      inquiry,
      blocks(wanted, signal) {
        const list = wanted.map(({ partition, from, to }) => ({ topic, partition, from, to }));
        const options = { kafka, reader, blocks, log, timeoutMs: TIMEOUT_MS };
        return readLog(list, signal === undefined ? options : { ...options, signal });
      },
      close: () => inquiry.close(),
    };
  } catch (error) {
    await inquiry.close();
    throw error;
  }
}

const SEPARATOR = Buffer.from(',');

async function rangesOf(
  inquiry: Inquiry,
  topic: string,
  { partitions: wanted, from, to }: Positions,
): Promise<Pick<Reading, 'topicId' | 'ranges'>> {
  const [description] = await inquiry.topics([topic]);
  const known = description!.partitions.map(({ partition }) => partition);
  if (description!.fault !== null || known.length === 0) {
    throw new ReadingError(`${topic}: ${description!.fault?.message ?? 'it has no partitions'}`);
  }
  const missing = wanted.find(partition => !known.includes(partition));
  if (missing !== undefined) throw new ReadingError(`${topic} has no partition ${missing}: it has ${known.length}`);
  const asked = known.filter(partition => wanted.length === 0 || wanted.includes(partition));
  const ends = await inquiry.logEnds(
    asked.map(partition => ({ topic, partition })),
    true,
  );
  const ranges = asked.map((partition, i) => {
    const end = ends[i]!;
    if ('code' in end) throw new ReadingError(`${topic}-${partition}: ${end.message}`);
    const { low, high } = end;
    const begins = Math.max(low, Math.min(from ?? low, high));
    return { partition, low, high, from: begins, to: Math.max(begins, Math.min(to ?? high, high)) };
  });
  return { topicId: description!.id, ranges };
}

/** How many offsets are meant. */
export function total(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Partition by partition, each in its order. */
export function* lettersIn(block: Block): Generator<Letter> {
  for (const run of block.runs) {
    for (let index = run.start; index < run.end; index++) yield readLetter(recordAt(block, run, index));
  }
}
