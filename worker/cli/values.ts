import type { OptionSpec, Values } from './command-spec.ts';
import { parseTime } from './times.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNITS_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

type Kind = keyof Values;
type Reader<K extends Kind> = (text: string, option: OptionSpec, now: number) => Values[K] | null;

const READERS: { readonly [K in Kind]: Reader<K> } = {
  text: filled,
  count: (text, option) => within(readCount(text), option),
  duration: (text, option) => within(measure(text, UNITS_MS, 1), option),
  bytes: (text, option) => within(measure(text, UNITS_BYTES, 1), option),
  choice: (text, { choices }) => (choices?.includes(text) === true ? text : null),
  file: filled,
  pair: text => (/^[^=]+=/.test(text) ? text : null),
  time: (text, _option, now) => readTime(text, now),
  place(text, _option, now) {
    if (text === 'earliest' || text === 'latest') return text;
    const number = readCount(text);
    if (number !== null) return { offset: number };
    const time = readTime(text, now);
    return time === null ? null : { time };
  },
};

/** Completes "--name takes ". */
const WANTED: { readonly [K in Kind]: string | ((option: OptionSpec) => string) } = {
  text: 'a text that is not empty',
  count: ({ least = 0, most }) =>
    `a whole number ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}`,
  duration: ({ least }) =>
    `a time such as 500ms, 30s, 5m or 2h${least === undefined ? '' : `, of at least ${least} ms`}`,
  bytes: 'a size such as 500kB, 10MB or 1GiB',
  choice: ({ choices = [] }) => choices.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  file: 'the name of a file',
  pair: 'KEY=VALUE',
  time: 'a time such as 2026-01-31T12:00:00Z, epoch milliseconds, or -2h for two hours ago',
  place: 'earliest, latest, an offset, a time such as 2026-01-31T12:00:00Z, or -2h for two hours ago',
};

/**
 * @param now epoch milliseconds
 * @returns null where it is none of the option's kind
 */
export function readValue(text: string, option: OptionSpec, now: number): Values[Kind] | null {
  return READERS[option.kind!](text, option, now);
}

/** What an option takes; nothing of what was written stands in it, which may be a secret. */
export function wantedBy(option: OptionSpec): string {
  const wanted = WANTED[option.kind!];
  return typeof wanted === 'string' ? wanted : wanted(option);
}

function filled(text: string): string | null {
  return text === '' ? null : text;
}

function within(value: number | null, { least = 0, most = Number.MAX_SAFE_INTEGER }: OptionSpec): number | null {
  return value !== null && value >= least && value <= most ? value : null;
}

function readCount(text: string): number | null {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

function readTime(text: string, now: number): number | null {
  if (!text.startsWith('-')) return readCount(text) ?? parseTime(text);
  const ago = measure(text.slice(1), UNITS_MS, null);
  return ago === null ? null : now - ago;
}

/** @param plain what a number without a unit is counted in; null: it is refused */
function measure(text: string, units: Readonly<Record<string, number>>, plain: number | null): number | null {
  const [, amount, unit] = /^(\d{1,16}(?:\.\d{1,9})?)([A-Za-z]{0,3})$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const factor = unit === '' ? plain : Object.hasOwn(units, unit) ? units[unit]! : null;
  const value = factor === null ? Number.NaN : Math.round(Number(amount) * factor);
  return Number.isSafeInteger(value) ? value : null;
}
