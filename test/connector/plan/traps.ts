import { chain, predicate } from '../../conformance/chains.ts';
import type { SampleRecord } from '../../conformance/records.ts';
import type { OwnChain } from '../../conformance/transform-chains.ts';

/** Of these, some have the header that predicates ask for. */
const SAMPLES: readonly SampleRecord[] = [
  '{"id":1,"name":"x","n":null,"t":0}',
  '{ "name" : "\\u0041" , "id" : {"id":{"id":1}} , "n" : "2024-02-29" }',
  '{"id":"12","id2":1.50,"name":["a"],"t":1709210096789}',
  '{"id":null}',
  '{"id":{}}',
  '{"name":true,"other":-0,"id":1e2}',
  '{"id":{"id":1,"id":{"id":2},"id":{"id":3,"x":4}}}',
  '{"id":{"id":1,"\\u0069d":2},"name":{"\\u0069d":{"id":1}}}',
  '{"id":{"id":null},"name":{"id":"\\u0041"}}',
  '{"id":{"id":{}},"name":{"id":[1]}}',
  `{"id":${'1'.repeat(1_001)},"name":"long"}`,
].flatMap(value => [
  { key: '{"id":1}', value },
  { key: null, value, headers: [['marked', '1']] },
]);

const trap = (name: string, steps: Parameters<typeof chain>[2], more = {}): OwnChain => ({
  ...chain(name, 'plain', steps, more),
  samples: SAMPLES,
});

const IF = { predicate: 'p' };
const UNLESS = { predicate: 'p', negate: 'true' };
const MARKED = predicate('HasHeaderKey', { name: 'marked' });
const TOMBSTONE = predicate('RecordIsTombstone');

const hoist = (field: string, when = {}) => ['HoistField$Value', { field, ...when }] as const;
const extract = (field: string, when = {}) => ['ExtractField$Value', { field, ...when }] as const;
const within = (field: string) => extract(field, { 'field.syntax.version': 'V2' });
const insert = (field: string, when = {}) =>
  ['InsertField$Value', { 'static.field': field, 'static.value': 'v', ...when }] as const;
const replace = (keys: Readonly<Record<string, string>>) => ['ReplaceField$Value', keys] as const;
const mask = (fields: string, more = {}) => ['MaskField$Value', { fields, ...more }] as const;
const cast = (spec: string) => ['Cast$Value', { spec }] as const;
const header = (fields: string, operation: string, headers = 'marked') =>
  ['HeaderFrom$Value', { fields, headers, operation }] as const;
const date = (field: string, more = {}) =>
  ['TimestampConverter$Value', { field, 'target.type': 'Date', format: 'yyyy-MM-dd', ...more }] as const;

/** Chains whose steps meet on the same members. */
export const TRAPS: readonly OwnChain[] = [
  trap('hoisted and taken out', [hoist('a'), extract('a')]),
  trap('hoisted twice, taken out twice', [hoist('a'), hoist('b'), extract('b'), extract('a')]),
  trap('hoisted, with one beside it', [hoist('a'), insert('b')]),
  trap('hoisted, replaced', [hoist('a'), insert('a')]),
  trap('hoisted, masked', [hoist('a'), mask('a')]),
  trap('hoisted, renamed', [hoist('a'), replace({ renames: 'a:b' }), hoist('b')]),
  trap('hoisted, left out', [hoist('a'), insert('b'), replace({ exclude: 'a' })]),
  trap('hoisted, and another is taken out', [hoist('a'), insert('b'), extract('b')]),
  trap('hoisted, and none is taken out', [hoist('a'), extract('id')]),
  trap('hoisted into a header', [hoist('a'), header('a', 'copy')]),
  trap('hoisted into a key', [hoist('a'), ['ValueToKey', { fields: 'a' }]]),
  trap('hoisted by chance, and taken out', [hoist('a', IF), extract('a', IF), insert('b')], MARKED),
  trap(
    'hoisted by chance, and changed',
    [hoist('id', IF), insert('b', IF), extract('id', IF), cast('name:string')],
    MARKED,
  ),
  trap(
    'hoisted, taken out, longer than before',
    [insert('x', IF), hoist('a', IF), extract('a', IF), insert('y'), insert('z')],
    MARKED,
  ),

  trap('taken out by chance, and changed', [extract('id', IF), insert('a')], MARKED),
  trap('taken out by chance, and hoisted', [extract('id', IF), hoist('a')], MARKED),
  trap('taken out by chance, and masked', [extract('id', IF), mask('a')], MARKED),
  trap('taken out by chance, and flattened', [extract('id', IF), ['Flatten$Value']], MARKED),
  trap('taken out of one that is within', [within('id.id')]),
  trap('taken out from deeper', [within('id.id.id')]),
  trap('taken out of a text', [within('name.id'), ['Filter', IF]], TOMBSTONE),
  trap('taken out of what is hoisted', [hoist('a', IF), within('a.id')], MARKED),
  trap('taken out of what is masked', [mask('id'), within('id.id')]),
  trap('taken out of what is flat', [['Flatten$Value'], extract('id.id')]),
  trap('a null that is taken out is dropped', [extract('n'), ['Filter', IF]], TOMBSTONE),
  trap('a null that is taken out is kept', [extract('n'), ['Filter', UNLESS]], TOMBSTONE),
  trap('one that is not there is dropped', [extract('absent'), ['Filter', IF]], TOMBSTONE),
  trap('what was inserted is taken out', [insert('id'), extract('id')]),
  trap('what was masked is taken out', [mask('id'), extract('id')]),
  trap('what was cast is taken out', [cast('id:float64'), extract('id')]),
  trap('a date is taken out', [date('n'), extract('n')]),
  trap('what is not finite is taken out', [cast('name:float32'), extract('name')]),

  trap('renamed onto another', [replace({ renames: 'id:name' })]),
  trap('renamed onto one that was left out', [replace({ exclude: 'name', renames: 'id:name' })]),
  trap('renamed in a circle', [replace({ renames: 'id:name,name:n,n:id' })]),
  trap('renamed, and back', [replace({ renames: 'id:x' }), replace({ renames: 'x:id' })]),
  trap('renamed, and inserted again', [replace({ renames: 'id:x' }), insert('id'), insert('x')]),
  trap('renamed onto what was inserted', [insert('x'), replace({ renames: 'id:x' })]),
  trap('all left out', [replace({ include: 'absent' })]),
  trap('all left out, one inserted', [replace({ include: 'absent' }), insert('a')]),
  trap('left out, and taken out', [replace({ exclude: 'id' }), extract('id')]),
  trap('kept, renamed and changed', [
    replace({ include: 'id,name', renames: 'id:a,name:b' }),
    cast('a:string,b:string'),
  ]),

  trap('masked, cast', [mask('id,name'), cast('id:string,name:boolean')]),
  trap('cast, masked', [cast('id:string,name:string'), mask('id,name', { replacement: '7' })]),
  trap('cast to a fraction, masked by a number', [cast('id:float64'), mask('id', { replacement: '2' })]),
  trap('cast again and again', [cast('id:string'), cast('id:float32'), cast('id:int8'), cast('id:boolean')]),
  trap('what is not there is masked and cast', [mask('absent'), cast('absent:string,more:int8')]),
  trap('a date is masked', [date('n'), mask('n')]),
  trap('a date is masked by a number', [date('n'), mask('n', { replacement: '1' })]),
  trap('a date is cast', [date('n'), cast('n:int64')]),
  trap('a date is flattened', [date('n'), ['Flatten$Value']]),
  trap('a date is a date again', [date('n'), date('n', { 'target.type': 'string' })]),
  trap('a date becomes a header', [date('n'), header('n', 'move')]),

  trap('moved, and read again', [header('id,id', 'move', 'a,b'), header('id', 'copy'), cast('id:string')]),
  trap('a header that decides', [header('id', 'copy'), ['Filter', IF]], MARKED),
  trap('a header that is gone', [['DropHeaders', { headers: 'marked' }], insert('a', IF)], MARKED),
  trap('given away, and then refused', [header('id', 'move'), ['ValueToKey', { fields: 'name' }], cast('name:int8')]),
  trap('given away, and then dropped', [header('id', 'move'), ['Filter'], cast('name:int8')]),
  trap(
    'a topic that decides',
    [
      ['RegexRouter', { regex: '.*', replacement: 'other' }],
      ['InsertField$Value', { 'topic.field': 'id', ...IF }],
    ],
    predicate('TopicNameMatches', { pattern: 'other' }),
  ),
  trap('a topic of the time', [
    ['TimestampRouter'],
    ['InsertField$Value', { 'topic.field': 'a', 'timestamp.field': 'b' }],
  ]),
  trap('the same name for all', [
    ['InsertField$Value', { 'topic.field': 'a', 'partition.field': 'a', 'offset.field': 'a', 'timestamp.field': 'a' }],
  ]),
  trap('flat already', [mask('id'), ['Flatten$Value'], insert('a')]),
  trap('flat where it is masked', [mask('id,name'), ['Flatten$Value', { delimiter: '_' }]]),
];
