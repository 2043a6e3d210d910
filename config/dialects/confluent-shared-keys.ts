import { boolean, oneOf, password, secretText, text, verbatimText } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';

const auth = keyGroup('Credentials');
const tls = keyGroup('TLS');

const OF_OAUTH2 = 'With `OAUTH2`: ';
const OF_JWT = 'With `oauth2.jwt.enabled`: ';

/** What both of Confluent's HTTP sinks have of credentials. */
export const authKeys = {
  authType: auth.withDefault(
    'auth.type',
    oneOf('NONE', 'BASIC', 'OAUTH2'),
    'NONE',
    'Kind of credentials. `OAUTH2` is the client credentials grant.',
  ),
  user: auth.optional('connection.user', text, 'User of `BASIC`.'),
  password: auth.optional('connection.password', password, 'Password of `BASIC`.'),
  tokenUrl: auth.optional('oauth2.token.url', text, `${OF_OAUTH2}where tokens are asked for.`),
  clientId: auth.optional('oauth2.client.id', text, `${OF_OAUTH2}the client.`),
  clientSecret: auth.optional('oauth2.client.secret', password, `${OF_OAUTH2}its secret.`),
  clientScope: auth.withDefault('oauth2.client.scope', text, 'any', `${OF_OAUTH2}the scope to ask for; nothing: none.`),
  clientAuthMode: auth.withDefault(
    'oauth2.client.auth.mode',
    oneOf('header', 'url'),
    'header',
    `${OF_OAUTH2}how the client shows who it is: in a Basic \`Authorization\` header, or in the form of the request (which \`url\` means).`,
  ),
  tokenProperty: auth.withDefault(
    'oauth2.token.property',
    text,
    'access_token',
    `${OF_OAUTH2}what an answer calls the token.`,
  ),
  clientHeaders: auth.optional(
    'oauth2.client.headers',
    secretText,
    `${OF_OAUTH2}headers of requests for tokens, \`name:value\`, between \`oauth2.client.header.separator\`.`,
  ),
  clientHeaderSeparator: auth.withDefault(
    'oauth2.client.header.separator',
    verbatimText,
    '|',
    'What stands between two of them.',
  ),
  jwtEnabled: auth.withDefault(
    'oauth2.jwt.enabled',
    boolean,
    'false',
    `${OF_OAUTH2}requests for tokens have a signed JWT as the parameter \`jwt_token\`.`,
  ),
  jwtKeystorePath: auth.optional(
    'oauth2.jwt.keystore.path',
    secretText,
    `${OF_JWT}the store of the key that signs it; a file of Confluent Cloud may hold the store itself (\`data:…;base64,…\`).`,
  ),
  jwtKeystorePassword: auth.optional('oauth2.jwt.keystore.password', password, `${OF_JWT}the password of the store.`),
  jwtKeystoreType: auth.withDefault(
    'oauth2.jwt.keystore.type',
    oneOf('JKS', 'PKCS12'),
    'JKS',
    'Type of that store. The bytes tell.',
  ),
  jwtClaims: auth.optional('oauth2.jwt.claimset', text, `${OF_JWT}a JSON object of its claims.`),
  jwtAlgorithm: auth.withDefault(
    'oauth2.jwt.signature.algorithm',
    oneOf('RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'),
    'RS256',
    `${OF_JWT}how it is signed.`,
  ),
};

const STORE = 'a path; one that a file of Confluent Cloud holds itself (`data:…`) has to be saved as a file.';

/** What both have of TLS, as `https.ssl.…`. */
export const tlsKeys = {
  truststoreLocation: tls.optional('https.ssl.truststore.location', text, 'Store of the authorities to trust.'),
  truststoreFile: tls.optional('https.ssl.truststorefile', secretText, `The same in Confluent Cloud: ${STORE}`),
  truststorePassword: tls.optional('https.ssl.truststore.password', password, 'Its password.'),
  truststoreType: tls.optional('https.ssl.truststore.type', oneOf('JKS', 'PKCS12', 'PEM'), 'Its type. The bytes tell.'),
  truststoreCertificates: tls.optional(
    'https.ssl.truststore.certificates',
    password,
    'The authorities to trust as PEM in the value itself.',
  ),
  keystoreLocation: tls.optional('https.ssl.keystore.location', text, 'Store of the client certificate and its key.'),
  keystoreFile: tls.optional('https.ssl.keystorefile', secretText, `The same in Confluent Cloud: ${STORE}`),
  keystorePassword: tls.optional('https.ssl.keystore.password', password, 'Its password.'),
  keystoreType: tls.optional('https.ssl.keystore.type', oneOf('JKS', 'PKCS12', 'PEM'), 'Its type. The bytes tell.'),
  keystoreChain: tls.optional(
    'https.ssl.keystore.certificate.chain',
    password,
    'The client certificate as PEM in the value itself.',
  ),
  keystoreKey: tls.optional('https.ssl.keystore.key', password, 'Its key as PEM in the value itself.'),
  keyPassword: tls.optional('https.ssl.key.password', password, 'Password of that key.'),
  enabledProtocols: tls.withDefault(
    'https.ssl.enabled.protocols',
    text,
    'TLSv1.2,TLSv1.3',
    'Versions of TLS that may be spoken; none below 1.2 is.',
  ),
  protocol: tls.withDefault('https.ssl.protocol', text, 'TLSv1.3', 'The highest version of TLS that is spoken.'),
  endpointIdentification: tls.withDefault(
    'https.ssl.endpoint.identification.algorithm',
    text,
    'https',
    'Nothing: the certificate need not be of the host.',
  ),
  hostVerifier: tls.withDefault(
    'https.host.verifier.enabled',
    boolean,
    'true',
    'The same in Confluent Cloud: `false` for a certificate that need not be of the host.',
  ),
};
