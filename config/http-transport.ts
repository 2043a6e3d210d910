import type { Findings } from './findings.ts';
import { PROXY_KEYS, proxiesOf, type WrittenProxies } from './http-proxy.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { ConnectionConfig, TlsConfig } from './types.ts';

/** How connections are opened and kept. */
export function readConnection(
  section: ConnectorSection,
  proxies: WrittenProxies | null,
  tls: TlsConfig,
  findings: Findings,
): ConnectionConfig {
  const { unixSocket: path, httpUrl, keepAliveIdleMs, connectionMaxAgeMs: maxAgeMs } = section.values;
  if (path !== null && !reachesOthers(section)) {
    noteIdle(section, PROXY_KEYS, 'all requests go over http.unix.socket', findings);
  }
  if (keepAliveIdleMs === 0) {
    const why = 'with http.keepalive.idle.ms=0 each connection is closed behind its answer';
    noteIdle(section, ['http.connection.max.age.ms'], why, findings);
  }
  return {
    proxies: proxies === null ? null : proxiesOf(proxies, tls),
    unixSocket: path === null || httpUrl === null ? null : { path, origin: httpUrl.origin },
    keepAliveIdleMs,
    maxAgeMs,
  };
}

/** Whether any request goes elsewhere than to the origin of `http.url`. */
function reachesOthers({ values }: ConnectorSection): boolean {
  const { httpUrl, authType, oauth2TokenUrl } = values;
  return authType === 'oauth2' && oauth2TokenUrl !== null && oauth2TokenUrl.origin !== httpUrl?.origin;
}
