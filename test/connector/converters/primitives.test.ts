import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createByteArrayConverter,
  createPrimitiveConverter,
  createStringConverter,
  type PrimitiveKind,
} from '../../../connector/converters/primitives.ts';
import { SIMPLE_HEADER_CONVERTER } from '../../../connector/converters/simple-header.ts';
import type { ConnectError } from '../../../connector/data/errors.ts';
import type { Value } from '../../../connector/data/model.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const READ: readonly (readonly [kind: PrimitiveKind, bytes: string, type: string, value: Value])[] = [
  ['short', 'fffe', 'INT16', -2],
  ['integer', '00010000', 'INT32', 65536],
  ['long', '0020000000000001', 'INT64', 9007199254740993n],
  ['float', '3dcccccd', 'FLOAT32', Math.fround(0.1)],
  ['double', '3fb999999999999a', 'FLOAT64', 0.1],
  ['boolean', '01', 'BOOLEAN', true],
  ['boolean', '00', 'BOOLEAN', false],
];

const REFUSED: readonly (readonly [kind: PrimitiveKind, bytes: string, cause: string])[] = [
  ['short', '00', 'Size of data received by ShortDeserializer is not 2'],
  ['integer', '', 'Size of data received by IntegerDeserializer is not 4'],
  ['long', '00', 'Size of data received by LongDeserializer is not 8'],
  ['float', '0000000000', 'Size of data received by Deserializer is not 4'],
  ['double', '00', 'Size of data received by Deserializer is not 8'],
  ['boolean', '0000', 'Size of data received by BooleanDeserializer is not 1'],
  ['boolean', 'ff', 'Unexpected byte received by BooleanDeserializer: -1'],
];

describe('the converters of fixed-width values', () => {
  for (const [kind, bytes, type, value] of READ) {
    it(`read ${bytes} as the ${kind} ${value}`, () => {
      const { schema, value: read } = createPrimitiveConverter(kind).toConnect(hex(bytes));
      assert.deepEqual([schema?.type, schema?.optional, read], [type, true, value]);
    });
  }

  for (const [kind, bytes, message] of REFUSED) {
    it(`refuse ${bytes === '' ? 'nothing' : bytes} as a ${kind}`, () => {
      assert.throws(
        () => createPrimitiveConverter(kind).toConnect(hex(bytes)),
        ({ message: text, javaClassName, cause }: ConnectError) => {
          assert.equal(text, `Failed to deserialize ${kind}: `);
          assert.equal(javaClassName, 'org.apache.kafka.connect.errors.DataException');
          assert.equal((cause as Error).message, message);
          return true;
        },
      );
    });
  }

  it('keep nulls', () => {
    for (const [kind] of READ) assert.equal(createPrimitiveConverter(kind).toConnect(null).value, null);
  });
});

describe('the byte array converter', () => {
  it('gives a copy of any bytes', () => {
    const bytes = hex('00ff');
    const { schema, value } = createByteArrayConverter().toConnect(bytes);
    bytes[0] = 7;
    assert.deepEqual([schema?.type, value], ['BYTES', hex('00ff')]);
    assert.equal(createByteArrayConverter().toConnect(null).value, null);
  });
});

describe('the string converter', () => {
  it('reads texts in their encoding', () => {
    assert.equal(createStringConverter('UTF-8').toConnect(Buffer.from('é')).value, 'é');
    assert.equal(createStringConverter('ISO-8859-1').toConnect(hex('e9')).value, 'é');
    assert.equal(createStringConverter('UTF-8').toConnect(hex('ff')).value, '\ufffd');
    assert.equal(createStringConverter('UTF-8').toConnect(null).value, null);
  });
});

describe('the simple header converter', () => {
  it('guesses the type of a text, and keeps a null', () => {
    assert.equal(SIMPLE_HEADER_CONVERTER.toConnect(Buffer.from('300')).schema?.type, 'INT16');
    assert.deepEqual(SIMPLE_HEADER_CONVERTER.toConnect(null), { schema: null, value: null });
  });
});
