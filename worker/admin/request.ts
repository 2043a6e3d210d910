import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../config/host.ts';
import { type Answer, failure } from './answer.ts';
import { hostOf } from './host.ts';

/** GET routes by exact path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

/** The largest body that is read away; no route takes one. */
export const MAX_BODY_BYTES = 64 * 1024;

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'httpVersionMajor' | 'httpVersion'>;

/**
 * Whom a request is for: a route, or the answer that refuses it.
 *
 * @param ownName how the listener is called beside the names of loopback; null where others may reach it by any name
 */
export function routed(request: Request, routes: Routes, ownName: string | null): Routes[string] | Answer {
  if (request.httpVersionMajor !== 1) return failure(505);
  const target = targetOf(request.url ?? '');
  const names = rawValues(request, 'host');
  const hosts = [...names, ...(target.authority === null ? [] : [target.authority])].map(hostOf);
  // RFC 9112 §3.2: one Host, of a valid form. HTTP/1.0 knows none.
  const needed = request.httpVersion === '1.0' ? 0 : 1;
  if (names.length < needed || names.length > 1 || hosts.includes(null)) {
    return failure(400, 'The Host header is missing, there twice or no host');
  }
  if (ownName !== null && !(hosts.length > 0 && hosts.every(host => isOwn(host!, ownName)))) {
    return failure(403, 'The Host header names another machine');
  }
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) return failure(413);
  const route = Object.hasOwn(routes, target.path) ? routes[target.path] : undefined;
  if (route === undefined) return failure(404);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? route : { ...failure(405), allow: 'GET, HEAD' };
}

/** A page of another site could have its name resolve to 127.0.0.1 (DNS rebinding); its requests carry that name. */
function isOwn(host: string, ownName: string): boolean {
  return host === ownName || isLoopback(host);
}

/** RFC 9112 §3.2: a path, or a whole address, whose host counts then. */
function targetOf(url: string): { readonly path: string; readonly authority: string | null } {
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const path = (rest ?? url).split('?', 1)[0]!;
  return { path: path === '' ? '/' : path, authority: authority ?? null };
}

/** All values of a header; Node keeps the first. */
function rawValues({ rawHeaders }: Request, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
}
