import { type Usage, usageOf } from './usage.ts';

const EVERY_MS = 50;

/** What the processes had cost at one moment. */
export interface UsagePoint extends Usage {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The CPU seconds spent at a moment, between two points in proportion; outside of them the nearest point counts. */
export function cpuSecondsAt(points: readonly UsagePoint[], at: number): number {
  const after = points.findIndex(point => point.at >= at);
  if (after === 0) return points[0]!.cpuSeconds;
  if (after < 0) return points.at(-1)?.cpuSeconds ?? 0;
  const [from, to] = [points[after - 1]!, points[after]!];
  return from.cpuSeconds + ((to.cpuSeconds - from.cpuSeconds) * (at - from.at)) / (to.at - from.at);
}

/** The peak of memory until a moment, and one point after it. */
export function peakMBAt(points: readonly UsagePoint[], at: number): number {
  const after = points.findIndex(point => point.at >= at);
  return Math.max(0, ...points.slice(0, after < 0 ? undefined : after + 1).map(point => point.peakMB));
}

/** What a process costs over time, noted from outside until `stop`. */
export class UsageTrace {
  readonly points: UsagePoint[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    const note = (): void => {
      const usage = usageOf(pid);
      if (usage !== null) this.points.push({ at: performance.timeOrigin + performance.now(), ...usage });
    };
    note();
    this.#timer = setInterval(note, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
