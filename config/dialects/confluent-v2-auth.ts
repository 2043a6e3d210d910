import { credentials } from './confluent-shared.ts';
import { asV1 } from './confluent-v2-api.ts';
import type { ConfluentV2Keys } from './confluent-v2-keys.ts';
import { fault, ignored, type Peer, type Statement, set } from './dialect.ts';

type V2 = Peer<ConfluentV2Keys>;

const OF_API_KEY = ['api.key.location', 'api.key.name', 'api.key.value'];
const FLOW = 'oauth2.flow.type';
const GOOGLE = 'gcp.credentials.json';
const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';
const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** What only a flow has where the client says who it is. */
const OF_CLIENT = [
  ...['oauth2.token.url', 'oauth2.client.id', 'oauth2.client.secret', 'oauth2.client.auth.mode'],
  ...['oauth2.client.headers', 'oauth2.client.header.separator', 'oauth2.token.property', 'oauth2.jwt.enabled', FLOW],
];

export function* authentication(peer: V2): Iterable<Statement> {
  const { values } = peer;
  const type = values.authType;
  if (type !== 'BEARER') yield ignored('bearer.token', `auth.type is ${type}`);
  if (type !== 'API_KEY') yield* OF_API_KEY.map(key => ignored(key, `auth.type is ${type}`));
  if (type !== 'OAUTH2') yield* [FLOW, GOOGLE].map(key => ignored(key, `auth.type is ${type}`));
  else if (values.gcpCredentials !== null) {
    yield* google(peer);
    return;
  }
  yield* oauth2(peer);
  if (type === 'BEARER') yield* bearer(peer);
  if (type === 'API_KEY') yield* apiKey(peer);
}

/** What the first sink has of it, and the flow. */
function* oauth2(peer: V2): Iterable<Statement> {
  const { values } = peer;
  const isCode = values.authType === 'OAUTH2' && values.flowType === 'CODE_GRANT_FLOW';
  for (const statement of credentials(asV1(peer))) {
    const { kind, text } = statement;
    // Its notes name the kinds that it knows.
    const isNote = kind !== 'set' && kind !== 'fault';
    yield isNote
      ? { ...statement, text: text.replace('auth.type is NONE', `auth.type is ${values.authType}`) }
      : statement;
  }
  if (!isCode) return;
  if (values.jwtEnabled) {
    yield fault('conflict', 'oauth2.jwt.enabled', `can not be true with ${FLOW}=CODE_GRANT_FLOW`);
    return;
  }
  yield set('oauth2.grant.type', 'refresh_token', FLOW);
  const isThere = ['oauth2.refresh.token', 'oauth2.refresh.token.file'].some(key => peer.wrote(key));
  if (!isThere) {
    const what = 'needs a refresh token beside it, which Confluent Cloud keeps to itself';
    yield fault('missing', FLOW, `${what}: write oauth2.refresh.token, or oauth2.refresh.token.file`);
  }
}

function* bearer({ values }: V2): Iterable<Statement> {
  yield set('http.auth.type', 'bearer', 'auth.type');
  if (values.bearerToken === null) yield fault('missing', 'bearer.token', 'is required with auth.type=BEARER');
  else yield set('http.auth.bearer.token', values.bearerToken.reveal(), 'bearer.token');
}

function* apiKey({ values }: V2): Iterable<Statement> {
  yield set('http.auth.type', 'apikey', 'auth.type');
  yield set('http.auth.apikey.in', values.apiKeyLocation.toLowerCase(), 'api.key.location');
  yield set('http.auth.apikey.name', values.apiKeyName, 'api.key.name');
  if (values.apiKeyValue === null) yield fault('missing', 'api.key.value', 'is required with auth.type=API_KEY');
  else yield set('http.auth.apikey.value', values.apiKeyValue.reveal(), 'api.key.value');
}

/** A service account signs for itself. */
function* google({ values }: V2): Iterable<Statement> {
  yield* OF_CLIENT.map(key => ignored(key, `${GOOGLE} says all of it`));
  yield* ['connection.user', 'connection.password'].map(key => ignored(key, 'auth.type is OAUTH2'));
  const text = values.gcpCredentials!.reveal();
  yield set('http.auth.type', 'oauth2', 'auth.type');
  yield set('oauth2.grant.type', 'jwt_bearer', GOOGLE);
  yield set('oauth2.token.url', tokenUrlOf(text) ?? GOOGLE_TOKENS, GOOGLE);
  yield set('oauth2.assertion.key', text, GOOGLE);
  const scope = values.clientScope === 'any' ? GOOGLE_SCOPE : values.clientScope;
  yield set('oauth2.assertion.claims', JSON.stringify({ scope, sub: null }), 'oauth2.client.scope');
}

function tokenUrlOf(text: string): string | null {
  try {
    const { token_uri: url } = JSON.parse(text) as { readonly token_uri?: unknown };
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}
