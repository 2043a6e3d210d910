import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonDataConverter } from '../../connector/converters/json-data.ts';
import { printPayload } from '../../connector/converters/json-payload.ts';
import { ConnectError } from '../../connector/data/errors.ts';
import type { Schema, Value } from '../../connector/data/model.ts';
import { Decimal, JavaDate } from '../../connector/data/scalars.ts';
import { parseValue } from '../../connector/data/values.ts';
import { JSON_WITH_SCHEMAS } from '../support/converters.ts';
import { convertOnJvm } from './jvm-converters.ts';
import { comparable } from './side-by-side.ts';

/** The same texts at each run: a difference is a bug, not luck. */
const SEED = 20_261_125;

const DATA = 'org.apache.kafka.connect.data';

/** Texts of JSON values, many at the edges of Java's types. */
const json = fc.constantFrom(
  ...['null', 'true', 'false', '0', '-1', '127', '128', '300', '32768', '2147483647', '2147483648', '-2147483649'],
  ...['9223372036854775807', '9223372036854775808', '1.0', '1.5', '-0', '0.1', '1e3', '1e400', '1.5e-3', '19000'],
  ...['""', '"abc"', '"AQI="', '"AQI"', '"/w=="', '"é😀\\n"', '[]', '[1,2]', '["a",null]', '{}', '{"a":1}'],
  ...['{"b":"x","a":null}', '[["a",1]]', '[[1,"x"],[2,"y"]]', '[[1]]', '86400000', '86400001', '1700000000000'],
);
const primitive = fc
  .constantFrom('boolean', 'int8', 'int16', 'int32', 'int64', 'float', 'double', 'bytes', 'string')
  .map(type => ({ type }));
const logical = fc.constantFrom<object>(
  ...['0', '2', 'x'].map(scale => ({ type: 'bytes', name: `${DATA}.Decimal`, version: 1, parameters: { scale } })),
  { type: 'int32', name: `${DATA}.Date`, version: 1 },
  { type: 'int32', name: `${DATA}.Time`, version: 1 },
  { type: 'int64', name: `${DATA}.Timestamp`, version: 1 },
  { type: 'string', name: 'com.example.Name', doc: 'a name', version: 3 },
);
const broken = fc.constantFrom<object>(
  ...[{}, { type: 'long' }, { type: 'array' }, { type: 'struct' }, { type: 'map', keys: { type: 'string' } }],
  ...[
    { type: 'struct', fields: [{ type: 'int8' }] },
    { type: 'int8', parameters: { a: 1 } },
  ],
);
const { schema } = fc.letrec<{ schema: object; bare: object; struct: object }>(tie => ({
  struct: fc.array(tie('schema'), { maxLength: 3 }).map(schemas => ({
    type: 'struct',
    fields: schemas.map((each, i) => ({ field: 'abc'[i], ...each })),
  })),
  bare: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: primitive },
    { weight: 3, arbitrary: logical },
    { weight: 1, arbitrary: broken },
    { weight: 2, arbitrary: tie('schema').map(items => ({ type: 'array', items })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('string', 'int32'), tie('schema'))
        .map(([type, values]) => ({ type: 'map', keys: { type }, values })),
    },
    { weight: 4, arbitrary: tie('struct') },
  ),
  schema: fc.tuple(tie('bare'), fc.boolean(), fc.option(json, { freq: 8 })).map(([each, optional, fallback]) => ({
    ...each,
    optional,
    ...(fallback === null ? {} : { default: `@${fallback}@` }),
  })),
}));

/** A default is JSON of its own: its numbers must not be read here. */
function textOf(value: object): string {
  return JSON.stringify(value).replace(/"default":"@(.*?)@"(?=[,}])/g, (_, text: string) => {
    return `"default":${JSON.parse(`"${text}"`) as string}`;
  });
}

interface Shape {
  readonly type?: string;
  readonly fields?: readonly (Shape & { readonly field?: string })[];
  readonly items?: Shape;
  readonly keys?: Shape;
  readonly values?: Shape;
}

/** Mostly a payload of the right form, with values that may be of a wrong one. */
function payloadOf(shape: Shape, pick: () => string): string {
  if (shape.type === 'struct' && shape.fields !== undefined) {
    return `{${shape.fields.map(each => `${JSON.stringify(each.field ?? 'a')}:${payloadOf(each, pick)}`).join(',')}}`;
  }
  if (shape.type === 'array' && shape.items !== undefined) return `[${payloadOf(shape.items, pick)}]`;
  if (shape.type === 'map' && shape.values !== undefined) {
    const value = payloadOf(shape.values, pick);
    return shape.keys?.type === 'string' ? `{"k":${value}}` : `[[7,${value}]]`;
  }
  return pick();
}

const message = fc
  .tuple(schema, fc.infiniteStream(json), fc.integer({ min: 0, max: 9 }))
  .map(([each, values, kind]) => {
    const pick = () => values.next().value as string;
    return `{"schema":${textOf(each)},"payload":${kind === 0 ? pick() : payloadOf(each, pick)}}`;
  });

describe('converters beside Kafka Connect', () => {
  test('JSON with schemas gives the same JSON, or the same error', async () => {
    const settings = [false, true].flatMap(replaceNullWithDefault =>
      (['BASE64', 'NUMERIC'] as const).map(decimalFormat => ({
        ...JSON_WITH_SCHEMAS,
        replaceNullWithDefault,
        decimalFormat,
      })),
    );
    const messages = fc.sample(message, { numRuns: 20_000, seed: SEED }).filter(text => !beyondDates(text));
    const theirs = await convertOnJvm(
      messages.map((text, i) => {
        const { replaceNullWithDefault, decimalFormat } = settings[i % settings.length]!;
        return `replace.null.with.default=${replaceNullWithDefault},decimal.format=${decimalFormat}\t${text}`;
      }),
    );
    const converters = settings.map(config => new JsonDataConverter(config));
    let converted = 0;
    for (const [i, text] of messages.entries()) {
      const config = settings[i % settings.length]!;
      let ours: string;
      try {
        const { schema: read, value } = converters[i % settings.length]!.toConnect(Buffer.from(text));
        ours = value === null ? 'null' : printPayload(read, value, config);
        converted++;
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        ours = `${error.javaClassName}: ${error.message}`;
      }
      if (isJson(ours) && isJson(theirs[i]!)) assert.deepEqual(amounts(ours, text), amounts(theirs[i]!, text), text);
      else assert.equal(ours, theirs[i], text);
    }
    assert.ok(converted > 2_000, `only ${converted} messages were good`);
  });

  test('header values are taken for the same types', async () => {
    const token = fc.constantFrom(
      ...[
        '1',
        '-7',
        '300',
        '99999999999',
        '1.5',
        '1.0',
        '1e40',
        'a',
        'null',
        'true',
        '"',
        ',',
        ':',
        '[',
        ']',
        '{',
        '}',
        ' ',
      ],
      ...['"a"', '"b c"', '2019-01-01', '12:00:00.000Z', '2019-08-23T14:34:54.346Z', '"2019-01-01"', '\\', '.5', '-'],
    );
    const soup = fc.array(token, { minLength: 1, maxLength: 9 }).map(tokens => tokens.join(''));
    const { nested } = fc.letrec<{ nested: string }>(tie => ({
      nested: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1', '300', '5000000000', '1.25', '"a"', '"x:y"', 'true', 'null', '"2019-01-01"'),
        fc.array(tie('nested'), { maxLength: 3 }).map(parts => `[${parts.join(', ')}]`),
        fc
          .array(fc.tuple(tie('nested'), tie('nested')), { maxLength: 3 })
          .map(pairs => `{${pairs.map(p => p.join(':')).join()}}`),
      ),
    }));
    const texts = fc.sample(fc.oneof(soup, nested), { numRuns: 10_000, seed: SEED });
    const theirs = await convertOnJvm(texts.map(text => `header\t${text}`));
    for (const [i, text] of texts.entries()) assert.equal(describeValue(text), withoutBits(theirs[i]!), text);
  });
});

/** Java before 19 writes a FLOAT32 with more digits than tell it apart: what counts is which one it is. */
function amounts(json: string, message: string): unknown {
  const singles = message.includes('"type":"float"');
  return comparable(singles ? json.replace(/-?\d+(\.\d+)?(E-?\d+)?/g, text => rounded(text)) : json);
}

function rounded(text: string): string {
  return /[.E]/.test(text) ? Math.fround(Number(text)).toFixed(20) : text;
}

/** A Timestamp is exact up to 2^53 milliseconds, which is the year 287396. */
function beyondDates(message: string): boolean {
  return message.includes('.Timestamp"') && /\d{19}/.test(message);
}

function isJson(text: string): boolean {
  return !text.includes('Exception: ');
}

/** Amounts alone: their types are told before them. */
function withoutBits(described: string): string {
  return described.replace(/bits ([0-9a-f]+)/g, (_, hex: string) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(`0x${hex}`));
    return String(bytes.readDoubleBE());
  });
}

function describeValue(text: string): string {
  const { schema: guessed, value } = parseValue(text);
  return guessed === null ? 'null' : `${typeOf(guessed)} ${show(value)}`;
}

function typeOf(guessed: Schema | undefined): string {
  if (guessed === undefined) return 'none';
  if (guessed.type === 'ARRAY') return `ARRAY<${typeOf(guessed.valueSchema)}>`;
  if (guessed.type === 'MAP') return `MAP<${typeOf(guessed.keySchema)},${typeOf(guessed.valueSchema)}>`;
  return guessed.name ?? guessed.type;
}

function show(value: Value): string {
  if (value instanceof JavaDate) return `date ${value.ms}`;
  if (value instanceof Decimal) return `decimal ${value.unscaled} ${value.scale}`;
  if (Array.isArray(value)) return `[${value.map((each: Value) => show(each)).join('; ')}]`;
  if (value instanceof Map) {
    const pairs = Array.from(value as ReadonlyMap<Value, Value>, ([key, each]) => {
      return `${show(key)}=${show(each)}`;
    });
    return `{${pairs.join('; ')}}`;
  }
  return String(value);
}
