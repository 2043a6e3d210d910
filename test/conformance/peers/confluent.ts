import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Answer, Arrived } from '../../support/endpoint.ts';
import { SECRETS_DIRECTORY } from '../samples.ts';
import type { ExpectedRequest, Vendor } from './case.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `{"n":${i}}` }));

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

const given = (token: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ [token]: 'token-1', token_type: 'Bearer', expires_in: 3600 }),
});

/** Signed by the key in `secrets/signing.*`, with these claims. */
function isSigned(jwt: string, wanted: Readonly<Record<string, unknown>>): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const key = createPublicKey(readFileSync(`${SECRETS_DIRECTORY}/signing-public.pem`));
  if (!verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')))
    return false;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => claims[name] === value);
}

function answerToJwt({ body }: Arrived): Answer {
  const jwt = new URLSearchParams(body.toString()).get('jwt_token') ?? '';
  return isSigned(jwt, { iss: 'shop', tenant: 'one' }) ? given('access_token') : { status: 400 };
}

const traced = (body: string, trace: string | null): ExpectedRequest => ({
  path: '/traced',
  headers: { trace, internal: null, 'content-type': 'application/json' },
  body,
});

const strict = (body: string): ExpectedRequest => ({ path: '/strict', body });

const PLACE = (offset: number) => ({
  input_record_topic: 'confluent-reports',
  input_record_partition: '0',
  input_record_offset: String(offset),
  input_record_timestamp: /^\d+$/,
});

/** Files of Confluent's HTTP sink, of the Platform but for `cloud`. */
export const CONFLUENT: Vendor = {
  name: 'confluent',
  overrides: { 'batch.linger.ms': '1000' },
  cases: {
    'single-texts': {
      records: { 'confluent-single': [{ value: 'Message 1' }, { key: 'k', value: 'grün' }, { key: 'k', value: null }] },
      requests: ['Message 1', 'grün'].map(body => ({
        path: '/api/messages',
        headers: { 'content-type': 'text/plain; charset=utf-8', authorization: null },
        body,
      })),
    },

    'maps-basic': {
      records: {
        'confluent-maps': [{ value: '{"b":1.50,"a":"x"}' }, { value: '"text"' }, { value: '[1,{"c":null}]' }],
      },
      requests: ['[{a=x, b=1.5};text]', '[[1, {c=null}]]'].map(body => ({
        path: '/api/messages',
        headers: { authorization: basic('admin', 'basic-secret') },
        body,
      })),
    },

    'json-array': {
      records: { 'confluent-array': numbered(7) },
      requests: ['[{"n":0},{"n":1},{"n":2}]', '[{"n":3},{"n":4},{"n":5}]', '[{"n":6}]'].map(body => ({
        method: 'PUT',
        path: '/orders?source=kafka',
        headers: { 'content-type': 'application/json;charset=utf-8', 'x-source': 'http://kafka:1' },
        body,
      })),
    },

    'json-oauth2': {
      records: { 'confluent-oauth2': numbered(2) },
      tokens: { by: 'script', answer: () => given('accessToken') },
      tokenRequests: [
        {
          path: '/oauth/token',
          headers: {
            authorization: basic('tailrace', 'token-secret'),
            'content-type': 'application/x-www-form-urlencoded',
            'x-tenant': 'shop',
          },
          body: 'grant_type=client_credentials&scope=any',
        },
      ],
      requests: ['{"n":0}', '{"n":1}'].map(body => ({
        path: '/',
        headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
        body,
      })),
    },

    'oauth2-jwt': {
      records: { 'confluent-jwt': [{ value: 'one' }] },
      tokens: { by: 'script', answer: answerToJwt },
      tokenRequests: [
        {
          path: '/token',
          headers: { authorization: null },
          body: /^grant_type=client_credentials&jwt_token=[\w.-]+&client_id=tailrace&client_secret=token-secret$/,
        },
      ],
      requests: [{ path: '/in', headers: { authorization: 'Bearer token-1' }, body: 'one' }],
    },

    proxy: {
      records: { 'confluent-proxy': [{ value: 'one' }, { value: 'two' }] },
      behindProxy: ['https://endpoint.example:8443'],
      proxyUser: 'tailrace:proxy-secret',
      proxied: ['CONNECT endpoint.example:8443'],
      requests: [{ path: '/behind', headers: { 'proxy-authorization': null }, body: 'one\ntwo' }],
    },

    'mutual-tls': {
      records: { 'confluent-mtls': [{ value: 'one' }] },
      requests: [{ path: '/mutual', client: 'client', body: 'one' }],
    },

    deletes: {
      records: {
        'confluent-deletes': [
          { key: '1', value: '{"id":1}' },
          { key: '2', value: '{"id":2}' },
          { key: '1', value: null },
          { key: '3', value: '{"id":3}' },
        ],
      },
      requests: [
        { path: '/api/users', body: '[{"id":1},{"id":2}]' },
        { method: 'DELETE', path: '/api/users/1', headers: { 'content-type': null }, body: '' },
        { path: '/api/users', body: '[{"id":3}]' },
      ],
    },

    replacements: {
      records: { 'confluent-replace': ['a', 'a', 'b'].map((key, n) => ({ key, value: `{"n":${n}}` })) },
      requests: ['[{"n":"0","of":"a"},{"n":"1","of":"a"}]', '[{"n":"2","of":"b"}]'].map(body => ({
        path: '/confluent-replace',
        headers: { 'content-type': 'application/json' },
        body,
      })),
    },

    'reports-and-letters': {
      records: {
        'confluent-reports': [
          { key: '1', value: '{"id":1}' },
          { key: '2', value: null },
          { key: '3', value: '{"id":' },
          { key: '4', value: '{"id":4}' },
        ],
      },
      answer: ({ body }) =>
        body.includes('4') ? { status: 422, body: '{"error":"no such event"}' } : { status: 201, body: '{"id":1}' },
      // The refused one is sent once more.
      requests: ['[{"id":1}]', '[{"id":4}]', '[{"id":4}]'].map(body => ({ path: '/events', body })),
      left: {
        'confluent-reports-dlq': [
          { key: '3', value: '{"id":', headers: { '__connect.errors.stage': 'VALUE_CONVERTER' } },
          { key: '4', value: '{"id":4}', headers: { '__connect.errors.stage': 'TASK_PUT' } },
        ],
        'confluent-reports-success': [{ key: '1', value: '{"id":1}', headers: PLACE(0) }],
        'confluent-reports-error': [
          { key: '3', headers: PLACE(2) },
          {
            key: '4',
            value: JSON.stringify('{"error":"no such event"}'),
            headers: {
              ...PLACE(3),
              status_code: '422',
              response_content: '{"error":"no such event"}',
              payload: '{"id":4}',
            },
          },
        ],
      },
    },

    'failing-task': {
      records: { 'confluent-failing': ['0', '1', '2', '3', '4'].map(value => ({ value })) },
      // Whoever holds the third is refused: the pair first, then each of it alone. A 400 is not to be repeated.
      answer: ({ body }) => ({ status: body.includes('3') ? 400 : 200 }),
      requests: ['0,1', '2,3', '2', '3'].map(strict),
      failed: /record confluent-failing-0 offset 3 can not be delivered .*answered 400/s,
      committed: { 'confluent-failing': 3 },
    },

    'headers-and-transforms': {
      records: {
        'confluent-headers': [
          {
            value: '{"n":0}',
            headers: [
              ['trace', 'a'],
              ['internal', 'x'],
            ],
          },
          { value: '{"n":1}', headers: [['trace', 'a']] },
          { value: '{"n":2}', headers: [['trace', 'b']] },
          { value: '{"n":3}' },
        ],
      },
      requests: [
        traced('[{"n":0,"from":"kafka"},{"n":1,"from":"kafka"}]', 'a'),
        traced('[{"n":2,"from":"kafka"}]', 'b'),
        traced('[{"n":3,"from":"kafka"}]', null),
      ],
    },

    'fields-and-outage': {
      records: {
        'confluent-fields': [
          { value: '{"orderId":7,"customer":{"id":"c 1"}}' },
          { value: '{"orderId":8}' },
          { value: '{"orderId":9,"customer":{"id":"c2"}}' },
        ],
      },
      // Longer than max.retries; the second record has no such field, and is skipped.
      answer: (_, number) => ({ status: number <= 4 ? 503 : 200 }),
      requests: [
        ...Array.from({ length: 5 }, () => ({
          method: 'PATCH',
          path: '/confluent-fields/order/7/customer/c%201',
          body: '{"orderId":7,"customer":{"id":"c 1"}}',
        })),
        {
          method: 'PATCH',
          path: '/confluent-fields/order/9/customer/c2',
          body: '{"orderId":9,"customer":{"id":"c2"}}',
        },
      ],
    },

    cloud: {
      records: {
        'confluent-cloud': [
          { key: 'a', value: '{"id":1}' },
          { key: 'b', value: '{"id":2}' },
        ],
      },
      answer: ({ path }) => (path.endsWith('/b') ? { status: 400, body: 'no' } : { status: 200, body: 'yes' }),
      requests: [
        ['a', '[{"id":1}]'],
        ['b', '[{"id":2}]'],
        ['b', '[{"id":2}]'],
      ].map(([key, body]) => ({
        path: `/cloud/${key}`,
        headers: { 'content-type': 'application/json', 'x-api-key': 'cloud-secret' },
        body: body!,
      })),
      left: {
        'dlq-confluent-cloud': [{ key: 'b', value: '{"id":2}', headers: { '__connect.errors.stage': 'TASK_PUT' } }],
        'success-confluent-cloud': [{ key: 'a', value: '"yes"' }],
        'error-confluent-cloud': [{ key: 'b', value: /answered 400/ }],
      },
    },
  },
};
