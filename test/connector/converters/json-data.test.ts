import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonConverterConfig } from '../../../config/types.ts';
import { JsonDataConverter } from '../../../connector/converters/json-data.ts';
import { printPayload } from '../../../connector/converters/json-payload.ts';
import { ConnectError } from '../../../connector/data/errors.ts';
import { sameValue } from '../../../connector/data/model.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS } from '../../support/converters.ts';

const DATA = 'org.apache.kafka.connect.data';

type Options = Partial<JsonConverterConfig>;

/** What is sent of a message; undefined for a null. */
function sent(text: string | null, options: Options = {}): string | undefined {
  const config = { ...JSON_WITH_SCHEMAS, ...options };
  const { schema, value } = new JsonDataConverter(config).toConnect(text === null ? null : Buffer.from(text));
  return value === null ? undefined : printPayload(schema, value, config);
}

function envelope(schema: object | string, payload: string): string {
  return `{"schema":${typeof schema === 'string' ? schema : JSON.stringify(schema)},"payload":${payload}}`;
}

function refuses(text: string, message: string | RegExp, options: Options = {}): void {
  assert.throws(
    () => sent(text, options),
    error => {
      assert.ok(error instanceof ConnectError);
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    },
  );
}

const type = (name: string, more: object = {}): object => ({ type: name, ...more });
const logical = (name: string, base: string, more: object = {}): object =>
  type(base, { name: `${DATA}.${name}`, version: 1, ...more });
const struct = (...fields: readonly object[]): object => type('struct', { fields });
const field = (name: string, schema: object): object => ({ field: name, ...schema });
const decimal = (scale: string): object => logical('Decimal', 'bytes', { parameters: { scale } });

const NO_ENVELOPE =
  'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields.' +
  ' If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.';
const NOT_JSON = 'Converting byte[] to Kafka Connect data failed due to serialization error: ';

describe('JSON with schemas', () => {
  const cases: readonly (readonly [what: string, schema: object, payload: string, sent?: string])[] = [
    ['a boolean', type('boolean'), 'true'],
    ['an int8', type('int8'), '-128'],
    ['an int16', type('int16'), '32767'],
    ['an int32', type('int32'), '-2147483648'],
    ['an int64 that no double holds', type('int64'), '9007199254740993'],
    ['a float', type('float'), '0.1'],
    ['a float without a fraction', type('float'), '3', '3.0'],
    ['a double', type('double'), '0.1000000000000000055', '0.1'],
    ['a double without a fraction', type('double'), '100', '100.0'],
    ['a string', type('string'), '"é\\n😀"'],
    ['bytes', type('bytes'), '"AQL/"'],
    ['an array', type('array', { items: type('int32') }), '[1,2]'],
    ['an empty array', type('array', { items: type('int32') }), '[]'],
    ['a map', type('map', { keys: type('string'), values: type('int64') }), '{"10":1,"9":2}'],
    ['a map whose keys are no strings', type('map', { keys: type('int32'), values: type('string') }), '[[1,"x"]]'],
    ['a struct', struct(field('b', type('int8')), field('a', type('string'))), '{"a":"x","b":1}', '{"b":1,"a":"x"}'],
    ['a struct without fields', struct(), '{"x":1}', '{}'],
    ['an optional field that is left out', struct(field('a', type('int8', { optional: true }))), '{}', '{"a":null}'],
    ['a field with a default', struct(field('a', type('int8', { default: 7 }))), '{"a":null}', '{"a":7}'],
    ['a Decimal', decimal('2'), '"TkQ="'],
    ['a negative Decimal', decimal('0'), '"/w=="'],
    ['a Date', logical('Date', 'int32'), '19000'],
    ['a Time', logical('Time', 'int32'), '86399999'],
    ['a Timestamp', logical('Timestamp', 'int64'), '1700000000000'],
    ['a type with a name of its own', type('string', { name: 'com.example.Url' }), '"http://a"'],
    ['an integer beyond its type, as Java cuts it', type('int8'), '300', '44'],
    ['a fraction for an integer', type('int32'), '2.9', '2'],
    ['a text for an integer', type('int32'), '"5"', '0'],
    ['a huge exponent for an integer', type('int64'), '1e400', '0'],
  ];
  for (const [what, schema, payload, expected = payload] of cases) {
    it(`reads ${what}`, () => {
      assert.equal(sent(envelope(schema, payload)), expected);
      assert.equal(sent(`{ "payload" : ${payload} , "schema" : ${JSON.stringify(schema)} }`), expected, 'turned round');
    });
  }

  it('reads a payload without a schema', () => {
    assert.equal(sent(envelope('null', '{"n":1.0,"m":12345678901234567890}')), '{"n":1.0,"m":12345678901234567890}');
    assert.equal(sent(envelope('null', 'null')), undefined);
  });

  it('takes a null for a null', () => {
    assert.equal(sent(null), undefined);
    assert.equal(sent(envelope(type('string', { optional: true }), 'null')), undefined);
  });

  it('writes a Decimal as a number, and reads it so', () => {
    assert.equal(sent(envelope(decimal('2'), '"TkQ="'), { decimalFormat: 'NUMERIC' }), '200.36');
    assert.equal(sent(envelope(decimal('2'), '12.50')), '"BOI="');
    assert.equal(
      sent(envelope(decimal('2'), '12345678901234567890.12'), { decimalFormat: 'NUMERIC' }),
      '12345678901234567890.12',
    );
    refuses(
      envelope(decimal('2'), '1.5'),
      'Decimal value has mismatching scale for given Decimal schema. Schema has scale 2, value has scale 1.',
    );
  });

  it('keeps a null where replace.null.with.default says so', () => {
    const schema = struct(field('a', type('int8', { default: 7, optional: true })));
    assert.equal(sent(envelope(schema, '{"a":null}')), '{"a":7}');
    assert.equal(sent(envelope(schema, '{"a":null}'), { replaceNullWithDefault: false }), '{"a":null}');
  });

  it('takes the schema of all messages from schema.content', () => {
    const schemaContent = JSON.stringify(struct(field('a', type('int8'))));
    assert.equal(sent('{"a":1,"b":2}', { schemaContent }), '{"a":1}');
    assert.throws(() => sent('1', { schemaContent: '{}' }), { message: "Schema must contain 'type' field" });
  });

  it('gives the same schema for the same text, and remembers as many as it may', () => {
    const converter = new JsonDataConverter({ ...JSON_WITH_SCHEMAS, schemasCacheSize: 2 });
    const schemaOf = (name: string) => converter.toConnect(Buffer.from(envelope(type('int8', { name }), '1'))).schema;
    const a = schemaOf('a');
    assert.equal(schemaOf('a'), a);
    assert.notEqual(schemaOf('b'), a);
    assert.equal(schemaOf('a'), a);
    schemaOf('c');
    const again = schemaOf('a');
    assert.notEqual(again, a);
    assert.ok(again?.equals(a));
  });

  it('does not mistake a schema for another one that begins like it', () => {
    const converter = new JsonDataConverter(JSON_WITH_SCHEMAS);
    const read = (text: string) => converter.toConnect(Buffer.from(text));
    assert.ok(sameValue(read('{"schema":{"type":"int8"},"payload":1}').value, 1));
    assert.ok(sameValue(read('{"schema":{"type":"int64"},"payload":1}').value, 1n));
    assert.throws(() => read('{"schema":{"type":"int64"}x,"payload":1}'), { message: NOT_JSON });
  });

  const refused: readonly (readonly [text: string, message: string])[] = [
    ['', NO_ENVELOPE],
    ['null', NO_ENVELOPE],
    ['[]', NO_ENVELOPE],
    ['{}', NO_ENVELOPE],
    ['{"payload":1}', NO_ENVELOPE],
    ['{"schema":null}', NO_ENVELOPE],
    ['{"schema":null,"payload":1,"more":1}', NO_ENVELOPE],
    ['{', NOT_JSON],
    ['{"schema":{"type":"int8"},"payload":1', NOT_JSON],
    ['{"schema":{"type":"int8",},"payload":1}', NOT_JSON],
    ['{"more":1', NOT_JSON],
    [envelope({}, '1'), "Schema must contain 'type' field"],
    [envelope('5', '1'), "Schema must contain 'type' field"],
    [envelope(type('long'), '1'), 'Unknown schema type: long'],
    [envelope(type('array'), '[]'), 'Array schema did not specify the element type'],
    [envelope(type('map', { values: type('int8') }), '{}'), 'Map schema did not specify the key type'],
    [envelope(type('map', { keys: type('string') }), '{}'), 'Map schema did not specify the value type'],
    [envelope(type('struct'), '{}'), 'Struct schema\'s "fields" argument is not an array.'],
    [envelope(struct(type('int8')), '{}'), "Struct schema's field name not specified properly"],
    [
      envelope(struct(field('a', type('int8')), field('a', type('int8'))), '{}'),
      'Cannot create field because of field name duplication a',
    ],
    [envelope(type('int8', { parameters: { a: 1 } }), '1'), 'Schema parameters must have string values.'],
    [envelope(type('string', { default: 5 }), '"a"'), 'Invalid default value'],
    [envelope(type('int8'), 'null'), 'Invalid null value for required INT8 field'],
    [envelope(struct(field('a', type('int8'))), '{}'), 'Invalid null value for required INT8 field'],
    [
      envelope(struct(field('a', type('string'))), '{"a":1}'),
      'Invalid value: null used for required field: "a", schema type: STRING',
    ],
    [
      envelope(struct(field('a', type('array', { items: type('string') }))), '{"a":[1]}'),
      'Invalid value: null used for required element of array field: "a", schema type: STRING',
    ],
    [envelope(struct(), '[]'), 'Structs should be encoded as JSON objects, but found ARRAY'],
    [
      envelope(type('map', { keys: type('string'), values: type('int8') }), '1'),
      'Maps with string fields should be encoded as JSON objects, but found NUMBER',
    ],
    [
      envelope(type('map', { keys: type('int8'), values: type('int8') }), '{}'),
      'Maps with non-string fields should be encoded as JSON array of tuples, but found OBJECT',
    ],
    [
      envelope(type('map', { keys: type('int8'), values: type('int8') }), '["a"]'),
      'Found invalid map entry instead of array tuple: STRING',
    ],
    [
      envelope(type('map', { keys: type('int8'), values: type('int8') }), '[[1]]'),
      'Found invalid map entry, expected length 2 but found :1',
    ],
    [envelope(type('bytes'), '"A"'), 'Invalid bytes field'],
    [envelope(decimal('2'), '"A"'), 'Invalid bytes for Decimal field'],
    [envelope(decimal('x'), '"AQ=="'), 'Invalid bytes for Decimal field'],
    [
      envelope(decimal('2'), 'true'),
      'Invalid type for Decimal, underlying representation should be numeric or bytes but was BOOLEAN',
    ],
    [
      envelope(logical('Date', 'int32'), '1.0'),
      'Invalid type for Date, underlying representation should be integer but was NUMBER',
    ],
    [
      envelope(logical('Time', 'int32'), '86400001'),
      'Time values must use number of milliseconds greater than 0 and less than 86400000',
    ],
    [
      envelope(logical('Timestamp', 'int64'), '"x"'),
      'Invalid type for Timestamp, underlying representation should be integral but was STRING',
    ],
  ];
  for (const [text, message] of refused) it(`refuses ${text}`, () => refuses(text, message));

  it('says what is no JSON, and where, as the cause', () => {
    const converter = new JsonDataConverter(JSON_WITH_SCHEMAS);
    const thrown = (bytes: Buffer): unknown => {
      try {
        converter.toConnect(bytes);
      } catch (error) {
        return error;
      }
      return null;
    };
    const error = thrown(Buffer.from('{"a" 1}'));
    assert.ok(error instanceof ConnectError && error.cause instanceof ConnectError);
    assert.equal(error.javaClassName, 'org.apache.kafka.connect.errors.DataException');
    assert.equal(error.cause.javaClassName, 'org.apache.kafka.common.errors.SerializationException');
    assert.equal(error.cause.message, 'Not JSON: a colon is missing, at byte 5');
    assert.match(String((thrown(Buffer.of(0, 0, 0, 0, 1)) as Error).cause), /begins with a zero byte/);
    assert.match(String((thrown(Buffer.of(0x22, 0xff, 0x22)) as Error).cause), /not UTF-8/);
  });
});

describe('JSON without schemas', () => {
  const plain = (text: string | null) => sent(text, JSON_WITHOUT_SCHEMAS);

  it('is sent as it was written but for blanks between its tokens', () => {
    assert.equal(plain('{ "b" : 1.0, "a" : [ -0, 1E5, null ] }'), '{"b":1.0,"a":[-0,1E5,null]}');
  });

  it('takes nothing, blanks and null for a null', () => {
    assert.deepEqual([null, '', ' \n', 'null', ' null '].map(plain), Array(5).fill(undefined));
  });

  it('looks at no schema', () => {
    assert.equal(plain('{"schema":5,"payload":1}'), '{"schema":5,"payload":1}');
  });
});
