import type { ConnectorConfig } from '../../config/types.ts';
import type { Block } from '../../connector/block.ts';
import { portionsOf } from '../../connector/portions.ts';
import type { Clock, Random } from '../../connector/ports.ts';
import type { Signal } from '../../connector/scope.ts';
import { Bounds, type Limits, partOf, without } from './bounds.ts';
import { EndpointRefusedError, LONG, leastOf, type MeasureParts, measure } from './measure.ts';
import { type Fitted, fitPoints } from './model.ts';
import { fastest, type Load, type Point } from './point.ts';
import { createPredictor, type Prediction } from './predict.ts';
import { recommend, type Wishes } from './recommend.ts';
import type { Figures } from './recording.ts';
import { Sample, type SampleFacts } from './sample.ts';
import { type Codec, withCodec } from './subject.ts';
import { type Sweep, sweep } from './sweep.ts';
import { createTarget, type Target, type TargetParts } from './target.ts';

/** What one sweep brought. */
export interface CodecResult extends Sweep {
  readonly codec: Codec;
  readonly fitted: Fitted | null;
}

/** What is recommended, what it was expected to give and what it gave. */
export interface Choice {
  readonly codec: Codec;
  readonly prediction: Prediction;
  /** Longer than any other; null where the bounds left no room for it. */
  readonly confirmed: Point | null;
  /** The fastest of all points that may be had with it. */
  readonly best: Point;
}

export interface TuneResult {
  readonly sample: SampleFacts;
  readonly results: readonly CodecResult[];
  /** Null where there is nothing to recommend. */
  readonly choice: Choice | null;
  /** Why the endpoint can't be measured at all; null: it can. */
  readonly refused: string | null;
  readonly interrupted: boolean;
  readonly limits: Limits;
  readonly used: Limits;
  /** The bound that ended it before it was done. */
  readonly reached: keyof Limits | null;
}

export interface Step {
  readonly load: Load;
  readonly codec: Codec;
  /** About how much of all is done, 0 to 1. */
  readonly share: number;
  /** What was measured before it. */
  readonly last: Point | null;
}

export interface SessionParts extends Omit<TargetParts, 'bounds'> {
  readonly config: ConnectorConfig;
  /** Of the records, as a reader makes them: values checked, separated or prepared in any way, or none. */
  readonly blocks: readonly Block[];
  readonly codecs: readonly Codec[];
  readonly limits: Limits;
  readonly wishes: Wishes;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: Signal;
  readonly busy: () => number;
  readonly record: ((figures: Figures) => void) | null;
  /** Text of foreign origin as it may be shown. */
  readonly show: (text: string) => string;
  /** Told before each measurement. */
  readonly progress: (step: Step) => void;
}

/** Which part of what is left is for the sweeps; the rest is for what is recommended. */
const FOR_SWEEP = 0.85;
/** Of what is left when the sweeps are done, for measuring a recommendation once. */
const FOR_CONFIRMATION = 0.4;
const MOST_ROUNDS = 3;
const NEARLY_DONE = 0.95;
/** A recommendation that gives less of the best is tried anew, knowing that. */
const GOOD = 0.95;
/** What is sent before anything counts: connections are opened, and code becomes fast. */
const WARM_UP: { readonly load: Load; readonly share: Limits } = {
  load: { batch: 1, inFlight: 2 },
  share: { requests: 100, bytes: Number.POSITIVE_INFINITY, ms: 1_000 },
};
const WARM_UP_PART = 0.02;
const MOST_RECORDS = 10_000;
/** Of `buffer.max.bytes`: a task holds the requests in flight and what follows them. */
const BODY_OF_BUFFER = 1 / 4;

/** A sample of which nothing can be sent. */
export class NothingToSendError extends Error {}

/**
 * Sweeps, fits, recommends, and measures what it recommends.
 * @throws NothingToSendError
 */
export async function tune(parts: SessionParts): Promise<TuneResult> {
  const { config, clock, signal, codecs, limits } = parts;
  const bounds = new Bounds(limits, clock.now());
  const sample = sampleOf(parts, bounds);
  const results: CodecResult[] = [];
  let choice: Choice | null = null;
  let refused: string | null = null;
  try {
    for (const [index, codec] of codecs.entries()) {
      const target = createTarget(withCodec(config, codec), { ...parts, bounds });
      try {
        results.push(await sweepWith(codec, index, measuring(parts, { target, sample, bounds })));
      } finally {
        await target.close();
      }
      if (signal.aborted) break;
    }
    choice = await choose(results, parts, { sample, bounds });
  } catch (error) {
    if (!(error instanceof EndpointRefusedError)) throw error;
    refused = error.message;
  }
  return {
    sample: sample.facts,
    results,
    choice,
    refused,
    interrupted: signal.aborted,
    limits,
    used: bounds.used(clock.now()),
    reached: bounds.reached,
  };
}

interface Measuring extends MeasureParts {
  readonly parts: SessionParts;
}

function measuring(
  parts: SessionParts,
  { target, sample, bounds }: { target: Target; sample: Sample; bounds: Bounds },
): Measuring {
  const { clock, signal, wishes, busy, record, show } = parts;
  const maxBytes = maxBodyBytes(parts.config);
  const { latencyP99Ms } = wishes;
  return { parts, target, sample, bounds, clock, signal, maxBytes, latencyP99Ms, busy, record, show };
}

/** Larger bodies than configured are tried, up to what the task's buffer has room for. */
export function maxBodyBytes({ batch, delivery }: ConnectorConfig): number {
  return Math.max(batch.maxBytes, Math.floor(delivery.bufferMaxBytes * BODY_OF_BUFFER));
}

/** Converted once: compression changes nothing of that. */
function sampleOf(parts: SessionParts, bounds: Bounds): Sample {
  const { converter, sink, close } = createTarget(parts.config, { ...parts, bounds });
  const parting = { endpointOf: () => 0, separatorOf: () => sink.format.separator };
  const blocks = parts.blocks.flatMap(block => portionsOf(block, parting).map(portion => portion.block));
  const sample = new Sample(blocks.map(block => converter.convert(block)));
  void close();
  if (sample.facts.records > 0) return sample;
  const { unfit } = sample.facts;
  const why =
    unfit === 0
      ? 'there are no records'
      : `none of the ${unfit} records can be sent: converters or transforms leave them out`;
  throw new NothingToSendError(why);
}

async function sweepWith(codec: Codec, index: number, on: Measuring): Promise<CodecResult> {
  const { parts, bounds, clock, sample, signal } = on;
  const { config, codecs, mostInFlight, wishes } = parts;
  let last: Point | null = null;
  let done = 0;
  const { bytes } = sample.facts;
  const roomFor = (batch: number): number =>
    Math.max(1, Math.floor(config.delivery.bufferMaxBytes / (batch * bytes.mean)));
  // For those that come after it: a point of the first one may take more than its share.
  const kept = partOf(bounds.left(clock.now()), 1 - 1 / (codecs.length - index));
  const left = (): Limits => without(bounds.left(clock.now()), kept);
  const warmUp = { ...on, latencyP99Ms: null, record: null };
  const { requests, objection } = await measure(WARM_UP.load, warmUpShare(left()), warmUp);
  // Each attempt may take as long as a request may: nobody waits for that at every load.
  if (requests === 0 && objection?.kind === 'errors') throw new EndpointRefusedError(objection.text);
  const take = async (load: Load, toCome: number): Promise<Point | null> => {
    if (signal.aborted) return null;
    const share = shareOf(load, bytes.mean, left(), FOR_SWEEP / toCome);
    if (share === null) return null;
    parts.progress({ load, codec, share: (index + done / (done + toCome + 1)) / codecs.length, last });
    const point = await measure(load, share, on);
    done += 1;
    if (point.requests === 0 && point.objection === null) return null;
    last = point;
    return point;
  };
  const most = config.batch.format === 'single' ? 1 : Math.max(1, Math.floor(maxBodyBytes(config) / bytes.mean));
  const swept = await sweep(take, {
    mostRecords: Math.min(most, MOST_RECORDS),
    mostInFlight: Math.min(mostInFlight, wishes.mostInFlight ?? mostInFlight),
    roomFor,
    suggest: points => suggestion(points, { ...wishes, roomFor }),
  });
  return { ...swept, codec, fitted: fitPoints(swept.points) };
}

/** By the model alone: all points speak, and none of its neighbours in particular, which may have been disturbed. */
function suggestion(points: readonly Point[], wishes: Wishes): Load | null {
  const fitted = fitPoints(points);
  return fitted === null ? null : recommend(points, createPredictor(fitted.model, []), wishes);
}

function warmUpShare(left: Limits): Limits {
  const part = (of: keyof Limits): number => Math.min(WARM_UP.share[of], left[of] * WARM_UP_PART);
  return { requests: part('requests'), bytes: part('bytes'), ms: part('ms') };
}

/** Null where not even the least of it is left. */
function shareOf(load: Load, recordBytes: number, left: Limits, part: number): Limits | null {
  const requests = leastOf(load);
  const bytes = requests * load.batch * recordBytes;
  if (left.requests < requests || left.bytes < bytes || left.ms <= 0) return null;
  return {
    requests: Math.max(requests, Math.floor(left.requests * part)),
    bytes: Math.max(bytes, left.bytes * part),
    ms: left.ms * part,
  };
}

type Shared = { readonly sample: Sample; readonly bounds: Bounds };

async function choose(results: readonly CodecResult[], parts: SessionParts, shared: Shared): Promise<Choice | null> {
  const candidates = results.flatMap(result => choiceOf(result, [], parts.wishes) ?? []);
  if (candidates.length === 0) return null;
  const first = candidates.reduce((best, each) =>
    each.prediction.recordsPerSecond > best.prediction.recordsPerSecond / GOOD ? each : best,
  );
  const result = results.find(({ codec }) => codec === first.codec)!;
  const target = createTarget(withCodec(parts.config, first.codec), { ...parts, bounds: shared.bounds });
  try {
    return await confirm(first, result, measuring(parts, { ...shared, target }));
  } finally {
    await target.close();
  }
}

/** @param more points that were measured behind the sweep */
function choiceOf({ codec, points, fitted }: CodecResult, more: readonly Point[], wishes: Wishes): Choice | null {
  const all = [...points, ...more];
  const fit = more.length === 0 ? fitted : fitPoints(all);
  const best = fastest(all);
  if (fit === null || best === null) return null;
  const prediction = recommend(all, createPredictor(fit.model, all), wishes);
  return prediction === null ? null : { codec, prediction, confirmed: null, best };
}

/** Measures what is recommended, and recommends anew where it is not what was expected. */
async function confirm(first: Choice, result: CodecResult, on: Measuring): Promise<Choice> {
  const { parts, bounds, clock, sample, signal } = on;
  const more: Point[] = [];
  const tried: Choice[] = [];
  let choice = first;
  for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round++) {
    const share = shareOf(choice.prediction, sample.facts.bytes.mean, bounds.left(clock.now()), FOR_CONFIRMATION);
    if (share === null) break;
    parts.progress({
      load: choice.prediction,
      codec: result.codec,
      share: NEARLY_DONE,
      last: tried.at(-1)?.confirmed ?? choice.best,
    });
    const point = await measure(choice.prediction, share, on, LONG);
    if (point.requests === 0) break;
    tried.push({ ...choice, confirmed: point });
    if (point.objection === null && point.recordsPerSecond >= GOOD * choice.best.recordsPerSecond) break;
    more.push(point);
    const next = choiceOf(result, more, parts.wishes);
    if (next === null || isSame(next.prediction, choice.prediction)) break;
    choice = next;
  }
  return bestOf(tried) ?? first;
}

function isSame(a: Load, b: Load): boolean {
  return a.batch === b.batch && a.inFlight === b.inFlight;
}

/** One that the endpoint did not object to, and of these the fastest. */
function bestOf(choices: readonly Choice[]): Choice | null {
  const rank = ({ confirmed }: Choice): number => (confirmed!.objection === null ? confirmed!.recordsPerSecond : -1);
  return choices.length === 0 ? null : choices.reduce((best, each) => (rank(each) > rank(best) ? each : best));
}
