import type { Answer, Arrived } from '../../support/endpoint.ts';
import type { ExpectedRequest, Vendor } from './case.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `{"n":${i}}` }));
const lines = (...values: readonly string[]) => values.map(value => ({ value }));

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

const strict = (body: string): ExpectedRequest => ({ path: '/strict', body });

const DELETED = { headers: { 'content-type': null }, method: 'DELETE', body: '' } as const;

/** The first two requests to `/v1/orders` find it out of order. */
function refusedTwice(): (request: Arrived) => Answer {
  let refused = 0;
  return ({ path }) => ({ status: path === '/v1/orders' && refused++ < 2 ? 503 : 200 });
}

/** Files of Confluent's HTTP sink V2, self-managed but for `cloud`. */
export const CONFLUENT_V2: Vendor = {
  name: 'confluent-v2',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'quick-start': {
      records: { 'v2-quick': numbered(2) },
      answer: () => ({ status: 200, body: '{"message":"Hello, World!"}' }),
      requests: ['{"n":0}', '{"n":1}'].map(body => ({
        path: '/',
        headers: { 'content-type': 'application/json', authorization: null },
        body,
      })),
      left: {
        'v2-quick-success': ['0', '1'].map(n => ({
          key: `k${n}`,
          value: '{"message":"Hello, World!"}',
          headers: { input_record_topic: 'v2-quick', input_record_partition: '0', input_record_offset: n },
        })),
        'v2-quick-error': [],
      },
    },

    'three-apis': {
      records: {
        'v2-orders': numbered(4),
        'v2-users': numbered(2),
        'v2-lines': lines('"one"', '{"a":1}'),
      },
      answer: refusedTwice(),
      requests: {
        inAnyOrder: [
          ...['[{"n":0},{"n":1}]', '[{"n":0},{"n":1}]', '[{"n":0},{"n":1}]', '[{"n":2},{"n":3}]'].map(body => ({
            path: '/v1/orders',
            body,
          })),
          ...['0', '1'].map(n => ({
            method: 'PUT',
            path: `/v1/users/k${n}`,
            headers: { 'x-api': 'users' },
            body: `{"n":${n}}`,
          })),
          { path: '/v1/lines', headers: { 'x-api': null }, body: 'one\n{a=1}' },
        ],
      },
    },

    'one-array': {
      records: { 'v2-array': numbered(4) },
      requests: ['[{"n":0},{"n":1},{"n":2}]', '[{"n":3}]'].map(body => ({ path: '/in', body })),
    },

    basic: {
      records: { 'v2-basic': lines('a', 'b', 'c') },
      requests: ['<a;b>', '<c>'].map(body => ({
        path: '/texts',
        headers: { authorization: basic('admin', 'basic-secret'), 'content-type': 'text/plain; charset=utf-8' },
        body,
      })),
    },

    bearer: {
      records: { 'v2-bearer': numbered(1) },
      requests: [
        { method: 'PATCH', path: '/bearer', headers: { authorization: 'Bearer bearer-secret' }, body: '{"n":0}' },
      ],
    },

    'api-key-query': {
      records: { 'v2-key-query': numbered(2) },
      requests: ['k0', 'k1'].map(key => ({
        method: 'GET',
        path: `/search/${key}?lang=en&topic=v2-key-query&app_id=query-secret`,
        headers: { 'content-type': null },
        body: '',
      })),
    },

    'api-key-header': {
      records: { 'v2-key-header': ['a', 'a', 'a', 'a', 'b'].map((key, n) => ({ key, value: `{"n":${n}}` })) },
      requests: ['[{"n":0},{"n":1},{"n":2}]', '[{"n":3}]', '[{"n":4}]'].map(body => ({
        path: '/batches',
        headers: { 'x-api-key': 'header-secret', 'accept-encoding': 'identity' },
        body,
      })),
    },

    oauth2: {
      records: { 'v2-oauth2': numbered(2) },
      tokens: { by: 'script' },
      tokenRequests: [
        {
          path: '/oauth/token',
          headers: { authorization: null, 'content-type': 'application/x-www-form-urlencoded' },
          body: /^(?=.*client_id=tailrace)(?=.*client_secret=token-secret)(?=.*scope=events)grant_type=client_credentials&/,
        },
      ],
      requests: ['{"n":0}', '{"n":1}'].map(body => ({
        path: '/o',
        headers: { authorization: 'Bearer token-1' },
        body,
      })),
    },

    'code-grant': {
      records: { 'v2-code': numbered(1) },
      tokens: { by: 'script' },
      tokenRequests: [
        {
          path: '/token',
          headers: { authorization: basic('tailrace', 'token-secret') },
          body: 'grant_type=refresh_token&refresh_token=refresh-secret',
        },
      ],
      requests: [{ path: '/granted', headers: { authorization: 'Bearer token-1' }, body: '{"n":0}' }],
    },

    proxy: {
      records: { 'v2-proxy': lines('one', 'two') },
      behindProxy: ['https://endpoint.example:8443'],
      proxyUser: 'tailrace:proxy-secret',
      proxied: ['CONNECT endpoint.example:8443'],
      requests: ['one', 'two'].map(body => ({ path: '/behind', headers: { 'proxy-authorization': null }, body })),
    },

    'mutual-tls': {
      records: { 'v2-mtls': lines('one') },
      requests: [{ path: '/mutual', client: 'client', body: 'one' }],
    },

    deletes: {
      records: {
        'v2-deletes': [
          { key: '1', value: '{"id":1}' },
          { key: '1', value: null },
        ],
        'v2-gone': [{ key: 'g/1', value: '{"id":2}' }],
      },
      // Of a record without a value what is gone is deleted.
      answer: ({ path }) => ({ status: path === '/api/users/1' ? 404 : 200 }),
      requests: {
        inAnyOrder: [
          { path: '/api/users', body: '{"id":1}' },
          { path: '/api/users/1', ...DELETED },
          { path: '/api/gone/g%2F1', ...DELETED },
        ],
      },
    },

    templates: {
      records: {
        'v2-templates': [
          { key: 'a', value: '{"id":7,"customer":{"id":"c 1"}}' },
          { key: 'b', value: '{"id":8,"customer":{"id":"c2"}}' },
        ],
      },
      requests: [
        ['c%201', 'a', '{"number":7,"by":"a"}'],
        ['c2', 'b', '{"number":8,"by":"b"}'],
      ].map(([user, key, body]) => ({
        path: `/tenants/acme/users/${user}?source=kafka&of=v2-templates`,
        headers: { 'x-key': key!, 'x-stage': 'stage-secret', 'content-type': 'application/json' },
        body: body!,
      })),
    },

    cloud: {
      records: { 'v2-cloud': numbered(2) },
      answer: ({ path }) => (path.endsWith('/k1') ? { status: 400, body: 'no' } : { status: 201, body: 'yes' }),
      // The refused one is sent once more.
      requests: ['0', '1', '1'].map(n => ({
        path: `/cloud/k${n}`,
        headers: { 'content-type': 'application/json', 'x-api-key': 'cloud-secret' },
        body: `{"n":${n}}`,
      })),
      left: {
        'dlq-v2-cloud': [{ key: 'k1', value: '{"n":1}', headers: { '__connect.errors.stage': 'TASK_PUT' } }],
        'success-v2-cloud': [{ key: 'k0', value: /201/ }],
        'error-v2-cloud': [{ key: 'k1', value: /answered 400/ }],
      },
    },

    'failing-task': {
      records: { 'v2-failing': lines('0', '1', '2', '3', '4') },
      answer: ({ body }) => ({ status: body.includes('3') ? 400 : 200 }),
      requests: ['0,1', '2,3', '2', '3'].map(strict),
      failed: /record v2-failing-0 offset 3 can not be delivered .*answered 400/s,
      committed: { 'v2-failing': 3 },
    },

    'headers-and-transforms': {
      records: {
        'v2-headers': [
          { value: '{"n":0}', headers: [['trace', 'a']] },
          { value: '{"n":1}', headers: [['trace', 'a']] },
          { value: '{"n":2}', headers: [['trace', 'b']] },
        ],
        'v2-plain': [{ value: '{"n":3}', headers: [['trace', 'c']] }],
      },
      requests: {
        inAnyOrder: [
          { path: '/passed', headers: { trace: 'a' }, body: '[{"n":0,"from":"kafka"},{"n":1,"from":"kafka"}]' },
          { path: '/passed', headers: { trace: 'b' }, body: '[{"n":2,"from":"kafka"}]' },
          { path: '/kept', headers: { trace: null }, body: '{"n":3,"from":"kafka"}' },
        ],
      },
    },

    'ours-beside': {
      records: { 'v2-beside': lines('1', '2', '3', '4'), 'v2-apart': lines('1', '2', '3', '4') },
      requests: {
        inAnyOrder: [
          { path: '/beside', body: '1,2,3' },
          { path: '/beside', body: '4' },
          { path: '/apart', body: '1,2,3,4' },
        ],
      },
    },
  },
};
