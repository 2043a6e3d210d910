import type { Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';
import type { Exchange } from './exchange.ts';
import { Wire } from './wire.ts';

export interface ExchangeOptions extends Dispatcher.DispatchOptions {
  readonly exchange: Exchange;
}

/** How long a server of which nothing is known yet may speak before it is asked. */
const QUIET_MS = 20;
/** Connections that were made together live for this much of their time at the least, so that they do not all end together. */
const LEAST_AGE = 0.8;

/** What all connections of an origin have learnt of it. */
export interface Manners {
  /** The last new connection kept quiet until it was asked. */
  quiet: boolean;
}

/** What all connections of an origin have in common. */
export interface Line {
  readonly open: () => Promise<Socket>;
  readonly manners: Manners;
  /** Milliseconds after which a connection is used no more; 0: never. */
  readonly maxAgeMs: number;
}

/** One connection of a pool, opened anew when it was lost or is too old; tells an exchange over which wire it goes. */
export class Connection extends Client {
  readonly #line: { wire: Wire | null; socket: Socket | null; endsAt: number };

  constructor(origin: URL, options: Client.Options, { open, manners, maxAgeMs }: Line) {
    const line = { wire: null as Wire | null, socket: null as Socket | null, endsAt: Number.POSITIVE_INFINITY };
    const take = (socket: Socket, done: buildConnector.Callback): void => {
      const wire = new Wire(socket);
      line.wire = wire;
      line.socket = socket;
      if (maxAgeMs > 0) line.endsAt = performance.now() + maxAgeMs * (1 - (1 - LEAST_AGE) * Math.random());
      listenFirst(wire, manners, spoke => {
        // To undici a lost socket is no failure of the request that waits for it: it would connect again, without a pause.
        if (socket.destroyed) return done(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), null);
        if (!spoke) return done(null, socket);
        socket.destroy();
        done(Object.assign(new Error('spoken unasked'), { code: 'ANSWERED_UNASKED' }), null);
      });
    };
    super(origin, {
      ...options,
      connect: (_, done) =>
        void open().then(
          socket => take(socket, done),
          (error: Error) => done(error, null),
        ),
    });
    this.#line = line;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const line = this.#line;
    (options as ExchangeOptions).exchange.line = line;
    // A pool gives a connection one request at a time: this one is idle. What is destroyed is opened anew.
    if (line.endsAt !== Number.POSITIVE_INFINITY && performance.now() >= line.endsAt) line.socket?.destroy();
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
