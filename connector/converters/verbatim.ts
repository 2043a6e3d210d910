import { type Block, FLAG_OVERSIZE } from '../block.ts';

/**
 * Values as they are, whatever they hold: nothing is looked at but their sizes, and these only where one of them may be too large.
 * @param maxValueBytes bytes that one value may have, so that it fits into a request of its own
 */
export function passVerbatim(block: Block, maxValueBytes: number): Block {
  if (block.values.length <= maxValueBytes) return block;
  const flags = flagOversize(block, block.valueEnd, maxValueBytes);
  return flags === block.flags ? block : { ...block, flags };
}

/** The block's flags, where values that end there are too large with these added. */
export function flagOversize(block: Block, valueEnd: Uint32Array, maxValueBytes: number): Uint8Array {
  let { flags } = block;
  const gap = block.separator.length;
  let start = 0;
  for (let i = 0; i < block.count; i++) {
    if (valueEnd[i]! - start > maxValueBytes) {
      if (flags === block.flags) flags = block.flags.slice();
      flags[i]! |= FLAG_OVERSIZE;
    }
    start = valueEnd[i]! + gap;
  }
  return flags;
}
