import type { HttpConfig } from '../../config/types.ts';
import type { Destination } from '../block.ts';
import type { HttpRequest } from '../ports.ts';

/** Sent as the user agent. */
const USER_AGENT = 'tailrace/0.1.0';

/**
 * Builds requests from body bytes. The configured headers win over the defaults; `authorization` is what the
 * credentials give, and the answer is always asked for uncompressed, since nothing here decompresses.
 */
export function createRequestBuilder(
  http: HttpConfig,
  contentType: string,
): (body: Buffer, authorization: string | null, destination: Destination | null) => HttpRequest {
  const fixed: Record<string, string> = { 'content-type': contentType, 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries(http.headers)) fixed[name.toLowerCase()] = value.reveal();
  fixed['accept-encoding'] = 'identity';
  // Many requests carry the same credentials: their headers are one object.
  let authorized = { authorization: null as string | null, headers: fixed };
  return (body, authorization, destination) => {
    if (authorized.authorization !== authorization) {
      authorized = { authorization, headers: authorization === null ? fixed : { ...fixed, authorization } };
    }
    if (destination === null) return { method: http.method, url: http.url, headers: authorized.headers, body };
    const { method, url } = destination;
    const headers: Record<string, string> = { ...authorized.headers, ...destination.headers };
    // It is about a body.
    if (destination.bodiless) delete headers['content-type'];
    return { method, url, headers, body };
  };
}
