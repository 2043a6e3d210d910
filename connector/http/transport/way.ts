import { BlockList, isIP, isIPv4 } from 'node:net';
import type { BypassRule, ConnectionConfig, ProxyConfig } from '../../../config/types.ts';

/** How requests to an origin get there. */
export type Way =
  | { readonly kind: 'direct' }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'proxy'; readonly proxy: ProxyConfig };

export const DIRECT: Way = { kind: 'direct' };

type Test = (host: string, port: number) => boolean;

/**
 * Says which way a URL goes: over the unix socket, past the proxy, through it, or directly. No name is resolved for that: a rule
 * about addresses holds for URLs that have an address in them, as with curl and Go.
 */
export function createWays(connection: ConnectionConfig | null): (url: URL) => Way {
  const { unixSocket = null, proxies = null } = connection ?? {};
  if (unixSocket === null && proxies === null) return () => DIRECT;
  const unix: Way = unixSocket === null ? DIRECT : { kind: 'unix', path: unixSocket.path };
  const ways = { 'http:': wayOver(proxies?.http ?? null), 'https:': wayOver(proxies?.https ?? null) };
  const passesBy = (proxies?.bypass ?? []).map(testOf);
  return url => {
    if (url.origin === unixSocket?.origin) return unix;
    const way = ways[url.protocol as keyof typeof ways];
    if (way === DIRECT) return DIRECT;
    const host = hostOf(url);
    const port = portOf(url);
    return passesBy.some(test => test(host, port)) ? DIRECT : way;
  };
}

function wayOver(proxy: ProxyConfig | null): Way {
  return proxy === null ? DIRECT : { kind: 'proxy', proxy };
}

/** Name or address as sockets take it: without the brackets of IPv6, and without the dot that ends a name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$|\.$/g, '');
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function testOf(rule: BypassRule): Test {
  switch (rule.kind) {
    case 'all':
      return () => true;
    case 'local':
      return host => !host.includes('.') && isIP(host) === 0;
    case 'name':
      return (host, port) =>
        isAt(rule.port, port) && ((rule.itself && host === rule.name) || host.endsWith(`.${rule.name}`));
    case 'network': {
      const network = new BlockList();
      network.addSubnet(rule.address, rule.prefix, familyOf(rule.address));
      return (host, port) => isAt(rule.port, port) && isIP(host) !== 0 && network.check(host, familyOf(host));
    }
  }
}

function isAt(wanted: number | null, port: number): boolean {
  return wanted === null || wanted === port;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
