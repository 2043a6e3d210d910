import type { Advice } from './advice.ts';
import type { CostModel } from './model.ts';
import type { Load, Point } from './point.ts';
import type { CodecResult, TuneResult } from './session.ts';
import { count, percent, plural, rate, size, time } from './words.ts';

/** All that is told of a measurement, but for its points. */
export interface Account {
  /** What was measured: an address, or what was made up. No secret is in it. */
  readonly subject: string;
  readonly connector: string;
  /** Where the records are from. */
  readonly source: string;
  readonly result: TuneResult;
  /** Null: there is nothing to recommend. */
  readonly advice: Advice | null;
}

/** A process that was so busy is the limit itself, of 1. */
const BUSY = 0.9;
/** Points that deviate more from the model were disturbed, or are none of it, of 1. */
const NOISY = 0.2;
/** What deviates less is as good as predicted, of 1. */
const CLOSE = 0.005;
/** A knee so many times beyond what was tried was not found. */
const FAR = 2;

export function sampleText({ source, result: { sample } }: Account): string {
  const unfit = sample.unfit === 0 ? '' : `; ${plural(sample.unfit, 'other')} can't be sent`;
  const { mean, p99 } = sample.bytes;
  const arrival = sample.arrivalPerSecond === null ? '' : `; about ${rate(sample.arrivalPerSecond)} a second come`;
  return `${plural(sample.records, 'record')} ${source}, ${size(mean)} each, 99 of 100 at most ${size(p99)}${unfit}${arrival}`;
}

export function usedText({ limits, used }: TuneResult): string {
  return (
    `${count(used.requests)} of ${count(limits.requests)} requests, ${size(used.bytes)} of ${size(limits.bytes)}, ` +
    `${time(used.ms)} of ${time(limits.ms)}`
  );
}

const BOUNDS = { requests: '--max-requests', bytes: '--max-bytes', ms: '--max-time' } as const;

/** What keeps the result from being all that it could be, a sentence each. */
export function caveats({ result, advice }: Account): readonly string[] {
  const { results, reached, interrupted, choice, refused } = result;
  const texts: string[] = [];
  if (interrupted) texts.push('It was interrupted: what follows rests on what was measured by then.');
  if (refused !== null) texts.push(`Nothing can be measured: ${refused}.`);
  if (!interrupted && refused === null && results.some(({ complete }) => !complete)) {
    const which = reached === null ? 'the bounds' : BOUNDS[reached];
    texts.push(`Not all was measured: ${which} left no room for it.`);
  }
  const chosen = results.find(({ codec }) => choice?.codec === codec);
  if (chosen?.fitted !== undefined && chosen.fitted !== null && chosen.fitted.error > NOISY) {
    texts.push(
      `The points deviate from the model by ${percent(chosen.fitted.error)}: something else was at work here or at the endpoint, and another time may tell otherwise.`,
    );
  }
  if (choice !== null && choice.confirmed === null)
    texts.push('What is recommended was not measured itself: it is a prediction.');
  if (choice?.confirmed?.objection)
    texts.push(`Measured for longer, it is too much: ${choice.confirmed.objection.text}.`);
  const busiest = choice?.confirmed ?? choice?.best;
  if (busiest !== undefined && busiest.busy > BUSY) {
    texts.push(
      'This process was busy all the time at the best point: the endpoint may be able to take more than one task can send. Measure on a ' +
        'quieter machine, or think of tasks.max with task.isolation=process.',
    );
  }
  if (advice !== null && result.sample.arrivalPerSecond !== null) {
    const { recordsPerSecond } = advice.outcome;
    if (result.sample.arrivalPerSecond > recordsPerSecond) {
      texts.push(
        `More records come than this delivers: ${rate(result.sample.arrivalPerSecond)} a second. The lag grows.`,
      );
    }
  }
  return texts;
}

/** What the endpoint costs, in words. */
export function costsText({ requestMs, recordMs, serialRequestMs, serialRecordMs }: CostModel, error: number): string {
  return (
    `A request takes ${time(requestMs)}, and ${time(recordMs)} for each record in it; whatever runs beside, the endpoint is kept busy for ` +
    `${time(serialRequestMs)} by a request and ${time(serialRecordMs)} by a record. The points deviate from that by ${percent(error)}.`
  );
}

export function kneeText({ knee, outcome }: Advice, points: readonly Point[]): string {
  const most = Math.max(...points.map(({ inFlight }) => inFlight));
  const batch = plural(outcome.batch, 'record');
  if (knee > FAR * most) return `With batches of ${batch} no number of requests in flight that was tried is too many.`;
  return `With batches of ${batch} more than about ${plural(Math.max(1, Math.round(knee)), 'request')} in flight only wait.`;
}

/** What a load gives. */
export function outcomeText(outcome: Advice['outcome']): string {
  const { recordsPerSecond, requestsPerSecond, p50Ms, p99Ms } = outcome;
  return `${rate(recordsPerSecond)} records/s in ${rate(requestsPerSecond)} requests/s, p50 ${time(p50Ms)}, p99 ${time(p99Ms)}`;
}

export function deviationText({ deviation }: Advice, predicted: number): string {
  if (deviation === null) return 'predicted';
  const far = Math.abs(deviation);
  const how =
    far < CLOSE
      ? 'as predicted'
      : `${percent(far)} ${deviation > 0 ? 'more' : 'less'} than the ${rate(predicted)} predicted`;
  return `measured, ${how}`;
}

export function duplicatesText({ duplicates: { records, ofPartition } }: Advice): string {
  const each = `${count(ofPartition)} of a partition`;
  return `After a crash at most about ${plural(records, 'record')} come twice, and never more than ${each}.`;
}

export function loadText({ batch, inFlight }: Load): string {
  return `${plural(batch, 'record')} a request, ${count(inFlight)} in flight`;
}

export function codecText(codec: CodecResult['codec']): string {
  return codec ?? 'none';
}

const OBJECTIONS = {
  refused: 'refused',
  errors: 'too many errors',
  latency: 'too slow',
  'too-large': 'too large',
} as const;

/** Why a point is none to run with, in a few words; empty where it is. */
export function objectionText({ objection }: Point): string {
  return objection === null ? '' : `${OBJECTIONS[objection.kind]}: ${objection.text}`;
}
