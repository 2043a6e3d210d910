import type { ConnectorConfig, HeaderConverterConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import type { Block } from '../block.ts';
import type { RecordTransformation } from '../data/record.ts';
import type { RecordError } from '../record-error.ts';
import type { DataConverter } from './data-converter.ts';
import { guard } from './guard.ts';
import { convertJson } from './json.ts';
import { JsonDataConverter, notJson } from './json-data.ts';
import { Pipeline } from './pipeline.ts';
import { createByteArrayConverter, createPrimitiveConverter, createStringConverter } from './primitives.ts';
import { toRecordError } from './record-errors.ts';
import { SIMPLE_HEADER_CONVERTER } from './simple-header.ts';
import { convertString } from './string.ts';
import { textDecoder } from './text-encoding.ts';
import type { Wanted } from './transformed-writer.ts';

export type ConvertersConfig = Pick<ConnectorConfig, 'keyConverter' | 'valueConverter' | 'headerConverter'>;

/** What becomes of one connector's records between the reader and the lanes. */
export interface Converter {
  /** Flags what can not be delivered as it is, and derives other values where others are to be sent. */
  readonly convert: (block: Block) => Block;
  /** Why `convert` flagged a value that has no error beside its block as invalid. */
  readonly explain: (value: Buffer) => RecordError;
  /** The columns that `convert` looks at besides the values; `json`: a reader that can check JSON spares `convert` that. */
  readonly needs: { readonly keys: boolean; readonly headers: boolean; readonly json: boolean };
}

/**
 * JSON without schemas and texts, with nothing done to them, stay bytes in their block. Everything else goes through a
 * `Pipeline`, record by record; only such a connector pays for it.
 * @param format of the bodies that the values will stand in
 * @param routed what a route looks at: blocks show what transforms made of it
 * @throws RangeError for an encoding that this program can not decode; DataException for a `schema.content` that is none
 */
export function createConverter(
  config: ConvertersConfig,
  format: Pick<BodyFormat, 'bare' | 'maxValueBytes'>,
  transformations: readonly RecordTransformation[] = [],
  routed: Wanted | null = null,
): Converter {
  const value = createDataConverter(config.valueConverter);
  // A transform may write what it does not need: only what comes out of the chain is what a route is to see.
  const transformed = transformations.length === 0 ? null : routed;
  const needed = {
    key: transformed?.keys === true || transformations.some(({ needsKey }) => needsKey),
    headers: transformed?.headers === true || transformations.some(({ needsHeaders }) => needsHeaders),
  };
  const key = onlyIf(needed.key, createDataConverter(config.keyConverter));
  const headers = onlyIf(needed.headers, createDataConverter(config.headerConverter));
  const guarded = key !== null || headers !== null;
  const spliced = transformations.length > 0 ? null : spliceConverter(config, format);
  return {
    convert:
      spliced === null
        ? createPipeline(config, { key, value, headers, transformations, transformed }, format)
        : guarded
          ? block => guard(spliced(block), { key, headers })
          : spliced,
    explain: bytes => toRecordError('VALUE_CONVERTER', value.className, notJson(bytes)),
    needs: {
      keys: key !== null,
      headers: headers !== null,
      json: spliced !== null && config.valueConverter.kind === 'json',
    },
  };
}

/** One that refuses nothing, and that nothing needs, has nothing to do. */
function onlyIf(needed: boolean, converter: DataConverter): DataConverter | null {
  return needed || converter.fallible ? converter : null;
}

/** Null where values can't stay as they are. */
function spliceConverter(
  { valueConverter }: ConvertersConfig,
  { bare, maxValueBytes }: Pick<BodyFormat, 'bare' | 'maxValueBytes'>,
): ((block: Block) => Block) | null {
  if (valueConverter.kind === 'json' && !valueConverter.schemas) return block => convertJson(block, { maxValueBytes });
  if (valueConverter.kind !== 'string') return null;
  const options = { decode: textDecoder(valueConverter.encoding), quoted: !bare, maxValueBytes };
  return block => convertString(block, options);
}

function createPipeline(
  { valueConverter }: ConvertersConfig,
  parts: Pick<
    ConstructorParameters<typeof Pipeline>[0],
    'key' | 'value' | 'headers' | 'transformations' | 'transformed'
  >,
  { bare, maxValueBytes }: Pick<BodyFormat, 'bare' | 'maxValueBytes'>,
): (block: Block) => Block {
  const json = valueConverter.kind === 'json';
  const pipeline = new Pipeline({
    ...parts,
    plainTexts: bare && (valueConverter.kind === 'string' || valueConverter.kind === 'bytes'),
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
