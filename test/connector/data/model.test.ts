import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DataException, SchemaBuilderException } from '../../../connector/data/errors.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import { Struct, sameValue, type Value } from '../../../connector/data/model.ts';
import {
  Decimal,
  floatNumber,
  JavaDate,
  JsonNumber,
  shortestFloat,
  toBigInt,
} from '../../../connector/data/scalars.ts';
import {
  arrayOf,
  decimalSchema,
  INT8,
  INT64,
  mapOf,
  OPTIONAL_STRING,
  primitive,
  STRING,
  scaleOf,
  structOf,
  timestampSchema,
} from '../../../connector/data/schemas.ts';
import { typeOf, validateStruct, validateValue } from '../../../connector/data/validate.ts';

describe('schemas', () => {
  it('are equal when everything is, however deep', () => {
    const one = () =>
      structOf([
        ['a', arrayOf(mapOf(STRING, decimalSchema(2, { optional: true })))],
        ['b', primitive('BYTES', { default: Buffer.of(1), doc: 'd' })],
      ]);
    assert.ok(one().equals(one()));
    assert.ok(!one().equals(one().with({ name: 'n' })));
    assert.ok(!one().equals(structOf(one().fields.map(({ name, schema }) => [name, schema.with({ optional: true })]))));
    assert.ok(!arrayOf(INT8).equals(arrayOf(INT64)));
    assert.ok(!INT8.equals(null));
  });

  it('find their fields by name, and have each name once', () => {
    const schema = structOf([
      ['__proto__', INT8],
      ['b', STRING],
    ]);
    const json = Buffer.from('"__proto__":');
    assert.deepEqual(schema.field('__proto__'), { name: '__proto__', schema: INT8, index: 0, json });
    assert.equal(schema.field('toString'), undefined);
    assert.throws(
      () =>
        structOf([
          ['a', INT8],
          ['a', INT8],
        ]),
      SchemaBuilderException,
    );
  });

  it("know a Decimal's scale", () => {
    assert.equal(scaleOf(decimalSchema(-3)), -3);
    assert.throws(() => scaleOf(primitive('BYTES')), { message: 'Invalid Decimal schema: scale parameter not found.' });
  });
});

describe('structs', () => {
  const schema = structOf([
    ['a', primitive('INT8', { default: 7, optional: true })],
    ['b', STRING],
  ]);

  it('give a default in place of a null, unless they are asked not to', () => {
    const struct = new Struct(schema).put('b', 'x');
    assert.deepEqual([struct.get('a'), struct.getWithoutDefault('a'), struct.get('b')], [7, null, 'x']);
    assert.equal(printJson(struct), '{"a":7,"b":"x"}');
  });

  it('refuse fields that they have not', () => {
    assert.throws(() => new Struct(schema).get('c'), { message: 'c is not a valid field name' });
    assert.throws(() => new Struct(schema).put('c', 1), { message: 'c is not a valid field name' });
    assert.throws(() => new Struct(STRING), { message: 'Not a struct schema: Schema{STRING}' });
  });

  it('are valid when every field is', () => {
    const struct = new Struct(schema);
    const message = 'Invalid value: null used for required field: "b", schema type: STRING';
    assert.throws(() => validateStruct(struct), { message });
    validateStruct(struct.put('b', ''));
  });
});

describe('values under schemas', () => {
  const other = structOf([['x', INT8]]);
  const refused: readonly (readonly [Parameters<typeof validateValue>[0], Value, string])[] = [
    [STRING, null, 'Invalid value: null used for required field: "f", schema type: STRING'],
    [INT8, 128, 'Invalid Java object for schema with type INT8: class java.lang.Long for field: "f"'],
    [INT64, 1, 'Invalid Java object for schema with type INT64: class java.lang.Long for field: "f"'],
    [
      timestampSchema(),
      1n,
      'Invalid Java object for schema "org.apache.kafka.connect.data.Timestamp" with type INT64: class java.lang.Long for field: "f"',
    ],
    [
      arrayOf(STRING),
      [1],
      'Invalid Java object for schema with type STRING: class java.lang.Long for element of array field: "f"',
    ],
    [
      mapOf(STRING, INT8),
      new Map([['a', null]]),
      'Invalid value: null used for required value of map field: "f", schema type: INT8',
    ],
    [structOf([['y', INT8]]), new Struct(other), 'Struct schemas do not match.'],
  ];
  for (const [schema, value, message] of refused) {
    it(`are refused: ${message}`, () => {
      assert.throws(() => validateValue(schema, value, 'f'), new DataException(message));
    });
  }

  it('are valid where they fit', () => {
    validateValue(OPTIONAL_STRING, null);
    validateValue(INT64, 2n ** 63n - 1n);
    validateValue(timestampSchema(), new JavaDate(0));
    validateValue(decimalSchema(1), new Decimal(1n, 1));
    validateValue(mapOf(STRING, arrayOf(INT8)), new Map([['a', [1]]]));
  });

  it('have a type of their own without one, but for dates', () => {
    const values: Value[] = [true, 'a', 1, 1.5, new JsonNumber('1.0'), new JsonNumber('12345678901234567890')];
    assert.deepEqual(values.map(typeOf), ['BOOLEAN', 'STRING', 'INT64', 'FLOAT64', 'FLOAT64', 'INT64']);
    const others: Value[] = [Buffer.of(1), [], new Map(), new Struct(other), new JavaDate(1), null];
    assert.deepEqual(others.map(typeOf), ['BYTES', 'ARRAY', 'MAP', 'STRUCT', null, null]);
  });
});

describe('decimals', () => {
  const TEXTS: readonly (readonly [text: string, unscaled: bigint, scale: number, printed?: string])[] = [
    ['0', 0n, 0],
    ['-1.50', -150n, 2],
    ['0.000001', 1n, 6],
    ['0.0000001', 1n, 7, '1E-7'],
    ['1e3', 1n, -3, '1E+3'],
    ['12.5E-10', 125n, 11, '1.25E-9'],
    ['-12E+2', -12n, -2, '-1.2E+3'],
    ['+7', 7n, 0, '7'],
  ];
  for (const [text, unscaled, scale, printed = text] of TEXTS) {
    it(`${text} is ${unscaled} with the scale ${scale}, and prints as BigDecimal does`, () => {
      const decimal = Decimal.parse(text);
      assert.deepEqual(decimal, new Decimal(unscaled, scale));
      assert.equal(String(decimal), printed);
      assert.equal(decimal.toNumber(), Number(text));
    });
  }

  it('are no other texts', () => {
    for (const text of ['', '.', '-', '1e', 'e1', '1.2.3', ' 1', 'NaN']) assert.equal(Decimal.parse(text), null, text);
  });

  it('go through the bytes of a BigInteger', () => {
    const bytes: readonly (readonly [bigint, string])[] = [
      [0n, '00'],
      [127n, '7f'],
      [128n, '0080'],
      [-1n, 'ff'],
      [-128n, '80'],
      [-129n, 'ff7f'],
      [2n ** 64n, '010000000000000000'],
      [2n ** 63n - 1n, '7fffffffffffffff'],
      [-(2n ** 63n), '8000000000000000'],
      [-(2n ** 63n) - 1n, 'ff7fffffffffffffff'],
    ];
    for (const [unscaled, hex] of bytes) {
      assert.equal(new Decimal(unscaled, 2).toBytes().toString('hex'), hex);
      assert.equal(Decimal.fromBytes(Buffer.from(hex, 'hex'), 2).unscaled, unscaled);
    }
  });

  it('become a Long as in Java, whatever their scale', () => {
    const longs: readonly (readonly [unscaled: bigint, scale: number, long: bigint])[] = [
      [12_345n, 2, 123n],
      [-12_345n, 2, -123n],
      [99n, 2, 0n],
      [100n, 2, 1n],
      [10n ** 2_000n, 2_000, 1n],
      [5n, -2, 500n],
      [1n, -63, BigInt.asIntN(64, 10n ** 63n)],
      [1n, -64, 0n],
      [2n ** 64n + 7n, 0, 7n],
      [1n, 2_147_483_647, 0n],
      [1n, -2_147_483_648, 0n],
    ];
    for (const [unscaled, scale, long] of longs) assert.equal(new Decimal(unscaled, scale).toLong(), long, `${scale}`);
  });

  it('of very many digits are bytes and no more', () => {
    const most = new Decimal(2n ** 8_192n - 1n, 3);
    assert.equal(most.toString().length, 2_468);
    assert.equal(most.toLong(), BigInt.asIntN(64, most.unscaled / 1_000n));
    for (const unscaled of [2n ** 8_192n, -(2n ** 8_192n) - 1n]) {
      const large = new Decimal(unscaled, 3);
      assert.throws(() => large.toString(), DataException);
      assert.throws(() => large.toLong(), DataException);
      assert.deepEqual(Decimal.fromBytes(large.toBytes(), 3), large);
    }
  });
});

describe('numbers', () => {
  it('stay fractions where they are made as such', () => {
    const printed = [1, 1.5, -0, 1e21, 100].map(value => printJson(floatNumber(value)));
    assert.deepEqual(printed, ['1.0', '1.5', '-0.0', '1e+21', '100.0']);
    assert.equal(printJson(floatNumber(Math.fround(0.1), true)), '0.1');
  });

  it('print a FLOAT32 with as few digits as tell it apart', () => {
    const texts = [0.1, 16777216, 3.4028234663852886e38, 1e-45, Number.POSITIVE_INFINITY].map(shortestFloat);
    assert.deepEqual(texts, ['0.1', '16777216', '3.4028235e+38', '1e-45', 'Infinity']);
  });

  it('are cut to integers as Java cuts them', () => {
    const values = [-2.9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(toBigInt);
    assert.deepEqual(values, [-2n, 0n, 2n ** 63n - 1n, -(2n ** 63n)]);
  });
});

describe('equal values', () => {
  const struct = () => new Struct(structOf([['a', INT8]])).put('a', 1);
  const pairs: readonly (readonly [Value, Value, boolean])[] = [
    [Buffer.of(1), Buffer.of(1), true],
    [[1, [2]], [1, [2]], true],
    [[1], [1, 2], false],
    [new Map([['a', [1]]]), new Map([['a', [1]]]), true],
    [new Map([['a', 1]]), new Map([['b', 1]]), false],
    [struct(), struct(), true],
    [struct(), struct().put('a', 2), false],
    [new Decimal(10n, 1), new Decimal(1n, 0), false],
    [new JavaDate(1), new JavaDate(1), true],
    [new JsonNumber('1.0'), new JsonNumber('1.0'), true],
    [Number.NaN, Number.NaN, true],
    [1, 1n, false],
    [null, 0, false],
  ];
  for (const [index, [a, b, same]] of pairs.entries()) {
    it(`${index}: ${same ? 'are' : 'are not'} the same`, () => assert.equal(sameValue(a, b), same));
  }
});
