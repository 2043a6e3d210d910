import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createConverter } from '../../../connector/converters/choose.ts';
import { toRecordError } from '../../../connector/converters/record-errors.ts';
import { DataException } from '../../../connector/data/errors.ts';
import { excerpt } from '../../../connector/data/excerpt.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { JSON_WITH_SCHEMAS, PLAIN_JSON } from '../../support/converters.ts';

const LONG = `secret ${'x'.repeat(100_000)}`;
const SHOWN = `secret ${'x'.repeat(57)}…`;

describe('excerpt', () => {
  const rows: readonly (readonly [text: string, shown: string])[] = [
    ['', ''],
    ['int33', 'int33'],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['a'.repeat(65), `${'a'.repeat(64)}…`],
    ['😀'.repeat(64), '😀'.repeat(64)],
    ['😀'.repeat(65), `${'😀'.repeat(64)}…`],
    ['a\nb\r\nc\td\u0000\u001b[31me\u007f\u009bf', 'abcd[31mef'],
    ['a\u202eb\u2066c\u200fd\u061ce\u2028f\u2029g\ufeffh', 'abcdefgh'],
    ['a\ud800b\udc00', 'ab'],
    [`${'\u0000'.repeat(1_000)}a`, '…'],
    [LONG, SHOWN],
  ];
  for (const [text, shown] of rows) {
    it(`shows ${JSON.stringify(shown).slice(0, 40)} of ${JSON.stringify(text).slice(0, 40)}`, () => {
      assert.equal(excerpt(text), shown);
    });
  }

  it('is one short line, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        const shown = excerpt(text);
        assert.ok([...shown].length <= 65);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe('the errors of a record', () => {
  const DATA = 'org.apache.kafka.connect.data.';
  const named = (schema: object, payload: unknown): string => JSON.stringify({ schema, payload });
  const struct = (field: object, payload: unknown): string => named({ type: 'struct', fields: [field] }, payload);
  const cases: readonly (readonly [value: string, transforms: Keys, message: string | RegExp])[] = [
    [named({ type: LONG }, 1), {}, `Unknown schema type: ${SHOWN}`],
    [
      struct({ field: LONG, type: 'array', items: { type: 'string' } }, { [LONG]: [1] }),
      {},
      `Invalid value: null used for required element of array field: "${SHOWN}", schema type: STRING`,
    ],
    [
      JSON.stringify({
        schema: { type: 'struct', fields: [1, 2].map(() => ({ field: LONG, type: 'int8' })) },
        payload: {},
      }),
      {},
      `Cannot create field because of field name duplication ${SHOWN}`,
    ],
    [
      named({ type: 'string' }, LONG),
      { type: 'Cast$Value', spec: 'int8' },
      `Value (${SHOWN}) was out of range for requested data type`,
    ],
    [
      named({ type: 'string' }, LONG),
      { type: 'TimestampConverter$Value', 'target.type': 'unix', format: 'yyyy' },
      `Could not parse timestamp: value (${SHOWN}) does not match pattern (yyyy)`,
    ],
    [
      named({ type: 'boolean', name: LONG }, true),
      { type: 'TimestampConverter$Value', 'target.type': 'unix' },
      `Schema Schema{${SHOWN}:BOOLEAN} does not correspond to a known timestamp type format`,
    ],
    [
      struct({ field: LONG, type: 'map', keys: { type: 'string' }, values: { type: 'int8' } }, { [LONG]: {} }),
      { type: 'Flatten$Value' },
      `Flatten transformation does not support MAP for record with schemas (for field ${SHOWN}).`,
    ],
    [
      named({ type: 'int32', name: `${DATA}Date`, version: 1 }, LONG),
      {},
      'Invalid type for Date, underlying representation should be integer but was STRING',
    ],
    [
      `{"schema":{"type":"int64"},"payload":${'7'.repeat(1_001)}}`,
      {},
      'Number value length (1001) exceeds the maximum allowed (1000)',
    ],
    ['{"schema":{"type":"int64"},"payload":1.5e9999999999}', {}, 'The exponent of a number is out of range'],
  ];
  for (const [value, keys, message] of cases) {
    it(`show at most an excerpt: ${String(message).slice(0, 60)}`, () => {
      const own = Object.entries(keys).map(([key, text]) => [`transforms.t.${key}`, text]);
      const written = Object.fromEntries(own) as Keys;
      const type = `org.apache.kafka.connect.transforms.${keys['type']}`;
      const chain = own.length === 0 ? {} : { transforms: 't', ...written, 'transforms.t.type': type };
      const transforms = createTransforms(connectorOf(chain).transforms, () => 0);
      const config = { ...PLAIN_JSON, valueConverter: JSON_WITH_SCHEMAS };
      const converter = createConverter(config, { bare: false, maxValueBytes: 1_000_000 }, transforms);
      const error = converter.convert(buildBlock([{ value }])).errors?.get(0);
      assert.equal(error?.message, message);
      for (const cause of error?.causes ?? []) assert.ok(!cause.includes('x'.repeat(60)), cause);
    });
  }

  it('are bounded as a whole, and so is what is behind them', () => {
    const engine = new SyntaxError(`Cannot convert ${LONG} to a BigInt`);
    const { message, causes = [] } = toRecordError('TRANSFORMATION', 'T', new DataException(`a\n${LONG}`, engine));
    assert.equal(message, `a${LONG.slice(0, 999)}…`);
    assert.deepEqual(causes, [`java.lang.RuntimeException: Cannot convert ${LONG.slice(0, 49)}…`]);
  });
});
