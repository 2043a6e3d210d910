import { DataException, SerializationException } from '../data/errors.ts';
import type { Schema, Value } from '../data/model.ts';
import {
  OPTIONAL_BOOLEAN,
  OPTIONAL_BYTES,
  OPTIONAL_FLOAT32,
  OPTIONAL_FLOAT64,
  OPTIONAL_INT16,
  OPTIONAL_INT32,
  OPTIONAL_INT64,
  OPTIONAL_STRING,
} from '../data/schemas.ts';
import type { DataConverter, SchemaAndValue } from './data-converter.ts';
import { STRING_CONVERTER } from './string.ts';
import { textDecoder } from './text-encoding.ts';

/** Kafka's fixed-width formats, big-endian. */
export type PrimitiveKind = 'short' | 'integer' | 'long' | 'float' | 'double' | 'boolean';

const CONVERTERS = 'org.apache.kafka.connect.converters';

interface Primitive {
  readonly className: string;
  /** As the converter's message calls it. */
  readonly name: string;
  readonly schema: Schema;
  readonly size: number;
  /** Kafka's deserializer's word on another size. */
  readonly wrongSize: string;
  readonly read: (bytes: Buffer) => Value;
}

const PRIMITIVES: Readonly<Record<PrimitiveKind, Primitive>> = {
  short: primitive('ShortConverter', 'short', OPTIONAL_INT16, 2, 'ShortDeserializer', bytes => bytes.readInt16BE()),
  integer: primitive('IntegerConverter', 'integer', OPTIONAL_INT32, 4, 'IntegerDeserializer', b => b.readInt32BE()),
  long: primitive('LongConverter', 'long', OPTIONAL_INT64, 8, 'LongDeserializer', bytes => bytes.readBigInt64BE()),
  float: primitive('FloatConverter', 'float', OPTIONAL_FLOAT32, 4, 'Deserializer', bytes => bytes.readFloatBE()),
  double: primitive('DoubleConverter', 'double', OPTIONAL_FLOAT64, 8, 'Deserializer', bytes => bytes.readDoubleBE()),
  boolean: primitive('BooleanConverter', 'boolean', OPTIONAL_BOOLEAN, 1, 'BooleanDeserializer', readBoolean),
};

function primitive(
  className: string,
  name: string,
  schema: Schema,
  size: number,
  deserializer: string,
  read: (bytes: Buffer) => Value,
): Primitive {
  const wrongSize = `Size of data received by ${deserializer} is not ${size}`;
  return { className: `${CONVERTERS}.${className}`, name, schema, size, wrongSize, read };
}

function readBoolean(bytes: Buffer): boolean {
  if (bytes[0]! > 1)
    throw new SerializationException(`Unexpected byte received by BooleanDeserializer: ${bytes.readInt8()}`);
  return bytes[0] === 1;
}

export function createPrimitiveConverter(kind: PrimitiveKind): DataConverter {
  const { className, name, schema, size, wrongSize, read } = PRIMITIVES[kind];
  const refused = (cause: unknown): DataException => new DataException(`Failed to deserialize ${name}: `, cause);
  return {
    className,
    fallible: true,
    toConnect(bytes): SchemaAndValue {
      if (bytes === null) return { schema, value: null };
      if (bytes.length !== size) throw refused(new SerializationException(wrongSize));
      try {
        return { schema, value: read(bytes) };
      } catch (error) {
        throw refused(error);
      }
    },
  };
}

export const BYTE_ARRAY_CONVERTER = `${CONVERTERS}.ByteArrayConverter`;

export function createByteArrayConverter(): DataConverter {
  return {
    className: BYTE_ARRAY_CONVERTER,
    fallible: false,
    toConnect: bytes => ({ schema: OPTIONAL_BYTES, value: bytes === null ? null : Buffer.from(bytes) }),
  };
}

/** @throws RangeError for an encoding that this program can not decode */
export function createStringConverter(encoding: string): DataConverter {
  const decode = textDecoder(encoding) ?? ((bytes: Buffer) => bytes.toString('utf8'));
  return {
    className: STRING_CONVERTER,
    fallible: false,
    toConnect: bytes => ({ schema: OPTIONAL_STRING, value: bytes === null ? null : decode(bytes) }),
  };
}
