import { getCiphers } from 'node:tls';

/**
 * Cipher suites as OpenSSL takes them, of Java's (IANA's) names separated by commas or of OpenSSL's own.
 * @returns `unknown` the first name that OpenSSL does not know
 */
export function opensslSuites(text: string): { readonly suites: string; readonly unknown: string | null } {
  const names = text
    .split(/[\s,:]+/)
    .filter(Boolean)
    .map(opensslName);
  const known = new Set(getCiphers());
  const unknown = names.find(name => !known.has(name.toLowerCase())) ?? null;
  return { suites: names.join(':'), unknown: unknown === null ? null : unknown.slice(0, 60) };
}

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` → `ECDHE-RSA-AES128-GCM-SHA256`; suites of TLS 1.3 have one name. */
function opensslName(name: string): string {
  const [, exchange, cipher] = /^TLS_(\w+)_WITH_(\w+)$/.exec(name) ?? [];
  if (exchange === undefined || cipher === undefined) return name;
  const parts = cipher
    .replace(/_POLY1305_SHA256$/, '_POLY1305')
    .replace(/AES_(128|256)_CBC/, 'AES$1')
    .replace(/AES_(128|256)/, 'AES$1')
    .split('_');
  const start = exchange === 'RSA' ? [] : exchange.split('_');
  return [...start, ...parts].join('-');
}
