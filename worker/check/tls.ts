import type { TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../config/types.ts';
import { diagnose } from '../../connector/http/transport/diagnose.ts';
import { createDialer } from '../../connector/http/transport/dial.ts';
import { ProxyError } from '../../connector/http/transport/proxy-error.ts';
import type { Way } from '../../connector/http/transport/way.ts';
import type { Clock } from '../../connector/ports.ts';
import type { Signal } from '../../connector/scope.ts';
import { chainOf, DAY_MS, day, daysLeft, factsOf, namesOf, type Shown } from './certificates.ts';
import type { Step } from './chain.ts';
import { count, type Facts, type Found, failed, failedBy, ok, warning } from './finding.ts';
import { codeOf } from './network.ts';

/** What TLS is spoken with, and as whom. */
export interface TlsTarget {
  readonly url: URL;
  readonly way: Way;
  readonly tls: TlsConfig;
  readonly alpn: readonly string[];
  /** The keys that say which authorities are trusted, what is asked of the certificate, and what is shown: `http.ssl.`. */
  readonly keys: string;
}

export interface TlsParts {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: Signal;
}

/** A certificate that ends sooner is warned of. */
const SOON_DAYS = 30;
/** In TLS 1.3 a server judges the client's certificate behind the handshake: what it says of it is waited for so long. */
const VERDICT_MS = 1_000;

/** A handshake as the worker would make it; nothing is sent over it. */
export async function shakeHands(target: TlsTarget, parts: TlsParts): Promise<Step<true>> {
  let socket: TLSSocket;
  try {
    socket = await dialTo(target, target.tls, parts);
  } catch (error) {
    return { found: await explain(error, target, parts) };
  }
  const now = parts.clock.wall();
  const chain = chainOf(socket);
  const facts = { ...sessionOf(socket), ...factsOf(chain, now) };
  try {
    const refusal = await verdictOf(socket, parts.clock);
    if (refusal !== null) return { found: ofEndpoint(refusal, target, facts) };
  } finally {
    socket.destroy();
  }
  if (target.alpn[0] === 'h2' && socket.alpnProtocol !== 'h2') {
    const advice = 'set http.version=1.1, or have HTTP/2 (ALPN h2) offered there';
    return { found: failed('it speaks TLS, but no HTTP/2', advice, facts) };
  }
  return { found: judge(chain, target, facts, now), value: true };
}

async function dialTo({ url, way, alpn }: TlsTarget, tls: TlsConfig, { timeoutMs, signal }: TlsParts) {
  const dial = createDialer({ tls, timeoutMs });
  return (await dial(url, way, { alpn, tunnel: true, signal })) as TLSSocket;
}

function sessionOf(socket: TLSSocket): Facts {
  const { name, standardName } = socket.getCipher();
  return { protocol: socket.getProtocol(), cipher: standardName ?? name, alpn: socket.alpnProtocol || null };
}

/** What the server has against the client, if it says so: null once it has given a session, or kept quiet for long. */
function verdictOf(socket: TLSSocket, clock: Clock): Promise<unknown> {
  // Before TLS 1.3 the handshake ends with it.
  if (socket.getProtocol() !== 'TLSv1.3') return Promise.resolve(null);
  return new Promise(resolve => {
    const cancel = clock.timer(VERDICT_MS, () => end(null));
    const end = (refusal: unknown): void => {
      cancel();
      resolve(refusal);
    };
    socket
      .once('session', () => end(null))
      .once('error', end)
      .once('close', () => end(Object.assign(new Error('closed'), { code: 'CLOSED_UNANSWERED' })));
    socket.resume();
  });
}

function judge([own, ...authorities]: readonly Shown[], { tls, keys }: TlsTarget, facts: Facts, now: number): Found {
  const version = [facts['protocol'], facts['cipher'], facts['alpn']].filter(part => part !== null).join(', ');
  if (own === undefined) return ok(version, facts);
  const left = daysLeft(own, now);
  const path = [own, ...authorities].map(({ subject }) => subject).join(' ← ');
  const text = `${version}; ${path}; ${count(left, 'day')} left, until ${day(own.validTo)}`;
  if (tls.verification === 'none') {
    return warning(`${text}; the certificate is not verified`, `take ${keys}verification.mode=none away`, facts);
  }
  const first = [own, ...authorities].reduce((a, b) => (a.validTo <= b.validTo ? a : b));
  if (daysLeft(first, now) < SOON_DAYS) {
    const whose = first === own ? 'it' : `that of its authority ${first.subject}`;
    return warning(`${text}; ${whose} ends in ${count(daysLeft(first, now), 'day')}`, 'have it renewed in time', facts);
  }
  return ok(text, facts);
}

/** Why there is no handshake. Of a certificate that was refused, what it is like: it is looked at once more for that. */
async function explain(error: unknown, target: TlsTarget, parts: TlsParts): Promise<Found> {
  const code = codeOf(error);
  if (error instanceof ProxyError || !OF_CERTIFICATES.has(code)) return ofEndpoint(error, target, { code });
  let socket: TLSSocket;
  try {
    socket = await dialTo(target, { ...target.tls, verification: 'none' }, parts);
  } catch {
    return ofEndpoint(error, target, { code });
  }
  const now = parts.clock.wall();
  const chain = chainOf(socket);
  const facts = { code, ...sessionOf(socket), ...factsOf(chain, now) };
  socket.destroy();
  const told = sentenceOf(code, chain, target, now);
  return told === null ? ofEndpoint(error, target, facts) : failed(...told, facts);
}

/** As the worker would say it, with the keys of what this is the TLS of. */
function ofEndpoint(error: unknown, { url, way, keys }: TlsTarget, facts: Facts): Found {
  const { message, code } = diagnose(error, url, false, way.kind === 'proxy' ? way.proxy : null);
  return failedBy(message.replaceAll('http.ssl.', keys), { code, ...facts });
}

const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const OF_CERTIFICATES = new Set([
  ...UNKNOWN_AUTHORITY,
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** How it is, and what to do; null: there is nothing more to say than its code. */
function sentenceOf(
  code: string,
  chain: readonly Shown[],
  { url, keys }: TlsTarget,
  now: number,
): readonly [text: string, advice: string] | null {
  const [own] = chain;
  if (own === undefined) return null;
  const last = chain.at(-1)!;
  const trust = `trust that authority with ${keys}ca.location`;
  if (code === 'CERT_HAS_EXPIRED') {
    const expired = chain.find(({ validTo }) => validTo < now) ?? own;
    const ago = Math.floor((now - expired.validTo) / DAY_MS);
    const text = `${whose(expired, own)} expired on ${day(expired.validTo)}, ${count(ago, 'day')} ago`;
    return [text, `have it renewed; or this machine’s clock is wrong, which says ${day(now)}`];
  }
  if (code === 'CERT_NOT_YET_VALID') {
    const early = chain.find(({ validFrom }) => validFrom > now) ?? own;
    const text = `${whose(early, own)} is not valid yet: it begins on ${day(early.validFrom)}`;
    return [text, `wait, or have another one shown; or this machine’s clock is wrong, which says ${day(now)}`];
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const text = `the certificate is not for ${url.hostname}, but for ${namesOf(own)}`;
    return [text, `write one of its names in the URL, or have one shown that is for ${url.hostname}`];
  }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return [
      `the certificate (${own.subject}) is self-signed, and not trusted here`,
      `${trust}, or have one of a known authority shown`,
    ];
  }
  const signed = `the certificate (${own.subject}) is signed by ${last.issuer}, which is no authority that is known here`;
  const isAlone = chain.length === 1;
  return [
    signed,
    `${trust}${isAlone ? '; or the server leaves the certificates of its authorities out of its chain' : ''}`,
  ];
}

function whose(certificate: Shown, own: Shown): string {
  return certificate === own
    ? `the certificate (${own.subject})`
    : `the certificate of its authority ${certificate.subject}`;
}
