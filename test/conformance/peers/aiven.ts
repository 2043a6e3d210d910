import type { NewRecord } from '../../kafka/producing.ts';
import type { Answer, Arrived } from '../../support/endpoint.ts';
import type { ExpectedRequest, Vendor } from './case.ts';

const texts = (...values: readonly string[]): NewRecord[] => values.map((value, i) => ({ key: `k${i}`, value }));

/** The same request for each body. */
function each(request: Omit<ExpectedRequest, 'body'>, ...bodies: readonly string[]): ExpectedRequest[] {
  return bodies.map(body => ({ ...request, body }));
}

/** Whoever holds this text is refused. */
const refuses =
  (text: string, status = 422) =>
  ({ body }: Arrived): Answer =>
    body.includes(text) ? { status, body: 'no such thing' } : { status: 200 };

const UNTYPED = { 'content-type': null, authorization: null };
const FORM = 'application/x-www-form-urlencoded';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const session = (number: number): Answer => ({
  status: 200,
  body: JSON.stringify({ session_token: `session-${number}`, token_type: 'Session' }),
});

const DECIMALS = {
  type: 'struct',
  fields: [
    { field: 'name', type: 'string' },
    {
      field: 'price',
      type: 'bytes',
      name: 'org.apache.kafka.connect.data.Decimal',
      version: 1,
      parameters: { scale: '2' },
    },
  ],
};
const priced = (name: string, price: string): string => JSON.stringify({ schema: DECIMALS, payload: { name, price } });

/** Aiven's HTTP sink, as its sources say that it behaves, and where they lose records, as we do. */
export const AIVEN: Vendor = {
  name: 'aiven',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'single-none': {
      records: { 'aiven-single': texts('some-str-value', '{"a": 1.0}', 'grün\n') },
      requests: each(
        { path: '/send-data-here?from=kafka', headers: { host: 'endpoint.example:8080', ...UNTYPED } },
        'some-str-value',
        '{"a": 1.0}',
        'grün\n',
      ),
    },

    'batched-static': {
      records: { 'aiven-static': texts('{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}') },
      requests: each(
        { path: '/events', headers: { 'content-type': 'application/json', authorization: 'Bearer static-secret' } },
        '[{"n":0},{"n":1},{"n":2}]',
        '[{"n":3}]',
      ),
    },

    'batched-lines': {
      records: { 'aiven-lines': texts('a', 'b', 'c') },
      requests: each({ path: '/lines', headers: { 'content-type': 'text/plain' } }, 'a\nb\n', 'c\n'),
    },

    'oauth2-header': {
      records: { 'aiven-oauth2': texts('one', 'two') },
      tokens: { by: 'provider', clientAuth: 'client_secret_basic' },
      tokenRequests: [
        {
          path: '/token',
          headers: { authorization: basic('tailrace:token-secret'), 'content-type': FORM },
          body: 'grant_type=client_credentials&scope=collector.write',
        },
      ],
      requests: each(
        { path: '/protected', headers: { 'content-type': null, authorization: 'Bearer token-1' } },
        'one',
        'two',
      ),
    },

    'oauth2-names': {
      records: { 'aiven-names': texts('one', 'two') },
      tokens: { by: 'script', answer: (_, number) => session(number) },
      tokenRequests: each(
        { path: '/v1/sessions', headers: { authorization: null, 'content-type': FORM } },
        'type=api-key&key=my_client_id&secret=p%26%3D%2B%2F-secret',
        'type=api-key&key=my_client_id&secret=p%26%3D%2B%2F-secret',
      ),
      // The session ends behind the first record, and 403 says so.
      answer: ({ headers }, number) => ({
        status: number > 1 && headers.authorization === 'Session session-1' ? 403 : 200,
      }),
      requests: [
        ['1', 'one'],
        ['1', 'two'],
        ['2', 'two'],
      ].map(([number, body]) => ({
        path: '/protected',
        headers: { 'content-type': 'application/json', authorization: `Session session-${number}` },
        body: body!,
      })),
    },

    'proxy-https': {
      records: { 'aiven-proxy': texts('a', 'b') },
      behindProxy: ['https://endpoint.example:8443'],
      proxied: ['CONNECT endpoint.example:8443'],
      requests: each({ path: '/behind', headers: { ...UNTYPED, 'proxy-authorization': null } }, 'a\nb\n'),
    },

    'trust-store': {
      records: { 'aiven-trust-store': texts('a') },
      tokens: { by: 'script' },
      tokenRequests: [
        {
          path: '/token',
          headers: { authorization: basic('me:store-client-secret') },
          body: 'grant_type=client_credentials',
        },
      ],
      requests: each({ path: '/tls', headers: { authorization: 'Bearer token-1' } }, 'a'),
    },

    'trust-all': {
      records: { 'aiven-trust-all': texts('a') },
      requests: each({ path: '/tls', headers: UNTYPED }, 'a'),
    },

    'letters-single': {
      records: {
        'aiven-letters': [
          { key: '0', value: '{"n":0}' },
          { key: '1', value: '{"n":1}', headers: [['trace', 'one']] },
          { key: '2', value: null },
          { key: '3', value: '[3]' },
          { key: '4', value: '"raw"' },
        ],
      },
      // The first is put off for a while, the second is refused.
      answer: (request, number) => (number === 1 ? { status: 503 } : refuses('"n":1')(request)),
      requests: each(
        { path: '/strict', headers: { 'content-type': 'application/json', authorization: 'Bearer some-secret' } },
        '{"n":0}',
        '{"n":0}',
        '{"n":1}',
        '{"n":1}',
        'raw',
      ),
      // What needs no answer is set aside while the others wait for theirs.
      left: {
        'aiven-letters-dlq': [
          { key: '2', value: null },
          {
            key: '3',
            value: '[3]',
            headers: { '__connect.errors.exception.message': /neither a string nor an object/ },
          },
          {
            key: '1',
            value: '{"n":1}',
            headers: {
              trace: 'one',
              '__connect.errors.stage': 'TASK_PUT',
              '__connect.errors.exception.message': /answered 422/,
            },
          },
        ],
      },
    },

    'letters-batched': {
      records: { 'aiven-batched-letters': texts('a', 'b', 'poison', 'd') },
      answer: refuses('poison', 400),
      requests: each(
        { path: '/strict', headers: UNTYPED },
        'a\nb\npoison\nd\n',
        'a\nb\n',
        'poison\nd\n',
        'poison\n',
        'd\n',
      ),
      left: { 'aiven-batched-letters-dlq': [{ key: 'k2', value: 'poison' }] },
    },

    transforms: {
      records: {
        'aiven-transforms': [
          { key: '0', value: '{"id":1}' },
          { key: '1', value: '{"payload":"raw text"}', headers: [['wrapped', 'yes']] },
          { key: '2', value: '{"payload":{"deep":[1,2.50]}}', headers: [['wrapped', 'yes']] },
        ],
      },
      requests: each(
        { path: '/transformed', headers: { 'content-type': 'application/json', 'x-source': 'kafka connect' } },
        '{"id":1,"origin":"shop"}',
        'raw text',
        '{"deep":[1,2.50]}',
      ),
    },

    'structs-json': {
      records: {
        'aiven-structs': [priced('a', 'BZw='), priced('b', '/w=='), priced('c', 'AA==')].map(value => ({ value })),
      },
      requests: each(
        { path: '/structs', headers: { 'content-type': 'application/x-ndjson' } },
        '{"name":"a","price":14.36}\r\n{"name":"b","price":-0.01}',
        '{"name":"c","price":0.00}',
      ),
    },

    'null-fails': {
      records: { 'aiven-null': [{ value: 'a' }, { value: null }, { value: 'c' }] },
      requests: each({ path: '/no-nulls', headers: UNTYPED }, 'a'),
      failed: /record aiven-null-0 offset 1 can not be delivered/,
      committed: { 'aiven-null': 1 },
    },

    outage: {
      records: { 'aiven-outage': texts('a', 'b') },
      answer: (_, number) => ({ status: [503, 502, 429, 500, 503][number - 1] ?? 200 }),
      requests: each({ path: '/away', headers: UNTYPED }, ...Array.from({ length: 6 }, () => 'a\nb\n')),
    },

    'headers-and-topics': {
      records: { 'aiven-headers-a': texts('a'), 'aiven-headers-b': texts('b') },
      requests: {
        inAnyOrder: each(
          {
            path: '/in',
            headers: {
              'x-callback': 'http://callback.example:1/a',
              'x-tenant': 'blue team',
              authorization: 'ApiKey k-secret',
              'content-type': null,
            },
          },
          'a',
          'b',
        ),
      },
    },

    'ours-beside': {
      records: { 'aiven-tuned': [{ value: 'a' }, { value: null }, { value: 'b' }, { value: 'c' }] },
      answer: refuses('c', 503),
      requests: [
        ['a\n', '0..0'],
        ['b\nc\n', '2..3'],
        ['b\nc\n', '2..3'],
      ].map(([body, offsets]) => ({
        method: 'PUT',
        path: '/tuned',
        headers: { 'x-more': 'yes', 'idempotency-key': `"aiven-tuned-0-${offsets}"`, 'content-type': null },
        body: body!,
      })),
      failed: /answered 503/,
      committed: { 'aiven-tuned': 2 },
    },
  },
};
