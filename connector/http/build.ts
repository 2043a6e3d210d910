import type { HttpConfig } from '../../config/types.ts';
import type { HttpRequest } from '../ports.ts';
import { acceptedCodings } from './coding/coding.ts';
import { destinationOf, type Part } from './parts.ts';
import { createHeadersOf } from './request-identity.ts';

/** Sent as the user agent. */
const USER_AGENT = 'tailrace/0.1.0';

/**
 * Builds requests from body bytes. The configured headers win over the defaults, but for `accept-encoding`; `authorization` is
 * what the credentials give.
 */
export function createRequestBuilder(
  http: HttpConfig,
  contentType: string,
): (body: Buffer, authorization: string | null, parts: readonly Part[]) => HttpRequest {
  const fixed: Record<string, string> = { 'content-type': contentType, 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries(http.headers)) fixed[name.toLowerCase()] = value.reveal();
  fixed['accept-encoding'] = acceptedCodings(http.coding);
  // Many requests carry the same credentials: their headers are one object.
  let authorized = { authorization: null as string | null, headers: fixed };
  const headersOf = createHeadersOf(http.identity);
  return (body, authorization, parts) => {
    if (authorized.authorization !== authorization) {
      authorized = { authorization, headers: authorization === null ? fixed : { ...fixed, authorization } };
    }
    const destination = destinationOf(parts);
    if (destination === null && headersOf === null) {
      return { method: http.method, url: http.url, headers: authorized.headers, body };
    }
    const { method, url } = destination ?? http;
    const headers: Record<string, string> = { ...authorized.headers, ...destination?.headers, ...headersOf?.(parts) };
    // It is about a body.
    if (destination?.bodiless === true) delete headers['content-type'];
    return { method, url, headers, body };
  };
}
