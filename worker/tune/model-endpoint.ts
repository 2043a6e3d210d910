import type { Random } from '../../connector/ports.ts';
import type { EndpointModel } from './simulation.ts';

/** A request as such an endpoint sees it. */
export interface Arrival {
  /** Milliseconds. */
  readonly now: number;
  readonly records: number;
  readonly bytes: number;
  /** Requests that were there already. */
  readonly others: number;
}

export interface Answering {
  /** When it answers, milliseconds of the same clock. */
  readonly at: number;
  readonly status: number;
}

/** Decides when and how a made-up endpoint answers. */
export type Answerer = (arrival: Arrival) => Answering;

const SECOND = 1_000;
const OK = 200;

/** Requests pass, in the order of arrival, what there is one of; then a worker's hands; all of it reckoned, and none of it done. */
export function createModelEndpoint(model: EndpointModel, random: Random): Answerer {
  const workers = Number.isFinite(model.workers) ? new Array<number>(model.workers).fill(0) : null;
  const line = createLine();
  const rate = createLine();
  const wire = createLine();
  const isWithinLimit = createWindow(model.limit);
  return ({ now, records, bytes }) => {
    if (bytes > model.maxBytes) return { at: now, status: 413 };
    if (!isWithinLimit(now)) return { at: now, status: 429 };
    const read = wire(now, (SECOND * bytes) / model.bandwidth);
    const admitted = rate(read, SECOND / model.rate);
    const served = line(admitted, model.serial + model.serialPerRecord * records);
    const ownMs = (model.latency + model.perRecord * records) * (1 + model.jitter * (2 * random() - 1));
    const status = random() < model.errors ? 500 : OK;
    if (workers === null) return { at: served + ownMs, status };
    const free = workers.indexOf(Math.min(...workers));
    workers[free] = Math.max(workers[free]!, served) + ownMs;
    return { at: workers[free]!, status };
  };
}

/** What serves one after another. @returns when it is done with what comes at a time and takes so long */
function createLine(): (at: number, ms: number) => number {
  let free = 0;
  return (at, ms) => {
    free = Math.max(free, at) + ms;
    return free;
  };
}

/** Takes at most so many in any second. @returns whether what comes at a time is taken */
function createWindow(limit: number): (now: number) => boolean {
  if (limit === Number.POSITIVE_INFINITY) return () => true;
  let taken: number[] = [];
  return now => {
    taken = taken.filter(at => at > now - SECOND);
    if (taken.length >= limit) return false;
    taken.push(now);
    return true;
  };
}
