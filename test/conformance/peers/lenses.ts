import type { Vendor } from './case.ts';

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `{"n":${i}}` }));

const PLACE = (offset: number) => ({
  input_topic: 'lenses-letters',
  input_partition: '0',
  input_offset: String(offset),
  input_timestamp: /^\d+$/,
});

/** Files of Lenses' HTTP sink. */
export const LENSES: Vendor = {
  name: 'lenses',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'fields-basic': {
      records: { 'lenses-fields': [{ key: 'k', value: '{"id":1.50,"names":["<x>"]}' }] },
      requests: [
        {
          path: '/products',
          headers: {
            authorization: basic('shop', 'basic-secret'),
            'content-type': 'application/xml',
            'x-source': 'lenses-fields-0',
          },
          body: '<product><id>1.50</id><name><x></name><key>k</key></product>',
        },
      ],
    },

    'loop-tidy': {
      records: { 'lenses-loop': numbered(4) },
      requests: ['{"data":[{"n":0},{"n":1},{"n":2}]}', '{"data":[{"n":3}]}'].map(body => ({
        method: 'PUT',
        path: '/bulk',
        headers: { 'content-type': 'application/json', authorization: null },
        body,
      })),
    },

    oauth2: {
      records: { 'lenses-oauth2': numbered(3) },
      tokens: {
        by: 'script',
        answer: () => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ accessToken: 'token-1', token_type: 'Bearer', expires_in: 3600 }),
        }),
      },
      tokenRequests: [
        {
          path: '/oauth/token',
          headers: {
            authorization: basic('lenses', 'token-secret'),
            'content-type': 'application/x-www-form-urlencoded',
            'x-tenant': 'shop',
          },
          body: 'grant_type=client_credentials&scope=events.write&client_id=lenses&client_secret=token-secret',
        },
      ],
      requests: [
        {
          path: '/events',
          headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
          body: '{"n":0};{"n":1};{"n":2};',
        },
      ],
    },

    'mutual-tls': {
      records: { 'lenses-tls': [{ value: 'one' }] },
      requests: [{ path: '/mutual', client: 'client', body: 'one' }],
    },

    'letters-and-reports': {
      records: {
        'lenses-letters': [
          { key: '1', value: '{"id":1}' },
          { key: '2', value: '{"no":2}' },
          { key: '3', value: '{"id":3}' },
          { key: '4', value: '{"id":4}' },
        ],
      },
      // The first is put off, the third is refused.
      answer: ({ body }, number) => {
        if (number === 1) return { status: 503 };
        return body.includes('3') ? { status: 422, body: 'no such event' } : { status: 200, body: 'done' };
      },
      requests: [1, 1, 3, 3, 4].map(id => ({ path: '/strict', body: `{"id":${id}}` })),
      left: {
        'lenses-letters-dlq': [
          { key: '2', value: '{"no":2}' },
          { key: '3', value: '{"id":3}' },
        ],
        'lenses-letters-done': [
          {
            key: '1',
            value: '{"id":1}',
            headers: { ...PLACE(0), response_status_code: '200', response_content: 'done', input_payload: '{"id":1}' },
          },
          { key: '4', value: '{"id":4}', headers: PLACE(3) },
        ],
        'lenses-letters-failed': [
          { key: '2', headers: { ...PLACE(1), error_message: /it has no \$\{value:\/id\}/ } },
          {
            key: '3',
            headers: {
              ...PLACE(2),
              response_status_code: '422',
              response_content: 'no such event',
              error_message: /422/,
            },
          },
        ],
      },
    },

    routed: {
      records: {
        'lenses-routed-a': [
          {
            key: '1',
            value: 'one',
            headers: [
              ['n', '7'],
              ['X-More', 'm'],
            ],
          },
          { key: '2/3', value: 'two', headers: [['n', '8']] },
        ],
        'lenses-routed-b': [{ key: '1', value: 'three', headers: [['n', '9']] }],
      },
      requests: {
        inAnyOrder: [
          {
            method: 'PATCH',
            path: '/lenses-routed-a/1?n=7',
            headers: { 'x-mark': 'one', 'x-more': 'm', n: '7' },
            body: 'one',
          },
          {
            method: 'PATCH',
            path: '/lenses-routed-a/2%2F3?n=8',
            headers: { 'x-mark': 'one', 'x-more': null },
            body: 'two',
          },
          { method: 'PATCH', path: '/lenses-routed-b/1?n=9', headers: { 'x-mark': 'one' }, body: 'three' },
        ],
      },
    },

    nulls: {
      records: {
        'lenses-nulls': [
          { key: 'a', value: '{"a":1}' },
          { key: 'b', value: null },
          { key: null, value: '{"a":null}' },
        ],
      },
      requests: [{ path: '/nulls', body: '[(a:{"a":1}:1)(b:none:none)(none:{"a":null}:none)]' }],
    },
  },
};
