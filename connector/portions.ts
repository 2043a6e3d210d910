import {
  type Block,
  type BytesColumn,
  FLAG_CHECKED,
  FLAG_RAW_NEWLINE,
  freeBlock,
  putSeparator,
  type Run,
  type ValuesColumn,
  valueStart,
} from './block.ts';

/** What a block has for one of several endpoints. */
export interface Portion {
  readonly endpoint: number;
  readonly block: Block;
  /** Where in it the run stands that begins at this index of the whole. */
  startOf(run: Run): number;
}

/** What it takes to part a block. */
export interface PartingOptions {
  /** Which endpoint the records of a topic go to. */
  readonly endpointOf: (topic: string) => number;
  /** What the values of its records are to be separated by. */
  readonly separatorOf: (endpoint: number) => Buffer;
}

/**
 * Parts a block as a reader makes it: each endpoint's records in memory of their own, with their endpoint's separator, so that what
 * holds up one of them holds nothing of the others. A block of one endpoint whose separator it has already is its own portion.
 */
export function portionsOf(block: Block, { endpointOf, separatorOf }: PartingOptions): readonly Portion[] {
  const runs = new Map<number, Run[]>();
  for (const run of block.runs) {
    const endpoint = endpointOf(run.topic);
    const known = runs.get(endpoint);
    if (known === undefined) runs.set(endpoint, [run]);
    else known.push(run);
  }
  const [only] = runs.keys();
  if (only !== undefined && runs.size === 1 && block.separator.equals(separatorOf(only))) {
    return [{ endpoint: only, block, startOf: run => run.start }];
  }
  const portions = [...runs].map(([endpoint, of]) => portionOf(block, endpoint, of, separatorOf(endpoint)));
  freeBlock(block);
  return portions;
}

/** These records of a block as a reader makes it, in a block of their own; the whole is given back. @param runs at least one */
export function onlyRuns(block: Block, runs: readonly Run[]): Block {
  const portion = portionOf(block, 0, runs, block.separator);
  freeBlock(block);
  return portion.block;
}

function portionOf(block: Block, endpoint: number, of: readonly Run[], separator: Buffer): Portion {
  const starts = new Map<number, number>();
  const runs: Run[] = [];
  let count = 0;
  for (const run of of) {
    const start = count;
    count += run.end - run.start;
    starts.set(run.start, start);
    runs.push({ ...run, start, end: count });
  }
  const isSame = separator.equals(block.separator);
  const flags = numbers(block.flags, new Uint8Array(count), of);
  // Who has checked the values did not look for what another separator forbids.
  if (!isSame) for (let i = 0; i < count; i++) flags[i]! &= ~(FLAG_CHECKED | FLAG_RAW_NEWLINE);
  return {
    endpoint,
    block: {
      count,
      runs,
      ...valuesOf(block, of, count, separator),
      offset: numbers(block.offset, new Float64Array(count), of),
      timestamp: numbers(block.timestamp, new Float64Array(count), of),
      flags,
      keys: bytesOf(block.keys, of, count),
      headers: bytesOf(block.headers, of, count),
    },
    startOf: run => starts.get(run.start)!,
  };
}

function numbers<Column extends Uint8Array | Float64Array>(column: Column, into: Column, runs: readonly Run[]): Column {
  let at = 0;
  for (const { start, end } of runs) {
    into.set(column.subarray(start, end), at);
    at += end - start;
  }
  return into;
}

function valuesOf(block: Block, runs: readonly Run[], count: number, separator: Buffer): ValuesColumn {
  let bytes = count * separator.length;
  for (const { start, end } of runs) {
    bytes += block.valueEnd[end - 1]! - valueStart(block, start) - (end - start - 1) * block.separator.length;
  }
  const values = Buffer.allocUnsafeSlow(bytes);
  const valueEnd = new Uint32Array(count);
  let at = 0;
  let next = 0;
  for (const { start, end } of runs) {
    for (let index = start; index < end; index++) {
      at += block.values.copy(values, at, valueStart(block, index), block.valueEnd[index]!);
      valueEnd[next++] = at;
      at = putSeparator(values, at, separator);
    }
  }
  return { values, valueEnd, separator };
}

function bytesOf(column: BytesColumn | null, runs: readonly Run[], count: number): BytesColumn | null {
  if (column === null) return null;
  const pieces: Buffer[] = [];
  const ends = new Uint32Array(count);
  let at = 0;
  let next = 0;
  for (const { start, end } of runs) {
    const from = start === 0 ? 0 : column.end[start - 1]!;
    pieces.push(column.bytes.subarray(from, column.end[end - 1]!));
    for (let index = start; index < end; index++) ends[next++] = at + column.end[index]! - from;
    at += column.end[end - 1]! - from;
  }
  return { bytes: Buffer.concat(pieces, at), end: ends, missing: numbers(column.missing, new Uint8Array(count), runs) };
}
