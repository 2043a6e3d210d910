// Numbers and times as the page shows them. Nothing here depends on where the worker runs.

/** Stands where nothing is known. */
export const UNKNOWN = '–';

/** Whole, in groups of three: `1,234,567`. */
export function count(value: number | null): string {
  return value === null ? UNKNOWN : Math.round(value).toLocaleString('en-US');
}

/** At most four characters and a unit: `12.3k`, `4.56M`. */
export function short(value: number | null): string {
  if (value === null) return UNKNOWN;
  const [scaled, unit] = scale(Math.abs(value), 1000, ['', 'k', 'M', 'G', 'T', 'P']);
  const text = unit === '' && Number.isInteger(value) ? String(scaled) : digits(scaled);
  return `${value < 0 ? '−' : ''}${text}${unit}`;
}

/** A number of something a second. */
export function rate(value: number | null): string {
  if (value === null) return UNKNOWN;
  return Math.abs(value) < 0.005 ? '0' : short(value);
}

/** `1.50 MiB`. */
export function bytes(value: number | null): string {
  if (value === null) return UNKNOWN;
  const [scaled, unit] = scale(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
  return `${unit === 'B' ? Math.round(scaled) : digits(scaled)} ${unit}`;
}

/** Milliseconds: `0.85 ms`, `12.3 s`, `5 min 3 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < 1000) return `${ms < 10 ? digits(ms) : Math.round(ms)} ms`;
  if (ms < 60_000) return `${digits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** The same in one unit, where there is little room: `5.05 min`. */
export function brief(ms: number | null): string {
  if (ms === null || ms < 60_000) return duration(ms);
  const [by, unit] = LARGE.find(([size]) => ms >= size)!;
  return `${digits(ms / by)} ${unit}`;
}

const LARGE = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** Whole seconds. */
export function age(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  const seconds = Math.max(Math.round(ms / 1000), 0);
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}

/** How long ago; `just now` within two seconds. */
export function ago(at: number | null, now: number): string {
  if (at === null) return 'never';
  return now - at < 2_000 ? 'just now' : `${age(now - at)} ago`;
}

function two(first: number, unit: string, second: number, smaller: string): string {
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${smaller}`;
}

function scale(value: number, base: number, units: readonly string[]): readonly [number, string] {
  let scaled = value;
  let unit = 0;
  // What would be rounded up to the base is one of the next unit.
  while (scaled >= base * 0.9995 && unit < units.length - 1) {
    scaled /= base;
    unit += 1;
  }
  return [scaled, units[unit]!];
}

/** Three of them. */
function digits(value: number): string {
  if (value === 0) return '0';
  if (value >= 99.95) return String(Math.round(value));
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}
