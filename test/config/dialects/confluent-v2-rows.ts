import type { Keys } from '../written.ts';
import type { Row } from './row.ts';

const OAUTH2: Keys = {
  'auth.type': 'OAUTH2',
  'oauth2.token.url': 'https://a/token',
  'oauth2.client.id': 'id',
  'oauth2.client.secret': 'geheim',
};
const API_KEY: Keys = { 'auth.type': 'API_KEY', 'api.key.value': 'geheim' };

/** What V2 has of the connector as a whole, and the first sink has not or means otherwise. */
export const CONNECTOR_ROWS: readonly Row[] = [
  {
    key: 'http.api.base.url',
    unset: {},
    written: [
      ['https://b/v1/', { 'http.url.href': 'https://b/v1/' }],
      ['http://b:1', { 'http.url.href': 'http://b:1/' }],
    ],
    faults: [
      [null, /^missing http\.api\.base\.url is required/],
      ['ftp://h', /^invalid http\.api\.base\.url must be an absolute http/],
    ],
  },
  {
    key: 'apis.num',
    unset: { endpoints: null },
    written: [['1', { endpoints: null }]],
    faults: [
      ['16', /^invalid apis\.num must be a whole number from 1 to 15/],
      ['2', /^missing api2\.topics is required/],
    ],
  },
  {
    key: 'auth.type',
    unset: { 'http.auth': { type: 'none' } },
    written: [['none', { 'http.auth': { type: 'none' } }]],
    faults: [
      ['DIGEST', /^invalid auth\.type must be NONE, BASIC, OAUTH2, BEARER or API_KEY/],
      ['BASIC', /^missing connection\.user is required with auth\.type=BASIC/],
      ['OAUTH2', /^missing oauth2\.token\.url is required with auth\.type=OAUTH2/],
      ['BEARER', /^missing bearer\.token is required with auth\.type=BEARER/],
      ['API_KEY', /^missing api\.key\.value is required with auth\.type=API_KEY/],
    ],
  },
  {
    key: 'bearer.token',
    beside: { 'auth.type': 'BEARER' },
    unset: {},
    written: [['geheim', { 'http.auth.type': 'bearer', 'http.auth.token': 'geheim' }]],
    faults: [[null, /^missing bearer\.token is required/]],
  },
  {
    key: 'api.key.location',
    beside: API_KEY,
    unset: { 'http.auth.in': 'header' },
    written: [['query', { 'http.auth.in': 'query' }]],
    faults: [['COOKIE', /^invalid api\.key\.location must be HEADER or QUERY/]],
  },
  {
    key: 'api.key.name',
    beside: API_KEY,
    unset: { 'http.auth.name': 'x-api-key' },
    written: [['X-Key', { 'http.auth.name': 'x-key' }]],
  },
  {
    key: 'api.key.value',
    beside: { 'auth.type': 'API_KEY' },
    unset: {},
    written: [['geheim', { 'http.auth.type': 'apikey', 'http.auth.value': 'geheim' }]],
    faults: [[null, /^missing api\.key\.value is required/]],
  },
  {
    key: 'oauth2.flow.type',
    beside: OAUTH2,
    unset: { 'http.auth.grant.type': 'client_credentials' },
    written: [['client_credentials_flow', { 'http.auth.grant.type': 'client_credentials' }]],
    faults: [
      ['IMPLICIT', /^invalid oauth2\.flow\.type must be/],
      ['CODE_GRANT_FLOW', /^missing oauth2\.flow\.type needs a refresh token beside it/],
      ['CODE_GRANT_FLOW', /^conflict oauth2\.jwt\.enabled can not be true/, { 'oauth2.jwt.enabled': 'true' }],
    ],
  },
  {
    key: 'oauth2.client.auth.mode',
    beside: OAUTH2,
    unset: { 'http.auth.clientAuth.mode': 'header_plain' },
    written: [
      ['url', { 'http.auth.clientAuth.mode': 'body' }],
      ['request_body', { 'http.auth.clientAuth.mode': 'body' }],
    ],
    faults: [['body', /^invalid oauth2\.client\.auth\.mode must be header, url or request_body/]],
  },
  {
    key: 'gcp.credentials.json',
    beside: { 'auth.type': 'OAUTH2' },
    unset: {},
    written: [],
    faults: [['geheim', /^invalid gcp\.credentials\.json /]],
  },
  {
    key: 'https.ssl.enabled',
    beside: { 'https.ssl.protocol': 'TLSv1.2' },
    unset: { 'http.tls.maxVersion': undefined },
    written: [['true', { 'http.tls.maxVersion': 'TLSv1.2' }]],
    faults: [['yes', /^invalid https\.ssl\.enabled must be true or false/]],
  },
  {
    key: 'https.ssl.protocol',
    beside: { 'https.ssl.enabled': 'true' },
    unset: { 'http.tls.minVersion': 'TLSv1.2' },
    written: [['TLSv1.2', { 'http.tls.maxVersion': 'TLSv1.2' }]],
    faults: [
      ['TLSv1.2', /^conflict https\.ssl\.protocol leaves no version/, { 'https.ssl.enabled.protocols': 'TLSv1.3' }],
    ],
  },
  {
    key: 'report.errors.as',
    beside: { 'reporter.error.topic.name': 'failed' },
    unset: { 'reporter.error.value': 'reason' },
    written: [
      ['Error string', { 'reporter.error.value': 'reason' }],
      ['http_response', { 'reporter.error.value': 'response' }],
    ],
    faults: [['text', /^invalid report\.errors\.as must be Error string, error_string or http_response/]],
  },
];
