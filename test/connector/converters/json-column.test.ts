import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildBlock } from '../../../connector/block-builder.ts';
import { readerOf, type SchemaAndValue } from '../../../connector/converters/data-converter.ts';
import { JsonDataConverter } from '../../../connector/converters/json-data.ts';
import { printPayload } from '../../../connector/converters/json-payload.ts';
import { QuotingConverter } from '../../../connector/converters/quote-texts.ts';
import { ConnectError } from '../../../connector/data/errors.ts';
import { valueText } from '../../../connector/java/value-text.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS } from '../../support/converters.ts';
import { JSON_PIECES } from '../../support/json-values.ts';

const Z = '{"type":"struct","optional":true,"fields":[{"field":"z","type":"boolean","optional":true}]}';
const INNER =
  '{"field":"c","type":"struct","optional":true,"fields":[{"field":"x","type":"int64","default":5},' +
  `{"field":"a\\"","type":"double","optional":true},{"field":"y","type":"array","optional":true,"items":${Z}}]}`;
const MAP = `{"field":"m","type":"map","optional":true,"keys":{"type":"string"},"values":${Z}}`;
const SCHEMAS = [
  `{"type":"struct","fields":[{"field":"a","type":"int8"},{"field":"b","type":"string","optional":true},${INNER},${MAP}]}`,
  // The same names in another order, with other types.
  `{"type":"struct","fields":[${INNER},{"field":"b","type":"int32","optional":true},{"field":"a","type":"float","default":1}]}`,
  '{"type":"int32","optional":true}',
  `{"type":"array","items":${Z}}`,
  '{"type":"struct","name":"org.apache.kafka.connect.data.Timestamp","fields":[]}',
  'null',
  '5',
  '{"type":"struct","fields":[{"field":"a"}]}',
  '{"type":"string"',
];

const { value: json } = fc.letrec<{ value: string; object: string; array: string }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', '-0', '300', '1.5', '1.0', '9007199254740993', 'true', 'null', '"t"', '"é\\n"', '"', ''),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .array(
      fc.tuple(fc.constantFrom('"a"', '"b"', '"c"', '"m"', '"x"', '"y"', '"z"', '"a\\""', '"\\u0061"'), tie('value')),
      {
        maxLength: 6,
      },
    )
    .map(members => `{${members.map(([name, value]) => `${name}: ${value}`).join(',')}}`),
  array: fc.array(tie('value'), { maxLength: 3 }).map(elements => `[${elements.join(' , ')}]`),
}));
/** What fits the first schema, mostly. */
const fitting = fc
  .tuple(
    fc.integer({ min: -200, max: 200 }),
    fc.boolean(),
    fc.nat(3),
    fc.shuffledSubarray(['b', 'c', 'm'], { minLength: 0 }),
  )
  .map(([a, z, count, others]) => {
    const zs = Array.from({ length: count }, () => `{"z":${z}}`);
    const values: Readonly<Record<string, string>> = {
      b: '"text"',
      c: `{"x":${a},"y":[${zs}]}`,
      m: `{"k":{"z":${z}}}`,
    };
    return `{${[`"a":${a}`, ...others.map(name => `"${name}":${values[name]}`)].join(', ')}}`;
  });
const payload = fc.oneof(json, fitting);
const envelope = fc
  .tuple(fc.constantFrom(...SCHEMAS), payload, fc.constantFrom(0, 0, 0, 1, 2, 3), fc.constantFrom(...SCHEMAS))
  .map(([schema, text, form, other]) => {
    const members = [`"schema":${schema}`, ` "payload" : ${text}`];
    if (form === 1) members.reverse();
    if (form === 2) members.push(`"schema":${other}`);
    if (form === 3) members.push('"more":1');
    return `{${members}}`;
  });
const broken = fc.array(fc.constantFrom(...JSON_PIECES, '007', 'é'), { maxLength: 5 }).map(pieces => pieces.join(''));
const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.oneof(envelope, payload, broken).map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }).map(array => Buffer.from(array)) },
);

/** All that can be seen of what a converter gives. */
function outcome(read: () => SchemaAndValue): unknown {
  try {
    const { schema, value } = read();
    return [
      schema?.type,
      value === null ? null : printPayload(schema, value, JSON_WITH_SCHEMAS),
      valueText(schema, value),
    ];
  } catch (error) {
    assert.ok(error instanceof ConnectError, String(error));
    return [error.javaClassName, error.message, String(error.cause)];
  }
}

describe('JSON values that stand together', () => {
  const separators = fc.constantFrom(',', '\n', '', '"}', 'é').map(text => Buffer.from(text));
  for (const [what, config] of [
    ['with schemas', JSON_WITH_SCHEMAS],
    ['with schemas, nulls as they are', { ...JSON_WITH_SCHEMAS, replaceNullWithDefault: false }],
    ['with one schema', { ...JSON_WITH_SCHEMAS, schemaContent: SCHEMAS[0]! }],
    ['without schemas', JSON_WITHOUT_SCHEMAS],
  ] as const) {
    it(`are read as each is alone, ${what}`, () => {
      const converter = new JsonDataConverter(config);
      const quoting = new QuotingConverter(converter);
      fc.assert(
        fc.property(
          fc.array(bytes, { minLength: 1, maxLength: 8 }),
          separators,
          fc.boolean(),
          (values, separator, quoted) => {
            const block = buildBlock(
              values.map(value => ({ topic: 't', partition: 0, offset: 0, value })),
              { separator, keys: false, headers: false },
            );
            const read = readerOf(quoted ? quoting : converter, block);
            for (const [index, value] of values.entries()) {
              const end = block.valueEnd[index]!;
              const alone = new JsonDataConverter(config);
              assert.deepEqual(
                outcome(() => read(end - value.length, end)),
                outcome(() => (quoted ? new QuotingConverter(alone) : alone).toConnect(value)),
              );
            }
          },
        ),
        { numRuns: 4_000 },
      );
    });
  }
});
