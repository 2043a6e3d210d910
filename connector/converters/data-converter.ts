import type { ValuesColumn } from '../block.ts';
import type { Schema, Value } from '../data/model.ts';

/** Connect's SchemaAndValue; a null schema: schemaless, or a null. */
export interface SchemaAndValue {
  readonly schema: Schema | null;
  readonly value: Value;
}

export const NOTHING: SchemaAndValue = { schema: null, value: null };

/** What a value is made that stands there. Throws as `DataConverter.toConnect` does. */
export type ReadValue = (start: number, end: number) => SchemaAndValue;

/** A converter of keys, values or headers: Connect's Converter and HeaderConverter, the side of a sink. */
export interface DataConverter {
  /** As Kafka Connect calls it, for dead letters. */
  readonly className: string;
  /** Some bytes are refused: with one that refuses none, what nothing else needs is not converted. */
  readonly fallible: boolean;
  /**
   * @param bytes not kept: what is made of them is a copy.
   * @throws ConnectError with Connect's message for bytes that it does not understand
   */
  toConnect(bytes: Buffer | null): SchemaAndValue;
  /** The same for values that are not null and stand together: they cost less than one by one. */
  readonly readerOf?: (column: ValuesColumn) => ReadValue;
}

export function readerOf(converter: DataConverter, column: ValuesColumn): ReadValue {
  if (converter.readerOf !== undefined) return converter.readerOf(column);
  return (start, end) => converter.toConnect(column.values.subarray(start, end));
}
