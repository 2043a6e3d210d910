import { isLoopback, spelledHost } from '../../config/host.ts';

/**
 * The host of a Host header or a request's target, in its one spelling. Null when it is none: blanks, a user, a port out of
 * range.
 */
export function hostOf(authority: string): string | null {
  if (!/^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~-]+)(?::\d{0,5})?$/.test(authority)) return null;
  return spelledHost(authority);
}

/** Whether an address of a socket, IPv4 or IPv6, is of this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  const host = hostOf(address.includes(':') ? `[${address.replace(/%.*$/, '')}]` : address);
  return host !== null && isLoopback(host);
}
