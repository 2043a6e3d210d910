import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RestConfig } from '../../../config/types.ts';
import type { Clock } from '../../../connector/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { type Answer, failure } from '../answer.ts';
import { rawValues } from '../head.ts';
import { Guesses } from './guesses.ts';
import type { Users } from './users.ts';

/** What matters of a listener. */
export interface Entrance {
  /** Nobody but this machine reaches it. */
  readonly isLocal: boolean;
  /** Clients with a certificate that its authorities signed are who may do everything. */
  readonly knowsClients: boolean;
}

/** What matters of a request. */
export interface Wish {
  /** It changes nothing. */
  readonly isRead: boolean;
  /** It is about health, which probes without credentials ask for. */
  readonly isProbe: boolean;
}

/** Who may do what. Null: this may be done. */
export type Access = (request: IncomingMessage, entrance: Entrance, wish: Wish) => Promise<Answer | null>;

/**
 * Without users: whoever reaches a listener may read, and whoever is on this machine may write; others may with a certificate, or where it is
 * said that they may. With users: nothing without a name and its password, or a certificate, but health; those who may only read do no more.
 */
export function createAccess(
  { readers, allowInsecureWrites }: Pick<RestConfig, 'readers' | 'allowInsecureWrites'>,
  users: Users | null,
  clock: Clock,
  log: Log,
): Access {
  const guesses = new Guesses(clock);

  /** Who it is; or why nobody knows. */
  async function identify(request: IncomingMessage, known: Users): Promise<{ readonly name: string } | Answer> {
    const given = credentialsIn(request);
    if (given === null) return unauthorized('This needs a user name and a password');
    const address = request.socket.remoteAddress ?? '';
    // Whoever was let in lately is not kept out by others of the same address who guess.
    if (await known.isRemembered(given.name, given.password)) return given;
    if (!known.isAsked(given.name, given.password)) {
      const waitMs = guesses.waitOf(address);
      if (waitMs > 0) return tooMany(waitMs);
      guesses.begin(address);
    }
    const found = await known.check(given.name, given.password);
    if (found === 'unreadable') {
      guesses.right(address);
      return failure(503, 'The users of listeners.basic.auth.file can not be read');
    }
    if (found === 'busy') return failure(503, 'Too many passwords are being checked', { 'retry-after': '1' });
    if (found === 'right') {
      guesses.right(address);
      return given;
    }
    log.write('warn', `A wrong user name or password from ${address}`, { event: 'login-failed' });
    return unauthorized('The user name or the password is wrong');
  }

  return async (request, { isLocal, knowsClients }, { isRead, isProbe }) => {
    if (isProbe && isRead) return null;
    if (knowsClients && (request.socket as TLSSocket).authorized) return null;
    if (users === null) return isRead || isLocal || allowInsecureWrites ? null : failure(403, NO_WRITES);
    const found = await identify(request, users);
    if ('status' in found) return found;
    return isRead || !readers.includes(found.name) ? null : failure(403, `User ${found.name} may only read`);
  };
}

const NO_WRITES =
  'Changes need authentication where other machines reach the listener: set listeners.basic.auth.file (users and bcrypt hashes, as htpasswd -B ' +
  'writes them), or listeners.https.ssl.client.auth with a trust store of client certificates; listeners.allow.insecure.writes=true takes them ' +
  'from everybody';

/** Of RFC 7617; null: there are none. Twice, or in any other form, they are nobody's. */
function credentialsIn(request: IncomingMessage): { readonly name: string; readonly password: string } | null {
  const [header, ...more] = rawValues(request, 'authorization');
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined || more.length > 0) return null;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function unauthorized(message: string): Answer {
  return failure(401, message, { 'www-authenticate': 'Basic realm="Kafka Connect", charset="UTF-8"' });
}

function tooMany(waitMs: number): Answer {
  const seconds = Math.ceil(waitMs / 1000);
  return failure(429, `Too many wrong passwords: try again in ${seconds} s`, { 'retry-after': String(seconds) });
}
