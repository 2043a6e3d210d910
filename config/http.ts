import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readAnswers } from './http-answers.ts';
import { readAttempts } from './http-attempts.ts';
import { readAuth, readRenewStatuses } from './http-auth.ts';
import { checkClientCertificate } from './http-auth-oauth2.ts';
import { readCoding } from './http-coding.ts';
import { readHeaders } from './http-headers.ts';
import { readIdentity } from './http-identity.ts';
import { readProxies } from './http-proxy.ts';
import { readRoute } from './http-route.ts';
import { readTls } from './http-tls.ts';
import { readConnection } from './http-transport.ts';
import type { ConnectorSection } from './schema/section.ts';
import type { Outside } from './source/files.ts';
import type { AuthConfig, HttpConfig } from './types.ts';

export function readHttp(section: ConnectorSection, outside: Outside, findings: Findings): HttpConfig | null {
  const { values } = section;
  const auth = readAuth(section, outside, findings);
  const headers = readHeaders(section, findings);
  const identity = readIdentity(section, findings);
  const route = readRoute(section, headers, findings);
  const coding = readCoding(section, findings);
  const proxies = readProxies(section, outside, findings);
  const isProxySecure = [proxies?.http, proxies?.https].some(proxy => proxy?.url.protocol === 'https:');
  const tls = readTls(section, isProxySecure, outside, findings);
  if (auth.type === 'oauth2') checkClientCertificate(section, auth, tls, findings);
  const connection = readConnection(section, proxies, tls, findings);
  const answers = readAnswers(section, findings);
  const attempts = readAttempts(section, findings);
  if (values.retryBackoffMs > values.retryBackoffMaxMs) {
    findings.fault('conflict', section.origin('retry.backoff.ms'), 'must not be above retry.backoff.max.ms');
  }
  if (values.httpUrl === null) return null;
  notePlaintext(section, auth, findings);
  return {
    url: values.httpUrl,
    method: values.httpMethod,
    version: values.httpVersion,
    headers: headers.fixed,
    route,
    timeoutMs: values.httpTimeoutMs,
    connectTimeoutMs: Math.min(values.httpConnectTimeoutMs, values.httpTimeoutMs),
    responseMaxBytes: values.httpResponseMaxBytes,
    successStatuses: values.httpResponseSuccessCodes,
    answers,
    attempts,
    identity,
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
