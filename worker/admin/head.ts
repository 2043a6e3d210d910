import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../config/host.ts';
import { type Answer, failure } from './answer.ts';
import { hostOf } from './host.ts';

type Head = Pick<IncomingMessage, 'rawHeaders' | 'httpVersionMajor' | 'httpVersion'>;

/**
 * Why a request is not for this listener, whatever it asks for; null: it is.
 *
 * @param target as the request line has it
 * @param ownName how the listener is called beside the names of loopback; null where others may reach it by any name
 */
export function refusalOf(request: Head, target: string, ownName: string | null): Answer | null {
  if (request.httpVersionMajor !== 1) return failure(505);
  const names = rawValues(request, 'host');
  const { authority } = targetOf(target);
  const hosts = [...names, ...(authority === null ? [] : [authority])].map(hostOf);
  // RFC 9112 §3.2: one Host, of a valid form. HTTP/1.0 knows none.
  const needed = request.httpVersion === '1.0' ? 0 : 1;
  if (names.length < needed || names.length > 1 || hosts.includes(null)) {
    return failure(400, 'The Host header is missing, there twice or no host');
  }
  if (ownName !== null && !(hosts.length > 0 && hosts.every(host => isOwn(host!, ownName)))) {
    return failure(403, 'The Host header names another machine');
  }
  return null;
}

/** A page of another site could have its name resolve to 127.0.0.1 (DNS rebinding); its requests carry that name. */
function isOwn(host: string, ownName: string): boolean {
  return host === ownName || isLoopback(host);
}

/** RFC 9112 §3.2: a path with its query, or a whole address, whose host counts then. */
export function targetOf(url: string): { readonly path: string; readonly authority: string | null } {
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const path = rest ?? url;
  return { path: path.startsWith('/') || path === '*' ? path : `/${path}`, authority: authority ?? null };
}

/** All values of a header; Node keeps the first. */
export function rawValues({ rawHeaders }: Pick<Head, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
}
