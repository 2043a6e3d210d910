import type { ExpectedRequest, Vendor } from './case.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `{"n":${i}}` }));

const orders = (body: string): ExpectedRequest => ({
  path: '/orders?source=kafka',
  headers: {
    host: 'endpoint.example:8443',
    'content-type': 'application/json',
    'x-source': 'kafka',
    authorization: 'Bearer token-1',
  },
  body,
});

const lines = (key: string, body: string): ExpectedRequest => ({
  method: 'PUT',
  path: '/lines',
  headers: {
    host: 'dcs.adobedc.net',
    'content-type': 'text/plain; charset=utf-8',
    'x-key': `of ${key}`,
    authorization: null,
    'proxy-authorization': null,
  },
  body,
});

/** Files in our own dialect: what is run here runs whoever's the files are. */
export const TAILRACE: Vendor = {
  name: 'tailrace',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'array-oauth2': {
      records: { 'tailrace-array': numbered(7) },
      tokens: { by: 'provider', clientAuth: 'client_secret_basic' },
      tokenRequests: [
        {
          path: '/token',
          headers: {
            authorization: `Basic ${Buffer.from('tailrace:token-secret').toString('base64')}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials&scope=collector.write',
        },
      ],
      requests: [orders('[{"n":0},{"n":1},{"n":2}]'), orders('[{"n":3},{"n":4},{"n":5}]'), orders('[{"n":6}]')],
    },

    'joined-proxy': {
      records: {
        'tailrace-joined': ['a', 'a', 'a', 'b', 'b'].map((key, i) => ({ key, value: `line ${i} of "${key}"` })),
      },
      behindProxy: ['https://dcs.adobedc.net'],
      proxyUser: 'tailrace:proxy-secret',
      proxied: ['CONNECT dcs.adobedc.net:443'],
      requests: [
        lines('a', 'line 0 of "a"\nline 1 of "a"\n'),
        lines('a', 'line 2 of "a"\n'),
        lines('b', 'line 3 of "b"\nline 4 of "b"\n'),
      ],
    },

    'letters-and-reports': {
      records: {
        'tailrace-letters': [
          { key: '1', value: '{"id":1}', headers: [['trace', 'one']], timestamp: 1_700_000_000_000 },
          { key: '2', value: null },
          { key: '3', value: '{"id":' },
          { key: '4', value: '{"id":4}' },
          { key: '5', value: '{"id":5}' },
        ],
      },
      // The first is put off, the fourth is refused.
      answer: ({ path }, number) => {
        if (number === 1) return { status: 503 };
        return path === '/events/4' ? { status: 422, body: '{"error":"no such event"}' } : { status: 201 };
      },
      requests: [
        { path: '/events/1', body: '{"id":1,"origin":"shop"}' },
        { path: '/events/1', body: '{"id":1,"origin":"shop"}' },
        { path: '/events/4', body: '{"id":4,"origin":"shop"}' },
        { path: '/events/5', body: '{"id":5,"origin":"shop"}' },
      ],
      left: {
        'tailrace-letters-dlq': [
          { key: '3', value: '{"id":', headers: { '__connect.errors.stage': 'VALUE_CONVERTER' } },
          {
            key: '4',
            value: '{"id":4}',
            headers: {
              '__connect.errors.stage': 'TASK_PUT',
              '__connect.errors.offset': '3',
              '__connect.errors.exception.message': /answered 422/,
            },
          },
        ],
        'tailrace-letters-done': [
          { key: '1', value: /"outcome":"delivered".*"status":201/ },
          { key: '5', value: /"outcome":"delivered".*"status":201/ },
        ],
        'tailrace-letters-failed': [
          { key: '3', value: /"outcome":"dead-lettered"/ },
          { key: '4', value: /"status":422/ },
        ],
      },
    },

    'failing-task': {
      records: { 'tailrace-failing': numbered(5) },
      // Whoever holds the fourth is refused: the pair first, then each of it alone.
      answer: ({ body }) => ({ status: body.includes('"n":3') ? 400 : 200 }),
      requests: ['{"n":0}\n{"n":1}\n', '{"n":2}\n{"n":3}\n', '{"n":2}\n', '{"n":3}\n'].map(body => ({
        path: '/strict',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      })),
      failed: /record tailrace-failing-0 offset 3 can not be delivered .*answered 400/s,
      committed: { 'tailrace-failing': 3 },
    },

    'mutual-tls-ims': {
      records: {
        'tailrace-mutual-a': [{ value: 'one' }, { value: 'grün' }],
        'tailrace-mutual-b': [{ value: 'three' }],
      },
      tokens: { by: 'ims' },
      tokenRequests: [
        {
          path: '/ims/token/v3',
          body: 'grant_type=client_credentials&scope=openid%2CAdobeID&client_id=tailrace&client_secret=ims-secret',
          client: 'client',
        },
      ],
      requests: {
        inAnyOrder: ['a', 'b'].map(topic => ({
          path: `/tailrace-mutual-${topic}`,
          headers: { authorization: 'Bearer token-1' },
          client: 'client',
          body: topic === 'a' ? 'one|grün' : 'three',
        })),
      },
    },

    'ims-jwt': {
      records: { 'tailrace-jwt': numbered(2) },
      tokens: { by: 'ims' },
      tokenRequests: Array.from({ length: 2 }, () => ({
        path: '/ims/exchange/jwt/',
        headers: { host: 'ims-na1.adobelogin.com' },
        body: /^jwt_token=[\w.-]+&client_id=tailrace&client_secret=ims-secret$/,
      })),
      // The first token is refused: another one is asked for, once.
      answer: (_, number) => (number === 1 ? { status: 401 } : { status: 200 }),
      requests: ['token-1', 'token-2'].map(token => ({
        path: '/collection/batch/inlet',
        headers: { host: 'dcs.adobedc.net', authorization: `Bearer ${token}` },
        body: '{"messages":[{"n":0},{"n":1}]}',
      })),
    },

    'gzip-through-proxy': {
      records: { 'tailrace-gzip': numbered(250) },
      behindProxy: ['http://endpoint.example:8080'],
      proxied: ['POST http://endpoint.example:8080/bulk'],
      // What had arrived when five milliseconds were over, nobody knows.
      requests: {
        each: { path: '/bulk', headers: { host: 'endpoint.example:8080', 'content-encoding': 'gzip' } },
        split: body => body.split('\n').slice(0, -1),
        records: numbered(250).map(({ value }) => value),
        mostRecords: 100,
      },
    },
  },
};
