import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Block, FLAG_OVERSIZE, MOST_MEMBERS, MOST_NAMES, valueAt } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { createConverter } from '../../../connector/converters/choose.ts';
import { withMembers } from '../../../connector/converters/json-members.ts';
import { type Plan, planOf, SOME_VALUE } from '../../../connector/plan/plan.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { ValueWriter } from '../../../connector/value-writer.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { PLAIN_JSON } from '../../support/converters.ts';
import { MOMENT, recordOf } from '../transforms/applying.ts';
import { BothWays } from './both-ways.ts';
import { randomChain } from './random-chains.ts';
import { randomRecord } from './random-records.ts';
import { escaped } from './written-chains.ts';

const RECORD = recordOf({ value: SOME_VALUE });
const SEPARATOR = Buffer.from(',');
const LONG = '世'.repeat(500);

type Step = readonly [type: string, keys?: Keys];

function keysOf(...steps: readonly Step[]): Keys {
  const keys: Record<string, string> = { transforms: steps.map((_, index) => `t${index}`).join(',') };
  for (const [index, [type, own = {}]] of steps.entries()) {
    keys[`transforms.t${index}.type`] = `org.apache.kafka.connect.transforms.${type}`;
    for (const [key, value] of Object.entries(own)) keys[`transforms.t${index}.${key}`] = value!;
  }
  return escaped(keys);
}

const transformsOf = (keys: Keys) => createTransforms(connectorOf(keys).transforms, () => MOMENT);
const planFor = (keys: Keys): Plan | null => planOf(transformsOf(keys));

/** What a plan makes of one value; null: it does not serve it. */
function planned(keys: Keys, value: string): string | null {
  const plan = planFor(keys);
  assert(plan !== null);
  const block = withMembers(buildBlock([{ value }]), plan.names);
  return plan.serve(block, 0, RECORD) ? written(plan, block).toString() : null;
}

/** What is written behind something else, in memory that has no more room than that takes. */
function written(plan: Plan, { values }: Block): Buffer {
  const into = new ValueWriter();
  into.begin({ count: 2, separator: SEPARATOR, values });
  const room = into.memory.length - SEPARATOR.length;
  into.bytes(Buffer.alloc(room, 0xff));
  plan.write(into, false);
  const size = into.endPieces();
  const alone = new ValueWriter();
  alone.begin({ count: 1, separator: SEPARATOR, values });
  plan.write(alone, false);
  assert.equal(alone.endPieces(), size);
  const whole = alone.finish().values.subarray(0, -SEPARATOR.length);
  const both = into.finish();
  assert.deepEqual(both.values.subarray(room + SEPARATOR.length, -SEPARATOR.length), whole, 'it is cut off');
  assert.deepEqual([...both.valueEnd], [room, both.values.length - SEPARATOR.length]);
  assert.equal(both.values[room - 1], 0xff);
  return whole;
}

const objectOf = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"m${index}":${index}`).join(',')}}`;

describe('the room for what a plan writes', () => {
  const name = (at: number): string => `${at}${LONG}`;
  const insert: Step = ['InsertField$Value', { 'static.field': name(0), 'static.value': `"${LONG}\n` }];
  const rename = (from: number): Step => ['ReplaceField$Value', { renames: `${name(from)}:${name(from + 1)}` }];
  const hoist = (at: number): Step => ['HoistField$Value', { field: name(at) }];

  for (const [what, steps] of [
    ['texts of three bytes a character', [insert]],
    ['a name that is another one again and again', [insert, rename(0), rename(1), rename(2), rename(3)]],
    ['objects around objects', Array.from({ length: 20 }, (_, at) => hoist(at))],
    ['names put together', [hoist(0), hoist(1), hoist(2), ['Flatten$Value', { delimiter: LONG }]]],
    ['fields that are not there', [['MaskField$Value', { fields: `a,b,${name(3)}` }]]],
    ['numbers that become longer', [['Cast$Value', { spec: 'a:float64,m0:float64,m1:string' }]]],
    ['short ones that become long', [['MaskField$Value', { fields: 'm0,m1', replacement: '9'.repeat(18) }]]],
    ['a value that is taken out', [insert, ['ExtractField$Value', { field: name(0) }]]],
  ] as const satisfies readonly (readonly [string, readonly Step[]])[]) {
    it(`is enough for ${what}`, () => {
      for (const value of ['{"a":1}', ' { "m0" : "x" ,\n"m1":1.5e300 } ', objectOf(MOST_MEMBERS)]) {
        JSON.parse(planned(keysOf(...steps), value)!);
      }
    });
  }

  it('is enough for whatever random chains make of random records', () => {
    let served = 0;
    const property = fc.property(
      randomChain,
      fc.array(randomRecord, { maxLength: 24, size: 'max' }),
      (keys, records) => {
        const plan = planFor(keys);
        if (plan === null) return;
        const block = withMembers(buildBlock(records), plan.names);
        for (let index = 0; index < block.count; index++) {
          if (!plan.serve(block, index, RECORD) || plan.record === null) continue;
          JSON.parse(written(plan, block).toString());
          served++;
        }
      },
    );
    fc.assert(property, { numRuns: 150, includeErrorInReport: true });
    assert(served > 100, `only ${served} records`);
  });
});

describe('the limits of a plan', () => {
  it('are the members of an object', () => {
    const steps: readonly Step[] = [
      ['InsertField$Value', { 'topic.field': 'a', 'offset.field': 'b' }],
      ['HoistField$Value', { field: 'o' }],
      ['InsertField$Value', { 'topic.field': 'a', 'offset.field': 'b', 'partition.field': 'c' }],
    ];
    const most = objectOf(MOST_MEMBERS);
    const inner = `${most.slice(0, -1)},"a":"events","b":42}`;
    assert.equal(planned(keysOf(...steps), most), `{"o":${inner},"a":"events","c":3,"b":42}`);
    assert.equal(planned(keysOf(...steps), objectOf(MOST_MEMBERS + 1)), null);
    assert.equal(planned(keysOf(...steps), '{}'), null);
  });

  it('are the members that an object has when it is flat', () => {
    const flat = keysOf(['Flatten$Value', { delimiter: '' }], ['InsertField$Value', { 'topic.field': 't' }]);
    const expected = `${objectOf(MOST_MEMBERS).slice(0, -1)},"t":"events"}`;
    const nested = (count: number): string => `{"":${objectOf(count)}}`;
    assert.equal(planned(flat, nested(MOST_MEMBERS)), expected);
    assert.equal(planned(flat, nested(MOST_MEMBERS + 1)), null);
  });

  it('are the names that readers tell apart', () => {
    const names = Array.from({ length: MOST_NAMES + 1 }, (_, index) => `m${index}`);
    const mask = (count: number): Keys => keysOf(['MaskField$Value', { fields: names.slice(0, count).join(',') }]);
    const value = objectOf(MOST_NAMES + 1).replaceAll(/:\d+/g, ':7');
    const masked = value.replaceAll(':7', ':0').replace(/:0}$/, ':7}');
    assert.equal(planned(mask(MOST_NAMES), value), masked);
    assert.equal(planFor(mask(MOST_NAMES + 1)), null);
  });

  it('are names that UTF-8 has', () => {
    const insert = (field: string): Keys => ({
      ...keysOf(['InsertField$Value', { 'static.value': 'x' }]),
      'transforms.t0.static.field': field,
    });
    assert.deepEqual(planFor(insert('\\ud83d\\ude00'))?.names, ['😀']);
    for (const half of ['\\ud83d', '\\ude00x']) assert.equal(planFor(insert(half)), null);
  });
});

describe('the bytes of values by plan', () => {
  const keys = keysOf(['InsertField$Value', { 'static.field': 'by', 'static.value': '世' }]);

  function flagsUpTo(maxValueBytes: number, value: string): number {
    const { convert } = createConverter(PLAIN_JSON, { bare: false, maxValueBytes }, transformsOf(keys));
    return convert(buildBlock([{ value }])).flags[0]!;
  }

  it('may be as many as there may be, and not one more', () => {
    const size = Buffer.byteLength('{"a":1,"by":"世"}');
    assert.equal(flagsUpTo(size, '{"a":1}'), 0);
    assert.equal(flagsUpTo(size - 1, '{"a":1}'), FLAG_OVERSIZE);
  });

  it('are those without blanks and escapes where they would be too many', () => {
    for (const value of ['{"a" : 1}', '{"a":1,"b":{ "c":"\\u0020" }}', '{"a":1,\n"b":2}']) {
      const plain = Buffer.byteLength(JSON.stringify({ ...JSON.parse(value), by: '世' }));
      assert.equal(flagsUpTo(plain, value), 0);
      assert.equal(flagsUpTo(plain - 1, value), FLAG_OVERSIZE);
    }
  });

  it('stand back to back where nothing separates them', () => {
    const records: readonly RecordLike[] = ['{"a":1}', '2', '3', '{"a":4}', null, '{"a":[5]}', '', '{"a":"6"}'].map(
      value => ({ value }),
    );
    for (const separator of ['', '\r\n--é--']) {
      const block: Block = buildBlock(records, { separator: Buffer.from(separator) });
      const extract = keysOf(['ExtractField$Value', { field: 'a' }]);
      new BothWays(PLAIN_JSON, { bare: false, maxValueBytes: 100 }, transformsOf(extract)).compare(block);
      const { convert } = createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 100 }, transformsOf(extract));
      const extracted = convert(block);
      const values = records.map((_, index) => valueAt(extracted, index)?.toString());
      assert.deepEqual([values[0], values[3], values[5], values[7]], ['1', '4', '[5]', '"6"']);
    }
  });
});
