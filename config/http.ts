import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readAnswers } from './http-answers.ts';
import { readCoding } from './http-coding.ts';
import { readHeaders } from './http-headers.ts';
import { readIdentity } from './http-identity.ts';
import { readProxies } from './http-proxy.ts';
import { readRoute } from './http-route.ts';
import { readTls } from './http-tls.ts';
import { readConnection } from './http-transport.ts';
import type { ConnectorSection } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { AuthConfig, HttpConfig } from './types.ts';

export function readHttp(section: ConnectorSection, outside: Outside, findings: Findings): HttpConfig | null {
  const { values } = section;
  const auth = readAuth(section, findings);
  const headers = readHeaders(section, findings);
  const identity = readIdentity(section, findings);
  const route = readRoute(section, headers, findings);
  const coding = readCoding(section, findings);
  const proxies = readProxies(section, outside, findings);
  const isProxySecure = [proxies?.http, proxies?.https].some(proxy => proxy?.url.protocol === 'https:');
  const tls = readTls(section, isProxySecure, outside, findings);
  const connection = readConnection(section, proxies, tls, findings);
  const answers = readAnswers(section, findings);
  if (values.retryBackoffMs > values.retryBackoffMaxMs) {
    findings.fault('conflict', section.origin('retry.backoff.ms'), 'must not be above retry.backoff.max.ms');
  }
  if (values.httpUrl === null) return null;
  notePlaintext(section, auth, findings);
  return {
    url: values.httpUrl,
    method: values.httpMethod,
    headers: headers.fixed,
    route,
    timeoutMs: values.httpTimeoutMs,
    connectTimeoutMs: Math.min(values.httpConnectTimeoutMs, values.httpTimeoutMs),
    responseMaxBytes: values.httpResponseMaxBytes,
    successStatuses: values.httpResponseSuccessCodes,
    answers,
    identity,
    auth,
    authFailFast: values.authFailFast,
    tls,
    coding,
    connection,
    retryBackoffMs: values.retryBackoffMs,
    retryBackoffMaxMs: values.retryBackoffMaxMs,
  };
}

/** The keys of each kind of credentials: the first ones it needs, and all that belong to it alone. */
const CREDENTIALS = {
  none: { needs: [], owns: [] },
  basic: { needs: ['http.auth.username', 'http.auth.password'], owns: ['http.auth.username', 'http.auth.password'] },
  bearer: { needs: ['http.auth.bearer.token'], owns: ['http.auth.bearer.token'] },
  oauth2: {
    needs: ['oauth2.token.url', 'oauth2.client.id', 'oauth2.client.secret'],
    owns: ['oauth2.token.url', 'oauth2.client.id', 'oauth2.client.secret', 'oauth2.scope', 'oauth2.client.auth.mode'],
  },
} as const;

function readAuth(section: ConnectorSection, findings: Findings): AuthConfig {
  const { values } = section;
  const { authType: type } = values;
  for (const [kind, { owns }] of Object.entries(CREDENTIALS)) {
    if (kind === type) continue;
    for (const key of owns) {
      const written = section.inFile(key);
      if (written === null) continue;
      findings.fault(
        'conflict',
        written.origin,
        `has no effect with http.auth.type=${type}: write http.auth.type=${kind}, or take it out`,
      );
    }
  }
  const needs = CREDENTIALS[type].needs;
  const given: Readonly<Record<string, unknown>> = {
    'http.auth.username': values.authUsername,
    'http.auth.password': values.authPassword,
    'http.auth.bearer.token': values.authBearerToken,
    'oauth2.token.url': values.oauth2TokenUrl,
    'oauth2.client.id': values.oauth2ClientId,
    'oauth2.client.secret': values.oauth2ClientSecret,
  };
  for (const key of needs) {
    if (given[key] === null) findings.fault('missing', section.origin(key), `is required with http.auth.type=${type}`);
  }
  return credentials(section, findings);
}

const NO_SECRET = new Secret('');

/** What is missing is on record as a fault: nobody gets to see what stands in for it. */
function credentials({ values, origin }: ConnectorSection, findings: Findings): AuthConfig {
  switch (values.authType) {
    case 'none':
      return { type: 'none' };
    case 'basic':
      if (values.authUsername?.includes(':')) {
        findings.fault('invalid', origin('http.auth.username'), 'must not hold a colon (RFC 7617)');
      }
      return { type: 'basic', username: values.authUsername ?? '', password: values.authPassword ?? NO_SECRET };
    case 'bearer': {
      const token = values.authBearerToken ?? NO_SECRET;
      if (!/^[\x21-\x7e]*$/.test(token.reveal())) {
        findings.fault(
          'invalid',
          origin('http.auth.bearer.token'),
          'must hold visible ASCII characters only, without blanks',
        );
      }
      return { type: 'bearer', token };
    }
    case 'oauth2':
      return {
        type: 'oauth2',
        tokenUrl: values.oauth2TokenUrl ?? new URL('http://missing.invalid'),
        clientId: values.oauth2ClientId ?? '',
        clientSecret: values.oauth2ClientSecret ?? NO_SECRET,
        scope: values.oauth2Scope,
        clientAuthMode: values.oauth2ClientAuthMode,
      };
  }
}

function notePlaintext({ values, origin }: ConnectorSection, auth: AuthConfig, findings: Findings): void {
  const urls = {
    'http.url': auth.type === 'none' ? null : values.httpUrl,
    'oauth2.token.url': auth.type === 'oauth2' ? auth.tokenUrl : null,
  };
  for (const [key, url] of Object.entries(urls)) {
    if (url === null || url.protocol === 'https:' || isLoopback(url.hostname)) continue;
    findings.note('remark', origin(key), 'is not https: credentials cross the network unencrypted');
  }
}
