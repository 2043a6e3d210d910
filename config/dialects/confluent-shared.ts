import { splitList } from '../schema/formats.ts';
import { RESERVED } from '../schema/reserved-headers.ts';
import type { authKeys, tlsKeys } from './confluent-shared-keys.ts';
import { differs, fault, ignored, type Peer, type Statement, set } from './dialect.ts';
import { headersBetween, macrosIn, memberNamed } from './texts.ts';

/** The name of the connector where a name of a topic has `${connector}`. */
export function withConnector(name: string, connector: string | null): string {
  return name.replaceAll('${connector}', connector ?? '');
}

interface HeaderKeys {
  /** The key that holds the headers, and what is between two of them. */
  readonly from: string;
  readonly separator: string;
  /** Our family, with its dot at the end. */
  readonly to: 'http.headers.' | 'oauth2.headers.';
  /** Names, in small letters, that have no effect, and why. */
  readonly idle?: Readonly<Record<string, string>>;
  /** Macros that are filled in. */
  readonly macros: readonly string[] | ((value: string) => string);
}

/** Headers that stand in one key. Of two with one name the last counts. */
export function* headers(text: string | null, keys: HeaderKeys): Iterable<Statement> {
  const { from, separator, to, idle = {}, macros } = keys;
  const found = new Map<string, string>();
  for (const header of text === null ? [] : headersBetween(text, separator)) {
    if ('problem' in header) {
      yield fault('invalid', from, header.problem);
      continue;
    }
    const { name, value } = header;
    const lower = name.toLowerCase();
    const same = [...found.keys()].find(other => other.toLowerCase() === lower);
    if (RESERVED.has(lower))
      yield fault('forbidden', from, `holds ${lower}, which the HTTP client sets by itself: take it out`);
    else if (idle[lower] !== undefined) yield differs(from, `holds ${name}, which has no effect: ${idle[lower]}`);
    else {
      if (same !== undefined) {
        found.delete(same);
        yield differs(from, `holds ${name} more than once: the last one counts`);
      }
      found.set(name, filled(value, macros));
    }
  }
  for (const [name, value] of found) yield set(to + name, value, from);
}

function filled(value: string, macros: HeaderKeys['macros']): string {
  if (typeof macros === 'function') return macros(value);
  return macros.length === 0 ? value : macrosIn(value, macros);
}

type Auth = Peer<typeof authKeys>;

/** What belongs to each kind of credentials. */
const OWNED: Readonly<Record<string, readonly string[]>> = {
  BASIC: ['connection.user', 'connection.password'],
  OAUTH2: [
    ...['oauth2.token.url', 'oauth2.client.id', 'oauth2.client.secret', 'oauth2.client.scope'],
    ...['oauth2.client.auth.mode', 'oauth2.token.property', 'oauth2.client.headers', 'oauth2.client.header.separator'],
    'oauth2.jwt.enabled',
  ],
};
const OF_JWT = [
  ...['oauth2.jwt.keystore.path', 'oauth2.jwt.keystore.password', 'oauth2.jwt.keystore.type'],
  ...['oauth2.jwt.claimset', 'oauth2.jwt.signature.algorithm'],
];

export function* credentials(peer: Auth): Iterable<Statement> {
  const { authType: type, user, password, jwtEnabled } = peer.values;
  for (const [kind, keys] of Object.entries(OWNED)) {
    if (kind !== type) yield* keys.map(key => ignored(key, `auth.type is ${type}`));
  }
  if (type !== 'OAUTH2' || !jwtEnabled) {
    const why = type === 'OAUTH2' ? 'oauth2.jwt.enabled is false' : `auth.type is ${type}`;
    yield* OF_JWT.map(key => ignored(key, why));
  }
  if (type === 'BASIC') {
    yield set('http.auth.type', 'basic', 'auth.type');
    if (user === null) yield fault('missing', 'connection.user', 'is required with auth.type=BASIC');
    else yield set('http.auth.username', user, 'connection.user');
    if (password === null) yield fault('missing', 'connection.password', 'is required with auth.type=BASIC');
    else yield set('http.auth.password', password.reveal(), 'connection.password');
  }
  if (type === 'OAUTH2') yield* oauth2(peer);
}

function* oauth2({ values }: Auth): Iterable<Statement> {
  const { tokenUrl, clientId, clientSecret, clientScope, clientHeaders } = values;
  yield set('http.auth.type', 'oauth2', 'auth.type');
  const required = { 'oauth2.token.url': tokenUrl, 'oauth2.client.id': clientId, 'oauth2.client.secret': clientSecret };
  for (const [key, value] of Object.entries(required)) {
    if (value === null) yield fault('missing', key, 'is required with auth.type=OAUTH2');
    else yield set(key, typeof value === 'string' ? value : value.reveal(), key);
  }
  if (clientScope !== '') yield set('oauth2.scope', clientScope, 'oauth2.client.scope');
  // In the form, whatever its name says; and in the header as they are.
  const mode = values.clientAuthMode === 'url' ? 'body' : 'header_plain';
  yield set('oauth2.client.auth.mode', mode, 'oauth2.client.auth.mode');
  yield set('oauth2.token.response.field', memberNamed(values.tokenProperty), 'oauth2.token.property');
  yield* headers(clientHeaders, {
    from: 'oauth2.client.headers',
    separator: values.clientHeaderSeparator,
    to: 'oauth2.headers.',
    idle: { 'content-type': 'it is application/x-www-form-urlencoded' },
    macros: [],
  });
  if (values.jwtEnabled) yield* signedJwt(values);
}

/** A JWT beside the grant of client credentials: the form of a JWT grant, with the name of the other one. */
function* signedJwt(values: Auth['values']): Iterable<Statement> {
  const { jwtKeystorePath: path, jwtKeystorePassword: storePassword, jwtClaims: claims } = values;
  const from = 'oauth2.jwt.enabled';
  yield set('oauth2.grant.type', 'jwt_bearer', from);
  yield set('oauth2.parameters.grant_type', 'client_credentials', from);
  yield set('oauth2.assertion.parameter', 'jwt_token', from);
  yield set('oauth2.assertion.algorithm', values.jwtAlgorithm, 'oauth2.jwt.signature.algorithm');
  if (path === null) yield fault('missing', 'oauth2.jwt.keystore.path', 'is required with oauth2.jwt.enabled=true');
  else if (uploaded(path) !== null) yield set('oauth2.assertion.key', uploaded(path)!, 'oauth2.jwt.keystore.path');
  else yield* storeAt(path, 'oauth2.assertion.key.location', 'oauth2.jwt.keystore.path');
  if (storePassword !== null) {
    yield set('oauth2.assertion.key.password', storePassword.reveal(), 'oauth2.jwt.keystore.password');
  }
  if (claims !== null) yield set('oauth2.assertion.claims', claims, 'oauth2.jwt.claimset');
  yield differs(
    from,
    'adds iss, sub, aud, iat, exp and jti to the claims where oauth2.jwt.claimset has none of the name',
  );
}

/** What stands in a file of Confluent Cloud in the place of a path, in base64; null for a path. */
function uploaded(text: string): string | null {
  return /^\s*data:[^,]*;base64,(.*)$/is.exec(text)?.[1]?.trim() ?? null;
}

/** Confluent Cloud takes the store itself into the configuration. */
function* storeAt(text: string, to: string, from: string): Iterable<Statement> {
  if (!/^\s*data:/i.test(text)) yield set(to, text, from);
  else yield fault('unsupported', from, 'holds the store itself: save it as a file, and write the path of that');
}

type Tls = Peer<typeof tlsKeys>;

const BEHIND = [
  ...['truststore.location', 'truststore.password', 'truststore.type', 'truststore.certificates'],
  ...[
    'keystore.location',
    'keystore.password',
    'keystore.type',
    'keystore.certificate.chain',
    'keystore.key',
    'key.password',
  ],
];

export function* tls(peer: Tls): Iterable<Statement> {
  const { values, text } = peer;
  for (const rest of BEHIND) {
    const written = text(`https.ssl.${rest}`)?.trim() ?? '';
    if (written !== '') yield set(`http.ssl.${rest}`, written, `https.ssl.${rest}`);
  }
  for (const [name, store] of [
    ['truststore', values.truststoreFile],
    ['keystore', values.keystoreFile],
  ] as const) {
    const from = `https.ssl.${name}file`;
    if (store === null) continue;
    if (text(`https.ssl.${name}.location`) !== null) yield ignored(from, `https.ssl.${name}.location goes first`);
    else yield* storeAt(store, `http.ssl.${name}.location`, from);
  }
  yield* protocols(values);
  yield* verification(values);
}

const VERSIONS = ['TLSv1.2', 'TLSv1.3'];

/** The JVM speaks what is enabled, up to the version that its context is made with. */
function* protocols({ enabledProtocols, protocol }: Tls['values']): Iterable<Statement> {
  const [key, contextKey] = ['https.ssl.enabled.protocols', 'https.ssl.protocol'];
  const enabled = splitList(enabledProtocols);
  const known = VERSIONS.filter(version => enabled.includes(version));
  if (enabled.length > 0 && known.length === 0) {
    yield fault('unsupported', key, 'names no version of TLS that is spoken here: TLSv1.2 and TLSv1.3');
    return;
  }
  if (known.length < enabled.length) yield differs(key, 'names versions that are never spoken: TLSv1.2 is the lowest');
  if (known.length > 0) yield set('http.ssl.protocol.min', known[0]!, key);
  const isOld = protocol.trim() === 'TLSv1.2';
  if (isOld && known[0] === 'TLSv1.3') {
    yield fault('conflict', contextKey, 'leaves no version of TLS that https.ssl.enabled.protocols has');
  } else if (isOld) yield set('http.ssl.protocol.max', 'TLSv1.2', contextKey);
  else if (known.at(-1) === 'TLSv1.2') yield set('http.ssl.protocol.max', 'TLSv1.2', key);
  if (!isOld && protocol.trim() !== 'TLSv1.3') {
    yield differs(
      contextKey,
      'keeps no version out: both sides agree on the highest that they know, TLSv1.2 or TLSv1.3',
    );
  }
}

function* verification({ endpointIdentification, hostVerifier }: Tls['values']): Iterable<Statement> {
  const key = 'https.ssl.endpoint.identification.algorithm';
  const algorithm = endpointIdentification.trim().toLowerCase();
  if (algorithm !== '' && algorithm !== 'https') yield fault('unsupported', key, 'must be https, or nothing');
  if (algorithm === '') yield set('http.ssl.verification.mode', 'certificate', key);
  else if (!hostVerifier) yield set('http.ssl.verification.mode', 'certificate', 'https.host.verifier.enabled');
}
