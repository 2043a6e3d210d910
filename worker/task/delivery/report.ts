import type { ReporterConfig } from '../../../config/types.ts';
import type { Answer } from '../../../connector/answer.ts';
import type { Slice } from '../../../connector/block.ts';
import { bytesAt } from '../../../connector/headers-column.ts';
import { type RecordError, reasonOf } from '../../../connector/record-error.ts';
import type { ProducerRecord } from '../ports.ts';

/** What becomes of a record. `failed`: with errors.tolerance=none it ends the task, and has no verdict. */
export type Outcome = 'delivered' | 'deadLettered' | 'skipped' | 'failed';

/** What an outcome rests on: the answer to the request, if there was one, and for all but `delivered` the error. */
export interface Grounds {
  readonly answer: Answer | null;
  readonly error: RecordError | null;
}

/** Reports speak as the log does. */
const OUTCOMES: Readonly<Record<Outcome, string>> = {
  delivered: 'delivered',
  deadLettered: 'dead-lettered',
  skipped: 'skipped',
  failed: 'failed',
};

/** Makes the report of the records of a slice, which are one unless it is of a batch, for one of the reporter's topics. */
export type WriteReport = (topic: string, slice: Slice, outcome: Outcome, grounds: Grounds) => ProducerRecord;

/** @param task number of the task */
export function createReportWriter(reporter: ReporterConfig, connector: string, task: number): WriteReport {
  const { format, headerPrefix } = reporter;
  return (topic, slice, outcome, grounds) => {
    const isBatch = outcome === 'delivered' && reporter.granularity === 'batch';
    const where = placeOf(slice, isBatch);
    const about = { outcome: OUTCOMES[outcome], ...where };
    const value =
      format === 'text' ? textOf(grounds) : JSON.stringify({ ...about, ...groundsOf(grounds), connector, task });
    const status = statusOf(grounds);
    const texts: readonly (readonly [name: string, value: string | number | null])[] = [
      ['topic', where.topic],
      ['partition', where.partition],
      ['offset', where.offset],
      ['timestamp', where.timestamp],
      ['outcome', about.outcome],
      ['status', status],
    ];
    return {
      topic,
      key: isBatch ? Buffer.from(`${slice.topic}-${slice.partition}`) : bytesAt(slice.block.keys, slice.start),
      value: Buffer.from(value),
      headers: texts
        .filter(([, text]) => text !== null)
        .map(([name, text]) => [headerPrefix + name, Buffer.from(`${text}`)]),
      timestamp: -1,
    };
  };
}

function placeOf({ block, topic, partition, start, end }: Slice, isBatch: boolean) {
  const timestampAt = (index: number): number | null => (block.timestamp[index]! < 0 ? null : block.timestamp[index]!);
  const first = { topic, partition, offset: block.offset[start]!, timestamp: timestampAt(start) };
  if (!isBatch) return first;
  const lastOffset = block.offset[end - 1]!;
  return { ...first, lastOffset, lastTimestamp: timestampAt(end - 1), records: end - start };
}

function statusOf({ answer, error }: Grounds): number | null {
  return answer?.status ?? error?.httpStatus ?? null;
}

function groundsOf(grounds: Grounds) {
  const { answer, error } = grounds;
  const ms = answer === null ? null : Math.round(answer.ms);
  const request = { status: statusOf(grounds), ms, attempt: answer?.attempt ?? null };
  if (error === null) return request;
  return { ...request, stage: error.stage, exception: error.exceptionClassName, reason: reasonOf(error) };
}

function textOf(grounds: Grounds): string {
  return grounds.error === null ? `${statusOf(grounds) ?? ''}` : reasonOf(grounds.error);
}
