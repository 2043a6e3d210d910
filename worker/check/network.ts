import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Signal } from '../../connector/scope.ts';
import type { Step } from './chain.ts';
import { type Facts, failed, ok, warning } from './finding.ts';

/** Resolves a name as a connection would: `/etc/hosts`, then DNS. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async host => (await lookup(host, { all: true })).map(({ address }) => address);

/** @returns every address of the host */
export async function resolveName(host: string, resolve: Resolve): Promise<Step<readonly string[]>> {
  try {
    const addresses = await resolve(host);
    return { found: ok(addresses.join(', '), { addresses: [...addresses] }), value: addresses };
  } catch (error) {
    const code = codeOf(error);
    const [text, advice] = code === 'EAI_AGAIN' ? NO_SERVER : UNKNOWN_NAME;
    return { found: failed(text, advice, { code }) };
  }
}

const UNKNOWN_NAME = ['the name does not resolve', 'check its spelling and this machine’s DNS'] as const;
const NO_SERVER = ['the DNS server did not answer', 'check this machine’s DNS (/etc/resolv.conf)'] as const;

export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

export type Place = { readonly port: number; readonly addresses: readonly string[] } | { readonly path: string };

interface Attempt {
  readonly name: string;
  /** Null: it is open. */
  readonly fault: keyof typeof FAULTS | 'OTHER' | null;
  readonly code: string | null;
  readonly ms: number;
}

const FAULTS = {
  ECONNREFUSED: 'refuses the connection: nothing listens there',
  EHOSTUNREACH: 'can not be reached: there is no route to it',
  ENETUNREACH: 'can not be reached: there is no route to its network',
  EADDRNOTAVAIL: 'can not be reached: this machine has no address of its kind',
  ETIMEDOUT: 'does not answer',
  ECONNRESET: 'cuts the connection at once',
  ENOENT: 'does not exist',
  EACCES: 'may not be used by this user',
} as const;

/**
 * Opens a connection to each address, and closes it again.
 * @param timeoutMs for all of them together
 * @param now the clock's monotonic milliseconds
 */
export async function openPort(place: Place, signal: Signal, now: () => number): Promise<Step<true>> {
  const targets =
    'path' in place
      ? [{ name: place.path, open: () => connect({ path: place.path }) }]
      : place.addresses.map(host => ({ name: host, open: () => connect({ host, port: place.port }) }));
  const attempts = await Promise.all(targets.map(({ name, open }) => tryPort(name, open, signal, now)));
  const reached = attempts.filter(({ fault }) => fault === null);
  const missed = attempts.filter(({ fault }) => fault !== null);
  const facts: Facts = {
    addresses: attempts.map(({ name, fault, code, ms }) => ({
      address: name,
      open: fault === null,
      code,
      ms: round(ms),
    })),
  };
  if (reached.length === 0)
    return { found: failed(missed.map(sentence).join('; '), 'path' in place ? UNIX : PORT, facts) };
  const open = `open (${reached.map(({ ms }) => `${round(ms)} ms`).join(', ')})`;
  const text = [open, ...missed.map(sentence)].join('; ');
  // What is refused at once costs nothing: the next address is tried. What hangs is waited for, with each new connection.
  const hangs = missed.some(({ fault }) => fault === 'ETIMEDOUT');
  return { found: hangs ? warning(text, HANGS, facts) : ok(text, facts), value: true };
}

const PORT = 'check that it runs, host and port, and the firewall';
const UNIX = 'check that it runs, and the path and its permissions';
const HANGS = 'each new connection may wait for it: take the address out of DNS, or have it answer';

function tryPort(name: string, open: () => Socket, signal: Signal, now: () => number): Promise<Attempt> {
  const started = now();
  const socket = open();
  return new Promise(resolve => {
    const end = (code: string | null): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      const fault = code === null ? null : code in FAULTS ? (code as keyof typeof FAULTS) : 'OTHER';
      resolve({ name, fault, code, ms: now() - started });
    };
    const late = (): void => end('ETIMEDOUT');
    signal.addEventListener('abort', late);
    socket.once('connect', () => end(null)).on('error', error => end(codeOf(error)));
  });
}

function sentence({ name, fault, code }: Attempt): string {
  return `${name} ${fault === null || fault === 'OTHER' ? `can not be reached (${code})` : FAULTS[fault]}`;
}

export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'UNKNOWN';
}

export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
