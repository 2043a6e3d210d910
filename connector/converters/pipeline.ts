import type { ValuesConfig } from '../../config/types.ts';
import {
  type Block,
  FLAG_CHECKED,
  FLAG_FILTERED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_OVERSIZE,
  FLAG_RAW_NEWLINE,
  type Run,
  valueStart,
} from '../block.ts';
import type { Schema, Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { valueText } from '../java/value-text.ts';
import type { Plan } from '../plan/plan.ts';
import { type RecordError, SINK_TASK } from '../record-error.ts';
import { ValueWriter } from '../value-writer.ts';
import { type DataConverter, NOTHING, type ReadValue, readerOf, type SchemaAndValue } from './data-converter.ts';
import { NotJson } from './json-data.ts';
import { withMembers } from './json-members.ts';
import { type PayloadOptions, printPayload, writePayload } from './json-payload.ts';
import { jsonOfString } from './json-strings.ts';
import { isOther, OTHER_VALUE } from './other-values.ts';
import { toRecordError } from './record-errors.ts';
import { RecordReader, SOMETHING } from './record-reader.ts';
import { TransformedWriter, type Wanted } from './transformed-writer.ts';

export interface PipelineParts extends PayloadOptions {
  /** Null where nothing needs the keys, or the headers. */
  readonly key: DataConverter | null;
  readonly value: DataConverter;
  readonly headers: DataConverter | null;
  readonly transformations: readonly RecordTransformation[];
  /** The same for JSON objects without a schema; null: none. */
  readonly plan: Plan | null;
  /** What is to be seen of the transforms' work beside the values; null: nothing. */
  readonly transformed: Wanted | null;
  /** Strings go as their text, for bodies that are no JSON; else they become JSON strings. */
  readonly plainTexts: boolean;
  /** And bytes as they are; else in base64, as JSON strings. */
  readonly plainBytes: boolean;
  /** All else as Java's String.valueOf writes it, in the place of JSON. */
  readonly java: boolean;
  /** Strings go as the JSON that they hold. */
  readonly jsonTexts: boolean;
  /** What is no JSON to JsonConverter is dropped. */
  readonly dropTexts: boolean;
  /** What becomes of what is neither a string nor an object. */
  readonly others: ValuesConfig['onOther'];
  /** Bytes that one value may have, so that it fits into a request of its own. */
  readonly maxValueBytes: number;
}

/**
 * Converters and transforms, record by record, as Kafka Connect's WorkerSinkTask runs them: key, value, headers, then
 * the transforms in order, and the value as JSON. Derives a block with other values: as many records, those that were
 * dropped or refused with an empty slot, a flag, and an error beside the block. A record is an object only in here.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #reader: RecordReader;
  readonly #writer = new ValueWriter();
  readonly #transformed: TransformedWriter | null;
  /** Of the block that is converted. */
  #readValue: ReadValue = readNothing;
  #error: RecordError | null = null;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#reader = new RecordReader(parts.key, parts.headers);
    this.#transformed = parts.transformed === null ? null : new TransformedWriter(parts.transformed);
  }

  convert(read: Block): Block {
    const { plan } = this.#parts;
    const block = plan === null ? read : withMembers(read, plan.names);
    const flags = block.flags.slice();
    const errors = new Map<number, RecordError>();
    this.#readValue = readerOf(this.#parts.value, block);
    this.#writer.begin(block);
    this.#transformed?.begin(block);
    for (const run of block.runs) {
      for (let index = run.start; index < run.end; index++) {
        this.#error = null;
        flags[index] = this.#planned(block, run, index) ?? this.#convertRecord(block, run, index);
        if (this.#error !== null) errors.set(index, this.#error);
      }
    }
    const { members, ...columns } = block;
    if (members !== undefined) block.free?.(members.places);
    this.#readValue = readNothing;
    const original = read.original ?? read;
    const transformed = this.#transformed === null ? {} : { transformed: this.#transformed.finish() };
    return { ...columns, ...this.#writer.finish(), ...transformed, flags, original, errors };
  }

  /**
   * Writes one value as the plan has it.
   * @returns the record's flags; null: the record is not served
   */
  #planned(block: Block, run: Run, index: number): number | null {
    const { plan, others, plainTexts, jsonTexts, maxValueBytes } = this.#parts;
    if (plan === null || (block.flags[index]! & FLAG_CHECKED) === 0) return null;
    const record = this.#reader.readAgain(block, run, index, someValue);
    if (record === null || !plan.serve(block, index, record)) return null;
    const { kind } = plan;
    const isString = kind === 'string';
    if (isString && (jsonTexts || (plainTexts && !plan.isPlainText))) return null;
    this.#transformed?.put(index, plan.record);
    if (plan.record === null || kind === 'null') {
      this.#writeNothing();
      return plan.record === null ? FLAG_FILTERED : FLAG_NULL;
    }
    if (others !== 'send' && !isString && kind !== 'object') return this.#drop(others);
    const writer = this.#writer;
    plan.write(writer, isString && plainTexts);
    // It may be short enough as the general path spells it.
    if (writer.size > maxValueBytes) {
      writer.takeBack();
      return null;
    }
    writer.endPieces();
    return block.flags[index]! & FLAG_RAW_NEWLINE;
  }

  /** Writes one value. @returns the record's flags */
  #convertRecord(block: Block, run: Run, index: number): number {
    const read = this.#reader.read(block, run, index, this.#value);
    const record = this.#reader.transform(read, this.#parts.transformations);
    this.#error ??= this.#reader.error;
    this.#transformed?.put(index, record);
    if (record === null) {
      this.#writeNothing();
      return this.#error === null ? FLAG_FILTERED : FLAG_INVALID;
    }
    if (record.value === null) {
      this.#writeNothing();
      return FLAG_NULL;
    }
    if (this.#parts.others !== 'send' && isOther(record.value)) return this.#drop(this.#parts.others);
    const bytes = this.#write(block, record);
    if (bytes === null) return FLAG_NULL;
    if (bytes < 0) return FLAG_INVALID;
    return bytes > this.#parts.maxValueBytes ? FLAG_OVERSIZE : 0;
  }

  #drop(action: 'ignore' | 'fail'): number {
    this.#writeNothing();
    if (action === 'ignore') return FLAG_FILTERED;
    this.#error = OTHER_VALUE;
    return FLAG_INVALID;
  }

  readonly #value = (block: Block, index: number): SchemaAndValue | null => {
    const { value, dropTexts } = this.#parts;
    try {
      if ((block.flags[index]! & FLAG_NULL) !== 0) return value.toConnect(null);
      return this.#readValue(valueStart(block, index), block.valueEnd[index]!);
    } catch (error) {
      if (dropTexts && error instanceof NotJson) return null;
      this.#error = toRecordError('VALUE_CONVERTER', value.className, error);
      return null;
    }
  };

  /** @returns how many bytes the value has; -1 when it can not be written, null where it turns out to be none */
  #write(block: Block, { valueSchema, value }: ConnectRecord): number | null {
    let json: string | null = null;
    try {
      if (!this.#put(block, valueSchema, value)) {
        this.#writeNothing();
        return null;
      }
      if (this.#transformed?.wantsValues === true) json = printPayload(valueSchema, value, this.#parts);
    } catch (error) {
      this.#error = toRecordError('TASK_PUT', SINK_TASK, error);
      this.#writeNothing();
      return -1;
    }
    this.#transformed?.putValue(json);
    return this.#writer.endPieces();
  }

  /** @returns false where there is nothing to be written */
  #put(block: Block, schema: Schema | null, value: Value): boolean {
    const { plainTexts, plainBytes, jsonTexts, java } = this.#parts;
    const writer = this.#writer;
    if (jsonTexts && typeof value === 'string') {
      const json = jsonOfString(block, value);
      if (json !== null) writer.piece(json, 0, json.length);
      return json !== null;
    }
    if (plainTexts && typeof value === 'string') writer.pieceText(value);
    else if (plainBytes && Buffer.isBuffer(value)) writer.piece(value, 0, value.length);
    else if (java) writer.pieceText(valueText(schema, value));
    else writePayload(writer, schema, value, this.#parts);
    return true;
  }

  #writeNothing(): void {
    this.#writer.nothing();
    this.#transformed?.putValue(null);
  }
}

function readNothing(): SchemaAndValue {
  return NOTHING;
}

function someValue(): SchemaAndValue {
  return SOMETHING;
}
