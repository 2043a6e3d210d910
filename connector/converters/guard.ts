import { type Block, FLAG_INVALID } from '../block.ts';
import { bytesAt, decodeHeaders } from '../headers-column.ts';
import type { RecordError } from '../record-error.ts';
import type { DataConverter } from './data-converter.ts';
import { toRecordError } from './record-errors.ts';

/** Converters that may refuse what nothing else needs: Kafka Connect runs them all the same. */
export interface Guards {
  readonly key: DataConverter | null;
  readonly headers: DataConverter | null;
}

/**
 * Flags the records whose key or headers their converters refuse. The order is Kafka Connect's: a refused key hides a
 * refused value, that one hides refused headers. Gives the same block where nothing is refused.
 */
export function guard(block: Block, { key, headers }: Guards): Block {
  const errors = new Map<number, RecordError>(block.errors);
  const before = errors.size;
  for (let index = 0; index < block.count; index++) {
    const error =
      (key === null ? null : refusedKey(key, block, index)) ??
      (headers === null || (block.flags[index]! & FLAG_INVALID) !== 0 ? null : refusedHeader(headers, block, index));
    if (error !== null) errors.set(index, error);
  }
  if (errors.size === before) return block;
  const flags = block.flags.slice();
  for (const index of errors.keys()) flags[index]! |= FLAG_INVALID;
  return { ...block, flags, errors, original: block.original ?? block };
}

function refusedKey(converter: DataConverter, block: Block, index: number): RecordError | null {
  try {
    converter.toConnect(bytesAt(block.keys, index));
    return null;
  } catch (error) {
    return toRecordError('KEY_CONVERTER', converter.className, error);
  }
}

function refusedHeader(converter: DataConverter, block: Block, index: number): RecordError | null {
  const bytes = bytesAt(block.headers, index);
  if (bytes === null) return null;
  try {
    for (const [, value] of decodeHeaders(bytes)) converter.toConnect(value);
    return null;
  } catch (error) {
    return toRecordError('HEADER_CONVERTER', converter.className, error);
  }
}
