import type { ReporterConfig } from '../../../config/types.ts';
import type { Block, Slice } from '../../../connector/block.ts';
import { bytesAt, originalValueAt } from '../../../connector/headers-column.ts';
import { reasonOf } from '../../../connector/record-error.ts';
import type { ProducerRecord } from '../ports.ts';
import { constantOf, type Grounds, headersAround, statusOf } from './report-parts.ts';

/** What becomes of a record. `failed`: with errors.tolerance=none it ends the task, and has no verdict. */
export type Outcome = 'delivered' | 'deadLettered' | 'skipped' | 'failed';

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
  const { success, error, granularity, responseMaxBytes } = reporter;
  return (to, { block, topic, partition }, outcome, grounds) => {
    const isBatch = outcome === 'delivered' && granularity === 'batch';
    const kind = (outcome === 'delivered' ? success : error)!;
    const told = OUTCOMES[outcome];
    const common = { outcome: told, topic, partition };
    const json = jsonAround(common, { ...groundsOf(grounds), connector, task });
    const isReport = kind.value === 'report' && kind.format === 'json';
    const constant = isReport || kind.value === 'record' ? null : constantOf(kind, grounds, responseMaxBytes);
    const headersOf = headersAround(kind, common, grounds, responseMaxBytes);
    return (start, end) => {
      const offset = block.offset[start]!;
      const timestamp = timestampAt(block, start);
      const own = { offset, timestamp, value: originalValueAt(block, start) };
      const report = (): Buffer => json({ offset, timestamp, ...(isBatch && endOf(block, start, end)) });
      return {
        topic: to,
        key: isBatch ? Buffer.from(`${topic}-${partition}`) : bytesAt(block.keys, start),
        value: isReport ? report() : kind.value === 'record' ? own.value : constant,
        headers: headersOf(own),
        timestamp: -1,
      };
    };
  };
}

/** The text of one object of three parts, of which only the middle one differs. */
function jsonAround(before: object, behind: object): (middle: object) => Buffer {
  const head = `${JSON.stringify(before).slice(0, -1)},`;
  const tail = `,${JSON.stringify(behind).slice(1)}`;
  return middle => Buffer.from(head + JSON.stringify(middle).slice(1, -1) + tail);
}

function timestampAt({ timestamp }: Block, index: number): number | null {
  return timestamp[index]! < 0 ? null : timestamp[index]!;
}

function endOf(block: Block, start: number, end: number) {
  return { lastOffset: block.offset[end - 1]!, lastTimestamp: timestampAt(block, end - 1), records: end - start };
}

function groundsOf(grounds: Grounds) {
  const { answer, error } = grounds;
  const ms = answer === null ? null : Math.round(answer.ms);
  const request = { status: statusOf(grounds), ms, attempt: answer?.attempt ?? null };
  if (error === null) return request;
  return { ...request, stage: error.stage, exception: error.exceptionClassName, reason: reasonOf(error) };
}
