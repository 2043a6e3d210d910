import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { DEFAULT_VALUES, JSON_WITHOUT_SCHEMAS } from '../../support/converters.ts';
import { BothWays, type Tally } from './both-ways.ts';
import { randomChain } from './random-chains.ts';
import { randomRecord } from './random-records.ts';

/** 2024-02-29T12:34:56.789Z */
const NOW = 1_709_210_096_789;
const CHAINS = 1_200;
const MOST_RECORDS = 48;
/** A chain and a record, once as Kafka has it and once as a reader has looked at it. */
const CASES = 20_000;

/** What a connector has beside its transforms. */
const around = fc.record({
  keys: fc.constantFrom('json', 'bytes'),
  headers: fc.constantFrom('simple', 'simple', 'json'),
  bare: fc.boolean(),
  maxValueBytes: fc.constantFrom(1_000_000, 1_000_000, 1_000_000, 30),
  separator: fc.constantFrom(',', '\n', '', '\r\n--é--'),
  onOther: fc.constantFrom('send', 'send', 'send', 'ignore', 'fail'),
  onString: fc.constantFrom('send', 'send', 'raw', 'json'),
  onText: fc.constantFrom('fail', 'fail', 'ignore', 'quote'),
  onNull: fc.constantFrom('fail', 'ignore', 'send'),
});

type Around = typeof around extends fc.Arbitrary<infer T> ? T : never;

function compare(keys: Keys, records: readonly RecordLike[], given: Around): Tally {
  const { keys: ofKeys, headers, bare, maxValueBytes, separator, onOther, onString, onText, onNull } = given;
  const both = new BothWays(
    {
      keyConverter: ofKeys === 'json' ? JSON_WITHOUT_SCHEMAS : { kind: ofKeys },
      valueConverter: JSON_WITHOUT_SCHEMAS,
      headerConverter: headers === 'json' ? JSON_WITHOUT_SCHEMAS : { kind: headers },
      values: { ...DEFAULT_VALUES, onOther, onString, onText, onNull },
    },
    { bare, maxValueBytes },
    createTransforms(connectorOf(keys).transforms, () => NOW),
  );
  both.compare(buildBlock(records, { separator: Buffer.from(separator) }));
  return both.tally;
}

test('random chains make of random records by plan what they make of them by the general path', t => {
  const all = { records: 0, general: 0, served: 0 };
  const property = fc.property(
    randomChain,
    fc.array(randomRecord, { minLength: 1, maxLength: MOST_RECORDS, size: 'max' }),
    around,
    (keys, records, given) => {
      const { records: seen, general, served } = compare(keys, records, given);
      all.records += seen;
      all.general += general;
      all.served += served;
    },
  );
  fc.assert(property, { numRuns: CHAINS, includeErrorInReport: true });
  t.diagnostic(`${all.served} of ${all.general} values were left to the plan, of ${all.records} records`);
  assert(all.records >= 2 * CASES, `only ${all.records} records`);
  assert(all.served > all.general / 5, `only ${all.served} of ${all.general} values were left to the plan`);
});
