import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ExactHeader } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { isTraceparent, readTracestate, traceContextOf } from '../../../connector/http/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const VALID = `00-${TRACE}-${PARENT}-01`;

function contextOf(...headers: readonly (readonly [string | Buffer, string | Buffer | null])[]) {
  const exact = headers.map(([name, value]): ExactHeader => [name, value === null ? null : Buffer.from(value)]);
  return traceContextOf(buildBlock([{ value: '1', headers: exact }], { headers: true }), 0);
}

describe('a traceparent', () => {
  const rows: readonly (readonly [valid: boolean, name: string, text: string])[] = [
    [true, 'of the specification', VALID],
    [true, 'not sampled', `00-${TRACE}-${PARENT}-00`],
    [true, 'with flags that nobody knows', `00-${TRACE}-${PARENT}-ff`],
    [true, 'of a later version', `cc-${TRACE}-${PARENT}-01`],
    [true, 'of a later version with more behind it', `cc-${TRACE}-${PARENT}-01-what-the-future-will-be`],
    [false, 'of version 00 with more behind it', `${VALID}-more`],
    [false, 'of a later version with something glued to it', `cc-${TRACE}-${PARENT}-01.more`],
    [false, 'of the version that there may not be', `ff-${TRACE}-${PARENT}-01`],
    [false, 'without a trace', `00-${'0'.repeat(32)}-${PARENT}-01`],
    [false, 'without a parent', `00-${TRACE}-${'0'.repeat(16)}-01`],
    [false, 'in capitals', VALID.toUpperCase()],
    [false, 'that is too short', VALID.slice(0, -1)],
    [false, 'with a blank', ` ${VALID}`],
    [false, 'with a line end behind it', `${VALID}\n`],
    [false, 'with a header behind it', `cc-${TRACE}-${PARENT}-01-a\r\nx: y`],
    [false, 'that is empty', ''],
    [false, 'without an end', `cc-${TRACE}-${PARENT}-01-${'a'.repeat(100_000)}`],
  ];
  for (const [valid, name, text] of rows)
    it(`${valid ? 'is' : 'is none'}: ${name}`, () => assert.equal(isTraceparent(text), valid));
});

describe('a tracestate', () => {
  const long = (key: string, length: number): string => `${key}=${'v'.repeat(length - key.length - 1)}`;
  const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');
  const rows: readonly (readonly [name: string, lines: readonly string[], expected: string | null])[] = [
    ['of the specification', ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'], 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    ['in two headers', ['a=1', 'b=2'], 'a=1,b=2'],
    ['with blanks around and empty members', [' a=1 ,\t, b=2\t', ''], 'a=1,b=2'],
    ['of several tenants', ['fw529a3039@dt=FfIwM2,0a@b=1'], 'fw529a3039@dt=FfIwM2,0a@b=1'],
    ['with a blank within a value', ['a=x y'], 'a=x y'],
    ['of 32 members', [members(32)], members(32)],
    ['of 33', [members(33)], null],
    ['with a key twice', ['a=1,a=2'], null],
    ['with a key in capitals', ['A=1'], null],
    ['with a second equals sign', ['a=1=2'], null],
    ['without a value', ['a='], null],
    ['without a key', ['=1'], null],
    ['with a line end', ['a=1\r\nx: y'], null],
    ['with what is no ASCII', ['a=\xe9'], null],
    ['with a key of 257 characters', [`${'k'.repeat(257)}=1`], null],
    ['with a value of 257 characters', [`a=${'v'.repeat(257)}`], null],
    ['of nothing', [], null],
    ['of blanks', [' , \t'], null],
    ['of 512 characters', [[long('a', 255), long('b', 256)].join(',')], [long('a', 255), long('b', 256)].join(',')],
    [
      'that is too long, without its long members',
      [[long('a', 200), long('b', 200), long('c', 200), 'd=1'].join(',')],
      [long('a', 200), long('b', 200), 'd=1'].join(','),
    ],
    [
      'that is too long, without its last members',
      [Array.from({ length: 6 }, (_, i) => long(`k${i}`, 100)).join(',')],
      Array.from({ length: 5 }, (_, i) => long(`k${i}`, 100)).join(','),
    ],
    ['of blanks without end', [`a=1,${' '.repeat(1_000_000)}x`], null],
  ];
  for (const [name, lines, expected] of rows) it(name, () => assert.equal(readTracestate(lines), expected));
});

describe('the trace context of a record', () => {
  it('is that of its headers, whatever else they are', () => {
    assert.deepEqual(contextOf(['a', 'b'], ['traceparent', VALID], ['tracestate', 'a=1'], ['tracestate', 'b=2']), {
      traceparent: VALID,
      tracestate: 'a=1,b=2',
    });
    assert.deepEqual(contextOf(['TraceParent', VALID]), { traceparent: VALID });
  });

  it('goes without a tracestate that is not valid, and not at all without a valid traceparent', () => {
    assert.deepEqual(contextOf(['traceparent', VALID], ['tracestate', 'A=1']), { traceparent: VALID });
    assert.deepEqual(contextOf(['traceparent', VALID], ['tracestate', null]), { traceparent: VALID });
    assert.deepEqual(contextOf(['tracestate', 'a=1']), {});
    assert.deepEqual(contextOf(['traceparent', null], ['tracestate', 'a=1']), {});
    assert.deepEqual(contextOf(['traceparent', 'junk'], ['tracestate', 'a=1']), {});
    assert.deepEqual(contextOf(['traceparent', VALID], ['traceparent', VALID]), {}, 'two: nobody knows which');
    assert.deepEqual(contextOf(), {});
  });

  it('never breaks a header line, whatever the headers hold', () => {
    const name = fc.constantFrom('traceparent', 'tracestate', 'TRACESTATE', 'x');
    const piece = fc.oneof(
      fc.constantFrom(VALID, 'a=1', ',', '\r\n', '\n', '\0', ' ', '\t', '\xe9', `cc-${TRACE}-${PARENT}-01-`, 'x: y'),
      fc.string(),
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 5 }).map(pieces => Buffer.from(pieces.join(''), 'latin1')),
      fc.uint8Array().map(part => Buffer.concat([Buffer.from('a='), part])),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, bytes), { maxLength: 6 }), headers => {
        const context = contextOf(['traceparent', VALID], ...headers.filter(([of]) => of !== 'traceparent'));
        for (const [header, value] of Object.entries({ ...contextOf(...headers), ...context })) {
          assert.ok(header === 'traceparent' || header === 'tracestate');
          assert.match(value, /^[\x21-\x7e][\x20-\x7e]{0,511}$/);
          assert.equal(value.trim(), value);
        }
        assert.equal(context['traceparent'], VALID);
      }),
      { numRuns: 500 },
    );
  });

  it('is the one valid traceparent among any headers, by its name in any case', () => {
    const name = fc.oneof(
      fc.constantFrom('traceparent', 'TraceParent', 'tracestate', 'traceparenu', 'traceparent ', '', 'raceparent'),
      fc.uint8Array({ maxLength: 13 }).map(bytes => Buffer.from(bytes)),
    );
    const value = fc.oneof(
      fc.constantFrom(VALID, null, ''),
      fc.string().map(text => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), headers => {
        const named = headers.filter(([of]) => of.toString().toLowerCase() === 'traceparent');
        const [only] = named.length === 1 ? named : [];
        const expected = only?.[1] === VALID ? VALID : undefined;
        assert.equal(contextOf(...headers)['traceparent'], expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
