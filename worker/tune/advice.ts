import type { ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import { knee } from './model.ts';
import type { Load, Point } from './point.ts';
import { createPredictor, type Prediction } from './predict.ts';
import { type Choice, maxBodyBytes, type TuneResult } from './session.ts';
import { codecOf } from './subject.ts';
import { count } from './words.ts';

/** One key to set. */
export interface Line {
  readonly key: string;
  readonly value: string;
  /** What it is now. */
  readonly before: string;
  /** Without a full stop. */
  readonly why: string;
}

/** What the chosen load means for the connector. */
export interface Advice {
  readonly lines: readonly Line[];
  /** Most records that may come twice after a crash; and of each partition, as recommended. */
  readonly duplicates: { readonly records: number; readonly ofPartition: number };
  /** What was chosen as it was measured, or as it is predicted where the bounds left no room to measure it. */
  readonly outcome: Prediction;
  /** Measured over predicted throughput, less 1; null where it was not measured. */
  readonly deviation: number | null;
  /** What the settings of now are predicted to give. */
  readonly configured: Prediction;
  /** From how many requests at a time on more bring nothing, with the batch that was chosen. */
  readonly knee: number;
}

export interface AdviceParts {
  /** With the one endpoint that was measured. */
  readonly config: ConnectorConfig;
  /** `endpoints.<alias>.` before keys of an endpoint; empty where there are none. */
  readonly prefix: string;
  readonly worker: Pick<WorkerConfig, 'offsetFlushIntervalMs'>;
  /** Of the topics; null where they were not asked. */
  readonly partitions: number | null;
  readonly latencyP99Ms: number | null;
}

const KIB = 1_024;
const MIB = KIB * KIB;
/** Batches differ in size. */
const HEADROOM = 1.25;
/** What linger may be without an objective: no longer than requests take, or this. */
const SHORT_LINGER_MS = 20;
/** A buffer holds the requests in flight and so many that follow them. */
const FOLLOWING = 2;

/** The keys to set for what was chosen, and what they give. */
export function advise(choice: Choice, result: TuneResult, parts: AdviceParts): Advice {
  const { config, worker, partitions } = parts;
  const { prediction, confirmed, codec } = choice;
  const outcome = confirmed ?? prediction;
  const { points, fitted } = result.results.find(each => each.codec === codec)!;
  const lines = linesOf(choice, outcome, result, parts);
  const ofPartition = Math.max(heldOf(outcome, parts), config.delivery.maxUncommittedRecords);
  const { recordsPerSecond, batch, inFlight } = outcome;
  const inDoubt = Math.ceil((recordsPerSecond * worker.offsetFlushIntervalMs) / 1_000) + batch * inFlight;
  const now = { batch: config.batch.maxRecords, inFlight: config.delivery.maxInFlight };
  return {
    lines,
    duplicates: { records: Math.min(inDoubt, (partitions ?? Number.POSITIVE_INFINITY) * ofPartition), ofPartition },
    outcome,
    deviation: confirmed === null ? null : confirmed.recordsPerSecond / prediction.recordsPerSecond - 1,
    configured: createPredictor(fitted!.model, points)(now),
    knee: knee(fitted!.model, outcome.batch),
  };
}

function linesOf(choice: Choice, outcome: Prediction, result: TuneResult, parts: AdviceParts): readonly Line[] {
  const { config, prefix } = parts;
  const { batch, delivery, http } = config;
  const bodyBytes = choice.confirmed?.bodyBytes ?? outcome.batch * result.sample.bytes.mean;
  const flights = tasksOf(parts);
  const inFlight = Math.ceil(outcome.inFlight / flights);
  const lines: Line[] = [
    {
      key: `${prefix}batch.max.records`,
      value: String(outcome.batch),
      before: String(batch.maxRecords),
      why: 'the smallest batch that comes within 3 % of the fastest',
    },
    maxBytesLine(bodyBytes, result, parts),
    lingerLine(outcome, result, parts),
    {
      key: 'delivery.max.in.flight',
      value: String(inFlight),
      before: String(delivery.maxInFlight),
      why:
        flights === 1
          ? 'more at a time bring nothing, or were not allowed'
          : `of each of ${flights} tasks: ${outcome.inFlight} in all`,
    },
  ];
  const buffer = roundUp(bodyBytes * (inFlight + FOLLOWING), MIB);
  if (buffer > delivery.bufferMaxBytes) {
    const why = 'it holds the requests in flight, and what follows them';
    lines.push({ key: 'buffer.max.bytes', value: String(buffer), before: String(delivery.bufferMaxBytes), why });
  }
  const held = heldOf(outcome, parts);
  if (held > delivery.maxUncommittedRecords) {
    const why = 'a partition can fill the next batch while the commit of the last is on its way';
    const before = String(delivery.maxUncommittedRecords);
    lines.push({ key: 'delivery.max.uncommitted.records', value: String(held), before, why });
  }
  if (choice.codec !== codecOf(http)) {
    const why = 'the fastest of the encodings that were tried';
    const before = codecOf(http) ?? 'none';
    lines.push({ key: `${prefix}http.request.compression`, value: choice.codec ?? 'none', before, why });
  }
  return lines;
}

/** What a partition holds that is not committed: its batches in flight, and as many that follow them. */
function heldOf({ batch, inFlight }: Load, { partitions }: AdviceParts): number {
  return Math.ceil(2 * batch * Math.max(1, inFlight / (partitions ?? inFlight)));
}

function tasksOf({ config, partitions }: AdviceParts): number {
  return Math.max(1, Math.min(config.tasksMax, partitions ?? config.tasksMax));
}

function maxBytesLine(bodyBytes: number, result: TuneResult, { config, prefix }: AdviceParts): Line {
  const key = `${prefix}batch.max.bytes`;
  const before = String(config.batch.maxBytes);
  const wanted = roundUp(Math.max(bodyBytes * HEADROOM, bodyBytes + result.sample.bytes.most), KIB);
  const { taken, refused } = bodiesOf(
    result.results.flatMap(({ points }) => points),
    result.sample.bytes.mean,
  );
  if (refused !== null && wanted >= refused) {
    const why = `the endpoint took bodies of ${taken} bytes, and refused ${refused}`;
    return { key, value: String(Math.max(taken, 1)), before, why };
  }
  if (refused === null && wanted <= config.batch.maxBytes) {
    return { key, value: before, before, why: 'as it is: batches fit into it, with room for large records' };
  }
  const why = 'batches fit into it, with room for large records';
  return { key, value: String(Math.min(wanted, maxBodyBytes(config))), before, why };
}

/** The largest body that was taken, and the smallest that was too large; null: none was. */
function bodiesOf(points: readonly Point[], recordBytes: number): { taken: number; refused: number | null } {
  const isTooLarge = ({ objection }: Point): boolean => objection?.kind === 'too-large';
  const refused = points.filter(isTooLarge).map(({ batch }) => Math.floor(batch * recordBytes));
  const taken = points.filter(point => !isTooLarge(point)).map(point => Math.floor(point.bodyBytes));
  return { taken: Math.max(0, ...taken), refused: refused.length === 0 ? null : Math.min(...refused) };
}

/** How long a batch waits for its records: until it is full at the rate at which they come, within what the objective leaves. */
function lingerLine({ batch, p50Ms, p99Ms }: Prediction, { sample }: TuneResult, parts: AdviceParts): Line {
  const { config, prefix, latencyP99Ms } = parts;
  const key = `${prefix}batch.linger.ms`;
  const before = String(config.batch.lingerMs);
  const { arrivalPerSecond } = sample;
  const spare = latencyP99Ms === null ? Math.max(SHORT_LINGER_MS, p50Ms) : latencyP99Ms - p99Ms;
  if (arrivalPerSecond === null) {
    const value = Math.max(
      0,
      Math.min(config.batch.lingerMs, latencyP99Ms === null ? Number.POSITIVE_INFINITY : Math.floor(spare)),
    );
    return { key, value: String(value), before, why: 'as it is: nothing tells at what rate records come' };
  }
  const fillMs = (1_000 * batch) / arrivalPerSecond;
  const value = Math.max(0, Math.ceil(Math.min(fillMs, spare)));
  const rate = count(arrivalPerSecond);
  const why =
    fillMs <= spare
      ? `a batch is full by then: ${rate} records a second come`
      : `as long as a request takes, or as the objective leaves: ${rate} records a second come, too few to fill a batch soon`;
  return { key, value: String(value), before, why };
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
