import type { PeerCertificate, TLSSocket } from 'node:tls';
import { parseImfFixdate } from '../../connector/http/answers/retry-after.ts';
import { writeIsoTimestamp } from '../../connector/java/iso.ts';
import type { Facts } from './finding.ts';

/** One certificate of a chain, as far as it is told. */
export interface Shown {
  readonly subject: string;
  readonly issuer: string;
  /** What it is good for: names and addresses. */
  readonly names: readonly string[];
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
}

export const DAY_MS = 86_400_000;
/** A server may show as many as it likes. */
const MOST_CERTIFICATES = 10;
const MOST_NAMES = 10;
const LONGEST_NAME = 200;

/** What the server showed, its own certificate first; its authorities behind it, as far as they are known. */
export function chainOf(socket: TLSSocket): readonly Shown[] {
  const chain: Shown[] = [];
  const seen = new Set<string>();
  // Without a certificate it is an empty object; a root is its own issuer.
  for (
    let at: Partial<PeerCertificate> & { issuerCertificate?: PeerCertificate } = socket.getPeerCertificate(true);
    at?.fingerprint256 !== undefined && !seen.has(at.fingerprint256) && chain.length < MOST_CERTIFICATES;
    at = at.issuerCertificate ?? {}
  ) {
    seen.add(at.fingerprint256);
    chain.push(shown(at as PeerCertificate));
  }
  return chain;
}

function shown({ subject, issuer, subjectaltname = '', valid_from, valid_to }: PeerCertificate): Shown {
  const names = subjectaltname.split(', ').flatMap(name => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    names: names.map(name => name.slice(0, LONGEST_NAME)),
    validFrom: timeOf(valid_from),
    validTo: timeOf(valid_to),
  };
}

/** OpenSSL writes `Nov  8 22:51:56 2026 GMT`. NaN: no such date. */
function timeOf(text: string): number {
  const [, month, day, time, year] = /^(\w{3}) +(\d{1,2}) (\S+) (\d{4}) GMT$/.exec(text) ?? [];
  return parseImfFixdate(`Mon, ${day?.padStart(2, '0')} ${month} ${year} ${time} GMT`) ?? Number.NaN;
}

/** Its common name, or else all that it has of a name. */
function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const { CN, ...rest } = (name ?? {}) as unknown as Record<string, string | string[] | undefined>;
  const parts = CN === undefined ? Object.entries(rest).map(([key, value]) => `${key}=${value}`) : [String(CN)];
  return parts.join(', ').slice(0, LONGEST_NAME) || '(no name)';
}

export function factsOf(chain: readonly Shown[], now: number): Facts {
  const [own] = chain;
  if (own === undefined) return { chain: [] };
  return {
    subject: own.subject,
    issuer: own.issuer,
    names: own.names.slice(0, MOST_NAMES),
    validFrom: stamp(own.validFrom),
    validTo: stamp(own.validTo),
    daysLeft: daysLeft(own, now),
    chain: chain.map(each => `${each.subject} → ${each.issuer}`),
  };
}

/** Whole days; negative: it ended so many days ago. */
export function daysLeft({ validTo }: Shown, now: number): number {
  return Math.floor((validTo - now) / DAY_MS);
}

export function day(epochMs: number): string {
  return stamp(epochMs)?.slice(0, 10) ?? '(no date)';
}

function stamp(epochMs: number): string | null {
  return Number.isNaN(epochMs) ? null : writeIsoTimestamp(epochMs);
}

/** The names that it is good for, for a sentence. */
export function namesOf({ names, subject }: Shown): string {
  if (names.length === 0) return `${subject} (it has no alternative names, which are the only ones that count)`;
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
