import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf } from '../../config/written.ts';
import { DEFAULT_VALUES, JSON_WITHOUT_SCHEMAS } from '../../support/converters.ts';
import { BothWays } from './both-ways.ts';
import { escaped } from './written-chains.ts';

const TOPICS = ['events', 'second', 'third'];
type Keys = Readonly<Record<string, string>>;

const CONNECT = 'org.apache.kafka.connect.transforms.';
const FLATTEN: Keys = { 'transforms.f.type': `${CONNECT}Flatten$Value`, 'transforms.f.delimiter': '_' };
const CHAINS: Readonly<Record<string, Keys>> = {
  Flatten: { transforms: 'f', ...FLATTEN },
  'a member renamed, then Flatten': {
    transforms: 'r,f',
    'transforms.r.type': `${CONNECT}ReplaceField$Value`,
    'transforms.r.renames': 'a:b,o:é',
    ...FLATTEN,
  },
  'Flatten, then a joined name masked and one cast': {
    transforms: 'f,m,c',
    ...FLATTEN,
    'transforms.m.type': `${CONNECT}MaskField$Value`,
    'transforms.m.fields': 'o_a,a',
    'transforms.c.type': `${CONNECT}Cast$Value`,
    'transforms.c.spec': 'o_n:string,n:int16',
  },
  'a topic and an offset inserted, one masked, one renamed and one left out': {
    transforms: 't,i,j,m,r',
    predicates: 'first',
    'predicates.first.type': `${CONNECT}predicates.TopicNameMatches`,
    'predicates.first.pattern': 'events',
    'transforms.t.type': `${CONNECT}RegexRouter`,
    'transforms.t.regex': '(.*)s',
    'transforms.t.replacement': '$1',
    'transforms.t.predicate': 'first',
    'transforms.i.type': `${CONNECT}InsertField$Value`,
    'transforms.i.topic.field': 'id',
    'transforms.i.static.field': 'e',
    'transforms.i.static.value': 'ü"',
    'transforms.j.type': `${CONNECT}InsertField$Value`,
    'transforms.j.offset.field': 'at',
    'transforms.m.type': `${CONNECT}MaskField$Value`,
    'transforms.m.fields': 'n',
    'transforms.r.type': `${CONNECT}ReplaceField$Value`,
    'transforms.r.renames': 'a:é',
    'transforms.r.exclude': 'ab',
  },
  'records of a topic dropped, the others hoisted with a mask and the topic': {
    transforms: 'd,m,h,i',
    predicates: 'second',
    'predicates.second.type': `${CONNECT}predicates.TopicNameMatches`,
    'predicates.second.pattern': 'second',
    'transforms.d.type': `${CONNECT}Filter`,
    'transforms.d.predicate': 'second',
    'transforms.m.type': `${CONNECT}MaskField$Value`,
    'transforms.m.fields': 'n,id',
    'transforms.h.type': `${CONNECT}HoistField$Value`,
    'transforms.h.field': 'e',
    'transforms.i.type': `${CONNECT}InsertField$Value`,
    'transforms.i.topic.field': 'topic',
  },
  'HoistField, then Flatten twice': {
    transforms: 'h,f,g',
    'transforms.h.type': `${CONNECT}HoistField$Value`,
    'transforms.h.field': 'h',
    ...FLATTEN,
    'transforms.g.type': `${CONNECT}Flatten$Value`,
    'transforms.g.delimiter': '.',
  },
};

function bothWays(keys: Keys): BothWays {
  return new BothWays(
    {
      keyConverter: { kind: 'bytes' },
      valueConverter: JSON_WITHOUT_SCHEMAS,
      headerConverter: { kind: 'simple' },
      values: DEFAULT_VALUES,
    },
    { bare: false, maxValueBytes: 1_000_000 },
    createTransforms(connectorOf(escaped(keys)).transforms, () => 0),
  );
}

const names = fc.constantFrom('a', 'n', 'o', 'o_a', 'ab', 'é', 'e', '', 'id');
const scalars = fc.constantFrom(
  '0',
  '7',
  '1234',
  '-0',
  '1.50',
  '1.5',
  '"a"',
  '"o_a"',
  'null',
  'true',
  '[]',
  '[{"a":1}]',
);
const blanks = fc.constantFrom('', '', '', ' ', '\t');

/** An object as it is written; names that are there twice among them. */
const { object } = fc.letrec<{ object: string; value: string }>(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalars, scalars, tie('object')),
  object: fc
    .tuple(blanks, fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }))
    .map(([blank, members]) => `{${members.map(([name, value]) => `"${name}"${blank}:${blank}${value}`).join(',')}}`),
}));

/** Of a few ways to write a record, in any order and again and again: next to one another there are the same, and others. */
const stream = fc
  .array(object, { minLength: 1, maxLength: 4 })
  .chain(shapes => fc.array(fc.constantFrom(...shapes, ...shapes.map(other)), { minLength: 6, maxLength: 30 }));

/** With other values in the same places. */
function other(json: string): string {
  return json.replaceAll('7', '[7,"}"]').replaceAll('"a":0', '"a":-12.25').replaceAll('null', '"\\u00e9"');
}

describe('records whose names are those of the one before', () => {
  for (const [what, keys] of Object.entries(CHAINS)) {
    it(`become what they become by themselves: ${what}`, () => {
      let served = 0;
      const property = fc.property(stream, values => {
        const both = bothWays(keys);
        both.compare(buildBlock(values.map((value, index) => ({ value, topic: TOPICS[(index >> 2) % 3]! }))));
        served += both.tally.served;
      });
      fc.assert(property, { numRuns: 300 });
      assert.ok(served > 500, `${served} are served`);
    });
  }

  it('are told from those with one name more, one less, another one, or an object in the place of a value', () => {
    const first = '{"a":1,"o":{"a":2,"p":{"n":3}},"z":4}';
    const others = [
      '{"a":1,"o":{"a":2,"p":{"n":3}},"z":4,"y":5}',
      '{"a":1,"o":{"a":2,"p":{"n":3}}}',
      '{"a":1,"o":{"a":2,"p":{"n":3,"m":4}},"z":4}',
      '{"a":1,"o":{"a":2,"p":{}},"z":4}',
      '{"a":1,"o":{"a":2,"p":{"m":3}},"z":4}',
      '{"a":1,"o":{"a":2,"q":{"n":3}},"z":4}',
      '{"a":1,"o":{"a":2,"p":3},"z":4}',
      '{"a":{"b":1},"o":{"a":2,"p":{"n":3}},"z":4}',
      '{"a":1,"o":{"a":2,"p":{"n":3}},"o_a":4}',
      '{"a":1,"o":{"a":2,"p":{"nn":3}},"z":4}',
      '{"a":1,"o":{"a":2,"p":{"n":3}},"zz":4}',
      '{"o":{"a":2,"p":{"n":3}},"a":1,"z":4}',
      '{"a":1,"o":{"a":2,"p":{"n":3}},"\\u007a":4}',
      '{"a":1,"o":{"\\u0061":2,"p":{"n":3}},"z":4}',
      '{}',
    ];
    const both = bothWays(CHAINS['Flatten']!);
    both.compare(buildBlock(others.flatMap(value => [first, first, value, value, first]).map(value => ({ value }))));
    assert.ok(both.tally.served > 60);
  });
});
