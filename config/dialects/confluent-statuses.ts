import { type Format, readList, type StatusRange } from '../schema/formats.ts';
import { renderStatuses } from './texts.ts';

const MOST = 599;

/** `404,408,500-`: codes, and ranges of them with an end or without. What lies beyond 599 is no status. */
export const jvmStatuses: Format<readonly StatusRange[]> = {
  type: 'string',
  expects: 'codes and ranges of them between commas, e.g. 404,408,500-',
  verbatim: false,
  quotable: true,
  read: text => readList(text, readRange),
};

function readRange(item: string): StatusRange | undefined {
  const [, from, dash, to] = /^(\d{3})\s*(?:(-)\s*(\d{3})?)?$/.exec(item) ?? [];
  if (from === undefined) return undefined;
  const last = to !== undefined ? Number(to) : dash === undefined ? Number(from) : MOST;
  return Number(from) <= last ? [Number(from), Math.min(last, MOST)] : undefined;
}

/** The part of them from one status to another, as our keys write it; nothing: an empty text. */
export function within(ranges: readonly StatusRange[], first: number, last: number): string {
  return renderStatuses(
    ranges.map(([from, to]) => [Math.max(from, first), Math.min(to, last)] as const).filter(([from, to]) => from <= to),
  );
}

export function covers(ranges: readonly StatusRange[], first: number, last: number): boolean {
  for (let status = first; status <= last; status++) {
    if (!ranges.some(([from, to]) => from <= status && status <= to)) return false;
  }
  return true;
}
