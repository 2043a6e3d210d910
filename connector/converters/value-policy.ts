import type { ValuesConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import { type Block, FLAG_FILTERED, FLAG_INVALID, FLAG_NULL, FLAG_RAW_NEWLINE, valueStart } from '../block.ts';
import { putError, type RecordError } from '../record-error.ts';
import { Draft } from './draft.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const NOTHING = Buffer.alloc(0);
const JSON_NULL = Buffer.from('null');

/**
 * What a record's value is to the endpoint. `null`: Kafka has none. `empty`: no bytes. `json-null`: a null of a record that has a
 * value. `text`: no JSON to JsonConverter. `refused`: it has an error that no policy is about.
 */
type Kind = 'null' | 'empty' | 'json-null' | 'text' | 'scalar' | 'array' | 'object' | 'refused';

/** For an error: what stands behind "the value is". */
const NAMES = { empty: 'empty', 'json-null': 'null in JSON', scalar: 'neither object nor array', array: 'an array' };

/**
 * What becomes of values by what they are: the policies of `behavior.on.….values`, as far as they say something else than what
 * is done anyway. They look at what would be sent, behind converters and transforms, and there at the first byte.
 * @returns null where there is nothing to do
 */
export function createValuePolicy(
  config: ValuesConfig,
  format: Pick<BodyFormat, 'bare' | 'maxValueBytes'>,
): ((block: Block) => Block) | null {
  const { onNull, onEmpty, onJsonNull, onText, onScalar, onArray } = config;
  const sent = onScalar === 'send' && onArray === 'send';
  if (sent && onNull !== 'send' && onEmpty === 'convert' && onJsonNull === 'null' && onText !== 'ignore') return null;
  const policy = new ValuePolicy(config, format);
  return block => policy.apply(block);
}

class ValuePolicy {
  readonly #config: ValuesConfig;
  readonly #format: Pick<BodyFormat, 'bare' | 'maxValueBytes'>;

  constructor(config: ValuesConfig, format: Pick<BodyFormat, 'bare' | 'maxValueBytes'>) {
    this.#config = config;
    this.#format = format;
  }

  apply(block: Block): Block {
    const draft = new Draft(block, this.#format.maxValueBytes);
    for (let index = 0; index < block.count; index++) {
      if ((block.flags[index]! & FLAG_FILTERED) === 0) this.#judge(draft, block, index);
    }
    return draft.finish();
  }

  #judge(draft: Draft, block: Block, index: number): void {
    const { onEmpty, onJsonNull, onText, onScalar, onArray } = this.#config;
    const kind = kindOf(block, index);
    switch (kind) {
      case 'null':
        return this.#takeForNull(draft, index);
      case 'empty':
        return this.#judgeEmpty(draft, block, index, onEmpty);
      case 'json-null':
        if (onJsonNull === 'null') this.#takeForNull(draft, index);
        else if (onJsonNull === 'send') sendJsonNull(draft, block, index);
        else decide(draft, index, kind, onJsonNull);
        return;
      case 'text':
        if (onText === 'ignore') draft.skip(index);
        return;
      case 'scalar':
        return decide(draft, index, kind, onScalar);
      case 'array':
        return decide(draft, index, kind, onArray);
      case 'object':
      case 'refused':
        return;
    }
  }

  #judgeEmpty(draft: Draft, block: Block, index: number, action: ValuesConfig['onEmpty']): void {
    const flags = block.flags[index]!;
    if (action === 'ignore' || action === 'fail') decide(draft, index, 'empty', action);
    else if (action === 'null') this.#takeForNull(draft, index);
    else if (action === 'convert') {
      if ((flags & FLAG_NULL) !== 0) this.#takeForNull(draft, index);
    } else if ((flags & (FLAG_NULL | FLAG_INVALID)) !== 0) this.#sendNothing(draft, index);
  }

  /** What is not sent waits for its turn as a null: it fails the task, or is counted, when its time has come. */
  #takeForNull(draft: Draft, index: number): void {
    if (this.#config.onNull === 'send') this.#sendNothing(draft, index);
    else draft.makeNull(index);
  }

  #sendNothing(draft: Draft, index: number): void {
    draft.replace(index, this.#format.bare ? NOTHING : JSON_NULL);
  }
}

function kindOf(block: Block, index: number): Kind {
  const before = block.original ?? block;
  const wasNull = (before.flags[index]! & FLAG_NULL) !== 0;
  const wasEmpty = !wasNull && before.valueEnd[index]! === valueStart(before, index);
  const flags = block.flags[index]!;
  if ((flags & FLAG_INVALID) !== 0) {
    const error = block.errors?.get(index);
    if (error === undefined) return 'text';
    return wasEmpty && error.stage === 'VALUE_CONVERTER' ? 'empty' : 'refused';
  }
  if ((flags & FLAG_NULL) !== 0) return wasNull ? 'null' : wasEmpty ? 'empty' : 'json-null';
  return kindOfBytes(block, index, wasEmpty);
}

/** @param wasEmpty before it became a JSON string */
function kindOfBytes(block: Block, index: number, wasEmpty: boolean): Kind {
  const { values, valueEnd } = block;
  const start = valueStart(block, index);
  const end = valueEnd[index]!;
  if (start === end || (wasEmpty && end === start + 2 && values[start] === QUOTE)) return 'empty';
  let at = start;
  while (at < end && isBlank(values[at]!)) at++;
  const first = at < end ? values[at]! : 0;
  if (first === OPEN_OBJECT) return 'object';
  return first === OPEN_ARRAY ? 'array' : 'scalar';
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}

function decide(draft: Draft, index: number, kind: keyof typeof NAMES, action: 'send' | 'ignore' | 'fail'): void {
  if (action === 'ignore') draft.skip(index);
  else if (action === 'fail') draft.refuse(index, refusal(kind));
}

function refusal(kind: keyof typeof NAMES): RecordError {
  const key = `behavior.on.${kind.replace('-', '.')}.values`;
  return putError(`the value is ${NAMES[kind]}, and ${key}=fail; ignore skips such records`);
}

/** Kafka's bytes where they are JSON's null, blanks around it and all. */
function sendJsonNull(draft: Draft, block: Block, index: number): void {
  const start = valueStart(block, index);
  const value = block.values.subarray(start, block.valueEnd[index]!);
  const first = value.findIndex(byte => !isBlank(byte));
  const last = value.findLastIndex(byte => !isBlank(byte));
  if (first < 0 || !value.subarray(first, last + 1).equals(JSON_NULL)) draft.replace(index, JSON_NULL);
  else draft.keep(index, value.length, value.includes(LF) || value.includes(CR) ? FLAG_RAW_NEWLINE : 0);
}
