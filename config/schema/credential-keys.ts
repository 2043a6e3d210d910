import { answerField, jsonObject, refusalStatuses, resourceList, scheme } from './credential-formats.ts';
import { boolean, httpUrl, integer, oneOf, password, text } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { tlsKeys } from './tls-keys.ts';
import { DAY_MS } from './units.ts';

const auth = keyGroup('Credentials');
const oauth2 = keyGroup('OAuth 2.0');
const sigv4 = keyGroup('AWS Signature Version 4');

/** What an assertion is signed with. */
export const ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const),
  ...(['HS256', 'HS384', 'HS512'] as const),
] as const;

const simplePart = {
  authType: auth.withDefault(
    'http.auth.type',
    oneOf('none', 'basic', 'bearer', 'apikey', 'oauth2', 'sigv4'),
    'none',
    'Kind of credentials.',
  ),
  authUsername: auth.optional('http.auth.username', text, 'User of `basic`.'),
  authPassword: auth.optional('http.auth.password', password, 'Password of `basic`.'),
  authBearerToken: auth.optional('http.auth.bearer.token', password, 'Token of `bearer`.'),
  authBearerTokenFile: auth.optional(
    'http.auth.bearer.token.file',
    text,
    'File with the token of `bearer`, in place of `http.auth.bearer.token`: a projected token of Kubernetes, for example. It is read ' +
      'again when it changes (looked at before a request, every two seconds at most) and after a 401. While it is missing, empty, larger than ' +
      '64 KiB or holds no token, the last good one serves on; before there is one, nothing is sent.',
  ),
  authApiKeyName: auth.optional(
    'http.auth.apikey.name',
    text,
    'Name of the header or of the query parameter of `apikey`.',
  ),
  authApiKeyValue: auth.optional('http.auth.apikey.value', password, 'The key of `apikey`.'),
  authApiKeyIn: auth.withDefault(
    'http.auth.apikey.in',
    oneOf('header', 'query'),
    'header',
    'Where the key of `apikey` travels. Servers and proxies on the way write URLs into their logs: prefer a header.',
  ),
  authFailFast: auth.withDefault(
    'http.auth.fail.fast',
    boolean,
    'false',
    'Fail the task when the endpoint refuses the credentials, in place of waiting until it accepts them.',
  ),
  authRenewStatuses: auth.optional(
    'http.auth.renew.on.status.codes',
    refusalStatuses,
    'Statuses after which the credentials are renewed and the request is sent once more, at once; a second one in a row parks the ' +
      'connector, and parks it at once where there is nothing to renew (`basic`, `apikey`). By default 401, and with an ' +
      '`oauth2.dialect` of IMS or with `sigv4` 401 and 403. A record is never rejected for one of these.',
  ),
};

const clientPart = {
  oauth2TokenUrl: oauth2.optional(
    'oauth2.token.url',
    httpUrl,
    'Token endpoint of the authorization server. Its TLS is that of `http.ssl.…`, or where one of `oauth2.ssl.…` is written, of these alone.',
  ),
  oauth2Dialect: oauth2.withDefault(
    'oauth2.dialect',
    oneOf('standard', 'ims', 'ims-jwt'),
    'standard',
    "What the authorization server speaks. `ims` is Adobe's: the secret travels in the body, authorization codes serve again and again, 403 renews the " +
      'token as 401 does, and an `expires_in` of more than 86400 is in milliseconds (its tokens live a day at most). `ims-jwt` is its retired exchange of a ' +
      'signed JWT, `/ims/exchange/jwt`: in `oauth2.assertion.*` the issuer is the organisation, the subject the technical account, and the ' +
      'claims name the metascopes, e.g. `{"https://ims-na1.adobelogin.com/s/ent_dataservices_sdk":true}`.',
  ),
  oauth2GrantType: oauth2.withDefault(
    'oauth2.grant.type',
    oneOf('client_credentials', 'refresh_token', 'authorization_code', 'jwt_bearer'),
    'client_credentials',
    'What a token is asked for with. `jwt_bearer` is RFC 7523: an assertion that we sign (`oauth2.assertion.*`). Another one goes as ' +
      '`oauth2.parameters.grant_type` with its own parameters.',
  ),
  oauth2ClientId: oauth2.optional('oauth2.client.id', text, 'Client id of `oauth2`.'),
  oauth2ClientSecret: oauth2.optional('oauth2.client.secret', password, 'Client secret of `oauth2`.'),
  oauth2ClientAuthMode: oauth2.withDefault(
    'oauth2.client.auth.mode',
    oneOf('header', 'header_plain', 'body', 'url', 'none', 'tls', 'client_secret_jwt', 'private_key_jwt'),
    'header',
    'How the client shows who it is: id and secret in a Basic `Authorization` header (`header_plain`: not form-encoded before, as RFC 6749 wants it, ' +
      'for servers that take them as they are), in the form `body`, or in the query of the `url`; `none`, a public client; `tls`, by its certificate (RFC 8705); by a JWT signed with the secret or with the key of `oauth2.assertion.*` (RFC 7523). By ' +
      'default `body` with a dialect of IMS, and `none` with the grant `jwt_bearer`.',
  ),
  oauth2Scope: oauth2.optional(
    'oauth2.scope',
    text,
    'Scopes to ask for, separated as the authorization server wants it: by blanks as a rule, by commas for IMS.',
  ),
  oauth2Audience: oauth2.optional('oauth2.audience', text, 'For whom the token is to be: the parameter `audience`.'),
  oauth2Resource: oauth2.optional(
    'oauth2.resource',
    resourceList,
    'What the token is to be for, separated by commas: a parameter `resource` each (RFC 8707).',
  ),
};

const grantPart = {
  oauth2RefreshToken: oauth2.optional(
    'oauth2.refresh.token',
    password,
    'Refresh token of the grant `refresh_token`. A newer one that comes with an access token takes its place in memory.',
  ),
  oauth2RefreshTokenFile: oauth2.optional(
    'oauth2.refresh.token.file',
    text,
    'File in which the newest refresh token is kept, so that a restart finds it; it is replaced at once, with mode 0600, and its folder must be writable. ' +
      'What stands in it goes before `oauth2.refresh.token` and before an authorization code. Of one connector only: refresh tokens that ' +
      'serve once can not be shared.',
  ),
  oauth2AuthorizationCode: oauth2.optional(
    'oauth2.authorization.code',
    password,
    'Code of the grant `authorization_code`. It serves once, and the refresh token that comes with the first access token serves from there ' +
      'on: give a file for it.',
  ),
  oauth2RedirectUri: oauth2.optional(
    'oauth2.redirect.uri',
    text,
    'The `redirect_uri` that the authorization code was asked for with.',
  ),
  oauth2CodeVerifier: oauth2.optional(
    'oauth2.code.verifier',
    password,
    'The verifier of the challenge that the authorization code was asked for with (PKCE, RFC 7636).',
  ),
};

const assertionPart = {
  assertionKeyLocation: oauth2.optional(
    'oauth2.assertion.key.location',
    text,
    'File with the private key that assertions are signed with: PEM, PKCS #8 as DER, a JWK, a JKS or PKCS12 store with one key, or the JSON file of a Google ' +
      'service account (which gives key, key id and issuer).',
  ),
  assertionKey: oauth2.optional(
    'oauth2.assertion.key',
    password,
    'That key itself, in the place of `oauth2.assertion.key.location`: PEM, a JWK or the JSON of a Google service account as text, anything else in base64.',
  ),
  assertionKeyPassword: oauth2.optional('oauth2.assertion.key.password', password, 'Password of that key or store.'),
  assertionKeyId: oauth2.optional(
    'oauth2.assertion.key.id',
    text,
    'What the header of an assertion calls the key (`kid`).',
  ),
  assertionCertificateLocation: oauth2.optional(
    'oauth2.assertion.certificate.location',
    text,
    'PEM file of the certificate of that key: its thumbprints go into the header of an assertion (`x5t`, `x5t#S256`), as Entra ID wants it.',
  ),
  assertionAlgorithm: oauth2.optional(
    'oauth2.assertion.algorithm',
    oneOf(...ALGORITHMS),
    'How assertions are signed. By default what fits the key: `RS256`, `ES256` to `ES512` by its curve, `EdDSA`; `HS256` with a secret.',
  ),
  assertionIssuer: oauth2.optional(
    'oauth2.assertion.issuer',
    text,
    'Claim `iss` of assertions; `oauth2.client.id` by default.',
  ),
  assertionSubject: oauth2.optional(
    'oauth2.assertion.subject',
    text,
    'Claim `sub` of assertions; the issuer by default.',
  ),
  assertionAudience: oauth2.optional(
    'oauth2.assertion.audience',
    text,
    'Claim `aud` of assertions; `oauth2.token.url` by default, and for `ims-jwt` what IMS wants, `https://<host>/c/<client id>`.',
  ),
  assertionLifetimeMs: oauth2.optional(
    'oauth2.assertion.lifetime.ms',
    integer(1_000, DAY_MS),
    'Milliseconds that an assertion is good for (claim `exp`); 300000 by default, a day for `ims-jwt`. Each serves for one request.',
  ),
  assertionClaims: oauth2.optional(
    'oauth2.assertion.claims',
    jsonObject,
    'A JSON object of further claims, which win over the others; one that is null is left out.',
  ),
  assertionParameter: oauth2.optional(
    'oauth2.assertion.parameter',
    text,
    'What the form calls the assertion of a grant; `assertion` by default, `jwt_token` for `ims-jwt`.',
  ),
};

const answerPart = {
  oauth2TokenField: oauth2.withDefault(
    'oauth2.token.response.field',
    answerField,
    'access_token',
    'Where the token stands in an answer: a name, e.g. `id_token`, or a JSON pointer, e.g. `/data/token`.',
  ),
  oauth2ExpiresField: oauth2.withDefault(
    'oauth2.token.expires.field',
    answerField,
    'expires_in',
    'Where an answer tells the seconds that the token is good for: a name or a JSON pointer. They are taken within 30 s and a day; an hour where ' +
      'it tells none.',
  ),
  oauth2TokenPrefix: oauth2.withDefault(
    'oauth2.token.header.prefix',
    scheme,
    'Bearer',
    'What stands before the token in the `Authorization` header of requests, with a blank between; nothing: the token alone; ' +
      '`${token_type}`: what the answer says in `token_type`, `Bearer` where it says nothing. With `Bearer`, tokens that the answer calls ' +
      'something else are refused.',
  ),
  oauth2GrantTypeParameter: oauth2.withDefault(
    'oauth2.grant.type.parameter',
    text,
    'grant_type',
    'What the form calls the grant.',
  ),
  oauth2ClientIdParameter: oauth2.withDefault(
    'oauth2.client.id.parameter',
    text,
    'client_id',
    'What form or query call the client id.',
  ),
  oauth2ClientSecretParameter: oauth2.withDefault(
    'oauth2.client.secret.parameter',
    text,
    'client_secret',
    'What form or query call the client secret.',
  ),
};

const sigv4Part = {
  sigv4Region: sigv4.optional('http.auth.sigv4.region', text, 'Region that requests are signed for, e.g. `eu-west-1`.'),
  sigv4Service: sigv4.optional(
    'http.auth.sigv4.service',
    text,
    'Service that requests are signed for, as AWS calls it in signatures, e.g. `execute-api`, `es`, `aoss`, `kinesis`, `lambda`, `s3`.',
  ),
  sigv4AccessKeyId: sigv4.optional('http.auth.sigv4.access.key.id', text, 'Access key id of `sigv4`.'),
  sigv4SecretAccessKey: sigv4.optional('http.auth.sigv4.secret.access.key', password, 'Secret access key of `sigv4`.'),
  sigv4SessionToken: sigv4.optional(
    'http.auth.sigv4.session.token',
    password,
    'Session token that belongs to keys for a time.',
  ),
  sigv4CredentialsFile: sigv4.optional(
    'http.auth.sigv4.credentials.file',
    text,
    'File with the keys, as the AWS tools write it (`~/.aws/credentials`), in their place. It is read again when it changes, and after a refusal; ' +
      'see `http.auth.bearer.token.file`.',
  ),
  sigv4Profile: sigv4.withDefault(
    'http.auth.sigv4.profile',
    text,
    'default',
    'Profile of `http.auth.sigv4.credentials.file`.',
  ),
  sigv4FromEnvironment: sigv4.withDefault(
    'http.auth.sigv4.from.environment',
    boolean,
    'false',
    'Take the keys from the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the worker, in their place. They are ' +
      'looked at only then.',
  ),
};

/** Who we are: the keys of credentials for the endpoint. */
export const credentialKeys = {
  ...simplePart,
  ...clientPart,
  ...grantPart,
  ...assertionPart,
  ...answerPart,
  ...sigv4Part,
};

/** Of a token endpoint that wants another client certificate than the endpoint, or has another authority. */
export const oauth2TlsKeys = tlsKeys('oauth2Ssl', 'oauth2.ssl.', 'TLS of the token endpoint', 'the token endpoint');
