import type { ValuesConfig } from '../../config/types.ts';
import { type Block, FLAG_FILTERED, FLAG_INVALID, FLAG_NULL, valueStart } from '../block.ts';
import { Struct, type Value } from '../data/model.ts';
import { putError, type RecordError } from '../record-error.ts';
import { Draft } from './draft.ts';

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const BLANK = 0x20;

type Action = Exclude<ValuesConfig['onOther'], 'send'>;

export const OTHER_VALUE: RecordError = putError(
  'the value is neither a string nor an object (a Struct or a map), and behavior.on.other.values=fail; ignore skips such records',
);

/** Whether a value that a record has is neither a string nor an object. */
export function isOther(value: Value): boolean {
  return typeof value !== 'string' && !(value instanceof Struct) && !(value instanceof Map);
}

/** Keeps what is neither a string nor an object among the checked JSON of a block from being sent. */
export function dropOtherJson(block: Block, action: Action, maxValueBytes: number): Block {
  const { values, valueEnd } = block;
  return drop(block, action, maxValueBytes, index => {
    const end = valueEnd[index]!;
    let at = valueStart(block, index);
    while (at < end && values[at]! <= BLANK) at++;
    return at < end && values[at] !== QUOTE && values[at] !== OPEN_OBJECT;
  });
}

/** The same of values that are all bytes. */
export function dropBytes(block: Block, action: Action, maxValueBytes: number): Block {
  return drop(block, action, maxValueBytes, () => true);
}

function drop(block: Block, action: Action, maxValueBytes: number, isTold: (index: number) => boolean): Block {
  const draft = new Draft(block, maxValueBytes);
  for (let index = 0; index < block.count; index++) {
    if ((block.flags[index]! & (FLAG_INVALID | FLAG_NULL | FLAG_FILTERED)) !== 0 || !isTold(index)) continue;
    if (action === 'ignore') draft.skip(index);
    else draft.refuse(index, OTHER_VALUE);
  }
  return draft.finish();
}
