import type { IncomingMessage } from 'node:http';
import type { RestConfig } from '../../../config/types.ts';
import { type Answer, failure } from '../answer.ts';
import { rawValues } from '../head.ts';

type Headers = Readonly<Record<string, string>>;

/** What browsers are told, and held to, where the page that asks is of another site. */
export interface Origins {
  /** Headers for the answer to this request. */
  headersFor(request: IncomingMessage): Headers;
  /** Why the page that asks may not change anything; null: it may, or no browser asks. */
  refusalOf(request: IncomingMessage): Answer | null;
}

/** Of Jetty's filter, which Kafka Connect has in its default form but for origins and methods. */
const ALLOWED_HEADERS = 'X-Requested-With,Content-Type,Accept,Origin';
const PREFLIGHT_SECONDS = '1800';

/** @param cors null: pages of other sites get no answer that they may look at, and change nothing */
export function createOrigins(cors: RestConfig['cors']): Origins {
  const methods = cors?.methods ?? [];
  const isForAll = cors?.origins.includes('*') === true;

  function isAllowed(origin: string): boolean {
    return cors?.origins.some(pattern => fits(origin, pattern)) === true;
  }

  return {
    headersFor(request) {
      const vary: Headers = cors === null || isForAll ? {} : { vary: 'Origin' };
      const { origin } = request.headers;
      if (origin === undefined || !isAllowed(origin)) return vary;
      const asked = request.headers['access-control-request-method'];
      const isPreflight = request.method === 'OPTIONS' && asked !== undefined;
      return {
        ...vary,
        // Jetty lets pages of any site send what the browser keeps of this one. That is left to sites that are named.
        ...(isForAll
          ? { 'access-control-allow-origin': '*' }
          : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }),
        ...(isPreflight
          ? {
              'access-control-allow-methods': methods.join(','),
              'access-control-allow-headers': ALLOWED_HEADERS,
              'access-control-max-age': PREFLIGHT_SECONDS,
            }
          : {}),
      };
    },
    refusalOf(request) {
      const origins = rawValues(request, 'origin');
      const site = request.headers['sec-fetch-site'];
      const isForeign =
        origins.some(origin => !isOwn(origin, request)) ||
        (site !== undefined && site !== 'same-origin' && site !== 'none');
      if (!isForeign) return null;
      const isMeant = origins.length === 1 && isAllowed(origins[0]!) && methods.includes(request.method!);
      return isMeant ? null : failure(403, 'A page of another site may not change anything here');
    },
  };
}

/** The page came from this listener, by the name that the browser has for it. */
function isOwn(origin: string, { headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** `*` stands for anything, as in Jetty. In time linear in both. */
function fits(origin: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return origin === pattern;
  let at = first.length;
  for (const part of others) {
    const found = origin.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return origin.startsWith(first) && origin.endsWith(last) && origin.length - last.length >= at;
}
