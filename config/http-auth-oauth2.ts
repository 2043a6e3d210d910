import type { Findings } from './findings.ts';
import { readAssertion } from './http-auth-assertion.ts';
import { checkChoice, hasTokenTls, NO_SECRET, noteMissingFile, TOKEN_TLS } from './http-auth-keys.ts';
import { SslSection } from './http-ssl.ts';
import { readTlsSection } from './http-tls.ts';
import { TOKEN_TYPE } from './schema/credential-formats.ts';
import { isHeaderName, isHeaderValue, trim } from './schema/formats.ts';
import { RESERVED_WITH_CONTENT } from './schema/reserved-headers.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { tlsValues } from './schema/tls-keys.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { ClientAuthConfig, GrantConfig, OAuth2Config, TlsConfig } from './types.ts';

type Mode = ClientAuthConfig['mode'];

const SECRET = ['oauth2.client.secret'];

/** With these the client has no secret: one that is written would be thought to protect something. */
const CLIENT_AUTH = {
  header: { needs: ['oauth2.client.id', 'oauth2.client.secret'], owns: SECRET },
  header_plain: { needs: ['oauth2.client.id', 'oauth2.client.secret'], owns: SECRET },
  body: { needs: ['oauth2.client.id', 'oauth2.client.secret'], owns: SECRET },
  url: { needs: ['oauth2.client.id', 'oauth2.client.secret'], owns: SECRET },
  none: { needs: [], owns: [] },
  tls: { needs: ['oauth2.client.id'], owns: [] },
  client_secret_jwt: { needs: ['oauth2.client.id', 'oauth2.client.secret'], owns: SECRET },
  private_key_jwt: { needs: ['oauth2.client.id'], owns: [] },
} as const;

const REFRESH_FILE = 'oauth2.refresh.token.file';
const GRANTS = {
  client_credentials: { needs: [], owns: [] },
  refresh_token: { needs: [], owns: ['oauth2.refresh.token', REFRESH_FILE] },
  authorization_code: {
    needs: ['oauth2.authorization.code'],
    owns: ['oauth2.authorization.code', 'oauth2.redirect.uri', 'oauth2.code.verifier', REFRESH_FILE],
  },
  jwt_bearer: { needs: [], owns: [] },
} as const;

export function readOAuth2(section: ConnectorSection, outside: Outside, findings: Findings): OAuth2Config {
  const { values } = section;
  const mode = clientAuthModeOf(section);
  checkChoice(section, { key: 'oauth2.client.auth.mode', value: mode, kinds: CLIENT_AUTH }, findings);
  checkChoice(section, { key: 'oauth2.grant.type', value: values.oauth2GrantType, kinds: GRANTS }, findings);
  checkDialect(section, findings);
  checkAssertionKeys(section, mode, findings);
  const clientAuth = readClientAuth(section, mode, outside, findings);
  const grant = readGrant(section, outside, findings);
  if (mode === 'none' && values.oauth2ClientId === null && grant.type !== 'jwt_bearer') {
    findings.fault('missing', section.origin('oauth2.client.id'), 'is required with http.auth.type=oauth2');
  }
  return {
    type: 'oauth2',
    tokenUrl: values.oauth2TokenUrl ?? new URL('http://missing.invalid'),
    clientId: values.oauth2ClientId,
    clientAuth,
    grant,
    scope: values.oauth2Scope,
    audience: values.oauth2Audience,
    resources: values.oauth2Resource ?? [],
    parameters: readParameters(section),
    headers: readHeaders(section, mode, findings),
    names: {
      grantType: values.oauth2GrantTypeParameter,
      clientId: values.oauth2ClientIdParameter,
      clientSecret: values.oauth2ClientSecretParameter,
    },
    answer: {
      tokenField: values.oauth2TokenField,
      expiresField: values.oauth2ExpiresField,
      prefix: values.oauth2TokenPrefix === TOKEN_TYPE ? null : values.oauth2TokenPrefix,
      mayBeMilliseconds: values.oauth2Dialect !== 'standard',
    },
    tls: readOwnTls(section, outside, findings),
  };
}

/** Null where nothing of it is written. */
function readOwnTls(section: ConnectorSection, outside: Outside, findings: Findings): OAuth2Config['tls'] {
  const { values } = section;
  if (!hasTokenTls(section)) return null;
  const secure = values.oauth2TokenUrl?.protocol === 'https:';
  const idle = secure || values.oauth2TokenUrl === null ? null : 'oauth2.token.url is not https';
  const ssl = new SslSection(section, TOKEN_TLS, tlsValues('oauth2Ssl', values), outside, findings);
  return readTlsSection(ssl, { secure, anonymous: null, idle });
}

/**
 * RFC 8705 §2: the certificate is all that the client shows.
 * @param tls of the endpoint, which serves the token endpoint as well where that has none of its own
 */
export function checkClientCertificate(
  section: ConnectorSection,
  { clientAuth, tokenUrl, tls: own }: OAuth2Config,
  tls: TlsConfig,
  findings: Findings,
): void {
  if (clientAuth.mode !== 'tls') return;
  if (section.values.oauth2TokenUrl !== null && tokenUrl.protocol !== 'https:') {
    const message = 'must be https with oauth2.client.auth.mode=tls: the client is known by its certificate';
    findings.fault('conflict', section.origin('oauth2.token.url'), message);
  } else if ((own ?? tls).certificate === null) {
    const message = 'is required with oauth2.client.auth.mode=tls, or a key store in its place: here, or as http.ssl.…';
    findings.fault('missing', section.origin(`${TOKEN_TLS}certificate.location`), message);
  }
}

function clientAuthModeOf({ values, wrote }: ConnectorSection): Mode {
  if (wrote('oauth2.client.auth.mode')) return values.oauth2ClientAuthMode;
  if (values.oauth2Dialect !== 'standard') return 'body';
  return values.oauth2GrantType === 'jwt_bearer' && values.oauth2ClientSecret === null ? 'none' : 'header';
}

function checkDialect(section: ConnectorSection, findings: Findings): void {
  const { values, origin } = section;
  if (values.oauth2Dialect !== 'ims-jwt') return;
  noteIdle(
    section,
    ['oauth2.scope', 'oauth2.grant.type.parameter'],
    'the exchange of oauth2.dialect=ims-jwt has none',
    findings,
  );
  if (section.wrote('oauth2.grant.type')) {
    const message = 'contradicts oauth2.dialect=ims-jwt, which exchanges a signed JWT: take one of them out';
    findings.fault('conflict', origin('oauth2.grant.type'), message);
  }
  for (const key of ['oauth2.assertion.issuer', 'oauth2.assertion.subject'] as const) {
    const value = key === 'oauth2.assertion.issuer' ? values.assertionIssuer : values.assertionSubject;
    if (value === null) findings.fault('missing', origin(key), 'is required with oauth2.dialect=ims-jwt');
  }
}

function checkAssertionKeys(section: ConnectorSection, mode: Mode, findings: Findings): void {
  if (signsGrant(section)) return;
  if (mode === 'private_key_jwt')
    noteIdle(section, ['oauth2.assertion.parameter'], 'no grant is an assertion', findings);
  else tellIdleAssertion(section, mode, findings);
}

/** Of an assertion that is signed with the secret, all but its key has an effect. */
function tellIdleAssertion(section: ConnectorSection, mode: Mode, findings: Findings): void {
  const idle =
    mode === 'client_secret_jwt'
      ? /^oauth2\.assertion\.(?:key(?!\.id$)|certificate\.|parameter$)/
      : /^oauth2\.assertion\./;
  for (const [key] of section.meant) {
    const written = idle.test(key) ? section.inFile(key) : null;
    if (written === null) continue;
    const message =
      `has no effect with oauth2.client.auth.mode=${mode}: write oauth2.client.auth.mode=private_key_jwt or ` +
      'oauth2.grant.type=jwt_bearer, or take it out';
    findings.fault('conflict', written.origin, message);
  }
}

function signsGrant({ values }: ConnectorSection): boolean {
  return values.oauth2GrantType === 'jwt_bearer' || values.oauth2Dialect === 'ims-jwt';
}

function readClientAuth(section: ConnectorSection, mode: Mode, outside: Outside, findings: Findings): ClientAuthConfig {
  const secret = section.values.oauth2ClientSecret ?? NO_SECRET;
  switch (mode) {
    case 'header':
    case 'header_plain':
    case 'body':
    case 'url':
      return { mode, secret };
    case 'none':
    case 'tls':
      return { mode };
    case 'client_secret_jwt':
    case 'private_key_jwt': {
      const shared = mode === 'client_secret_jwt' ? secret : null;
      if (shared === null) requireKey(section, 'oauth2.client.auth.mode=private_key_jwt', findings);
      return { mode, assertion: readAssertion(section, { ofClient: true, shared }, outside, findings) };
    }
  }
}

function readGrant(section: ConnectorSection, outside: Outside, findings: Findings): GrantConfig {
  const { values, origin } = section;
  if (signsGrant(section)) {
    const isIms = values.oauth2Dialect === 'ims-jwt';
    if (!/^HS/.test(values.assertionAlgorithm ?? '')) {
      requireKey(section, isIms ? 'oauth2.dialect=ims-jwt' : 'oauth2.grant.type=jwt_bearer', findings);
    }
    return {
      type: isIms ? 'ims_exchange' : 'jwt_bearer',
      assertion: readAssertion(section, { ofClient: false, shared: null }, outside, findings),
      parameter: values.assertionParameter ?? (isIms ? 'jwt_token' : 'assertion'),
    };
  }
  const file = values.oauth2RefreshTokenFile;
  switch (values.oauth2GrantType) {
    case 'refresh_token':
      if (file === null && values.oauth2RefreshToken === null) {
        const message = `is required with oauth2.grant.type=refresh_token, or ${REFRESH_FILE} in its place`;
        findings.fault('missing', origin('oauth2.refresh.token'), message);
      }
      if (file !== null && values.oauth2RefreshToken === null) {
        noteMissingFile(section, REFRESH_FILE, file, outside, findings);
      }
      return { type: 'refresh_token', refreshToken: values.oauth2RefreshToken, file };
    case 'authorization_code':
      return {
        type: 'authorization_code',
        code: values.oauth2AuthorizationCode ?? NO_SECRET,
        permanent: values.oauth2Dialect === 'ims',
        redirectUri: values.oauth2RedirectUri,
        codeVerifier: values.oauth2CodeVerifier,
        file,
      };
    default:
      return { type: 'client_credentials' };
  }
}

function requireKey({ values, origin }: ConnectorSection, what: string, findings: Findings): void {
  if (values.assertionKeyLocation !== null || values.assertionKey !== null) return;
  const message = `is required with ${what}, or oauth2.assertion.key in its place`;
  findings.fault('missing', origin('oauth2.assertion.key.location'), message);
}

function readParameters(section: ConnectorSection): Readonly<Record<string, Secret>> {
  const family = section.family('oauth2.parameters.');
  return Object.fromEntries([...family].map(([name, { text }]) => [name, new Secret(trim(text))]));
}

function readHeaders(section: ConnectorSection, mode: Mode, findings: Findings): Readonly<Record<string, Secret>> {
  const headers: Record<string, Secret> = {};
  for (const [name, { text, origin }] of section.family('oauth2.headers.')) {
    const value = trim(text);
    if (!isHeaderName(name)) findings.fault('invalid', origin, 'is not a name that an HTTP header can have');
    else if (RESERVED_WITH_CONTENT.has(name))
      findings.fault('forbidden', origin, 'is set by the HTTP client itself: take it out');
    else if (name === 'authorization' && mode.startsWith('header')) {
      findings.fault('conflict', origin, `contradicts oauth2.client.auth.mode=${mode}: take one of them out`);
    } else if (!isHeaderValue(value)) {
      const message = 'has a value that an HTTP header can not have: no line ends, no characters beyond Latin-1';
      findings.fault('invalid', origin, message);
    } else headers[name] = new Secret(value);
  }
  return headers;
}
