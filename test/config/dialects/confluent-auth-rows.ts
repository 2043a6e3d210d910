import type { Keys } from '../written.ts';
import type { Row } from './row.ts';

const BASIC: Keys = { 'auth.type': 'BASIC', 'connection.user': 'u', 'connection.password': 'p' };
const OAUTH2: Keys = {
  'auth.type': 'OAUTH2',
  'oauth2.token.url': 'https://a/token',
  'oauth2.client.id': 'id',
  'oauth2.client.secret': 'geheim',
};
const JWT: Keys = {
  ...OAUTH2,
  'oauth2.jwt.enabled': 'true',
  'oauth2.jwt.keystore.path': '/s/signing.p12',
  'oauth2.jwt.keystore.password': 'store-secret',
};
const TRUST = { 'https.ssl.truststore.location': '/s/trust.p12', 'https.ssl.truststore.password': 'store-secret' };
const CLIENT = { 'https.ssl.keystore.location': '/s/client.p12', 'https.ssl.keystore.password': 'store-secret' };
const BEGINS = { begins: '-----BEGIN ' };
const NOT_BOOLEAN = (key: string): RegExp => new RegExp(`^invalid ${key} must be true or false, not "yes"`);

const AUTH: readonly Row[] = [
  {
    key: 'auth.type',
    unset: { 'http.auth': { type: 'none' } },
    written: [['none', { 'http.auth': { type: 'none' } }]],
    faults: [
      ['DIGEST', /^invalid auth\.type must be NONE, BASIC or OAUTH2/],
      ['BASIC', /^missing connection\.user is required with auth\.type=BASIC/, { 'connection.password': 'p' }],
      [
        'OAUTH2',
        /^missing oauth2\.token\.url is required with auth\.type=OAUTH2/,
        { 'oauth2.client.id': 'i', 'oauth2.client.secret': 's' },
      ],
    ],
  },
  {
    key: 'connection.user',
    beside: { ...BASIC, 'connection.user': null },
    unset: {},
    written: [['admin', { 'http.auth.type': 'basic', 'http.auth.username': 'admin' }]],
    faults: [[null, /^missing connection\.user is required/]],
  },
  {
    key: 'connection.password',
    beside: { ...BASIC, 'connection.password': null },
    unset: {},
    written: [['geheim', { 'http.auth.password': 'geheim' }]],
    faults: [[null, /^missing connection\.password is required/]],
  },
  {
    key: 'oauth2.token.url',
    beside: { ...OAUTH2, 'oauth2.token.url': null },
    unset: {},
    written: [['https://b/t', { 'http.auth.type': 'oauth2', 'http.auth.tokenUrl.href': 'https://b/t' }]],
    faults: [[null, /^missing oauth2\.token\.url is required/]],
  },
  {
    key: 'oauth2.client.id',
    beside: { ...OAUTH2, 'oauth2.client.id': null },
    unset: {},
    written: [['x', { 'http.auth.clientId': 'x' }]],
    faults: [[null, /^missing oauth2\.client\.id is required/]],
  },
  {
    key: 'oauth2.client.secret',
    beside: { ...OAUTH2, 'oauth2.client.secret': null },
    unset: {},
    written: [['x', { 'http.auth.clientAuth': { mode: 'header_plain', secret: 'x' } }]],
    faults: [[null, /^missing oauth2\.client\.secret is required/]],
  },
  {
    key: 'oauth2.client.scope',
    beside: OAUTH2,
    unset: { 'http.auth.scope': 'any' },
    written: [
      ['a b', { 'http.auth.scope': 'a b' }],
      ['', { 'http.auth.scope': null }],
    ],
  },
  {
    key: 'oauth2.client.auth.mode',
    beside: OAUTH2,
    unset: { 'http.auth.clientAuth.mode': 'header_plain' },
    written: [['url', { 'http.auth.clientAuth.mode': 'body' }]],
    faults: [['body', /^invalid oauth2\.client\.auth\.mode must be header or url/]],
  },
  {
    key: 'oauth2.token.property',
    beside: OAUTH2,
    unset: { 'http.auth.answer.tokenField': 'access_token' },
    written: [['accessToken', { 'http.auth.answer.tokenField': 'accessToken' }]],
  },
  {
    key: 'oauth2.client.headers',
    beside: OAUTH2,
    unset: { 'http.auth.headers': {} },
    written: [['X-A: 1|Content-Type: text/plain', { 'http.auth.headers': { 'x-a': '1' } }]],
    faults: [['x', /^invalid oauth2\.client\.headers holds as its 1\. item/]],
  },
  {
    key: 'oauth2.client.header.separator',
    beside: { ...OAUTH2, 'oauth2.client.headers': 'A:1;B:2' },
    unset: { 'http.auth.headers': { a: '1;B:2' } },
    written: [[';', { 'http.auth.headers': { a: '1', b: '2' } }]],
  },
  {
    key: 'oauth2.jwt.enabled',
    beside: { ...JWT, 'oauth2.jwt.enabled': null },
    unset: { 'http.auth.grant.type': 'client_credentials' },
    written: [
      [
        'true',
        {
          'http.auth.grant.type': 'jwt_bearer',
          'http.auth.grant.parameter': 'jwt_token',
          'http.auth.parameters': { grant_type: 'client_credentials' },
          'http.auth.clientAuth.mode': 'header_plain',
        },
      ],
    ],
    faults: [['yes', NOT_BOOLEAN('oauth2\\.jwt\\.enabled')]],
  },
  {
    key: 'oauth2.jwt.keystore.path',
    beside: { ...JWT, 'oauth2.jwt.keystore.path': null },
    unset: {},
    written: [['/s/signing.p12', { 'http.auth.grant.assertion.key': BEGINS }]],
    faults: [
      [null, /^missing oauth2\.jwt\.keystore\.path is required/],
      ['data:text/plain;base64,AAAA', /^invalid oauth2\.jwt\.keystore\.path /],
      ['data:AAAA', /^unsupported oauth2\.jwt\.keystore\.path holds the store itself/],
      ['/s/none.p12', /^unreadable oauth2\.jwt\.keystore\.path names a file that can't be read/],
    ],
  },
  {
    key: 'oauth2.jwt.keystore.password',
    beside: { ...JWT, 'oauth2.jwt.keystore.password': null },
    unset: {},
    written: [['store-secret', { 'http.auth.grant.assertion.key': BEGINS }]],
    faults: [['wrong', /^invalid oauth2\.jwt\.keystore\.path names a file that /]],
  },
  {
    key: 'oauth2.jwt.keystore.type',
    beside: JWT,
    unset: { 'http.auth.grant.assertion.key': BEGINS },
    written: [['PKCS12', { 'http.auth.grant.assertion.key': BEGINS }]],
    faults: [['BKS', /^invalid oauth2\.jwt\.keystore\.type must be JKS or PKCS12/]],
  },
  {
    key: 'oauth2.jwt.claimset',
    beside: JWT,
    unset: { 'http.auth.grant.assertion.claims': null },
    written: [['{"a":1}', { 'http.auth.grant.assertion.claims': '{"a":1}' }]],
    faults: [['[1]', /^invalid oauth2\.jwt\.claimset must be/]],
  },
  {
    key: 'oauth2.jwt.signature.algorithm',
    beside: JWT,
    unset: { 'http.auth.grant.assertion.algorithm': 'RS256' },
    written: [['rs512', { 'http.auth.grant.assertion.algorithm': 'RS512' }]],
    faults: [['none', /^invalid oauth2\.jwt\.signature\.algorithm must be/]],
  },
];

const TLS: readonly Row[] = [
  {
    key: 'https.ssl.truststore.location',
    beside: { 'https.ssl.truststore.password': 'store-secret' },
    unset: {},
    written: [['/s/trust.jks', { 'http.tls.ca': BEGINS }]],
    faults: [['/s/none.jks', /^unreadable https\.ssl\.truststore\.location names a file/]],
  },
  {
    key: 'https.ssl.truststorefile',
    beside: { 'https.ssl.truststore.password': 'store-secret' },
    unset: {},
    written: [['/s/trust.jks', { 'http.tls.ca': BEGINS }]],
    faults: [['data:text/plain;base64,AAAA', /^unsupported https\.ssl\.truststorefile holds the store itself/]],
  },
  {
    key: 'https.ssl.truststore.password',
    beside: { ...TRUST, 'https.ssl.truststore.password': null },
    unset: {},
    written: [['store-secret', { 'http.tls.ca': BEGINS }]],
    faults: [['wrong', /^invalid https\.ssl\.truststore\.location names a store that/]],
  },
  {
    key: 'https.ssl.truststore.type',
    beside: TRUST,
    unset: { 'http.tls.ca': BEGINS },
    written: [['PKCS12', { 'http.tls.ca': BEGINS }]],
    faults: [['BKS', /^invalid https\.ssl\.truststore\.type must be JKS, PKCS12 or PEM/]],
  },
  {
    key: 'https.ssl.truststore.certificates',
    unset: {},
    written: [],
    faults: [['no PEM', /^invalid https\.ssl\.truststore\.certificates /]],
  },
  {
    key: 'https.ssl.keystore.location',
    beside: { 'https.ssl.keystore.password': 'store-secret' },
    unset: { 'http.tls.certificate': null },
    written: [['/s/client.p12', { 'http.tls.certificate': BEGINS, 'http.tls.key': BEGINS }]],
    faults: [['/s/none.p12', /^unreadable https\.ssl\.keystore\.location names a file/]],
  },
  {
    key: 'https.ssl.keystorefile',
    beside: { 'https.ssl.keystore.password': 'store-secret' },
    unset: { 'http.tls.certificate': null },
    written: [['/s/client.p12', { 'http.tls.certificate': BEGINS }]],
    faults: [['data:text/plain;base64,AAAA', /^unsupported https\.ssl\.keystorefile holds the store itself/]],
  },
  {
    key: 'https.ssl.keystore.password',
    beside: { ...CLIENT, 'https.ssl.keystore.password': null },
    unset: {},
    written: [['store-secret', { 'http.tls.certificate': BEGINS }]],
    faults: [['wrong', /^invalid https\.ssl\.keystore\.location names a store that/]],
  },
  {
    key: 'https.ssl.keystore.type',
    beside: CLIENT,
    unset: { 'http.tls.certificate': BEGINS },
    written: [['PKCS12', { 'http.tls.certificate': BEGINS }]],
    faults: [['BKS', /^invalid https\.ssl\.keystore\.type must be JKS, PKCS12 or PEM/]],
  },
  {
    key: 'https.ssl.keystore.certificate.chain',
    unset: { 'http.tls.certificate': null },
    written: [],
    faults: [['no PEM', /^invalid https\.ssl\.keystore\.certificate\.chain /, { 'https.ssl.keystore.key': 'no PEM' }]],
  },
  {
    key: 'https.ssl.keystore.key',
    unset: { 'http.tls.key': null },
    written: [],
    faults: [['no PEM', /^\w+ https\.ssl\.keystore\.key /]],
  },
  {
    key: 'https.ssl.key.password',
    beside: { 'https.ssl.keystore.location': '/s/client.jks', 'https.ssl.keystore.password': 'store-secret' },
    unset: {},
    written: [['key-secret', { 'http.tls.certificate': BEGINS }]],
    faults: [['wrong', /^invalid https\.ssl\.keystore\.location names a store that/]],
  },
  {
    key: 'https.ssl.enabled.protocols',
    unset: { 'http.tls.minVersion': 'TLSv1.2' },
    written: [
      ['TLSv1.3', { 'http.tls.minVersion': 'TLSv1.3' }],
      ['TLSv1.2', { 'http.tls.minVersion': 'TLSv1.2', 'http.tls.maxVersion': 'TLSv1.2' }],
      ['TLSv1.1,TLSv1.2', { 'http.tls.minVersion': 'TLSv1.2' }],
      ['', { 'http.tls.minVersion': 'TLSv1.2' }],
    ],
    faults: [['SSLv3', /^unsupported https\.ssl\.enabled\.protocols names no version of TLS/]],
  },
  {
    key: 'https.ssl.protocol',
    unset: { 'http.tls.minVersion': 'TLSv1.2' },
    written: [
      ['TLSv1.2', { 'http.tls.minVersion': 'TLSv1.2', 'http.tls.maxVersion': 'TLSv1.2' }],
      ['TLS', { 'http.tls.maxVersion': undefined }],
    ],
    faults: [
      ['TLSv1.2', /^conflict https\.ssl\.protocol leaves no version/, { 'https.ssl.enabled.protocols': 'TLSv1.3' }],
    ],
  },
  {
    key: 'https.ssl.endpoint.identification.algorithm',
    unset: { 'http.tls.verification': 'full' },
    written: [
      ['', { 'http.tls.verification': 'certificate' }],
      ['HTTPS', { 'http.tls.verification': 'full' }],
    ],
    faults: [['LDAPS', /^unsupported https\.ssl\.endpoint\.identification\.algorithm must be https, or nothing/]],
  },
  {
    key: 'https.host.verifier.enabled',
    unset: { 'http.tls.verification': 'full' },
    written: [['false', { 'http.tls.verification': 'certificate' }]],
    faults: [['yes', NOT_BOOLEAN('https\\.host\\.verifier\\.enabled')]],
  },
];

export const AUTH_ROWS: readonly Row[] = [...AUTH, ...TLS];
