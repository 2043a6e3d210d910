import { type Block, FLAG_INVALID, FLAG_NULL, type Run } from '../block.ts';
import type { ConnectRecord } from '../data/record.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { type DataConverter, NOTHING, type SchemaAndValue } from './data-converter.ts';
import { Draft } from './draft.ts';
import { RecordReader, SOMETHING } from './record-reader.ts';
import { TransformedWriter, type Wanted } from './transformed-writer.ts';

export interface BesideParts {
  /** Null where nothing needs the keys, or the headers. */
  readonly key: DataConverter | null;
  readonly headers: DataConverter | null;
  /** None of them looks at the value, or changes it. */
  readonly transformations: readonly RecordTransformation[];
  /** What is to be seen of the transforms' work; null: nothing. */
  readonly transformed: Wanted | null;
  readonly maxValueBytes: number;
}

/** Transforms that leave values alone, over converted values that stay where they are: what changes is which records are sent, and where to. */
export class BesidePath {
  readonly #parts: BesideParts;
  readonly #reader: RecordReader;
  readonly #transformed: TransformedWriter | null;

  constructor(parts: BesideParts) {
    this.#parts = parts;
    this.#reader = new RecordReader(parts.key, parts.headers);
    this.#transformed = parts.transformed === null ? null : new TransformedWriter(parts.transformed);
  }

  /** @param block its values have been through their converter */
  apply(block: Block): Block {
    const draft = new Draft(block, this.#parts.maxValueBytes);
    this.#transformed?.begin(block);
    for (const run of block.runs) {
      for (let index = run.start; index < run.end; index++) {
        const record = this.#judge(draft, block, run, index);
        this.#transformed?.put(index, record);
      }
    }
    const applied = draft.finish();
    return this.#transformed === null ? applied : { ...applied, transformed: this.#transformed.finish() };
  }

  #judge(draft: Draft, block: Block, run: Run, index: number): ConnectRecord | null {
    const reader = this.#reader;
    const read = reader.readAgain(block, run, index, valueAt);
    const record = reader.transform(read, this.#parts.transformations);
    if (reader.error !== null) draft.refuse(index, reader.error);
    else if (read !== null && record === null) draft.skip(index);
    return record;
  }
}

/** Whether there is one is all that is asked. A refused one has its flag, and its error if it needs one. */
function valueAt({ flags }: Block, index: number): SchemaAndValue | null {
  const flag = flags[index]!;
  if ((flag & FLAG_INVALID) !== 0) return null;
  return (flag & FLAG_NULL) !== 0 ? NOTHING : SOMETHING;
}
