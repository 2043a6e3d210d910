import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readAuth, readRenewStatuses, writtenByCredentials } from './http-auth.ts';
import { RESERVED } from './http-auth-keys.ts';
import { checkClientCertificate } from './http-auth-oauth2.ts';
import { readCoding } from './http-coding.ts';
import { readProxies } from './http-proxy.ts';
import { readTls } from './http-tls.ts';
import { readConnection } from './http-transport.ts';
import { isHeaderName, isHeaderValue, trim } from './schema/formats.ts';
import type { ConnectorSection } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { AuthConfig, HttpConfig } from './types.ts';

export function readHttp(section: ConnectorSection, outside: Outside, findings: Findings): HttpConfig | null {
  const { values } = section;
  const auth = readAuth(section, outside, findings);
  const headers = readHeaders(section, findings);
  const coding = readCoding(section, findings);
  const proxies = readProxies(section, outside, findings);
  const isProxySecure = [proxies?.http, proxies?.https].some(proxy => proxy?.url.protocol === 'https:');
  const tls = readTls(section, isProxySecure, outside, findings);
  if (auth.type === 'oauth2') checkClientCertificate(section, auth, tls, findings);
  const connection = readConnection(section, proxies, tls, findings);
  if (values.retryBackoffMs > values.retryBackoffMaxMs) {
    findings.fault('conflict', section.origin('retry.backoff.ms'), 'must not be above retry.backoff.max.ms');
  }
  if (values.httpUrl === null) return null;
  notePlaintext(section, auth, findings);
  return {
    url: values.httpUrl,
    method: values.httpMethod,
    headers,
    timeoutMs: values.httpTimeoutMs,
    connectTimeoutMs: Math.min(values.httpConnectTimeoutMs, values.httpTimeoutMs),
    responseMaxBytes: values.httpResponseMaxBytes,
    successStatuses: values.httpResponseSuccessCodes,
    auth,
    authFailFast: values.authFailFast,
    authRenewStatuses: readRenewStatuses(section, auth),
    tls,
    coding,
    connection,
    retryBackoffMs: values.retryBackoffMs,
    retryBackoffMaxMs: values.retryBackoffMaxMs,
  };
}

function readHeaders(section: ConnectorSection, findings: Findings): Readonly<Record<string, Secret>> {
  const headers: Record<string, Secret> = {};
  const credentials = writtenByCredentials(section);
  for (const [written, { text, origin }] of section.family('http.headers.')) {
    const name = written.toLowerCase();
    const value = trim(text);
    if (!isHeaderName(name)) findings.fault('invalid', origin, 'is not a name that an HTTP header can have');
    else if (RESERVED.has(name)) findings.fault('forbidden', origin, 'is set by the HTTP client itself: take it out');
    else if (credentials.has(name)) {
      findings.fault('conflict', origin, `contradicts ${credentials.get(name)}: take one of them out`);
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

function notePlaintext({ values, origin }: ConnectorSection, auth: AuthConfig, findings: Findings): void {
  const urls = {
    // A signature gives nothing away that would serve a second time.
    'http.url': auth.type === 'none' || auth.type === 'sigv4' ? null : values.httpUrl,
    'oauth2.token.url': auth.type === 'oauth2' ? auth.tokenUrl : null,
  };
  for (const [key, url] of Object.entries(urls)) {
    if (url === null || url.protocol === 'https:' || isLoopback(url.hostname)) continue;
    findings.note('remark', origin(key), 'is not https: credentials cross the network unencrypted');
  }
}
