import { type Block, type ValuesColumn, valueStart } from '../block.ts';

/**
 * The values of a block with others in the place of some, by index. What stands between these is copied as a whole: how many
 * there are decides what it costs.
 * @param replacements in ascending order
 */
export function replaceValues(
  { values, valueEnd, count }: Pick<Block, 'values' | 'valueEnd' | 'count'>,
  replacements: ReadonlyMap<number, Buffer>,
): ValuesColumn {
  const pieces: Buffer[] = [];
  const ends = valueEnd.slice();
  let copied = 0;
  let moved = 0;
  let next = 0;
  for (const [index, replacement] of replacements) {
    const start = valueStart({ values, valueEnd }, index);
    pieces.push(values.subarray(copied, start), replacement);
    if (moved !== 0) for (let i = next; i < index; i++) ends[i]! += moved;
    copied = valueEnd[index]!;
    moved += replacement.length - (copied - start);
    next = index;
  }
  for (let i = next; i < count; i++) ends[i]! += moved;
  pieces.push(values.subarray(copied));
  return { values: Buffer.concat(pieces), valueEnd: ends };
}
