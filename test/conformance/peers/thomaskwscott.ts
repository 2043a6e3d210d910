import type { ExpectedRequest, Vendor } from './case.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `{"n":${i}}` }));
const FORM = 'application/x-www-form-urlencoded';

const proxied = (body: string): ExpectedRequest => ({
  path: '/topics/jsontest.replica',
  headers: { 'content-type': 'application/vnd.kafka.json.v2+json', accept: 'application/vnd.kafka.v2+json' },
  body,
});

const strict = (body: string): ExpectedRequest => ({
  path: '/strict',
  headers: { 'content-type': 'text/plain' },
  body,
});

/** Files of Thomas Scott's HTTP sink. */
export const THOMASKWSCOTT: Vendor = {
  name: 'thomaskwscott',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'rest-proxy': {
      records: { 'scott-proxy': numbered(4) },
      requests: [
        proxied('{"records":[{"value":{"n":0}},{"value":{"n":1}},{"value":{"n":2}}]}'),
        proxied('{"records":[{"value":{"n":3}}]}'),
      ],
    },

    'defaults-and-outage': {
      records: {
        'scott-defaults': [
          { key: 'a', value: 'one' },
          { key: 'b', value: null },
          { key: 'c/d', value: 'grün' },
        ],
      },
      // No retry is allowed, and two are needed.
      answer: (_, number) => ({ status: number <= 2 ? 503 : 201 }),
      requests: ['one', 'one', 'one', 'grün'].map(body => ({
        path: body === 'one' ? '/scott-defaults/a' : '/scott-defaults/c%2Fd',
        headers: { 'content-type': FORM },
        body,
      })),
    },

    'maps-by-key': {
      records: {
        'scott-maps': [
          { key: 'a', value: '{"b":1.50,"a":"x"}' },
          { key: 'a', value: '{"list":[1,null]}' },
          { key: 'b', value: '{}' },
        ],
      },
      requests: ['<{a=x, b=1.5, from=kafka}|{from=kafka, list=[1, null]}>', '<{from=kafka}>'].map(body => ({
        method: 'PUT',
        path: '/in',
        headers: { 'content-type': null, 'x-token': 'scott-secret', 'x-at': '12:30' },
        body,
      })),
    },

    letters: {
      records: { 'scott-letters': ['1', '2', '3'].map(value => ({ value })) },
      answer: ({ body }) => ({ status: body.includes('2') ? 409 : 200 }),
      // The pair twice, then each of it alone.
      requests: ['1,2', '1,2', '1', '2', '3'].map(strict),
      left: {
        'scott-letters-dlq': [
          {
            value: '2',
            headers: { '__connect.errors.stage': 'TASK_PUT', '__connect.errors.exception.message': /answered 409/ },
          },
        ],
      },
    },

    'delete-with-body': {
      records: {
        'scott-delete': [
          { key: 'k', value: '1,2' },
          { key: null, value: '33,44' },
        ],
      },
      requests: [{ method: 'DELETE', path: '/gone', headers: { 'content-type': FORM }, body: 'k=2 1;=44 33' }],
    },

    'tls-beside': {
      records: { 'scott-tls': ['a', 'b', 'c'].map(value => ({ value })) },
      requests: [
        {
          path: '/tls',
          headers: { authorization: 'Basic c2NvdHQtc2VjcmV0', 'content-type': 'text/plain' },
          body: 'a\nb\nc',
        },
      ],
    },
  },
};
