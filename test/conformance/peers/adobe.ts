import type { Answer, Arrived } from '../../support/endpoint.ts';
import type { Expected, ExpectedRequest, PeerCase, Vendor } from './case.ts';

const SCOPE = 'openid%2CAdobeID%2Cread_organizations%2Cadditional_info.projectedProductContext%2Csession';
const OAUTH_REQUEST: ExpectedRequest = {
  path: '/ims/token/v3',
  headers: {
    host: 'ims-na1.adobelogin.com',
    'content-type': 'application/x-www-form-urlencoded',
    authorization: null,
  },
  body: `grant_type=client_credentials&scope=${SCOPE}&client_id=tailrace&client_secret=ims-secret`,
};

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ key: `"k${from + i}"`, value: `{"n":${from + i}}` }));

/** An event of so many bytes. */
function event(n: number, bytes: number): string {
  const text = `{"n":${n},"pad":""}`;
  return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
}

function envelope(...values: readonly string[]): string {
  return `{"messages":[${values.join(',')}]}`;
}

function posted(
  inlet: string,
  body: string | RegExp,
  headers: Readonly<Record<string, Expected>> = { authorization: null },
): ExpectedRequest {
  const common = { host: 'dcs.adobedc.net', 'content-type': 'application/json' };
  return { path: `/collection/batch/${inlet}`, headers: { ...common, ...headers }, body };
}

const bearer = (number: number) => ({ authorization: `Bearer token-${number}` });

function messagesIn({ body }: Arrived): readonly Record<string, unknown>[] {
  return (JSON.parse(body.toString()) as { readonly messages: readonly Record<string, unknown>[] }).messages;
}

/** As the API answers a batch: 207 whatever became of its messages; of those that were not taken a status. */
function multiStatus(
  request: Arrived,
  refusal: (message: Record<string, unknown>, index: number) => object | null,
): Answer {
  const responses = messagesIn(request).map(
    (message, i) => refusal(message, i) ?? { xactionId: `1565638336649:1750:${i}` },
  );
  const body = { inletId: 'inlet', batchId: '1565638336649:1750:244', receivedTimeMs: 1_565_638_336_705, responses };
  return { status: 207, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** All of them. */
export const taken = (request: Arrived): Answer => multiStatus(request, () => null);

function letter(key: string | null, value: string | null, offset: number, message: RegExp) {
  return {
    key,
    value,
    headers: { '__connect.errors.offset': String(offset), '__connect.errors.exception.message': message },
  };
}

const CASES: Readonly<Record<string, PeerCase>> = {
  'quick-start': {
    records: { 'adobe-quick': numbered(3) },
    answer: taken,
    requests: [posted('quick0f', envelope('{"n":0}', '{"n":1}', '{"n":2}'))],
  },

  // 2048 bytes: the third event of 700 reaches them.
  batching: {
    records: { 'adobe-batching': Array.from({ length: 7 }, (_, i) => ({ value: event(i, 700) })) },
    answer: taken,
    requests: [[0, 1, 2], [3, 4, 5], [6]].map(part => posted('batching0f', envelope(...part.map(n => event(n, 700))))),
  },

  // AbstractSinkTask adds before it looks: what is larger than the 1024 bytes is sent with what waited before it.
  'larger-than-flush': {
    records: { 'adobe-larger': [3000, 100, 3000, 100].map((bytes, i) => ({ value: event(i, bytes) })) },
    answer: taken,
    requests: [envelope(event(0, 3000)), envelope(event(1, 100), event(2, 3000)), envelope(event(3, 100))].map(body =>
      posted('larger0f', body),
    ),
  },

  oauth2: {
    records: { 'adobe-oauth2': numbered(4) },
    tokens: { by: 'ims' },
    tokenRequests: [OAUTH_REQUEST],
    answer: taken,
    requests: [
      posted('oauth0f', envelope(...numbered(4).map(({ value }) => value)), {
        ...bearer(1),
        'x-adobe-flow-id': '341fd4f0-cdec-4912-1ab6-fb54aeb41286',
        'x-adobe-dataset-id': '3096fbfd5978431948af3ba3',
      }),
    ],
  },

  'access-token': {
    records: { 'adobe-access': numbered(2) },
    tokens: { by: 'ims' },
    tokenRequests: [
      {
        path: '/ims/token/v1',
        body: 'grant_type=authorization_code&code=code-secret&client_id=tailrace&client_secret=ims-secret',
      },
    ],
    answer: taken,
    requests: [posted('access0f', envelope('{"n":0}', '{"n":1}'), bearer(1))],
  },

  'jwt-json': {
    records: { 'adobe-jwt': numbered(2) },
    tokens: { by: 'ims' },
    tokenRequests: [
      { path: '/ims/exchange/jwt/', body: /^jwt_token=[\w.-]+&client_id=tailrace&client_secret=ims-secret$/ },
    ],
    answer: taken,
    requests: [
      posted('jwt0f', envelope('{"n":0}', '{"n":1}'), {
        ...bearer(1),
        'x-adobe-flow-id': '341fd4f0-cdec-4912-1ab6-fb54aeb41286',
      }),
    ],
  },

  proxy: {
    records: { 'adobe-proxy': numbered(2) },
    tokens: { by: 'ims' },
    tokenRequests: [OAUTH_REQUEST],
    behindProxy: ['https://dcs.adobedc.net', 'https://ims-na1.adobelogin.com'],
    proxyUser: 'tailrace:proxy-secret',
    proxied: ['CONNECT dcs.adobedc.net:443', 'CONNECT ims-na1.adobelogin.com:443'],
    answer: taken,
    requests: [posted('proxy0f', envelope('{"n":0}', '{"n":1}'), { ...bearer(1), 'proxy-authorization': null })],
  },

  'dead-letters': {
    records: {
      'adobe-letters': [
        { key: '"0"', value: '{"n":0}', headers: [['trace', 'zero']], timestamp: 1_700_000_000_000 },
        { key: '"1"', value: '{"n":1,"fate":"numbered"}' },
        { key: '"2"', value: '{"n":2}' },
        { key: '"3"', value: '{"n":3,"fate":"nameless"}' },
        { key: '"4"', value: '{"n":4' },
        { key: '"5"', value: null },
        { key: '"6"', value: '{"n":6}' },
        { key: '"7"', value: '"no json within"' },
      ],
    },
    // One as its sink reads them, one as the documentation has them: without an id, and `statusCode`.
    answer: request =>
      multiStatus(request, ({ fate }, index) => {
        if (fate === 'numbered')
          return { xactionId: `9a8b-${index}`, status: 400, message: "The 'header' is mandatory" };
        return fate === 'nameless' ? { statusCode: 400, message: 'inletId: [inlet] imsOrgId is unknown' } : null;
      }),
    requests: [
      posted('letters0f', envelope('{"n":0}', '{"n":1,"fate":"numbered"}', '{"n":2}', '{"n":3,"fate":"nameless"}')),
      posted('letters0f', envelope('{"n":6}')),
    ],
    lettersRace: true,
    left: {
      'adobe-letters-dlq': [
        letter('"1"', '{"n":1,"fate":"numbered"}', 1, /answered 400/),
        letter('"3"', '{"n":3,"fate":"nameless"}', 3, /answered 400/),
        letter('"4"', '{"n":4', 4, /serialization error/),
        letter('"5"', null, 5, /null/),
        letter('"7"', '"no json within"', 7, /is a string that holds no JSON/),
      ],
    },
  },

  // errors.tolerance=none, the default: nothing behind the bad record is sent, and nothing is committed past it.
  stops: {
    records: { 'adobe-stops': [...numbered(2), { value: null }, ...numbered(2, 3)] },
    answer: taken,
    requests: [posted('stops0f', envelope('{"n":0}', '{"n":1}'))],
    failed: /record adobe-stops-0 offset 2 can not be delivered/,
    committed: { 'adobe-stops': 2 },
  },

  // Its own sink gives up after aep.connection.maxRetries=2 attempts, and drops the batch at the 504.
  outage: {
    records: { 'adobe-outage': numbered(2) },
    answer: (request, number) =>
      [503, 504, 429, 408, 500].map(status => ({ status, headers: { 'retry-after': '0' } }))[number - 1] ??
      taken(request),
    requests: Array.from({ length: 6 }, () => posted('outage0f', envelope('{"n":0}', '{"n":1}'))),
  },

  strings: {
    records: {
      'adobe-strings': ['{"a": 1.0}', '"text"', 'no json', '{"big":123456789012345678901}', 'null'].map((value, i) => ({
        key: `k${i}`,
        value,
      })),
    },
    answer: taken,
    requests: [
      {
        ...posted('strings0f', envelope('{"a": 1.0}', '"text"')),
        path: '/collection/batch/strings0f?x-adobe-flow-id=f1',
      },
      {
        ...posted('strings0f', envelope('{"big":123456789012345678901}')),
        path: '/collection/batch/strings0f?x-adobe-flow-id=f1',
      },
    ],
    left: {
      'adobe-strings-dlq': [
        { key: 'k2', value: 'no json' },
        { key: 'k4', value: 'null' },
      ],
    },
  },

  'json-patch': {
    records: { 'adobe-patch': [{ value: '{"id":1,"payload":{"a":[1,2]}}' }, { value: '{"payload":"p"}' }] },
    answer: taken,
    requests: [
      posted(
        'patch0f',
        envelope(
          '{"id":1,"origin":"kafka","header":{"msgVersion":"1.0"},"body":{"a":[1,2]}}',
          '{"origin":"kafka","header":{"msgVersion":"1.0"},"body":"p"}',
        ),
      ),
    ],
  },

  // JsonConverter's own payload alone goes out: AbstractSinkTask configures another one without schemas.
  schemas: {
    records: {
      'adobe-schemas': [
        {
          value: JSON.stringify({
            schema: {
              type: 'struct',
              fields: [
                { type: 'int64', optional: false, field: 'id' },
                { type: 'string', optional: true, field: 'name' },
                {
                  type: 'bytes',
                  optional: false,
                  field: 'price',
                  name: 'org.apache.kafka.connect.data.Decimal',
                  version: 1,
                  parameters: { scale: '2' },
                },
                {
                  type: 'int64',
                  optional: false,
                  field: 'at',
                  name: 'org.apache.kafka.connect.data.Timestamp',
                  version: 1,
                },
              ],
              optional: false,
            },
            payload: { id: 7, name: null, price: 'AfQ=', at: 1_700_000_000_000 },
          }),
        },
      ],
    },
    answer: taken,
    requests: [
      {
        path: '/collection/batch/schemas0f',
        headers: { host: 'endpoint.example:8443' },
        body: envelope('{"id":7,"name":null,"price":"AfQ=","at":1700000000000}'),
      },
    ],
  },

  tuned: {
    records: { 'adobe-tuned': Array.from({ length: 120 }, (_, i) => ({ value: event(i, 1000) })) },
    answer: () => ({ status: 202 }),
    requests: [
      {
        path: '/collection/batch/tuned0f',
        headers: { 'x-adobe-flow-id': 'ours', 'content-encoding': 'gzip' },
        body: envelope(...Array.from({ length: 120 }, (_, i) => event(i, 1000))),
      },
    ],
  },

  // Its own sink stops at a 403; here the token is asked for anew, once, and the batch is sent again.
  renewal: {
    records: { 'adobe-renewal': numbered(2) },
    tokens: { by: 'ims' },
    tokenRequests: [OAUTH_REQUEST, OAUTH_REQUEST],
    answer: (request, number) => (number === 1 ? { status: 403 } : taken(request)),
    requests: [1, 2].map(token => posted('renewal0f', envelope('{"n":0}', '{"n":1}'), bearer(token))),
  },

  // Its own sink gives the whole batch to the dead letter topic, or to nobody.
  bisected: {
    records: { 'adobe-bisected': numbered(4) },
    answer: request =>
      messagesIn(request).some(({ n }) => n === 2) ? { status: 400, body: '{"error":"bad"}' } : taken(request),
    requests: [[0, 1, 2, 3], [0, 1], [2, 3], [2], [3]].map(part =>
      posted('bisected0f', envelope(...part.map(n => `{"n":${n}}`))),
    ),
    left: { 'adobe-bisected-dlq': [letter('"k2"', '{"n":2}', 2, /answered 400/)] },
  },
};

/** Files of Adobe's streaming connector: what each does, from its sources (AbstractSinkTask, AEPPublisher, HttpConnection). */
export const ADOBE: Vendor = { name: 'adobe', cases: CASES };
