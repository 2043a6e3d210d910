import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { TlsConfig } from '../../../config/types.ts';
import type { Exchange } from './exchange.ts';
import { Wire } from './wire.ts';

export type Connect = buildConnector.connector;

export interface ExchangeOptions extends Dispatcher.DispatchOptions {
  readonly exchange: Exchange;
}

/** How long a server of which nothing is known yet may speak before it is asked. */
const QUIET_MS = 20;

/** Opens sockets. TLS is verified, with version 1.2 at least, whatever Node's own options and variables say. */
export function createConnect(tls: TlsConfig, timeoutMs: number): Connect {
  const build = (): Connect => {
    const secureContext = contextOf(tls);
    return buildConnector({
      timeout: timeoutMs,
      allowH2: false,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(secureContext !== null && { secureContext }),
    });
  };
  let connect: Connect | null = null;
  return (target, done) => {
    try {
      connect ??= build();
    } catch (error) {
      return done(error as Error, null);
    }
    connect(target, done);
  };
}

/** One for all connections: to read some hundred authorities takes as long as a handshake. Null: Node's own will do. */
function contextOf({ ca, certificate, key, keyPassword }: TlsConfig): SecureContext | null {
  if (ca === null && certificate === null) return null;
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca !== null && { ca }),
    ...(certificate !== null && { cert: certificate }),
    ...(key !== null && { key: key.reveal() }),
    ...(keyPassword !== null && { passphrase: keyPassword.reveal() }),
  });
}

/** What all connections of an origin have learnt of it. */
export interface Manners {
  /** The last new connection kept quiet until it was asked. */
  quiet: boolean;
}

/** One connection of a pool, opened anew when it was lost; tells an exchange over which wire it goes. */
export class Connection extends Client {
  readonly #line: { wire: Wire | null };

  constructor(origin: URL, options: Client.Options, connect: Connect, manners: Manners) {
    const line = { wire: null as Wire | null };
    super(origin, {
      ...options,
      connect: (target, done) =>
        connect(target, (...result) => {
          const [error, socket] = result;
          if (error !== null) return done(error, null);
          const wire = new Wire(socket);
          line.wire = wire;
          listenFirst(wire, manners, spoke => {
            if (!spoke) return done(null, socket);
            socket.destroy();
            done(Object.assign(new Error('spoken unasked'), { code: 'ANSWERED_UNASKED' }), null);
          });
        }),
    });
    this.#line = line;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    (options as ExchangeOptions).exchange.line = this.#line;
    return super.dispatch(options, handler);
  }
}

/**
 * A new connection is looked at before the first request is written: bytes that lie there answer nothing. One turn of the
 * event loop is enough for those that came with the handshake.
 */
function listenFirst(wire: Wire, manners: Manners, done: (spoke: boolean) => void): void {
  const judge = (): void => {
    manners.quiet = !wire.hasSpoken;
    done(!manners.quiet);
  };
  if (manners.quiet) setImmediate(judge);
  else setTimeout(judge, QUIET_MS);
}
