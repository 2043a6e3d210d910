import { type Block, FLAG_INVALID, FLAG_NULL, valueStart } from '../block.ts';
import { Draft } from './draft.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;

/** The JSON strings among the values of a block as their texts; half a character, which UTF-8 has not, becomes U+FFFD. */
export function unquoteStrings(block: Block, maxValueBytes: number): Block {
  const draft = new Draft(block, maxValueBytes);
  eachString(block, (index, text) => draft.replace(index, text));
  return draft.finish();
}

/** Visits the records of a block whose value is a JSON string, with what it says; blanks may stand in front of it. */
export function eachString(block: Block, visit: (index: number, text: Buffer) => void): void {
  const { values, valueEnd, flags } = block;
  for (let index = 0; index < block.count; index++) {
    if ((flags[index]! & (FLAG_INVALID | FLAG_NULL)) !== 0) continue;
    const end = valueEnd[index]!;
    let start = valueStart(block, index);
    while (start < end && values[start]! <= BLANK) start++;
    if (start < end && values[start] === QUOTE) visit(index, textOfString(values, start, end));
  }
}

/** What the JSON string says that stands there. */
function textOfString(values: Buffer, start: number, end: number): Buffer {
  const inside = values.subarray(start + 1, values.lastIndexOf(QUOTE, end - 1));
  if (!inside.includes(BACKSLASH)) return inside;
  return Buffer.from(JSON.parse(values.toString('utf8', start, end)) as string);
}
