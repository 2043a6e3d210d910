import type { ConnectorConfig, HeaderConverterConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import type { Block, ReadAhead } from '../block.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { areBeside, type Plan, planOf } from '../plan/plan.ts';
import type { RecordError } from '../record-error.ts';
import { type BesideParts, BesidePath } from './beside.ts';
import type { DataConverter } from './data-converter.ts';
import { guard } from './guard.ts';
import { convertJson } from './json.ts';
import { JsonDataConverter, NotJson } from './json-data.ts';
import { notJsonText, readStrings } from './json-strings.ts';
import { dropBytes, dropOtherJson } from './other-values.ts';
import { Pipeline } from './pipeline.ts';
import { createByteArrayConverter, createPrimitiveConverter, createStringConverter } from './primitives.ts';
import { QuotingConverter, quoteTexts } from './quote-texts.ts';
import { unquoteStrings } from './raw-strings.ts';
import { toRecordError } from './record-errors.ts';
import { SIMPLE_HEADER_CONVERTER } from './simple-header.ts';
import { convertString } from './string.ts';
import { textDecoder } from './text-encoding.ts';
import type { Wanted } from './transformed-writer.ts';
import { createValuePolicy } from './value-policy.ts';
import { passVerbatim } from './verbatim.ts';

/** Without `values` nothing is done for what values are. */
export type ConvertersConfig = Pick<ConnectorConfig, 'keyConverter' | 'valueConverter' | 'headerConverter'> &
  Partial<Pick<ConnectorConfig, 'values'>>;

/** What values must be for the bodies that they will stand in. */
export type ValueFormat = Pick<BodyFormat, 'bare' | 'maxValueBytes'> & Partial<Pick<BodyFormat, 'verbatim'>>;

/** The columns that `convert` looks at besides the values, and what a reader that can do it may spare it. */
export interface Needs extends ReadAhead {
  readonly keys: boolean;
  readonly headers: boolean;
}

/** What becomes of one connector's records between the reader and the lanes. */
export interface Converter {
  /** Flags what can not be delivered as it is, and derives other values where others are to be sent. */
  readonly convert: (block: Block) => Block;
  /** Why `convert` flagged a value that has no error beside its block as invalid. */
  readonly explain: (value: Buffer) => RecordError;
  readonly needs: Needs;
}

/**
 * JSON without schemas and texts, with nothing done to them, stay bytes in their block. Everything else goes through a
 * `Pipeline`, record by record; only such a connector pays for it.
 * @param routed what a route looks at: blocks show what transforms made of it
 * @throws RangeError for an encoding that this program can not decode; DataException for a `schema.content` that is none
 */
export function createConverter(
  config: ConvertersConfig,
  format: ValueFormat,
  transformations: readonly RecordTransformation[] = [],
  routed: Wanted | null = null,
): Converter {
  const json = createDataConverter(config.valueConverter);
  const value = config.values?.onText === 'quote' ? new QuotingConverter(json) : json;
  const transformed = wantedOf(routed, transformations.length > 0, isJava(config, format));
  const needed = {
    key: transformed?.keys === true || transformations.some(({ needsKey }) => needsKey),
    headers: transformed?.headers === true || transformations.some(({ needsHeaders }) => needsHeaders),
  };
  const key = onlyIf(needed.key, createDataConverter(config.keyConverter));
  const headers = onlyIf(needed.headers, createDataConverter(config.headerConverter));
  const stays = transformations.length === 0 || (areBeside(transformations) && areJudgedFirst(config, transformed));
  const spliced = stays ? spliceConverter(config, format) : null;
  const plan = spliced === null ? planFor(config, format, transformations) : null;
  const parts = { key, headers, transformations, transformed };
  const convert =
    spliced === null
      ? createPipeline(config, { ...parts, value, plan }, format)
      : besides(spliced, { ...parts, maxValueBytes: format.maxValueBytes });
  const policy = config.values === undefined ? null : createValuePolicy(config.values, format);
  return {
    convert: policy === null ? convert : block => policy(convert(block)),
    explain: bytes =>
      config.valueConverter.kind === 'string'
        ? notJsonText(bytes)
        : toRecordError('VALUE_CONVERTER', value.className, new NotJson(bytes)),
    needs: {
      keys: key !== null,
      headers: headers !== null,
      json: plan !== null || (spliced !== null && isCheckedInPlace(config)),
      members: plan === null ? null : plan.names,
      quotedUpTo: spliced !== null && areQuoted(config, format) ? format.maxValueBytes : null,
    },
  };
}

/** Whether nothing is to be decided or written of values behind the transforms, which may drop them first. */
function areJudgedFirst({ values }: ConvertersConfig, transformed: Wanted | null): boolean {
  if (transformed?.values === true) return false;
  return values === undefined || (values.onOther === 'send' && values.onString !== 'json');
}

/** Spliced values, and behind them whatever does not touch them. */
function besides(spliced: (block: Block) => Block, parts: BesideParts): (block: Block) => Block {
  const { key, headers, transformations } = parts;
  if (transformations.length > 0) {
    const path = new BesidePath(parts);
    return block => path.apply(spliced(block));
  }
  return key === null && headers === null ? spliced : block => guard(spliced(block), { key, headers });
}

function planFor(
  config: ConvertersConfig,
  format: ValueFormat,
  transformations: readonly RecordTransformation[],
): Plan | null {
  const { valueConverter } = config;
  const isJson = valueConverter.kind === 'json' && !valueConverter.schemas;
  return isJson && !isJava(config, format) ? planOf(transformations) : null;
}

/** A transform may write what it does not need: only what comes out of the chain is what a route is to see. */
function wantedOf(routed: Wanted | null, chained: boolean, java: boolean): Wanted | null {
  if (routed === null) return null;
  const values = routed.values && java;
  if (chained) return { ...routed, values };
  return values ? { keys: false, headers: false, values } : null;
}

function isJava({ values }: ConvertersConfig, { bare }: ValueFormat): boolean {
  return bare && values?.written === 'java';
}

/** Whether a string is sent as its text, whatever converter made it. */
function isRaw({ values }: ConvertersConfig, { bare }: ValueFormat): boolean {
  return bare && (values?.onString === 'raw' || values?.written === 'java');
}

/** Whether a string is sent as the JSON that its text is. */
function holdsJson({ values }: ConvertersConfig): boolean {
  return values?.onString === 'json' && values.written !== 'java';
}

/** Whether the bytes that Kafka has are what is checked to be JSON. */
function isCheckedInPlace(config: ConvertersConfig): boolean {
  const { valueConverter } = config;
  if (valueConverter.kind === 'string') return holdsJson(config) && textDecoder(valueConverter.encoding) === null;
  return valueConverter.kind === 'json';
}

/** Whether values are texts in UTF-8 that become JSON strings. */
function areQuoted(config: ConvertersConfig, { bare }: ValueFormat): boolean {
  const { valueConverter } = config;
  if (valueConverter.kind !== 'string' || bare || holdsJson(config)) return false;
  return textDecoder(valueConverter.encoding) === null;
}

/** One that refuses nothing, and that nothing needs, has nothing to do. */
function onlyIf(needed: boolean, converter: DataConverter): DataConverter | null {
  return needed || converter.fallible ? converter : null;
}

/** Null where values can't stay as they are. */
function spliceConverter(config: ConvertersConfig, format: ValueFormat): ((block: Block) => Block) | null {
  const { valueConverter, values } = config;
  const { bare, verbatim, maxValueBytes } = format;
  if (valueConverter.kind === 'json' && !valueConverter.schemas) {
    if (isJava(config, format)) return null;
    const check = dropping(values, dropOtherJson, maxValueBytes, block => convertJson(block, { maxValueBytes }));
    const raw = isRaw(config, format);
    const form = raw ? unquoteStrings : holdsJson(config) ? readStrings : null;
    const strings = form === null ? check : (block: Block) => form(check(block), maxValueBytes);
    return values?.onText === 'quote' ? block => quoteTexts(strings(block), maxValueBytes, raw) : strings;
  }
  if (valueConverter.kind === 'bytes' && bare) {
    return dropping(values, dropBytes, maxValueBytes, block => passVerbatim(block, maxValueBytes));
  }
  if (valueConverter.kind !== 'string') return null;
  const decode = textDecoder(valueConverter.encoding);
  if (holdsJson(config)) {
    return block => convertJson(convertString(block, { decode, quoted: false, maxValueBytes }), { maxValueBytes });
  }
  if (verbatim === true && decode === null) return block => passVerbatim(block, maxValueBytes);
  return block => convertString(block, { decode, quoted: !bare, maxValueBytes });
}

/** What is neither a string nor an object goes only where it is to be sent. */
function dropping(
  values: ConvertersConfig['values'],
  drop: typeof dropBytes,
  maxValueBytes: number,
  convert: (block: Block) => Block,
): (block: Block) => Block {
  const action = values?.onOther ?? 'send';
  return action === 'send' ? convert : block => drop(convert(block), action, maxValueBytes);
}

function createPipeline(
  config: ConvertersConfig,
  parts: Pick<
    ConstructorParameters<typeof Pipeline>[0],
    'key' | 'value' | 'headers' | 'transformations' | 'plan' | 'transformed'
  >,
  format: ValueFormat,
): (block: Block) => Block {
  const { valueConverter, values } = config;
  const { bare, maxValueBytes } = format;
  const plain = bare && (valueConverter.kind === 'string' || valueConverter.kind === 'bytes');
  const json = valueConverter.kind === 'json';
  const pipeline = new Pipeline({
    ...parts,
    plainTexts: plain || isRaw(config, format),
    plainBytes: plain,
    java: isJava(config, format),
    jsonTexts: holdsJson(config),
    dropTexts: values?.onText === 'ignore',
    others: values?.onOther ?? 'send',
    maxValueBytes,
    decimalFormat: json ? valueConverter.decimalFormat : 'BASE64',
    replaceNullWithDefault: json ? valueConverter.replaceNullWithDefault : true,
  });
  return block => pipeline.convert(block);
}

/** One converter by itself. */
export function createDataConverter(config: HeaderConverterConfig): DataConverter {
  switch (config.kind) {
    case 'json':
      return new JsonDataConverter(config);
    case 'string':
      return createStringConverter(config.encoding);
    case 'bytes':
      return createByteArrayConverter();
    case 'simple':
      return SIMPLE_HEADER_CONVERTER;
    default:
      return createPrimitiveConverter(config.kind);
  }
}
