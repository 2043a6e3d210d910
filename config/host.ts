/**
 * A host as the URL standard spells it, so that one host has one spelling: small letters, `127.1` as 127.0.0.1, IPv6 shortened,
 * without brackets and without the dot that ends a name. Null when no URL can have it.
 *
 * @param authority host and, where there is one, port; IPv6 in brackets
 */
export function spelledHost(authority: string): string | null {
  const url = `http://${authority}/`;
  return URL.canParse(url) ? withoutBrackets(new URL(url).hostname).replace(/\.$/, '') : null;
}

/** Whether a host is this machine alone, by any spelling of it: `LOCALHOST.`, `127.1`, `::ffff:127.0.0.1`, with brackets or without. */
export function isLoopback(host: string): boolean {
  const bare = withoutBrackets(host);
  const name = spelledHost(bare.includes(':') ? `[${bare}]` : bare) ?? bare;
  return name === 'localhost' || name === '::1' || /^127(?:\.\d+){3}$/.test(name) || /^::ffff:7f..:/.test(name);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
