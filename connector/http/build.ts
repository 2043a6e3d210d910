import type { HttpConfig } from '../../config/types.ts';
import type { HttpRequest } from '../ports.ts';
import { acceptedCodings } from './coding/coding.ts';
import { destinationOf, type Part } from './parts.ts';
import { createHeadersOf } from './request-identity.ts';

/** Sent as the user agent. */
const USER_AGENT = 'tailrace/0.1.0';

/**
 * Builds requests from body bytes, without credentials. The configured headers win over the defaults, but for
 * `accept-encoding`, and one that is empty leaves its default out. The headers of all requests are one object.
 */
export function createRequestBuilder(
  http: HttpConfig,
  contentType: string,
): (body: Buffer, parts: readonly Part[]) => HttpRequest {
  const fixed: Record<string, string> = { 'content-type': contentType, 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries(http.headers)) {
    const text = value.reveal();
    if (name in fixed && text === '') delete fixed[name];
    else fixed[name] = text;
  }
  fixed['accept-encoding'] = acceptedCodings(http.coding);
  const headersOf = createHeadersOf(http.identity);
  return (body, parts) => {
    const destination = destinationOf(parts);
    if (destination === null && headersOf === null) return { method: http.method, url: http.url, headers: fixed, body };
    const { method, url } = destination ?? http;
    const headers: Record<string, string> = { ...fixed, ...destination?.headers, ...headersOf?.(parts) };
    // It is about a body.
    if (destination?.bodiless === true) delete headers['content-type'];
    return { method, url, headers, body };
  };
}
