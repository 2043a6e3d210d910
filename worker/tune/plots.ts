import { requestsPerSecond } from './model.ts';
import type { Plot, Series, Spot } from './plot.ts';
import type { Point } from './point.ts';
import type { Prediction } from './predict.ts';
import type { CodecResult } from './session.ts';
import { objectionText } from './summary.ts';
import { count, digits, rate, time } from './words.ts';

/** There are no more colours; further ones are used again. */
export const COLOURS = 8;
const CURVE_STEPS = 40;

/** How many requests in flight have a colour each, ascending. */
export function flightsOf(points: readonly Point[]): readonly number[] {
  return [...new Set(points.map(({ inFlight }) => inFlight))].sort((a, b) => a - b);
}

/** Doublings have a colour each, and what stands between them that of the smaller one. */
export function colourOf(inFlight: number): number {
  return Math.min(Math.floor(Math.log2(inFlight)), COLOURS - 1);
}

/** Throughput over batch size, the model beside the points. */
export function throughputPlot({ points, fitted }: CodecResult, chosen: Prediction | null): Plot {
  const measured = points.filter(({ requests }) => requests > 0).map(({ batch }) => batch);
  const [least, most] = [Math.min(...measured), Math.max(...measured)];
  const sizes = Array.from({ length: CURVE_STEPS + 1 }, (_, i) => least * (most / least) ** (i / CURVE_STEPS));
  const series = flightsOf(points).map((inFlight): Series => {
    const own = points.filter(point => point.inFlight === inFlight);
    const isDrawn = fitted !== null && most > least && own.length > 1;
    const curve = isDrawn
      ? sizes.map((n): readonly [number, number] => [n, n * requestsPerSecond(fitted.model, n, inFlight)])
      : [];
    return { colour: colourOf(inFlight), spots: own.map(spotOf(({ recordsPerSecond }) => recordsPerSecond)), curve };
  });
  return {
    id: 'throughput',
    title: 'Throughput over batch size',
    description:
      'Records a second over records a request, for each number of requests in flight: dots are measured, lines are the model. The table below has the figures.',
    xLabel: 'records a request',
    yLabel: 'records/s',
    tick: { x: short, y: short },
    series,
    chosen: chosen === null ? null : { x: chosen.batch, y: chosen.recordsPerSecond },
  };
}

/** Latency over batch size, points joined. */
export function latencyPlot({ points }: CodecResult, of: 'p50' | 'p99', chosen: Prediction | null): Plot {
  const msOf = (point: Pick<Point, 'p50Ms' | 'p99Ms'>): number => (of === 'p50' ? point.p50Ms : point.p99Ms);
  const series = flightsOf(points).map((inFlight): Series => {
    const own = points
      .filter(point => point.inFlight === inFlight && point.requests > 0)
      .sort((a, b) => a.batch - b.batch);
    return {
      colour: colourOf(inFlight),
      spots: own.map(spotOf(msOf)),
      curve: own.map((point): readonly [number, number] => [point.batch, msOf(point)]),
    };
  });
  const words = of === 'p50' ? 'half of the requests' : '99 of 100 requests';
  return {
    id: of,
    title: `Latency of requests, ${of}`,
    description: `How long ${words} take at most, over records a request, for each number of requests in flight.`,
    xLabel: 'records a request',
    yLabel: of,
    tick: { x: short, y: time },
    series,
    chosen: chosen === null ? null : { x: chosen.batch, y: msOf(chosen) },
  };
}

function spotOf(heightOf: (point: Point) => number): (point: Point) => Spot {
  return point => {
    const { batch, inFlight, recordsPerSecond, p50Ms, p99Ms } = point;
    const objection = objectionText(point);
    const figures = `${rate(recordsPerSecond)} records/s, p50 ${time(p50Ms)}, p99 ${time(p99Ms)}`;
    const text = `${count(batch)} × ${count(inFlight)}: ${figures}${objection === '' ? '' : `; ${objection}`}`;
    return { x: batch, y: heightOf(point), text, crossed: objection !== '' };
  };
}

const THOUSAND = 1_000;
const MILLION = 1e6;

/** 500, 20k, 1M. */
function short(value: number): string {
  if (value >= MILLION) return `${digits(value / MILLION)}M`;
  return value >= THOUSAND ? `${digits(value / THOUSAND)}k` : digits(value);
}
