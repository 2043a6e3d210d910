import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chain } from './chain.ts';
import type { Carried, DataRequest } from './endpoint.ts';
import { PartitionLog, type RecordKind } from './log.ts';
import { checkContent, Requests } from './requests.ts';
import type { Written } from './routing.ts';
import { Violation } from './violation.ts';

const URL_OF_ALL = new URL('http://h/in');
const NO_CHAIN: Chain = { transforms: [], drops: 0, sent: ({ text }) => text };
const WRITTEN: Written = {
  method: 'PUT',
  url: '/in/${key:/a}/${value:/x|n o}?b=${header:B}',
  deleteUrl: '/gone/${key:/k}',
  gone: false,
  sendsNulls: false,
  headers: { 'x-a': 'v-${key:/a}' },
  fixed: { 'to-c': 'ours' },
  forward: [{ prefix: 'to-' }, { name: 'trace' }],
  body: null,
  batchKey: null,
  bodiless: false,
};
const requests = new Requests(WRITTEN, URL_OF_ALL, NO_CHAIN);
const rules = { requests, bodyOf: (carried: readonly Carried[]) => carried.map(({ record }) => record.text).join() };
const log = new PartitionLog(0, 't', 0, 0);

function one(ordinal: number, a: string | null, text: string, kind: RecordKind = 'good'): Carried {
  const key = a === null ? `{"k":"0/${ordinal}"}` : `{"k":"0/${ordinal}","a":"${a}"}`;
  const headers = [
    ['b', 'stale'],
    ['B', 'é !'],
    ['To-B', 'é'],
    ['to-c', 'theirs'],
    ['other', '1'],
  ] as const;
  const told = { to: 0, key, headers, members: '' };
  const value = kind === 'null' ? null : Buffer.from(text);
  return { log, ordinal, record: { offset: ordinal, kind, value, text, timestamp: 5, told } };
}

const FIRST = one(0, '1', '{"x":"11"}');
const SENT = {
  method: 'PUT',
  url: new URL('http://h/in/1/11?b=%C3%A9%20%21'),
  headers: { 'content-type': 'application/json', 'to-b': '%C3%A9', 'to-c': 'ours', 'x-a': 'v-1' },
} as const;
const GONE = {
  method: 'DELETE',
  url: new URL('http://h/gone/0%2F3'),
  headers: { 'to-b': '%C3%A9', 'to-c': 'ours', 'x-a': 'v-1' },
} as const;

function request(carried: readonly Carried[], sent: DataRequest['sent'], body = rules.bodyOf(carried)): DataRequest {
  return { id: 1, carried, body, sent };
}

function breaks(invariant: string, made: DataRequest): void {
  assert.throws(
    () => checkContent(made, rules),
    (error: unknown) => error instanceof Violation && error.invariant === invariant,
  );
}

test('a request is what its records make of it', () => {
  checkContent(request([FIRST], SENT), rules);
  checkContent(request([FIRST, one(1, '1', '{"x":"11","y":1}')], SENT), rules);
  const fallback = { ...SENT, url: new URL('http://h/in/1/n%20o?b=%C3%A9%20%21') };
  checkContent(request([one(2, '1', '{}')], fallback), rules);
  checkContent(request([one(3, '1', '', 'null')], GONE), rules);
});

test('I26: another method, address or header than its records say; one that none of them says', () => {
  breaks('I26', request([FIRST], { ...SENT, method: 'POST' }));
  breaks('I26', request([FIRST], { ...SENT, url: new URL('http://h/in/11/1?b=%C3%A9%20%21') }));
  breaks('I26', request([FIRST], { ...SENT, url: URL_OF_ALL }));
  breaks('I26', request([FIRST], { ...SENT, headers: { ...SENT.headers, 'to-b': 'stale' } }));
  breaks('I26', request([FIRST], { ...SENT, headers: { ...SENT.headers, 'to-c': 'theirs' } }));
  breaks('I26', request([FIRST], { ...SENT, headers: { ...SENT.headers, other: '1' } }));
  const { 'x-a': _, ...less } = SENT.headers;
  breaks('I26', request([FIRST], { ...SENT, headers: less }));
});

test('I26: records with different destinations in one request', () => {
  breaks('I26', request([FIRST, one(1, '11', '{"x":"11"}')], SENT));
  breaks('I26', request([FIRST, one(1, '1', '{"x":"1"}')], SENT));
  breaks('I26', request([FIRST, one(1, null, '{"x":"11"}')], SENT));
});

test('I26: a DELETE that carries others, or speaks of a body', () => {
  const gone = one(3, '1', '', 'null');
  breaks('I26', request([gone], SENT));
  breaks('I26', request([gone, gone], GONE));
  breaks('I26', request([gone], { ...GONE, headers: { ...GONE.headers, 'content-type': 'application/json' } }));
  breaks('I26', request([gone], { ...GONE, url: new URL('http://h/gone/0%2F4') }));
});

test('I8: another body than that of its records, or none of ours', () => {
  breaks('I8', request([FIRST], SENT, '{"x":"1"}'));
  breaks('I8', request([], SENT));
});

test('without a route all goes to one place, without headers of records', () => {
  const plain = { requests: new Requests(null, URL_OF_ALL, NO_CHAIN), bodyOf: rules.bodyOf };
  const sent = { method: 'POST', url: URL_OF_ALL, headers: { 'content-type': 'application/json' } } as const;
  checkContent(request([FIRST], sent), plain);
  assert.throws(() => checkContent(request([FIRST], SENT), plain), /I26/);
  assert.throws(
    () => checkContent(request([FIRST], { ...sent, headers: { ...sent.headers, 'to-b': '1' } }), plain),
    /I26/,
  );
});
