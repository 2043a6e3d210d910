/** A key, or with a star at its end every key that begins so. */
export interface NamedKey {
  readonly key: string;
  readonly text: string;
}

export function matchesKey(named: string, key: string): boolean {
  return named.endsWith('*') ? key.startsWith(named.slice(0, -1)) : key === named;
}
