import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readCoding } from './http-coding.ts';
import { readProxies } from './http-proxy.ts';
import { readTls } from './http-tls.ts';
import { readConnection } from './http-transport.ts';
import { isHeaderName, isHeaderValue, trim } from './schema/formats.ts';
import type { ConnectorSection } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { AuthConfig, HttpConfig } from './types.ts';

/** Headers that the transport sets by itself, or that would break its framing. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What only an upgrade from HTTP/1.1 has; HTTP/2 takes it for a broken request (RFC 9113 §8.2.2). */
const RESERVED_IN_2 = new Set(['http2-settings']);

export function readHttp(section: ConnectorSection, outside: Outside, findings: Findings): HttpConfig | null {
  const { values } = section;
  const auth = readAuth(section, findings);
  const headers = readHeaders(section, findings);
  const coding = readCoding(section, findings);
  const proxies = readProxies(section, outside, findings);
  const isProxySecure = [proxies?.http, proxies?.https].some(proxy => proxy?.url.protocol === 'https:');
  const tls = readTls(section, isProxySecure, outside, findings);
  const connection = readConnection(section, proxies, tls, findings);
  if (values.retryBackoffMs > values.retryBackoffMaxMs) {
    findings.fault('conflict', section.origin('retry.backoff.ms'), 'must not be above retry.backoff.max.ms');
  }
  if (values.httpUrl === null) return null;
  notePlaintext(section, auth, findings);
  return {
    url: values.httpUrl,
    method: values.httpMethod,
    version: values.httpVersion,
    headers,
    timeoutMs: values.httpTimeoutMs,
    connectTimeoutMs: Math.min(values.httpConnectTimeoutMs, values.httpTimeoutMs),
    responseMaxBytes: values.httpResponseMaxBytes,
    successStatuses: values.httpResponseSuccessCodes,
    auth,
    authFailFast: values.authFailFast,
    tls,
    coding,
    connection,
    retryBackoffMs: values.retryBackoffMs,
    retryBackoffMaxMs: values.retryBackoffMaxMs,
  };
}

function readHeaders(section: ConnectorSection, findings: Findings): Readonly<Record<string, Secret>> {
  const headers: Record<string, Secret> = {};
  const version = section.values.httpVersion;
  for (const [written, { text, origin }] of section.family('http.headers.')) {
    const name = written.toLowerCase();
    const value = trim(text);
    if (!isHeaderName(name)) findings.fault('invalid', origin, 'is not a name that an HTTP header can have');
    else if (RESERVED.has(name) || (version === '2' && RESERVED_IN_2.has(name)))
      findings.fault('forbidden', origin, 'is set by the HTTP client itself: take it out');
    else if (name === 'authorization' && section.values.authType !== 'none') {
      findings.fault('conflict', origin, 'contradicts http.auth.type: take one of them out');
    } else if (!isHeaderValue(value)) {
      findings.fault(
        'invalid',
        origin,
        'has a value that an HTTP header can not have: no line ends, no characters beyond Latin-1',
      );
    } else headers[name] = new Secret(value);
  }
  return headers;
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
