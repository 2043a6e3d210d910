/** An endpoint that is made up. Times are milliseconds; what is not said is 0, or without end. */
export interface EndpointModel {
  /** Of a request, and of each record in it, however many there are at a time. */
  readonly latency: number;
  readonly perRecord: number;
  /** So many requests are worked on at a time; the others wait. */
  readonly workers: number;
  /** What is done for one request after another: for each, and for each record in it. */
  readonly serial: number;
  readonly serialPerRecord: number;
  /** Requests a second that are taken; more wait. */
  readonly rate: number;
  /** Requests a second beyond which the answer is 429. */
  readonly limit: number;
  /** Bytes of bodies a second. */
  readonly bandwidth: number;
  /** Latencies differ by so much up and down, of 1. */
  readonly jitter: number;
  /** Which part of the requests is answered with 500, of 1. */
  readonly errors: number;
  /** A larger body is answered with 413. */
  readonly maxBytes: number;
}

export const NO_COSTS: EndpointModel = {
  latency: 0,
  perRecord: 0,
  workers: Number.POSITIVE_INFINITY,
  serial: 0,
  serialPerRecord: 0,
  rate: Number.POSITIVE_INFINITY,
  limit: Number.POSITIVE_INFINITY,
  bandwidth: Number.POSITIVE_INFINITY,
  jitter: 0,
  errors: 0,
  maxBytes: Number.POSITIVE_INFINITY,
};

/** What a part of `--simulate` is called, and how it is written. */
const PARTS = {
  latency: ['latency', 'time'],
  'per-record': ['perRecord', 'time'],
  workers: ['workers', 'count'],
  serial: ['serial', 'time'],
  'serial-per-record': ['serialPerRecord', 'time'],
  rate: ['rate', 'rate'],
  limit: ['limit', 'rate'],
  bandwidth: ['bandwidth', 'bytes a second'],
  jitter: ['jitter', 'part'],
  errors: ['errors', 'part'],
  'max-bytes': ['maxBytes', 'bytes'],
} as const satisfies Record<string, readonly [keyof EndpointModel, Kind]>;

type Kind = 'time' | 'count' | 'rate' | 'bytes' | 'bytes a second' | 'part';

const UNITS: Readonly<Record<Kind, { readonly like: string; readonly units: Readonly<Record<string, number>> }>> = {
  time: { like: '20ms, 50us or 1.5s', units: { us: 0.001, ms: 1, s: 1_000 } },
  count: { like: 'a whole number', units: { '': 1 } },
  rate: { like: '100/s', units: { '': 1, '/s': 1 } },
  bytes: {
    like: '500kB or 1MB',
    units: { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  },
  'bytes a second': {
    like: '20MB/s',
    units: { 'B/s': 1, 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9, 'KiB/s': 2 ** 10, 'MiB/s': 2 ** 20, 'GiB/s': 2 ** 30 },
  },
  part: { like: 'a part of 1, such as 0.2', units: { '': 1 } },
};

/** A text of `--simulate` that is none; the message is one line for the user. */
export class SimulationError extends Error {}

/**
 * Reads `latency=20ms,per-record=50us,workers=8`.
 * @throws SimulationError
 */
export function parseSimulation(text: string): EndpointModel {
  const model: Record<string, number> = { ...NO_COSTS };
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=', 2).map(each => each.trim());
    if (!Object.hasOwn(PARTS, name)) {
      throw new SimulationError(`--simulate knows no "${name}": it takes ${Object.keys(PARTS).join(', ')}`);
    }
    if (seen.has(name)) throw new SimulationError(`--simulate has ${name} twice`);
    seen.add(name);
    const [key, kind] = PARTS[name as keyof typeof PARTS];
    model[key] = numberOf(name, kind, value);
  }
  return model as unknown as EndpointModel;
}

function numberOf(name: string, kind: Kind, text: string): number {
  const { like, units } = UNITS[kind];
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z/]*)$/.exec(text) ?? [];
  const value = Number(digits) * (Object.hasOwn(units, unit) ? units[unit]! : Number.NaN);
  const isZeroed = kind === 'time' || kind === 'part';
  const isGood = digits !== '' && Number.isFinite(value) && (isZeroed || value > 0);
  const fits = (kind !== 'part' || value <= 1) && (kind !== 'count' || Number.isInteger(value));
  if (!isGood || !fits) throw new SimulationError(`--simulate: ${name} takes ${like}`);
  return value;
}
