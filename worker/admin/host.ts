/**
 * A host as the URL standard spells it, so that one host has one spelling: small letters, `127.1` as 127.0.0.1, IPv6 shortened,
 * without brackets and without the dot that ends a name. Null when it is none: blanks, a user, a port out of range.
 *
 * @param authority host and port, of a Host header or a request's target
 */
export function hostOf(authority: string): string | null {
  if (!/^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~-]+)(?::\d{0,5})?$/.test(authority)) return null;
  const url = `http://${authority}/`;
  if (!URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** @param host as `hostOf` gives it */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host) || /^::ffff:7f..:/.test(host);
}

/** Whether an address of a socket, IPv4 or IPv6, is of this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  const host = hostOf(address.includes(':') ? `[${address.replace(/%.*$/, '')}]` : address);
  return host !== null && isLoopback(host);
}
