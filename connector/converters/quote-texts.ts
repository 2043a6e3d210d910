import { isUtf8 } from 'node:buffer';
import { type Block, FLAG_INVALID, type ValuesColumn, valueAt } from '../block.ts';
import { type DataConverter, type ReadValue, readerOf, type SchemaAndValue } from './data-converter.ts';
import { Draft } from './draft.ts';
import { NotJson } from './json-data.ts';

/** The string that a value stands for which is no JSON: its text, or its bytes in base64 where it is none. */
function textOf(value: Buffer): string {
  return value.toString(isUtf8(value) ? 'utf8' : 'base64');
}

/**
 * What `convertJson` refused as JSON strings, or as the texts that these stand for. Of one that is too large without quotes, and so
 * never sent, there is as much as tells what it is.
 */
export function quoteTexts(block: Block, maxValueBytes: number, raw: boolean): Block {
  const draft = new Draft(block, maxValueBytes);
  for (let index = 0; index < block.count; index++) {
    if ((block.flags[index]! & FLAG_INVALID) === 0 || block.errors?.has(index) === true) continue;
    const value = valueAt(block, index)!;
    if (raw && value.length > maxValueBytes) draft.keep(index, value.length);
    else if (raw) draft.replace(index, Buffer.from(textOf(value)));
    else draft.replace(index, Buffer.from(JSON.stringify(textOf(value.subarray(0, maxValueBytes + 1)))));
  }
  return draft.finish();
}

/** A JsonConverter that takes what is no JSON for a string. */
export class QuotingConverter implements DataConverter {
  readonly className: string;
  readonly fallible: boolean;
  readonly #json: DataConverter;

  constructor(json: DataConverter) {
    this.className = json.className;
    this.fallible = json.fallible;
    this.#json = json;
  }

  toConnect(bytes: Buffer | null): SchemaAndValue {
    try {
      return this.#json.toConnect(bytes);
    } catch (error) {
      return textInsteadOf(error, bytes);
    }
  }

  readerOf(column: ValuesColumn): ReadValue {
    const read = readerOf(this.#json, column);
    return (start, end) => {
      try {
        return read(start, end);
      } catch (error) {
        return textInsteadOf(error, column.values.subarray(start, end));
      }
    };
  }
}

function textInsteadOf(error: unknown, bytes: Buffer | null): SchemaAndValue {
  if (bytes === null || !(error instanceof NotJson)) throw error;
  return { schema: null, value: textOf(bytes) };
}
