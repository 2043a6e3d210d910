import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePointer } from '../../../config/schema/json-pointer.ts';
import { Pointers } from '../../../connector/route/pointers.ts';

/** What the pointers name in a text, as JSON.parse sees it; undefined where there is nothing. */
function found(text: string, ...pointers: readonly string[]): unknown[] {
  const lookup = new Pointers();
  const slots = pointers.map(pointer => lookup.add(parsePointer(pointer) as readonly string[]));
  const bytes = Buffer.from(`,${text},`);
  lookup.find(bytes, 1, bytes.length - 1);
  return slots.map(slot => {
    const place = lookup.at(slot);
    return place === null ? undefined : JSON.parse(bytes.toString('utf8', place.start, place.end));
  });
}

test('the examples of RFC 6901', () => {
  const text = '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}';
  const pointers = ['/foo', '/foo/0', '/', '/a~1b', '/c%d', '/e^f', '/g|h', '/i\\j', '/k"l', '/ ', '/m~0n'];
  assert.deepEqual(found(text, ...pointers), [['bar', 'baz'], 'bar', 0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

const ROWS: readonly (readonly [what: string, text: string, pointer: string, value: unknown])[] = [
  ['blanks between all tokens', ' { "a" : [ 1 , { "b" : "x" } ] } ', '/a/1/b', 'x'],
  ['a name that is written with escapes', '{"\\u0061":1}', '/a', 1],
  ['of several members with one name the last', '{"a":1,"a":2}', '/a', 2],
  ['of several members with one name the last, also where it has less', '{"a":{"b":1},"a":3}', '/a/b', undefined],
  ['a member behind a string full of brackets', '{"x":"}]{[\\"","a":1}', '/a', 1],
  ['a member behind a string that ends in a backslash', '{"x":"\\\\","a":1}', '/a', 1],
  ['an index beyond the end', '[1,2]', '/2', undefined],
  ['an index with a leading zero', '[1,2]', '/01', undefined],
  ['the element behind the last', '[1,2]', '/-', undefined],
  ['an index of an object', '{"0":1}', '/0', 1],
  ['a name of an array', '[1]', '/length', undefined],
  ['below a scalar', '{"a":1}', '/a/b', undefined],
  ['an empty object', '{}', '/a', undefined],
  ['an empty array', '[]', '/0', undefined],
  ['null', '{"a":null}', '/a', null],
  ['a name beyond ASCII', '{"é":1,"e\\u0301":2}', '/é', 1],
  ['names of the language itself', '{"__proto__":1}', '/__proto__', 1],
];

for (const [what, text, pointer, value] of ROWS) {
  test(`pointers: ${what}`, () => assert.deepEqual(found(text, pointer), [value]));
}

test('a number keeps its spelling', () => {
  const lookup = new Pointers();
  const slot = lookup.add(['a']);
  const bytes = Buffer.from('{"a":12345678901234567890.10e+3}');
  lookup.find(bytes, 0, bytes.length);
  const { start, end } = lookup.at(slot)!;
  assert.equal(bytes.toString('utf8', start, end), '12345678901234567890.10e+3');
});

test('several pointers, one within the other, in one pass; nothing is left of the text before', () => {
  const lookup = new Pointers();
  const slots = [['a'], ['a', 'b'], ['c', '1']].map(pointer => lookup.add(pointer));
  const look = (text: string): (string | null)[] => {
    const bytes = Buffer.from(text);
    lookup.find(bytes, 0, bytes.length);
    return slots.map(slot => {
      const place = lookup.at(slot);
      return place && bytes.toString('utf8', place.start, place.end);
    });
  };
  assert.deepEqual(look('{"c":[0,1,2],"a":{"b":"x"}}'), ['{"b":"x"}', '"x"', '1']);
  assert.deepEqual(look('{"a":5}'), ['5', null, null]);
  assert.deepEqual(look('7'), [null, null, null]);
});

test('pointers find in any JSON what JSON.parse finds', () => {
  // A name that is one escaped character alone is read wrongly by JSON.parse itself on some Node 24 (`{"a":0,"\\"":0}`).
  const names = fc.constantFrom(
    'a',
    'b',
    '',
    '0',
    '1',
    'a/b',
    'm~n',
    'é',
    'a"b',
    'a\\b',
    '\u2028',
    'long name with blanks',
  );
  const json = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
    ),
  })).value;
  fc.assert(
    fc.property(
      json,
      fc.array(fc.array(names, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      (value, pointers, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed: unknown = JSON.parse(text);
        const written = pointers.map(tokens =>
          tokens.map(t => `/${t.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
        );
        assert.deepEqual(
          found(text, ...written),
          pointers.map(tokens => tokens.reduce(step, parsed)),
        );
      },
    ),
    { numRuns: 3_000 },
  );
});

function step(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, token) ? (value as Record<string, unknown>)[token] : undefined;
}
