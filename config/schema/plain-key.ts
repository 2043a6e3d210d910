/** What the keys of all endpoints begin with; the alias and a dot follow. */
export const ENDPOINTS = 'endpoints.';

/** `endpoints.users.http.url` → `http.url`; a key of no endpoint is itself. */
export function plainKey(key: string): string {
  if (!key.startsWith(ENDPOINTS)) return key;
  const dot = key.indexOf('.', ENDPOINTS.length);
  return dot < 0 ? key : key.slice(dot + 1);
}
