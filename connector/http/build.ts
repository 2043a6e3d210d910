import type { HttpConfig } from '../../config/types.ts';
import type { HttpRequest } from '../ports.ts';
import { acceptedCodings } from './coding.ts';

/** Sent as the user agent. */
const USER_AGENT = 'tailrace/0.1.0';

/**
 * Builds requests from body bytes, without credentials. The configured headers win over the defaults, but for
 * `accept-encoding`. The headers of all requests are one object.
 */
export function createRequestBuilder(http: HttpConfig, contentType: string): (body: Buffer) => HttpRequest {
  const headers: Record<string, string> = { 'content-type': contentType, 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries(http.headers)) headers[name.toLowerCase()] = value.reveal();
  headers['accept-encoding'] = acceptedCodings(http.coding);
  return body => ({ method: http.method, url: http.url, headers, body });
}
