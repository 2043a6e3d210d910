import type { HttpConfig } from '../../config/types.ts';
import type { HttpRequest } from '../ports.ts';
import { acceptedCodings } from './coding.ts';

/** Sent as the user agent. */
const USER_AGENT = 'tailrace/0.1.0';

/**
 * Builds requests from body bytes. The configured headers win over the defaults, but for `accept-encoding`; `authorization` is
 * what the credentials give.
 */
export function createRequestBuilder(
  http: HttpConfig,
  contentType: string,
): (body: Buffer, authorization: string | null) => HttpRequest {
  const fixed: Record<string, string> = { 'content-type': contentType, 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries(http.headers)) fixed[name.toLowerCase()] = value.reveal();
  fixed['accept-encoding'] = acceptedCodings(http.coding);
  // Many requests carry the same credentials: their headers are one object.
  let authorized = { authorization: null as string | null, headers: fixed };
  return (body, authorization) => {
    if (authorized.authorization !== authorization) {
      authorized = { authorization, headers: authorization === null ? fixed : { ...fixed, authorization } };
    }
    return { method: http.method, url: http.url, headers: authorized.headers, body };
  };
}
