import assert from 'node:assert/strict';
import {
  type Block,
  type BytesColumn,
  FLAG_CHECKED,
  FLAG_FILTERED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_OVERSIZE,
  FLAG_RAW_NEWLINE,
  valueAt,
} from '../../../connector/block.ts';
import {
  type Converter,
  type ConvertersConfig,
  createConverter,
  type ValueFormat,
} from '../../../connector/converters/choose.ts';
import { withMembers } from '../../../connector/converters/json-members.ts';
import { JsonReader } from '../../../connector/data/json-parse.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import type { RecordTransformation } from '../../../connector/data/transformation.ts';
import { bytesAt, originalValueAt } from '../../../connector/headers-column.ts';
import { areBeside, SOME_VALUE } from '../../../connector/plan/plan.ts';
import type { RecordError } from '../../../connector/record-error.ts';

const ROUTED = { keys: true, headers: true, values: false };
const FATES = FLAG_NULL | FLAG_INVALID | FLAG_OVERSIZE | FLAG_FILTERED;
const reader = new JsonReader();

/** What has come out for one record, in a form in which both ways must agree. */
interface Outcome {
  readonly fate: number;
  /** Null: nothing is sent. */
  readonly sent: string | null;
  readonly error: RecordError | undefined;
  readonly topic: string;
  readonly timestamp: number;
  readonly key: string | null;
  readonly headers: string | null;
  readonly original: string | null;
}

/** How many records went one way and the other. */
export interface Tally {
  readonly records: number;
  /** That the transforms of the general path saw as values. */
  readonly general: number;
  /** Of these, whose values the optimised path did without. */
  readonly served: number;
}

/** One chain of transforms twice: as connectors have it, and by the general path alone, which is the definition. */
export class BothWays {
  readonly #optimised: Converter;
  readonly #general: Converter;
  readonly #format: ValueFormat;
  /** Values stay as they were written, and count as so many bytes. */
  readonly #staysWritten: boolean;
  #looked = 0;
  #records = 0;
  #defined = 0;
  #served = 0;

  constructor(config: ConvertersConfig, format: ValueFormat, transformations: readonly RecordTransformation[]) {
    this.#format = format;
    this.#staysWritten = areBeside(transformations);
    this.#optimised = createConverter(config, format, this.#watched(transformations), ROUTED);
    const unplanned = transformations.map(each => ({ ...each, planned: null }));
    this.#general = createConverter(config, format, this.#watched(unplanned), ROUTED);
  }

  get tally(): Tally {
    return { records: this.#records, general: this.#defined, served: this.#served };
  }

  /** As a reader hands the block out that does for this connector what it may do ahead; the same block where it needs nothing. */
  readAhead(block: Block): Block {
    const { json, members } = this.#optimised.needs;
    if (!json) return block;
    const { members: column, ...rest } = withMembers(block, members ?? []);
    return members === null ? rest : { ...rest, members: column! };
  }

  /** Of records as they are, and as they come from a reader that has looked at them. @throws AssertionError where the two ways give different things */
  compare(block: Block): void {
    this.#looked = 0;
    const general = withoutStacks(() => this.#general.convert(block));
    const defined = this.#looked;
    const expected = Array.from(block.flags, (_, index) => this.#outcome(this.#general, general, block, index));
    for (const read of new Set([block, this.readAhead(block)])) {
      this.#looked = 0;
      const optimised = withoutStacks(() => this.#optimised.convert(read));
      this.#records += block.count;
      this.#defined += defined;
      this.#served += defined - this.#looked;
      this.#assertWhole(optimised, block);
      for (const [index, outcome] of expected.entries()) {
        this.#assertSame(optimised, block, index, outcome);
        if (outcome.sent !== null) this.#assertLineEnds(optimised, general, index);
      }
    }
  }

  #watched([first, ...rest]: readonly RecordTransformation[]): readonly RecordTransformation[] {
    if (first === undefined) return [];
    const apply: RecordTransformation['apply'] = record => {
      if (record.value !== null && record.value !== SOME_VALUE) this.#looked++;
      return first.apply(record);
    };
    return [{ ...first, apply }, ...rest];
  }

  #assertWhole(block: Block, from: Block): void {
    assert.equal(block.count, from.count);
    assert.equal(block.members, undefined, 'places are those of the values that were read');
    const { values, valueEnd, separator } = block;
    assert.deepEqual(separator, from.separator);
    for (const end of valueEnd) assert.deepEqual(values.subarray(end, end + separator.length), separator);
  }

  #assertSame(optimised: Block, read: Block, index: number, expected: Outcome): void {
    const actual = this.#outcome(this.#optimised, optimised, read, index);
    if (this.#staysWritten && actual.fate !== expected.fate && actual.fate === (expected.fate | FLAG_OVERSIZE)) {
      const bytes = valueAt(optimised, index)!.length;
      assert(bytes > this.#format.maxValueBytes, `${bytes} bytes are not too many`);
      return;
    }
    assert.deepEqual(actual, expected, `record ${index}: ${JSON.stringify(valueAt(read, index)?.toString())}`);
  }

  /** A line format must be told of line ends that the general path has not written. */
  #assertLineEnds(optimised: Block, general: Block, index: number): void {
    if ((optimised.flags[index]! & FLAG_RAW_NEWLINE) !== 0 || !hasLineEnd(optimised, index)) return;
    assert(hasLineEnd(general, index), `the line ends of record ${index} are not told`);
  }

  #outcome(converter: Converter, block: Block, read: Block, index: number): Outcome {
    const flags = block.flags[index]!;
    const fate = flags & FATES;
    const { topic, timestamp, keys, headers } = block.transformed!;
    const own = block.errors?.get(index);
    const original = originalValueAt(block, index);
    if (flags & FLAG_CHECKED) assert.equal(this.#staysWritten, true, 'nobody has checked what was written here');
    return {
      fate,
      sent: fate === 0 ? this.#meaning(valueAt(block, index)!) : null,
      error: own ?? (fate & FLAG_INVALID ? converter.explain(valueAt(read, index)!) : undefined),
      topic: topic[index]!,
      timestamp: timestamp[index]!,
      key: textAt(keys, index),
      headers: textAt(headers, index),
      original: original?.toString('latin1') ?? null,
    };
  }

  /** JSON without what its spelling may be: blanks, escapes, what a name that is there again has hidden. */
  #meaning(value: Buffer): string {
    const text = value.toString();
    try {
      return printJson(reader.read(text));
    } catch {
      // HoistField goes a level deeper than the reader would.
      if (!this.#format.bare) JSON.parse(text);
      return text;
    }
  }
}

/** Most of the time would go into the stack traces of what records are refused for. */
function withoutStacks<T>(run: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function hasLineEnd(block: Block, index: number): boolean {
  const value = valueAt(block, index)!;
  return value.includes('\n') || value.includes('\r');
}

function textAt(column: BytesColumn | null, index: number): string | null {
  return bytesAt(column, index)?.toString('latin1') ?? null;
}
