import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from '../../../config/host.ts';
import {
  boolean,
  brokerList,
  connectorName,
  type Format,
  FormatError,
  httpUrl,
  integer,
  isHeaderName,
  isHeaderValue,
  oneOf,
  password,
  readValue,
  splitVerbatim,
  statusRanges,
  tokenUrl,
  topicList,
  topicName,
  verbatimText,
} from '../../../config/schema/formats.ts';
import { listenerList, responseHeaders } from '../../../config/schema/rest-formats.ts';

type Row = readonly [
  format: Format<unknown>,
  name: string,
  good: Readonly<Record<string, unknown>>,
  bad: readonly string[],
];

const ROWS: readonly Row[] = [
  [
    integer(-1, 100),
    'integer',
    { '5': 5, ' 5\t': 5, '-1': -1, '007': 7, '100': 100 },
    ['', '5x', '0x5', '5.0', '1e1', '101', '-2', '+5', '٥', '5 5', '9999999999999999999', 'NaN'],
  ],
  [boolean, 'boolean', { true: true, FALSE: false, ' True ': true }, ['', 'no', 'yes', '1', '0', 'on', 'truee']],
  [oneOf('POST', 'PUT'), 'enum', { POST: 'POST', put: 'PUT', ' Post ': 'POST' }, ['', 'GET', 'POST,PUT', 'toString']],
  [verbatimText, 'verbatim text', { ' a ': ' a ', '': '' }, []],
  [
    topicList,
    'topics',
    { 'a, b ,,a': ['a', 'b'], 'x.y_z-1': ['x.y_z-1'], '': [] },
    ['a b', 'ä', '.', '..', 'a/b', 'x'.repeat(250)],
  ],
  [topicName, 'topic', { 'a-dlq': 'a-dlq' }, ['', 'a,b', 'a b', '..']],
  [connectorName, 'connector name', { 'a b/ö': 'a b/ö' }, ['a\u0007b', 'a\u0085b']],
  [
    brokerList,
    'brokers',
    {
      'a:1': ['a:1'],
      ' a:1 , b.c-d:65535 ': ['a:1', 'b.c-d:65535'],
      '[::1]:9092': ['[::1]:9092'],
      'SASL_SSL://a:1': ['a:1'],
      'a:1,a:1': ['a:1'],
    },
    ['', 'a', 'a:', ':1', 'a:0', 'a:65536', 'a:1 b:2', 'a:x', 'a:1,b', 'http://a:1/x'],
  ],
  [
    listenerList,
    'listeners',
    {
      '': [],
      'http://127.0.0.1:0': [{ protocol: 'http', host: '127.0.0.1', port: 0 }],
      'HTTPS://:8083': [{ protocol: 'https', host: '0.0.0.0', port: 8083 }],
      'http://[::1]:1, https://localhost:2/': [
        { protocol: 'http', host: '::1', port: 1 },
        { protocol: 'https', host: 'localhost', port: 2 },
      ],
    },
    ['http://a', 'a:1', 'ftp://a:1', 'httpss://a:1', 'http://a:70000', 'http://a:1/x', 'http://u@a:1'],
  ],
  [
    responseHeaders,
    'response headers',
    {
      '': [],
      'set X-Frame-Options: DENY, ADD Cache-Control:no-cache': [
        { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
        { action: 'add', name: 'Cache-Control', value: 'no-cache' },
      ],
      '"add Cache-Control: no-cache, no-store", setDate Expires: 31540000000,adddate Last-Modified: 0': [
        { action: 'add', name: 'Cache-Control', value: 'no-cache, no-store' },
        { action: 'setDate', name: 'Expires', value: '31540000000' },
        { action: 'addDate', name: 'Last-Modified', value: '0' },
      ],
      'set X:': [{ action: 'set', name: 'X', value: '' }],
    },
    [
      'set',
      'set X',
      'put X:a',
      'set X Y:a',
      'set X:a:b',
      'set :a',
      'set X:a\r\nY',
      'setDate X:tomorrow',
      'X-Frame: DENY',
    ],
  ],
  [
    statusRanges,
    'statuses',
    {
      '200': [[200, 200]],
      '200-299': [[200, 299]],
      ' 200, 202 - 204 ': [
        [200, 200],
        [202, 204],
      ],
      '200-': [[200, 599]],
      ' -299': [[200, 299]],
      '2xx,4XX, 409': [
        [200, 299],
        [400, 499],
        [409, 409],
      ],
      '300': [[300, 300]],
    },
    ['', '199', '600', '204-202', '100-', '-', '1xx', '6xx', '2xx-', '200;201', '200-600', '200-201-202', '-199', '20'],
  ],
];

for (const [format, name, good, bad] of ROWS) {
  for (const [text, value] of Object.entries(good)) {
    test(`formats: ${name} reads ${JSON.stringify(text)}`, () => assert.deepEqual(readValue(format, text), value));
  }
  for (const text of bad) {
    test(`formats: ${name} refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.throws(() => readValue(format, text), FormatError);
    });
  }
}

test('formats: a refusal says what is expected and repeats the value, cut short', () => {
  for (const [format, text] of [
    [brokerList, 'SASL_SSL://user:canary@kafka:9092'],
    [brokerList, 'user:canary@kafka:9092'],
    [listenerList, 'http://user:canary@127.0.0.1:8083'],
    [httpUrl, 'https://user:canary@a/'],
    [tokenUrl, 'https://user:canary@a/'],
  ] as const) {
    assert.throws(
      () => readValue<unknown>(format, text),
      error => error instanceof FormatError && !/user|canary/.test(error.message.replace('a user or', '')),
    );
  }
  assert.throws(() => readValue(integer(1, 9), '5x'), { message: 'must be a whole number from 1 to 9, not "5x"' });
  assert.throws(() => readValue(boolean, ' '), { message: 'must be true or false, not nothing' });
  assert.throws(() => readValue(boolean, 'y'.repeat(99)), {
    message: `must be true or false, not "${'y'.repeat(60)}"`,
  });
});

test('formats: an address is absolute, http or https, and holds no credentials, which no refusal repeats', () => {
  const href = (text: string) => readValue(httpUrl, text).href;
  assert.equal(href(' HTTPS://Example.org/a?b=c '), 'https://example.org/a?b=c');
  assert.equal(href('http://[::1]:8080'), 'http://[::1]:8080/');
  const bad = [
    '',
    'example.org',
    '/in',
    'http:/a',
    'http:a',
    'ftp://a',
    'http://',
    'http://a b',
    'http://a/{topic}',
    'http://a/#x',
  ];
  for (const text of [...bad, 'https://user:canary@a/', 'https://canary@a/', 'http://a:canary']) {
    assert.throws(
      () => readValue(httpUrl, text),
      (error: unknown) => error instanceof FormatError && !error.message.includes('canary'),
      text,
    );
  }
});

test('formats: a password is kept as a secret, blanks around it dropped', () => {
  assert.equal(readValue(password, ' a b ').reveal(), 'a b');
});

test('formats: loopback is told from what others can reach', () => {
  const own = [
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.0.0.1',
    '127.9.9.9',
    '127.1',
    '::1',
    '0:0::1',
    '::ffff:127.0.0.1',
  ];
  for (const host of own) assert(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org', ''])
    assert(!isLoopback(host), host);
});

test('formats: header names and values can not break a request apart', () => {
  for (const name of ['x-a', 'X_b', "!#$%&'*+.^`|~"]) assert(isHeaderName(name), name);
  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'ä', 'a\0']) assert(!isHeaderName(name), JSON.stringify(name));
  for (const value of ['', 'a b\tc', 'é', '"x"']) assert(isHeaderValue(value), value);
  for (const value of ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', '\u007f', '…', '😀'])
    assert(!isHeaderValue(value), JSON.stringify(value));
});

test('formats: a list is split as Kafka does, and a megabyte of anything is read at once', () => {
  assert.deepEqual(splitVerbatim(' a , b\t,\n, c '), [' a', 'b', '', 'c ']);
  const formats: readonly Format<unknown>[] = [
    integer(1, 9),
    boolean,
    httpUrl,
    tokenUrl,
    statusRanges,
    brokerList,
    listenerList,
    topicList,
  ];
  for (const piece of ['a', ' ', ',', 'a,', 'a://', '@', '[', '1', '2', '-', '200-', ':', 'http://', '.', '\n']) {
    const megabyte = `x${piece.repeat(Math.ceil(1_048_576 / piece.length))}x`;
    for (const format of formats) {
      try {
        readValue(format, megabyte);
      } catch (error) {
        assert(error instanceof FormatError && error.message.length < 300, String(error).slice(0, 300));
      }
    }
    splitVerbatim(megabyte);
  }
});
