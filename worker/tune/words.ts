/** 12,345. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 1.05 MB. */
export function size(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZES.length - 1);
  return `${digits(bytes / 1_000 ** unit)} ${SIZES[unit]}`;
}

/** 50 µs, 12.3 ms, 4.56 s. */
export function time(ms: number): string {
  if (ms < 1) return `${digits(ms * 1_000)} µs`;
  return ms < 1_000 ? `${digits(ms)} ms` : `${digits(ms / 1_000)} s`;
}

/** 12,345 a second, 3.4 a second. */
export function rate(perSecond: number): string {
  return perSecond < 100 ? digits(perSecond) : count(Number(perSecond.toPrecision(3)));
}

export function percent(part: number): string {
  return `${digits(part * 100)} %`;
}

/** Three of them. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export function plural(amount: number, one: string): string {
  return `${count(amount)} ${one}${amount === 1 ? '' : 's'}`;
}
