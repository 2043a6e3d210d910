import { type Block, FLAG_INVALID, FLAG_NULL, valueStart } from '../block.ts';
import { Draft } from './draft.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;

/** The JSON strings among the values of a block as their texts; half a character, which UTF-8 has not, becomes U+FFFD. */
export function unquoteStrings(block: Block, maxValueBytes: number): Block {
  const draft = new Draft(block, maxValueBytes);
  const { values, valueEnd, flags } = block;
  for (let index = 0; index < block.count; index++) {
    if ((flags[index]! & (FLAG_INVALID | FLAG_NULL)) !== 0) continue;
    const end = valueEnd[index]!;
    let start = valueStart(block, index);
    while (start < end && values[start]! <= BLANK) start++;
    if (values[start] === QUOTE && start < end) draft.replace(index, textOfString(values, start, end));
  }
  return draft.finish();
}

/** What the JSON string says that stands there. */
export function textOfString(values: Buffer, start: number, end: number): Buffer {
  const inside = values.subarray(start + 1, values.lastIndexOf(QUOTE, end - 1));
  if (!inside.includes(BACKSLASH)) return inside;
  return Buffer.from(JSON.parse(values.toString('utf8', start, end)) as string);
}
