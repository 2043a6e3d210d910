import { type ValuesColumn, valueStart } from '../block.ts';

/**
 * The values of a block with others in the place of some, by index. What stands between these is copied as a whole: how many
 * there are decides what it costs.
 * @param replacements in ascending order
 */
export function replaceValues(column: ValuesColumn, replacements: ReadonlyMap<number, Buffer>): ValuesColumn {
  const { values, valueEnd, separator } = column;
  const pieces: Buffer[] = [];
  const ends = valueEnd.slice();
  let copied = 0;
  let moved = 0;
  let next = 0;
  for (const [index, replacement] of replacements) {
    const start = valueStart(column, index);
    pieces.push(values.subarray(copied, start), replacement);
    if (moved !== 0) for (let i = next; i < index; i++) ends[i]! += moved;
    copied = valueEnd[index]!;
    moved += replacement.length - (copied - start);
    next = index;
  }
  for (let i = next; i < ends.length; i++) ends[i]! += moved;
  pieces.push(values.subarray(copied));
  return { values: Buffer.concat(pieces), valueEnd: ends, separator };
}
