import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConnectorConfig, ValuesConfig } from '../../../config/types.ts';
import type { Block } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import type { ConvertersConfig, ValueFormat } from '../../../connector/converters/choose.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf } from '../../config/written.ts';
import { CHAINS } from '../../conformance/chains.ts';
import { SAMPLES, type SampleRecord, TIMESTAMP } from '../../conformance/records.ts';
import { type OwnChain, TRANSFORM_CHAINS } from '../../conformance/transform-chains.ts';
import { DEFAULT_VALUES, JSON_WITHOUT_SCHEMAS } from '../../support/converters.ts';
import { repeated } from '../../support/form.ts';
import { JSON_PIECES, REWRITTEN } from '../../support/json-values.ts';
import { AWKWARD } from './awkward.ts';
import { BothWays } from './both-ways.ts';
import { TRAPS } from './traps.ts';
import { escaped } from './written-chains.ts';

const CHAINS_OF_ALL: readonly OwnChain[] = [
  ...CHAINS.map(chain => ({ ...chain, samples: SAMPLES[chain.records] })),
  ...TRANSFORM_CHAINS,
  ...TRAPS,
];

function recordOf({ key, value, headers = [] }: SampleRecord): RecordLike {
  return {
    topic: 'side-plain',
    partition: 3,
    timestamp: TIMESTAMP,
    key: key === null ? null : Buffer.from(key),
    value,
    headers: headers.map(([name, text]) => [name, Buffer.from(text)] as const),
  };
}

/** What is in the samples of any chain without schemas, and more that is awkward. */
const SCHEMALESS: readonly RecordLike[] = [
  ...new Set(CHAINS_OF_ALL.filter(({ records }) => records !== 'schemas').flatMap(({ samples }) => samples)),
]
  .map(recordOf)
  .concat(AWKWARD);

/** Nothing that a plan is for, and what JsonConverter makes of it all the same. */
const NOT_JSON = buildBlock([...JSON_PIECES, ...REWRITTEN.map(([value]) => value)].map(value => ({ value })));

interface Setting {
  readonly name: string;
  readonly format?: Partial<ValueFormat>;
  readonly values?: Partial<ValuesConfig>;
  readonly converters?: Partial<ConvertersConfig>;
}

/** Beside the first one, a chain goes through each so-manieth setting. */
const EACH = repeated(1, 4);

const BARE = { bare: true };

const SETTINGS: readonly Setting[] = [
  { name: 'as it is', values: { onText: 'fail' } },
  { name: 'in bodies of their own', format: BARE },
  { name: 'texts raw', format: BARE, values: { onString: 'raw' } },
  { name: 'as Java writes them', format: BARE, values: { written: 'java' } },
  { name: 'others dropped', values: { onOther: 'ignore' } },
  { name: 'others refused', values: { onOther: 'fail' } },
  { name: 'texts that hold JSON', values: { onString: 'json' } },
  { name: 'what is no JSON quoted', values: { onText: 'quote' } },
  { name: 'what is no JSON quoted and raw', format: BARE, values: { onText: 'quote', onString: 'raw' } },
  { name: 'what is no JSON dropped', values: { onText: 'ignore' } },
  {
    name: 'scalars refused, arrays dropped, nulls sent',
    values: { onScalar: 'fail', onArray: 'ignore', onNull: 'send', onEmpty: 'send', onJsonNull: 'send' },
  },
  { name: 'empty ones refused', values: { onNull: 'fail', onEmpty: 'fail', onJsonNull: 'fail' } },
  { name: 'keys that are refused', converters: { keyConverter: { kind: 'long' } } },
  { name: 'headers that are refused', converters: { headerConverter: JSON_WITHOUT_SCHEMAS } },
  { name: 'of few bytes', format: { maxValueBytes: 24 } },
];

function bothWays(connector: ConnectorConfig, { format, values, converters }: Setting): BothWays {
  const { keyConverter, valueConverter, headerConverter, transforms } = connector;
  return new BothWays(
    { keyConverter, valueConverter, headerConverter, ...converters, values: { ...DEFAULT_VALUES, ...values } },
    { bare: false, maxValueBytes: 1_000_000, ...format },
    createTransforms(transforms, () => TIMESTAMP),
  );
}

/** Chains that are for the general path: a schema is needed, or the whole value, or an object that is put together anew. */
const UNPLANNED = /schema|whole|cast-flat|timestamp-flat|hoisted twice|hoisted into/;

describe('what a plan gives is what the general path gives', () => {
  for (const [index, { name, config, samples, records }] of CHAINS_OF_ALL.entries()) {
    if (config['transforms'] === undefined) continue;
    const settings = SETTINGS.filter((_, at) => at === 0 || (at + index) % EACH === 0);
    it(`of every record in every setting: ${name}`, () => {
      const own = samples.map(recordOf);
      const block = buildBlock(records === 'schemas' ? own : [...own, ...SCHEMALESS]);
      const connector = connectorOf(escaped(config));
      for (const setting of records === 'schemas' ? SETTINGS.slice(0, 2) : settings) {
        const both = bothWays(connector, setting);
        assertAlike(both, block, setting.name);
        if (records !== 'schemas' && setting.values?.onText !== undefined) assertAlike(both, NOT_JSON, setting.name);
      }
    });
  }
});

function assertAlike(both: BothWays, block: Block, setting: string): void {
  try {
    both.compare(block);
  } catch (error) {
    throw new Error(`${setting}: ${(error as Error).message}`, { cause: error });
  }
}

describe('what a plan is for', () => {
  for (const { name, config, records } of CHAINS_OF_ALL) {
    if (records !== 'plain' || config['transforms'] === undefined || UNPLANNED.test(name)) continue;
    it(`${name}: it serves objects`, () => {
      const both = bothWays(connectorOf(escaped(config)), SETTINGS[0]!);
      both.compare(buildBlock(SCHEMALESS));
      const { general, served } = both.tally;
      assert(served > general / 5, `${served} of ${general}`);
    });
  }
});
