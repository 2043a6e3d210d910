import type { Keys } from '../../config/written.ts';
import type { Row } from './aiven-rows.ts';

const BUILD = 'DefaultHttpRequestBuilder.build';
const TOKEN_BODY = 'OAuth2AccessTokenRequestForm.toBodyString';
const TOKEN_HEADER = 'OAuth2HttpSender.buildAccessTokenAuthHeader';
const CALL = 'OAuth2AccessTokenHttpSender.call';
const RETRY = 'AbstractHttpSender.sendWithRetries';
const ALL: Keys = { 'errors.tolerance': 'all' };
const BATCHED: Keys = { 'batching.enabled': 'true' };

const STATIC: Keys = { 'http.authorization.type': 'static', 'http.headers.authorization': 'Bearer some-token' };
const OAUTH2: Keys = {
  'http.authorization.type': 'oauth2',
  'oauth2.access.token.url': 'https://auth.test/token',
  'oauth2.client.id': 'some_client_id',
  'oauth2.client.secret': 'some_client_secret',
};
const FORM = 'application/x-www-form-urlencoded';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const tokenHeaders = (more: Readonly<Record<string, string>>) => ({
  accept: 'application/json',
  'content-type': FORM,
  ...more,
});

export const HEADERS: readonly Row[] = [
  {
    name: 'a POST to the address as it is, without a Content-Type',
    source: BUILD,
    keys: { 'http.url': 'https://h.test/in/a%2Fb?x=1&y=%20' },
    records: ['a'],
    sent: [{ line: 'POST https://h.test/in/a%2Fb?x=1&y=%20', headers: {}, body: 'a' }],
  },
  {
    name: 'nothing in the address is filled in',
    source: 'HttpSinkConfig.httpUri',
    keys: { 'http.url': 'https://h.test/%24%7Bkey%7D' },
    records: ['a'],
    sent: [{ line: 'POST https://h.test/%24%7Bkey%7D' }],
  },
  {
    name: 'the Content-Type that is written',
    source: BUILD,
    keys: { 'http.headers.content.type': ' application/json; charset=utf-8 ' },
    records: ['a'],
    sent: [{ headers: { 'content-type': 'application/json; charset=utf-8' } }],
  },
  {
    name: 'further headers, whatever blanks stand around commas',
    source: 'HttpSinkConfig.getAdditionalHeaders',
    keys: { 'http.headers.additional': 'X-A:1 ,  X-B:two words' },
    records: ['a'],
    sent: [{ headers: { 'x-a': '1', 'x-b': 'two words' } }],
  },
  {
    name: 'a Content-Type among them is one',
    source: 'HttpSinkConfig.getAdditionalHeaders',
    keys: { 'http.headers.additional': 'content-type:text/csv' },
    records: ['a'],
    sent: [{ headers: { 'content-type': 'text/csv' } }],
  },
  {
    name: 'an Authorization among them serves with none',
    source: BUILD,
    keys: { 'http.headers.additional': 'Authorization:ApiKey k' },
    records: ['a'],
    sent: [{ headers: { authorization: 'ApiKey k' } }],
  },
  {
    name: 'a value with colons goes whole (the sink refuses it)',
    source: 'KeyValuePairListValidator.ensureValid',
    keys: { 'http.headers.additional': 'X-Ref:https://r.test:8443/a' },
    records: ['a'],
    sent: [{ headers: { 'x-ref': 'https://r.test:8443/a' } }],
  },
  {
    name: 'a value may look like a macro',
    source: BUILD,
    keys: { 'http.headers.additional': 'X-A:$' + '{topic}' },
    records: ['a'],
    sent: [{ headers: { 'x-a': '$' + '{topic}' } }],
  },
  {
    name: 'static: the header as it is',
    source: 'StaticAuthHttpRequestBuilder.build',
    keys: STATIC,
    records: ['a'],
    sent: [{ headers: { authorization: 'Bearer some-token' } }],
  },
  {
    name: 'static: macros in it are text',
    source: 'StaticAuthHttpRequestBuilder.build',
    keys: { ...STATIC, 'http.headers.authorization': 'Key $' + '{key}' },
    records: ['a'],
    sent: [{ headers: { authorization: 'Key $' + '{key}' } }],
  },
];

export const TOKENS: readonly Row[] = [
  {
    name: 'oauth2: a token by Basic, and Bearer by default',
    source: `${CALL}, ${TOKEN_HEADER}`,
    keys: OAUTH2,
    records: ['a', 'b'],
    tokens: [{ access_token: 'bla-bla-bla' }],
    tokenRequests: [
      {
        line: 'POST https://auth.test/token',
        headers: tokenHeaders({ authorization: basic('some_client_id:some_client_secret') }),
        body: 'grant_type=client_credentials',
      },
    ],
    sent: [
      { headers: { authorization: 'Bearer bla-bla-bla' }, body: 'a' },
      { headers: { authorization: 'Bearer bla-bla-bla' }, body: 'b' },
    ],
  },
  {
    name: 'oauth2: id and secret go into Basic as they are',
    source: 'OAuth2AccessTokenHttpSender.addClientIdAndSecretInRequestHeader',
    keys: { ...OAUTH2, 'oauth2.client.id': 'a b+c', 'oauth2.client.secret': 'p%/=~ü' },
    records: ['a'],
    tokenRequests: [{ headers: tokenHeaders({ authorization: basic('a b+c:p%/=~ü') }) }],
    sent: [{ headers: { authorization: 'Bearer t' } }],
  },
  {
    name: 'oauth2: URL puts them into the form, behind the scope',
    source: TOKEN_BODY,
    keys: { ...OAUTH2, 'oauth2.client.authorization.mode': 'url', 'oauth2.client.scope': 'a,b c' },
    records: ['a'],
    tokenRequests: [
      {
        line: 'POST https://auth.test/token',
        headers: tokenHeaders({}),
        body: 'grant_type=client_credentials&scope=a%2Cb+c&client_id=some_client_id&client_secret=some_client_secret',
      },
    ],
    sent: [{ headers: { authorization: 'Bearer t' } }],
  },
  {
    name: 'oauth2: every parameter of the form has the name that is written',
    source: TOKEN_BODY,
    keys: {
      ...OAUTH2,
      'oauth2.client.authorization.mode': 'URL',
      'oauth2.request.grant.type.property': 'type',
      'oauth2.grant.type': 'api-key',
      'oauth2.request.client.id.property': 'key',
      'oauth2.request.client.secret.property': 'secret',
    },
    records: ['a'],
    tokenRequests: [{ body: 'type=api-key&key=some_client_id&secret=some_client_secret' }],
    sent: [{ headers: { authorization: 'Bearer t' } }],
  },
  {
    name: 'oauth2: URL, and what must be escaped in a form',
    source: 'OAuth2AccessTokenRequestForm.encode',
    keys: { ...OAUTH2, 'oauth2.client.authorization.mode': 'Url', 'oauth2.client.secret': 'a b&c=d+é~*-_.' },
    records: ['a'],
    tokenRequests: [
      { body: 'grant_type=client_credentials&client_id=some_client_id&client_secret=a+b%26c%3Dd%2B%C3%A9%7E*-_.' },
    ],
    sent: [{ headers: { authorization: 'Bearer t' } }],
  },
  {
    name: 'oauth2: token property and token_type of the answer',
    source: TOKEN_HEADER,
    keys: { ...OAUTH2, 'oauth2.response.token.property': 'some_token' },
    records: ['a'],
    tokens: [{ some_token: 'bla', token_type: 'Basic' }],
    sent: [{ headers: { authorization: 'Basic bla' } }],
  },
  {
    name: 'oauth2: token_type is sent as the answer spells it',
    source: TOKEN_HEADER,
    keys: OAUTH2,
    records: ['a'],
    tokens: [{ access_token: 'bla', token_type: 'bearer' }],
    sent: [{ headers: { authorization: 'bearer bla' } }],
  },
  {
    name: 'oauth2: a property that begins with a slash is a name',
    source: TOKEN_HEADER,
    keys: { ...OAUTH2, 'oauth2.response.token.property': '/a/~b' },
    records: ['a'],
    tokens: [{ '/a/~b': 'bla' }],
    sent: [{ headers: { authorization: 'Bearer bla' } }],
  },
  {
    name: 'oauth2: after a 401 a new token, and the request once more',
    source: 'OAuth2HttpSender.sendWithRetries',
    keys: OAUTH2,
    records: ['a'],
    statuses: [401, 200],
    tokens: [{ access_token: 'one' }, { access_token: 'two' }],
    sent: [{ headers: { authorization: 'Bearer one' } }, { headers: { authorization: 'Bearer two' } }],
  },
  {
    name: 'oauth2: other statuses renew, where they are written',
    source: 'HttpSinkConfig.oauth2RenewTokenOnStatusCodes',
    keys: { ...OAUTH2, 'oauth2.token.renew.on.status.codes': '401, 403' },
    records: ['a'],
    statuses: [403, 200],
    tokens: [{ access_token: 'one' }, { access_token: 'two' }],
    sent: [{ headers: { authorization: 'Bearer one' } }, { headers: { authorization: 'Bearer two' } }],
  },
  {
    name: 'oauth2: further headers and the content type go with the token',
    source: BUILD,
    keys: { ...OAUTH2, 'http.headers.additional': 'X-A:1', 'http.headers.content.type': 'text/plain' },
    records: ['a'],
    sent: [{ headers: { 'x-a': '1', 'content-type': 'text/plain', authorization: 'Bearer t' } }],
  },
];

/** Pauses are half of what they may be at most: 1500 ms of `retry.backoff.ms`, which is 3000, then twice as long each. */
export const RETRIES: readonly Row[] = [
  {
    name: 'a 503 is repeated with the same body, and does not end (the task fails after two)',
    source: RETRY,
    keys: { 'max.retries': '1' },
    records: ['a'],
    statuses: [503, 503, 503, 503, 200],
    sent: ['a', 'a', 'a', 'a', 'a'],
    elapsedMs: 22_500,
  },
  {
    name: 'a refused record is sent max.retries times more, then it is an error',
    source: `${RETRY}, HttpSinkTask.put`,
    keys: { ...ALL, 'max.retries': '2' },
    records: ['a'],
    statuses: [422],
    sent: ['a', 'a', 'a'],
    errors: { 0: /answered 422/ },
    elapsedMs: 4_500,
  },
  {
    name: 'one retry by default',
    source: 'HttpSinkConfig.addRetriesConfigGroup',
    keys: ALL,
    records: ['a', 'b'],
    statuses: [400, 400, 200],
    sent: ['a', 'a', 'b'],
    errors: { 0: /answered 400/ },
    elapsedMs: 1_500,
  },
  {
    name: 'no retry with max.retries=0',
    source: RETRY,
    keys: { ...ALL, 'max.retries': '0' },
    records: ['a', 'b'],
    statuses: [400, 200],
    sent: ['a', 'b'],
    errors: { 0: /answered 400/ },
  },
  {
    name: 'a refused request that is taken the second time',
    source: RETRY,
    records: ['a'],
    statuses: [409, 200],
    sent: ['a', 'a'],
    elapsedMs: 1_500,
  },
  {
    name: 'a batch that is refused is repeated, then taken apart (the task fails)',
    source: `${RETRY}, HttpSinkConfig.validate`,
    keys: { ...ALL, ...BATCHED },
    records: ['a', 'b'],
    statuses: [422, 422, 422, 200],
    sent: ['a\nb\n', 'a\nb\n', 'a\n', 'b\n'],
    errors: { 0: /answered 422/ },
    elapsedMs: 1_500,
  },
  ...[201, 204, 226].map(
    (status): Row => ({
      name: `${status} is a success`,
      source: 'HttpResponseHandler.ON_HTTP_ERROR_RESPONSE_HANDLER',
      records: ['a'],
      statuses: [status],
      sent: ['a'],
    }),
  ),
];
