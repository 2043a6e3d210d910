import type { Block } from '../../connector/block.ts';
import { createClientLog } from '../client-lines.ts';
import { type Inquiry, openInquiry } from '../kafka/inquiry.ts';
import { openLogReader } from '../kafka/log-reader.ts';
import { toFault } from '../task/kafka-error.ts';
import type { LetterFilter } from './filter.ts';
import type { Ground } from './ground.ts';

/** For connecting, and for each answer, milliseconds. */
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

/** Why a topic can't be read: one line that says what to do. */
export class ReadingError extends Error {
  override readonly name = 'ReadingError';
}

/** A dead letter topic, from where it begins up to where it ended when it was opened. */
export interface Reading {
  readonly ranges: readonly Range[];
  readonly inquiry: Inquiry;
  /**
   * Blocks of these partitions, keys and headers with them, each partition in its order; without a group, and nothing is committed.
   * @param ranges as `ranges`, or less
   */
  blocks(ranges: readonly Range[], signal?: AbortSignal): AsyncIterable<Block>;
  close(): Promise<void>;
}

/** @throws ReadingError */
export async function openReading(
  _ground: Ground,
  _filter: Pick<LetterFilter, 'partitions' | 'from' | 'to'>,
  _group?: string,
): Promise<Reading> {
  throw new ReadingError('TODO');
}
