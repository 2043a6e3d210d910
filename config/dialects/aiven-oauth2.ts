import type { Aiven } from './aiven-keys.ts';
import { fault, ignored, type Statement, set } from './dialect.ts';
import { memberNamed, renderStatuses } from './texts.ts';

const TYPE = 'http.authorization.type';
const TOKEN_URL = 'oauth2.access.token.url';
const GRANT = 'oauth2.grant.type';
const MODE = 'oauth2.client.authorization.mode';
const RENEW = 'oauth2.token.renew.on.status.codes';
const ID_NAME = 'oauth2.request.client.id.property';
const SECRET_NAME = 'oauth2.request.client.secret.property';

const KEYS = [
  TOKEN_URL,
  'oauth2.request.grant.type.property',
  GRANT,
  ID_NAME,
  'oauth2.client.id',
  SECRET_NAME,
  'oauth2.client.secret',
  MODE,
  'oauth2.client.scope',
  'oauth2.response.token.property',
  RENEW,
];

/** `OAuth2HttpSender` and `OAuth2AccessTokenHttpSender`. */
export function* translateOAuth2(peer: Aiven): Iterable<Statement> {
  const { values } = peer;
  if (values.authorizationType !== 'oauth2') {
    if (values.authorizationType === null) return;
    for (const key of KEYS) yield ignored(key, `${TYPE} is ${values.authorizationType}`);
    return;
  }
  const needed = {
    [TOKEN_URL]: values.tokenUrl,
    'oauth2.client.id': values.clientId,
    'oauth2.client.secret': values.clientSecret,
  };
  for (const [key, value] of Object.entries(needed)) {
    // What is written and no value has its fault already.
    if (value === null && (peer.text(key) ?? '').trim() === '')
      yield fault('missing', key, `must be present when ${TYPE} = oauth2`);
  }
  if (Object.values(needed).includes(null)) return;
  yield set('http.auth.type', 'oauth2', TYPE);
  yield set('oauth2.token.url', values.tokenUrl!.href, TOKEN_URL);
  yield* grant(peer);
  yield* client(peer);
  if (values.scope !== null) yield set('oauth2.scope', values.scope, 'oauth2.client.scope');
  yield set('oauth2.token.response.field', memberNamed(values.tokenProperty), 'oauth2.response.token.property');
  yield set('oauth2.token.header.prefix', '${token_type}', TYPE);
  yield set('http.auth.renew.on.status.codes', renderStatuses(values.renewStatuses), RENEW);
}

/** It is a parameter like any other to Aiven's sink. */
function* grant({ values }: Aiven): Iterable<Statement> {
  const { grantType, grantTypeProperty: name } = values;
  yield set('oauth2.grant.type.parameter', name, 'oauth2.request.grant.type.property');
  if (grantType !== 'client_credentials') yield set(`oauth2.parameters.${name}`, grantType, GRANT);
}

function* client({ values }: Aiven): Iterable<Statement> {
  const { clientId, clientSecret, authorizationMode: mode } = values;
  yield set('oauth2.client.id', clientId!, 'oauth2.client.id');
  yield set('oauth2.client.secret', clientSecret!.reveal(), 'oauth2.client.secret');
  yield set('oauth2.client.auth.mode', mode === 'URL' ? 'body' : 'header_plain', MODE);
  if (mode === 'HEADER') {
    for (const key of [ID_NAME, SECRET_NAME]) yield ignored(key, `${MODE} is HEADER: neither has a name there`);
    return;
  }
  yield set('oauth2.client.id.parameter', values.clientIdProperty, ID_NAME);
  yield set('oauth2.client.secret.parameter', values.clientSecretProperty, SECRET_NAME);
}
