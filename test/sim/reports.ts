import type { ConnectorConfig, ReporterConfig, ReportTopicConfig } from '../../config/types.ts';
import type { ProducerRecord } from '../../worker/task/ports.ts';
import type { Process } from './books.ts';
import { type Epoch, STAGE } from './epoch.ts';
import { isGood, keyOf, type PartitionLog } from './log.ts';
import type { SeededRandom } from './random.ts';
import { Violation } from './violation.ts';

const SUCCESS_TOPIC = 'reports-of-success';
const ERROR_TOPIC = 'reports-of-errors';

export function drawReporter(draw: SeededRandom): ReporterConfig | null {
  if (!draw.chance(0.35)) return null;
  const topic = (name: string): ReportTopicConfig => ({
    name,
    partitions: 1,
    replicationFactor: 1,
    value: 'report',
    format: 'json',
    headers: [['offset', '__tailrace.report.offset']],
  });
  const which = draw.pick(['success', 'error', 'both', 'both']);
  return {
    success: which === 'error' ? null : topic(SUCCESS_TOPIC),
    error: which === 'success' ? null : topic(draw.chance(0.2) && which === 'both' ? SUCCESS_TOPIC : ERROR_TOPIC),
    granularity: draw.pick(['record', 'batch']),
    bodies: { success: false, error: false },
    responseMaxBytes: 1_000,
  };
}

/** The outcomes, as stages, that count only once they are reported. */
export function reportedStages({ reporter }: ConnectorConfig): ReadonlySet<number> {
  const ofSuccess = reporter?.success ? [STAGE.confirmed] : [];
  return new Set<number>(reporter?.error ? [...ofSuccess, STAGE.parked, STAGE.skipped] : ofSuccess);
}

/** Whether dead letters or reports need the records' keys. */
export function needsKeys({ errors, reporter }: ConnectorConfig): boolean {
  const reported = reporter !== null && (reporter.error !== null || reporter.granularity === 'record');
  return errors.deadLetterTopic !== null || reported;
}

/**
 * A record has a terminal outcome: it counts now, or once it is reported.
 * @param process null where the record is skipped by configuration, which is not reported
 */
export function settle(process: Process | null, epoch: Epoch, ordinal: number, stage: number): void {
  if (process?.rules.reports.has(stage) === true) epoch.owe(ordinal, stage);
  else epoch.resolve(ordinal, stage);
}

interface Written {
  readonly outcome: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly lastOffset?: number;
  readonly records?: number;
}

/**
 * A report is on its way: it must tell the truth, of records that this process has, or had.
 * @returns what to call when it is written, and when the task is told so
 */
export function checkReport(
  process: Process,
  logs: readonly PartitionLog[],
  record: ProducerRecord,
  { reporter }: ConnectorConfig,
): { readonly written: () => void; readonly acknowledged: () => void } {
  const told = JSON.parse(`${record.value}`) as Written;
  const { outcome, topic, partition, offset } = told;
  const where = `the report of ${outcome} of ${topic}-${partition}, offset ${offset}`;
  const expected = outcome === 'delivered' ? reporter?.success : reporter?.error;
  if (record.topic !== expected?.name) throw new Violation('I24', `${where} goes to ${record.topic}`);
  // A topic that was created anew has the same offsets: the one that the process has comes first.
  const fitting = logs
    .filter(one => one.topic === topic && one.partition === partition && fits(one, told, `${record.key}`))
    .sort((a, b) => Number(process.epochs.has(b.index)) - Number(process.epochs.has(a.index)));
  if (fitting.length === 0)
    throw new Violation('I8', `${where} is of no records of ours: ${record.value}, ${record.key}`);
  const wrong = fitting.map(log => wrongIn(log, told, process));
  if (!wrong.includes(null)) throw new Violation('I24', `${where}: ${wrong[0]}`);
  const log = fitting[wrong.indexOf(null)]!;
  const first = log.ordinalAt(offset);
  const count = told.records ?? 1;
  const epoch = process.epochs.get(log.index);
  return {
    written: () => {},
    acknowledged: () => {
      if (epoch === undefined || epoch.ended) return;
      for (let ordinal = first; ordinal < first + count; ordinal++) epoch.reported(ordinal);
    },
  };
}

function fits(log: PartitionLog, told: Written, key: string): boolean {
  const { records, topic, partition } = log;
  const first = log.ordinalAt(told.offset);
  const last = records[first + (told.records ?? 1) - 1];
  if (records[first]?.offset !== told.offset || last?.offset !== (told.lastOffset ?? told.offset)) return false;
  return key === (told.records === undefined ? keyOf(log, first) : `${topic}-${partition}`);
}

/** What is not true of it, if these are the records that it is of. */
function wrongIn(log: PartitionLog, { outcome, offset, records = 1 }: Written, process: Process): string | null {
  const { sendable } = process.rules;
  const first = log.ordinalAt(offset);
  for (let ordinal = first; ordinal < first + records; ordinal++) {
    const { kind } = log.records[ordinal]!;
    if (outcome === 'delivered') {
      if (kind === 'dropped' || !isGood(kind, sendable)) return `it is ${kind}`;
      if (!process.confirmed.has(`${log.index}/${ordinal}`)) return 'the endpoint has not confirmed it';
    } else if (isGood(kind, sendable) && !process.refused.has(`${log.index}/${ordinal}`)) return `it is ${kind}`;
  }
  return null;
}
