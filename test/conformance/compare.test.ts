import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCase, Seen } from './peers/case.ts';
import { assertOutcome } from './peers/compare.ts';
import { type Pair, toReal, toWritten } from './peers/places.ts';
import type { Outcome } from './peers/run.ts';

const seen = (changes: Partial<Seen> = {}): Seen => ({
  method: 'POST',
  path: '/in?a=1',
  headers: { host: 'endpoint.example:8080', 'x-one': '1' },
  body: Buffer.from('{"n":1}\n{"n":2}\n'),
  client: null,
  ...changes,
});

const CASE: PeerCase = {
  records: { orders: [{ value: '' }] },
  requests: [{ path: '/in?a=1', headers: { 'X-One': '1', 'x-two': null }, body: '{"n":1}\n{"n":2}\n' }],
  left: { dlq: [{ key: 'k', headers: { reason: /refused/ } }] },
};

const GOOD: Outcome = {
  requests: [seen()],
  tokenRequests: [],
  proxied: [],
  left: {
    dlq: [
      {
        key: Buffer.from('k'),
        value: Buffer.from('any'),
        headers: [{ reason: Buffer.from('it was refused') }],
        topic: 'dlq',
        partition: 0,
        offset: 0,
        size: 3,
      },
    ],
  },
  task: { state: 'RUNNING', trace: '' },
  committed: { orders: 1 },
  ends: { orders: 1 },
  log: '  info a line of the log',
};

test('what came as it was expected passes', () => {
  assertOutcome(CASE, GOOD);
  assertOutcome({ ...CASE, failed: /offset 3/ }, { ...GOOD, task: { state: 'FAILED', trace: 'at offset 3' } });
  assertOutcome({ ...CASE, committed: { orders: null } }, { ...GOOD, committed: { orders: null } });
});

for (const [what, changes, line] of [
  ['another method', { requests: [seen({ method: 'PUT' })] }, '  + PUT /in?a=1'],
  ['another query', { requests: [seen({ path: '/in?a=2' })] }, '  - POST /in?a=1\n  + POST /in?a=2'],
  ['another value of a header', { requests: [seen({ headers: { 'x-one': '2' } })] }, '  - X-One: 1\n  + X-One: 2'],
  ['a header that lacks', { requests: [seen({ headers: {} })] }, '  + X-One: (none)'],
  [
    'a header that must not be there',
    { requests: [seen({ headers: { 'x-one': '1', 'x-two': 'x' } })] },
    '  - x-two: (none)\n  + x-two: x',
  ],
  ['a certificate', { requests: [seen({ client: 'me' })] }, '  + client certificate: me'],
  ['an end of line that lacks', { requests: [seen({ body: Buffer.from('{"n":1}\n{"n":2}') })] }, '  + | {"n":2} |'],
  [
    'another byte',
    { requests: [seen({ body: Buffer.from([0xff]) })] },
    '  - | {"n":1}\\n |\n  - | {"n":2}\\n |\n  + base64 /w==',
  ],
  ['a request more', { requests: [seen(), seen({ path: '/more' })] }, '  + #2\n  + POST /more'],
  ['no request', { requests: [] }, '  - #1\n  - POST /in?a=1'],
  ['a token request', { tokenRequests: [seen({ path: '/token' })] }, '  + POST /token'],
  ['a proxy', { proxied: ['CONNECT a:1'] }, '  + CONNECT a:1'],
  ['no dead letter', { left: { dlq: [] } }, '  - #1\n  - key: k'],
  ['a task that failed', { task: { state: 'FAILED', trace: 'why' } }, '  - RUNNING\n  + FAILED: why'],
  ['a task that never ran', { task: { state: 'UNASSIGNED', trace: '' } }, '  + UNASSIGNED'],
  ['a commit too early', { committed: { orders: 0 } }, '  - orders: 1\n  + orders: 0'],
] as const satisfies readonly (readonly [string, Partial<Outcome>, string])[]) {
  test(`${what} is shown beside what was expected, with the log`, () => {
    assert.throws(
      () => assertOutcome(CASE, { ...GOOD, ...changes }),
      ({ message }: Error) => (message.includes(line) && message.endsWith('a line of the log')) || assert.fail(message),
    );
  });
}

test('a task that runs is none that fails, and one that fails does so for its reason', () => {
  assert.throws(() => assertOutcome({ ...CASE, failed: /x/ }, GOOD), /- FAILED: \/x\/\n {2}\+ RUNNING/);
  const failed = { state: 'FAILED', trace: 'another' };
  assert.throws(() => assertOutcome({ ...CASE, failed: /x/ }, { ...GOOD, task: failed }), /\+ FAILED: another/);
});

test('requests may come in any order, but all of them', () => {
  const [one, other] = ['/a', '/b'].map(path => ({ path, body: 'x' }));
  const came = (...paths: string[]) => ({
    ...GOOD,
    requests: paths.map(path => seen({ path, body: Buffer.from('x') })),
  });
  const inAnyOrder = { ...CASE, requests: { inAnyOrder: [one!, other!] } };
  assertOutcome(inAnyOrder, came('/b', '/a'));
  assert.throws(() => assertOutcome(inAnyOrder, came('/a', '/a')), /- POST \/b\n {2}\+ POST \/a/);
  assert.throws(() => assertOutcome({ ...CASE, requests: [one!, other!] }, came('/b', '/a')), /\+ POST \/b/);
});

test('where time cuts batches their records are compared, in order, and how many a request may have', () => {
  const split = (body: string): string[] => body.split(',');
  const together = { each: { path: '/a' }, split, records: ['1', '2', '3'], mostRecords: 2 };
  const came = (...bodies: string[]) => ({
    ...GOOD,
    requests: bodies.map(body => seen({ path: '/a', body: Buffer.from(body) })),
  });
  const peerCase = { ...CASE, requests: together };
  assertOutcome(peerCase, came('1', '2,3'));
  assertOutcome(peerCase, came('1,2', '3'));
  assert.throws(() => assertOutcome(peerCase, came('1,2,3')), /\+ 3 records in a request/);
  assert.throws(() => assertOutcome(peerCase, came('1', '3', '2')), /\+ 3/);
  assert.throws(() => assertOutcome(peerCase, came('1,2')), /- 3/);
});

test('places are replaced as a whole, the longer one first, and told back', () => {
  const pairs: Pair[] = [
    ['endpoint.example', '127.0.0.1'],
    ['endpoint.example:8080', '127.0.0.1:4711'],
    ['3128', '999'],
  ];
  assert.equal(toReal('http://endpoint.example:8080/a', pairs), 'http://127.0.0.1:4711/a');
  assert.equal(toReal('host=endpoint.example\nport=3128', pairs), 'host=127.0.0.1\nport=999');
  for (const text of ['my-endpoint.example', 'endpoint.example.org', 'endpoint.examples', '31280', 'x3128']) {
    assert.equal(toReal(text, pairs), text);
  }
  assert.equal(toWritten('at 127.0.0.1:4711', pairs.slice(1, 2)), 'at endpoint.example:8080');
});
