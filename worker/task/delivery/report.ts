import type { ReporterConfig } from '../../../config/types.ts';
import type { Answer } from '../../../connector/answer.ts';
import type { Block, Header, Slice } from '../../../connector/block.ts';
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

/** Makes the report of the records `start` … `end` of a slice, which are one unless it is of a batch. */
export type WriteReport = (start: number, end: number) => ProducerRecord;

/** Prepares the reports of a slice, which have all but the records' places in common. @param topic where they go */
export type PrepareReports = (topic: string, slice: Slice, outcome: Outcome, grounds: Grounds) => WriteReport;

/** @param task number of the task */
export function createReportWriter(reporter: ReporterConfig, connector: string, task: number): PrepareReports {
  const { format, headerPrefix, granularity } = reporter;
  const header = (name: string, text: string | number): Header => [headerPrefix + name, Buffer.from(`${text}`)];
  return (to, { block, topic, partition }, outcome, grounds) => {
    const isBatch = outcome === 'delivered' && granularity === 'batch';
    const told = OUTCOMES[outcome];
    const status = statusOf(grounds);
    const before = [header('topic', topic), header('partition', partition)];
    const behind = [header('outcome', told), ...(status === null ? [] : [header('status', status)])];
    const render =
      format === 'text'
        ? () => textOf(grounds)
        : jsonAround({ outcome: told, topic, partition }, { ...groundsOf(grounds), connector, task });
    return (start, end) => {
      const offset = block.offset[start]!;
      const timestamp = timestampAt(block, start);
      const own = [header('offset', offset), ...(timestamp === null ? [] : [header('timestamp', timestamp)])];
      const value = render({ offset, timestamp, ...(isBatch && endOf(block, start, end)) });
      return {
        topic: to,
        key: isBatch ? Buffer.from(`${topic}-${partition}`) : bytesAt(block.keys, start),
        value: Buffer.from(value),
        headers: [...before, ...own, ...behind],
        timestamp: -1,
      };
    };
  };
}

/** The text of one object of three parts, of which only the middle one differs. */
function jsonAround(before: object, behind: object): (middle: object) => string {
  const head = `${JSON.stringify(before).slice(0, -1)},`;
  const tail = `,${JSON.stringify(behind).slice(1)}`;
  return middle => head + JSON.stringify(middle).slice(1, -1) + tail;
}

function timestampAt({ timestamp }: Block, index: number): number | null {
  return timestamp[index]! < 0 ? null : timestamp[index]!;
}

function endOf(block: Block, start: number, end: number) {
  return { lastOffset: block.offset[end - 1]!, lastTimestamp: timestampAt(block, end - 1), records: end - start };
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
