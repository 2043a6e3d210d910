import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataException } from '../../../connector/data/errors.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import { OPTIONAL_STRING } from '../../../connector/data/schemas.ts';
import { chainOf, json, recordOf, structRecord, transformOf } from './applying.ts';

for (const [regex, replacement, topic, routed] of [
  ['(.*)', 'x-$1', 'events', 'x-events'],
  ['(ev)(ents)', '$2.$1', 'events', 'ents.ev'],
  ['ev', 'x', 'events', 'events'],
  ['(?<all>.*)', '\u0024{all}\\$1', 'events', 'events$1'],
  // Matching is of the whole name, replacing of the first match within it.
  ['a|ab', 'x', 'ab', 'xb'],
] as const) {
  test(`RegexRouter: ${topic} with ${regex} to ${replacement} is ${routed}`, () => {
    const route = transformOf('RegexRouter', { regex, replacement });
    assert.equal(route(recordOf({ topic }))!.topic, routed);
    assert.equal(route(recordOf({ topic }))!.topic, routed, 'and again');
  });
}

for (const [keys, routed] of [
  [{}, 'events-20240229'],
  [{ 'topic.format': '\u0024{timestamp}/\u0024{topic}', 'timestamp.format': "yyyy'W'" }, '2024W/events'],
  [{ 'topic.format': 'fixed' }, 'fixed'],
] as const) {
  test(`TimestampRouter: ${JSON.stringify(keys)} gives ${routed}`, () => {
    assert.equal(transformOf('TimestampRouter', keys)(recordOf())!.topic, routed);
  });
}

test('TimestampRouter: a record without a timestamp is refused', () => {
  assert.throws(
    () => transformOf('TimestampRouter')(recordOf({ timestamp: null })),
    (error: unknown) => {
      assert(error instanceof DataException);
      return /^Timestamp missing on record: /.test(error.message);
    },
  );
});

const header = (name: string) => ({ name, schema: null, value: 1 });

test('DropHeaders: all headers of the names go', () => {
  const headers = [header('a'), header('b'), header('a'), header('c')];
  assert.deepEqual(transformOf('DropHeaders', { headers: 'a,c' })(recordOf({ headers }))!.headers, [header('b')]);
});

test('InsertHeader: a header with the type that its text looks like goes behind those that are there', () => {
  const apply = transformOf('InsertHeader', { header: 'a', 'value.literal': '12' });
  const { headers } = apply(recordOf({ headers: [header('a')] }))!;
  assert.deepEqual(
    headers.map(({ name, schema, value }) => [name, schema?.type, value]),
    [
      ['a', undefined, 1],
      ['a', 'INT8', 12],
    ],
  );
});

test('Filter drops every record, and what follows does not see it', () => {
  const keys = { transforms: 'f,t', 'transforms.f.type': 'Filter', 'transforms.t.type': 'TimestampRouter' };
  assert.equal(chainOf(keys)(recordOf({ timestamp: null })), null);
});

for (const [type, keys, record, holds] of [
  ['TopicNameMatches', { pattern: 'ev.*' }, recordOf(), true],
  ['TopicNameMatches', { pattern: 'ev' }, recordOf(), false],
  ['HasHeaderKey', { name: 'a' }, recordOf({ headers: [header('b'), header('a')] }), true],
  ['HasHeaderKey', { name: 'a' }, recordOf({ headers: [header('A')] }), false],
  ['RecordIsTombstone', {}, recordOf(), true],
  ['RecordIsTombstone', {}, recordOf({ value: '' }), false],
  ['RecordIsTombstone', {}, recordOf({ valueSchema: OPTIONAL_STRING }), true],
] as const) {
  test(`${type} ${JSON.stringify(keys)} is ${holds}`, () => {
    const predicate = Object.entries(keys).map(([key, value]) => [`predicates.p.${key}`, value]);
    for (const negate of [false, true]) {
      const filter = chainOf({
        transforms: 'f',
        'transforms.f.type': 'Filter',
        'transforms.f.predicate': 'p',
        'transforms.f.negate': String(negate),
        predicates: 'p',
        'predicates.p.type': type,
        ...Object.fromEntries(predicate),
      });
      assert.equal(filter(record) === null, holds !== negate, `negate=${negate}`);
    }
  });
}

const ADOBE = 'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform';
const patchOf = (...operations: object[]) => transformOf(ADOBE, { operations: JSON.stringify(operations) });

for (const [operations, before, behind] of [
  [[{ op: 'add', path: '/b', value: { x: [1] } }], '{"a":1}', '{"a":1,"b":{"x":[1]}}'],
  [[{ op: 'replace', path: '/a', value: null }], '{"a":1}', '{"a":null}'],
  [[{ op: 'remove', path: '/a/0' }], '{"a":[1,2]}', '{"a":[2]}'],
  [[{ op: 'add', path: '/a/-', value: 3 }], '{"a":[1,2]}', '{"a":[1,2,3]}'],
  [[{ op: 'move', from: '/a', path: '/b' }], '{"a":12345678901234567890}', '{"b":12345678901234567890}'],
  [[{ op: 'copy', from: '/a', path: '/b' }], '{"a":{"x":1.0}}', '{"a":{"x":1.0},"b":{"x":1.0}}'],
  [
    [
      { op: 'test', path: '/a', value: 1 },
      { op: 'remove', path: '/a' },
    ],
    '{"a":1,"b":1e3}',
    '{"b":1e3}',
  ],
  [[{ op: 'add', path: '', value: { whole: true } }], '{"a":1}', '{"whole":true}'],
  [[{ op: 'remove', path: '/a~1b/c~0d' }], '{"a/b":{"c~d":1,"e":2}}', '{"a/b":{"e":2}}'],
  [
    [
      { op: 'copy', from: '/a/x', path: '/c' },
      { op: 'move', from: '/b', path: '/a/x' },
    ],
    '{"a":{"x":1.50},"b":[{"y":2e2}],"z":{"kept":-0}}',
    '{"a":{"x":[{"y":2e2}]},"z":{"kept":-0},"c":1.50}',
  ],
  [[{ op: 'remove', path: '/a' }], 'null', 'null'],
  [
    [{ op: 'copy', from: '/a', path: '/b' }],
    '{"a":[{"__proto__":{"x":1},"\\u0000toString":2}]}',
    '{"a":[{"__proto__":{"x":1},"\\u0000toString":2}],"b":[{"__proto__":{"x":1},"\\u0000toString":2}]}',
  ],
  [
    [{ op: 'copy', from: '/a', path: '/b' }],
    '{"a":{"constructor":"function Array() { [native code] }","length":4294967295}}',
    '{"a":{"constructor":"function Array() { [native code] }","length":4294967295},' +
      '"b":{"constructor":"function Array() { [native code] }","length":4294967295}}',
  ],
  [[{ op: 'add', path: '/b', value: JSON.parse('{"__proto__":[1]}') }], '{}', '{"b":{"__proto__":[1]}}'],
  [
    [
      { op: 'test', path: '/a', value: [{ y: [null], x: 1 }, 'b'] },
      { op: 'remove', path: '/a' },
    ],
    '{"a":[{"x":1,"y":[null]},"b"]}',
    '{}',
  ],
] as const) {
  test(`JSON patch: ${JSON.stringify(operations)} makes ${behind} of ${before}`, () => {
    const record = recordOf({ value: json(before) });
    assert.equal(printJson(patchOf(...operations)(record)!.value), behind);
    assert.equal(printJson(record.value), before, 'the record that was given is left alone');
  });
}

test('JSON patch: a text is patched as the JSON that it holds, and stays a text', () => {
  const apply = patchOf({ op: 'remove', path: '/a' });
  assert.equal(apply(recordOf({ valueSchema: OPTIONAL_STRING, value: '{"a":1,"b":1.0}' }))!.value, '{"b":1.0}');
});

for (const [operations, record, message] of [
  [
    [{ op: 'remove', path: '/x' }],
    recordOf({ value: json('{"a":"secret"}') }),
    /^Operation 0 of the JSON patch \(remove "\/x"\) failed: there is no such place/,
  ],
  [
    [
      { op: 'add', path: '/b', value: 1 },
      { op: 'test', path: '/a', value: 'other' },
    ],
    recordOf({ value: json('{"a":"secret"}') }),
    /^Operation 1 of the JSON patch \(test "\/a"\) failed: the value there is another one$/,
  ],
  [
    [{ op: 'test', path: '/a', value: [1, 2, 3] }],
    recordOf({ value: json(`{"a":[${'1,'.repeat(99_999)}1]}`) }),
    /^Operation 0 of the JSON patch \(test "\/a"\) failed: the value there is another one$/,
  ],
  ...['/a/b', '/a/0', '/a/-', '/a/length'].map(
    path =>
      [
        [{ op: 'add', path, value: 1 }],
        recordOf({ value: json('{"a":"secret"}') }),
        /^Operation 0 of the JSON patch \(add "[^"]*"\) failed: there is no such place in the value$/,
      ] as const,
  ),
  ...['replace', 'remove', 'add'].map(
    op =>
      [
        [{ op, path: '/a/length', value: 1e9 }],
        recordOf({ value: json('{"a":["secret"]}') }),
        /failed: there is no such place in the value$/,
      ] as const,
  ),
  [[{ op: 'remove', path: '' }], recordOf({ value: json('{}') }), /left nothing of the value/],
  [
    [{ op: 'remove', path: '/a' }],
    recordOf({ valueSchema: OPTIONAL_STRING, value: 'text' }),
    /needs a text that is JSON/,
  ],
  [[{ op: 'remove', path: '/a' }], structRecord({ a: [OPTIONAL_STRING, 'x'] }), /needs a value without a schema/],
] as const) {
  test(`JSON patch: ${JSON.stringify(operations)} is an error: ${message.source}`, () => {
    assert.throws(
      () => patchOf(...operations)(record),
      (error: unknown) => {
        assert(error instanceof DataException, String(error));
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });
}
