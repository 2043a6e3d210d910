import { type Block, FLAG_INVALID, FLAG_NULL, FLAG_RAW_NEWLINE } from '../block.ts';
import { DataException } from '../data/errors.ts';
import { putError, type RecordError } from '../record-error.ts';
import { Draft } from './draft.ts';
import { convertJson, explainJson } from './json.ts';
import { eachString } from './raw-strings.ts';

const NO_LIMIT = { maxValueBytes: Number.MAX_SAFE_INTEGER };
const NO_JSON = 'the value is a string that holds no JSON, and behavior.on.string.values=json:';

/** Why the text of a string is refused. */
export function notJsonText(text: Buffer): RecordError {
  return putError(`${NO_JSON} ${explainJson(text)}`);
}

/** The JSON strings among the values of a block as the JSON that they hold, once: a string in a string stays one. */
export function readStrings(block: Block, maxValueBytes: number): Block {
  const draft = new Draft(block, maxValueBytes);
  eachString(block, (index, text) => put(draft, block, index, text));
  return draft.finish();
}

function put(draft: Draft, block: Block, index: number, text: Buffer): void {
  const { value, flags } = judge(block, text);
  if ((flags & FLAG_INVALID) !== 0) draft.refuse(index, notJsonText(text));
  else if ((flags & FLAG_NULL) !== 0) draft.makeNull(index);
  else {
    draft.replace(index, value);
    if ((flags & FLAG_RAW_NEWLINE) !== 0) draft.keep(index, value.length, FLAG_RAW_NEWLINE);
  }
}

/** One text as JsonConverter reads a value. */
function judge(block: Block, text: Buffer): { readonly value: Buffer; readonly flags: number } {
  const alone = { ...block, values: text, valueEnd: Uint32Array.of(text.length), flags: Uint8Array.of(0), count: 1 };
  const { values, valueEnd, flags } = convertJson(alone, NO_LIMIT);
  return { value: values.subarray(0, valueEnd[0]), flags: flags[0]! };
}

/**
 * The JSON that a string holds, which transforms have made or left.
 * @throws DataException where it holds none
 */
export function jsonOfString(block: Block, string: string): Buffer | null {
  const text = Buffer.from(string);
  const { value, flags } = judge(block, text);
  if ((flags & FLAG_INVALID) !== 0) throw new DataException(`${NO_JSON} ${explainJson(text)}`);
  return (flags & FLAG_NULL) !== 0 ? null : value;
}
