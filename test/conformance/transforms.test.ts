import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createDataConverter } from '../../connector/converters/choose.ts';
import { ConnectError } from '../../connector/data/errors.ts';
import type { ConnectRecord } from '../../connector/data/record.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { connectorOf } from '../config/written.ts';
import { CHAINS } from './chains.ts';

import { describeRecord } from './describe.ts';
import { type Answer, applyOnJvm, type Failure, isFailure, PLACE } from './jvm-chains.ts';
import { SAMPLES, type SampleRecord } from './records.ts';
import { inOneLine } from './side-by-side.ts';
import { type OwnChain, TRANSFORM_CHAINS } from './transform-chains.ts';

/** As values are written in a properties file. */
function escaped(config: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, value.replaceAll('\\', '\\\\')]));
}

/** Converts and transforms as the worker does, one record after another. */
function applyHere(config: Readonly<Record<string, string>>, samples: readonly SampleRecord[]): Answer[] {
  const { keyConverter, valueConverter, headerConverter, transforms } = connectorOf(escaped(config));
  const [keys, values, headers] = [keyConverter, valueConverter, headerConverter].map(createDataConverter);
  const chain = createTransforms(transforms, () => Date.now());
  const bytes = (text: string | Buffer | null): Buffer | null => (text === null ? null : Buffer.from(text));
  return samples.map((sample, offset) => {
    let stage = 'KEY_CONVERTER';
    try {
      const key = keys!.toConnect(bytes(sample.key));
      stage = 'VALUE_CONVERTER';
      const value = values!.toConnect(bytes(sample.value));
      stage = 'HEADER_CONVERTER';
      let record: ConnectRecord | null = {
        ...PLACE,
        offset,
        keySchema: key.schema,
        key: key.value,
        valueSchema: value.schema,
        value: value.value,
        headers: (sample.headers ?? []).map(([name, text]) => ({ name, ...headers!.toConnect(bytes(text)) })),
      };
      stage = 'TRANSFORMATION';
      for (const transform of chain) if (record !== null) record = transform.apply(record);
      return record === null ? null : describeRecord(record);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return { stage, class: error.javaClassName, message: error.message };
    }
  });
}

const NEGATIVE_ZERO = '8000000000000000';
const NARROW: Readonly<Record<string, string>> = { int8: 'int64', int16: 'int64', int32: 'int64' };

/** A schemaless number has no width here: JSON knows one kind of integers, and one of others. */
function withoutWidths(described: unknown): unknown {
  if (!Array.isArray(described)) return described;
  const [type, content] = described as [string, unknown];
  if (NARROW[type] !== undefined) return [NARROW[type], content];
  if (type === 'float32') {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(Number.parseInt(content as string, 16));
    const single = bytes.readFloatBE();
    let text = '';
    for (let digits = 1; digits <= 9; digits++) {
      text = single.toPrecision(digits);
      if (Math.fround(Number(text)) === single) break;
    }
    bytes.writeDoubleBE(Number(text), 4);
    return ['float64', bytes.readBigUInt64BE(4).toString(16)];
  }
  // Kafka Connect reads decimals, which know no -0.
  if (type === 'float64' && content === NEGATIVE_ZERO) return [type, '0'];
  if (type === 'array') return [type, (content as unknown[]).map(withoutWidths)];
  if (type === 'map') return [type, (content as unknown[][]).map(([key, value]) => [key, withoutWidths(value)])];
  return described;
}

function comparable(answer: Answer): unknown {
  if (answer === null) return null;
  if (isFailure(answer)) {
    const { stage, message } = answer as Failure;
    const className = (answer as Failure).class;
    return {
      stage,
      class: className,
      message: className === 'java.lang.NullPointerException' ? '' : inOneLine(message),
    };
  }
  const { keySchema, valueSchema, key, value, headers, ...rest } = answer as Record<string, unknown>;
  return {
    ...rest,
    keySchema,
    key: keySchema === null ? withoutWidths(key) : key,
    valueSchema,
    value: valueSchema === null ? withoutWidths(value) : value,
    headers: (headers as [string, unknown, unknown][]).map(([name, schema, header]) => [
      name,
      schema,
      schema === null ? withoutWidths(header) : header,
    ]),
  };
}

const chains: readonly OwnChain[] = [
  ...CHAINS.map(chain => ({ ...chain, samples: SAMPLES[chain.records] })),
  ...TRANSFORM_CHAINS,
];

describe('transforms beside Kafka Connect', () => {
  let answers: readonly (readonly Answer[])[];
  before(async () => {
    answers = await applyOnJvm(chains);
  });
  for (const [index, chain] of chains.entries()) {
    test(`${chain.name}: the same records and the same errors`, () => {
      const { config, samples } = chain;
      const ours = applyHere(config, samples);
      for (const [at, theirs] of answers[index]!.entries()) {
        assert.deepEqual(comparable(ours[at]!), comparable(theirs), `record ${at}: ${String(samples[at]!.value)}`);
      }
    });
  }
});
