import type { BatchConfig, ConverterConfig } from '../../config/types.ts';
import type { Block } from '../block.ts';
import { convertJson, explainJson, JSON_CONVERTER } from './json.ts';
import { convertString, STRING_CONVERTER } from './string.ts';
import { textDecoder } from './text-encoding.ts';

/** The value converter of one connector. */
export interface Converter {
  /** Flags what can not be delivered as it is, and derives other values where the converter writes other ones. */
  readonly convert: (block: Block) => Block;
  /** Why `convert` flagged a value as invalid, in one line without its content. */
  readonly explain: (value: Buffer) => string;
  /** As Kafka Connect calls it, for dead letters. */
  readonly className: string;
}

/**
 * @param overheadBytes what a request body with a single record holds besides the record
 * @throws RangeError for an encoding that this program can not decode
 */
export function createConverter(
  config: ConverterConfig,
  batch: Pick<BatchConfig, 'format' | 'maxBytes'>,
  overheadBytes: number,
): Converter {
  const maxValueBytes = batch.maxBytes - overheadBytes;
  if (config.kind === 'json') {
    return { convert: block => convertJson(block, { maxValueBytes }), explain: explainJson, className: JSON_CONVERTER };
  }
  const options = { decode: textDecoder(config.encoding), quoted: batch.format !== 'single', maxValueBytes };
  return {
    convert: block => convertString(block, options),
    explain: () => 'any value is a text',
    className: STRING_CONVERTER,
  };
}
