import {
  type Block,
  type BytesColumn,
  type Destination,
  type DestinationsColumn,
  putSeparator,
  type ValuesColumn,
  valueStart,
} from './block.ts';

/** Records of a block by their indices; several stand in order, and do not overlap. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * These records of a block in memory of their own, at the same indices, so that slices of it mean the same: the rest of the
 * block can be freed while these are kept. Other indices hold nothing.
 */
export function isolate(block: Block, ranges: readonly Range[]): Block {
  const { count, offset, timestamp, flags, runs, keys, headers, original, errors, destinations } = block;
  const kept = (index: number): boolean => ranges.some(({ start, end }) => index >= start && index < end);
  return {
    count,
    runs,
    ...isolateValues(block, ranges),
    offset: offset.slice(),
    timestamp: timestamp.slice(),
    flags: flags.slice(),
    keys: isolateBytes(keys, ranges),
    headers: isolateBytes(headers, ranges),
    ...(original !== undefined && {
      original: { ...isolateValues(original, ranges), flags: original.flags.slice() },
    }),
    ...(destinations !== undefined && { destinations: isolateDestinations(destinations, ranges) }),
    ...(errors !== undefined && { errors: new Map([...errors].filter(([index]) => kept(index))) }),
  };
}

function isolateValues(column: ValuesColumn, ranges: readonly Range[]): ValuesColumn {
  const { separator } = column;
  const gap = separator.length;
  const bytesOf = ({ start, end }: Range): number => column.valueEnd[end - 1]! + gap - valueStart(column, start);
  // A value starts a separator behind the end of the one before, so that only the very first can start at 0.
  let at = ranges[0]!.start === 0 ? 0 : gap;
  const values = Buffer.allocUnsafeSlow(ranges.reduce((sum, range) => sum + bytesOf(range), at));
  if (at > 0) putSeparator(values, 0, separator);
  const valueEnd = new Uint32Array(column.valueEnd.length);
  for (const range of ranges) {
    const { start, end } = range;
    const from = valueStart(column, start);
    column.values.copy(values, at, from, from + bytesOf(range));
    if (start > 0) valueEnd[start - 1] = at - gap;
    for (let i = start; i < end; i++) valueEnd[i] = column.valueEnd[i]! - from + at;
    at += bytesOf(range);
  }
  return { values, valueEnd, separator };
}

function isolateBytes(column: BytesColumn | null, ranges: readonly Range[]): BytesColumn | null {
  if (column === null) return null;
  const beginOf = (index: number): number => (index === 0 ? 0 : column.end[index - 1]!);
  const end = new Uint32Array(column.end.length);
  const pieces: Buffer[] = [];
  let at = 0;
  for (const range of ranges) {
    const from = beginOf(range.start);
    pieces.push(column.bytes.subarray(from, column.end[range.end - 1]!));
    if (range.start > 0) end[range.start - 1] = at;
    for (let i = range.start; i < range.end; i++) end[i] = column.end[i]! - from + at;
    at = end[range.end - 1]!;
  }
  return { bytes: Buffer.concat(pieces), end, missing: column.missing.slice() };
}

/** The same objects: who compares destinations asks whether they are one. */
function isolateDestinations({ of, table }: DestinationsColumn, ranges: readonly Range[]): DestinationsColumn {
  const numbers = new Map<Destination, number>();
  const kept = new Uint32Array(of.length);
  for (const { start, end } of ranges) {
    for (let i = start; i < end; i++) {
      const destination = table[of[i]!];
      // A block of nothing but records that were refused has none.
      if (destination === undefined) continue;
      const number = numbers.get(destination) ?? numbers.size;
      numbers.set(destination, number);
      kept[i] = number;
    }
  }
  return { of: kept, table: [...numbers.keys()] };
}
