import type { Batch, BodyFormat } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, FLAG_FAULT, FLAG_FILTERED, valueStart } from '../../connector/block.ts';
import { SliceQueue } from '../task/order/slice-queue.ts';
import { quantile } from './statistics.ts';

/** What is known of the records that are sent. */
export interface SampleFacts {
  /** Those that can be sent, and those that the converter or a transform leaves out. */
  readonly records: number;
  readonly unfit: number;
  /** Bytes of their values as they are sent. */
  readonly bytes: { readonly mean: number; readonly p99: number; readonly most: number };
  /** How many a second came to the topic; null where their timestamps do not tell. */
  readonly arrivalPerSecond: number | null;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: SliceQueue;
  /** What can be sent of its records, in their order. */
  readonly stretches: { readonly block: Block; readonly start: number; readonly end: number }[];
}

/** Records that are sent round and round, in batches as a task would make them: a lane for each partition. */
export class Sample {
  readonly facts: SampleFacts;
  readonly #lanes: Lane[] = [];

  /** @param blocks as the connector's converter made them */
  constructor(blocks: readonly Block[]) {
    for (const block of blocks) {
      for (const { topic, partition, start, end } of block.runs) {
        for (let from = start, to = start; from < end; from = to) {
          const fit = isFit(block, from);
          while (to < end && isFit(block, to) === fit) to++;
          if (fit) this.#laneOf(topic, partition).stretches.push({ block, start: from, end: to });
        }
      }
    }
    this.facts = factsOf(blocks);
  }

  /** @returns a function that makes the next batch of at most so many records */
  batches(format: BodyFormat, records: number, maxBytes: number): () => Batch {
    const batcher = new Batcher({ ...format, maxRecords: records, maxBytes, targetBytes: maxBytes }, 0);
    return () => {
      this.#fill(records);
      const batch = batcher.take(
        this.#lanes.map(({ queue }) => queue),
        0,
      )!;
      // Each has its turn, as those have that wait for longest.
      const used = new Set(batch.items.map(({ lane }) => lane));
      this.#lanes.sort((a, b) => Number(used.has(a.queue)) - Number(used.has(b.queue)));
      return batch;
    };
  }

  /** Another round for lanes that have run out; and for all, as long as they hold too few together. */
  #fill(records: number): void {
    for (const lane of this.#lanes) if (lane.queue.waiting === 0) pushRound(lane);
    const waiting = (): number => this.#lanes.reduce((sum, { queue }) => sum + queue.waiting, 0);
    while (waiting() < records) this.#lanes.forEach(pushRound);
  }

  #laneOf(topic: string, partition: number): Lane {
    const known = this.#lanes.find(lane => lane.topic === topic && lane.partition === partition);
    if (known !== undefined) return known;
    const lane = { topic, partition, queue: new SliceQueue(), stretches: [] };
    this.#lanes.push(lane);
    return lane;
  }
}

function pushRound({ queue, stretches, topic, partition }: Lane): void {
  for (const { block, start, end } of stretches) queue.push(block, { start, end, first: 0 }, { topic, partition }, 0);
}

function isFit(block: Block, index: number): boolean {
  return (block.flags[index]! & (FLAG_FAULT | FLAG_FILTERED)) === 0;
}

function factsOf(blocks: readonly Block[]): SampleFacts {
  const sizes: number[] = [];
  const times: number[] = [];
  let all = 0;
  for (const block of blocks) {
    all += block.count;
    for (let index = 0; index < block.count; index++) {
      if (block.timestamp[index]! > 0) times.push(block.timestamp[index]!);
      if (isFit(block, index)) sizes.push(block.valueEnd[index]! - valueStart(block, index));
    }
  }
  const sorted = sizes.sort((a, b) => a - b);
  const mean = sizes.length === 0 ? 0 : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return {
    records: sizes.length,
    unfit: all - sizes.length,
    bytes: { mean, p99: quantile(sorted, 0.99), most: sorted.at(-1) ?? 0 },
    arrivalPerSecond: arrival(times),
  };
}

/** Fewer timestamps say nothing of a rate. */
const LEAST_TIMES = 20;
const MS = 1_000;

/** The middle nine tenths of the timestamps tell: a few records of long ago would say that none come. */
function arrival(times: readonly number[]): number | null {
  if (times.length < LEAST_TIMES) return null;
  const sorted = [...times].sort((a, b) => a - b);
  const ms = quantile(sorted, 0.95) - quantile(sorted, 0.05);
  return ms <= 0 ? null : (MS * 0.9 * times.length) / ms;
}
