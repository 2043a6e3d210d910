import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Scope, type Signal } from '../../scope.ts';
import type { Http2Exchange, StreamEnd } from './http2-exchange.ts';
import { HEADER_OVERHEAD_BYTES, HEADERS_MAX_BYTES } from './http2-headers.ts';
import { Pulse } from './http2-pulse.ts';
import { goawayCode, resetCode } from './http2-reasons.ts';

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

export interface Http2SessionOptions {
  /** From the first packet to the endpoint's SETTINGS. A PING may take as long, and is sent after as long a silence. */
  readonly connectTimeoutMs: number;
  /** An idle connection is closed after so long; with 0, behind its last answer. */
  readonly idleMs: number;
  /** One that is older takes no new request; 0: there is no limit. */
  readonly maxAgeMs: number;
}

export interface Http2SessionParts {
  readonly origin: URL;
  /** Opens its socket, and offers `h2` where there is TLS. */
  readonly dial: (signal: Signal) => Promise<Socket | TLSSocket>;
  readonly options: Http2SessionOptions;
  /** No certificate of ours is shown. */
  readonly anonymous: boolean;
  /** More requests may pass now, or none at all any more. */
  readonly changed: (session: Http2Session) => void;
  /** The endpoint says that it has not taken the request, and goes away. */
  readonly untaken: (exchange: Http2Exchange) => void;
}

/** `retired`: what is under way ends, nothing new begins. */
type State = 'opening' | 'open' | 'retired' | 'ended';

/** One until the next read, one for what follows from it, one to spare. */
const FLUSH_TURNS = 3;
/** Requests in a row that got no answer until a connection is replaced, though it answers to PINGs. */
const FRUITLESS_MAX = 3;
/** Connections that were made together live for this much of their time at the least, so that they do not all end together. */
const LEAST_AGE = 0.8;
/** One whose request was given up before it was open is kept for so long at the least. */
const UNUSED_MS = 100;
/** Stream ids end at 2^31 - 1, and a connection with them (RFC 9113 §5.1.1). */
const LAST_STREAM_ID = 2 ** 31 - 1_000;
/** nghttp2 refuses by itself what makes a flood: more than 8 CONTINUATION frames, or unacknowledged answers of ours. */
const LIMITS = {
  // Behind our own limit, so that there is a reason to tell.
  maxHeaderListPairs: (2 * HEADERS_MAX_BYTES) / HEADER_OVERHEAD_BYTES,
  maxSessionInvalidFrames: 100,
  // In MB. Bodies that wait for their window count: with Node's 10, an answer to a larger one is refused for its headers.
  maxSessionMemory: 1_000_000,
  maxSettings: 32,
  strictFieldWhitespaceValidation: false,
  settings: { enablePush: false, maxHeaderListSize: 2 * HEADERS_MAX_BYTES },
};

/** One connection, open when the endpoint has sent its SETTINGS: before that, nothing of a request leaves. */
export class Http2Session {
  /** Its socket is closed. */
  readonly closed: Promise<void>;
  readonly #parts: Http2SessionParts;
  readonly #exchanges = new Set<Http2Exchange>();
  readonly #opening = new Scope();
  #state: State = 'opening';
  #http2: ClientHttp2Session | null = null;
  #socket: Socket | null = null;
  #limit = 0;
  #served = false;
  #fruitless = 0;
  #endsAt = Number.POSITIVE_INFINITY;
  #cause: unknown = null;
  #goaway: { readonly code: number; readonly lastId: number } | null = null;
  #pulse: Pulse | null = null;

  constructor(parts: Http2SessionParts) {
    this.#parts = parts;
    this.closed = this.#open();
  }

  get state(): State {
    return this.#state;
  }

  /** Why it ended, or goes away. */
  get cause(): unknown {
    return this.#cause ?? 'HTTP2_NOT_TAKEN';
  }

  /** The endpoint ended it before it had brought any answer, and may end the next one as soon. */
  get barren(): boolean {
    const gone = this.#state === 'retired' || this.#state === 'ended';
    return gone && !this.#served && (this.#goaway !== null || this.#cause !== null) && this.#cause !== 'HTTP2_DEAD';
  }

  /** It is being found out whether it is alive. */
  get proving(): boolean {
    return this.#pulse?.asked === true;
  }

  /** The endpoint lets no request through at present (SETTINGS_MAX_CONCURRENT_STREAMS is 0). */
  get barred(): boolean {
    return this.#state === 'open' && this.#limit === 0;
  }

  /** Whether a request may be sent now. One that is too old takes none any more. */
  admits(): boolean {
    if (this.#endsAt !== Number.POSITIVE_INFINITY && performance.now() >= this.#endsAt) this.#retire();
    return this.#state === 'open' && !this.proving && this.#exchanges.size < this.#limit;
  }

  run(exchange: Http2Exchange): void {
    this.#exchanges.add(exchange);
    try {
      exchange.start(this.#http2!, {
        flushed: sure => this.#flush(sure, FLUSH_TURNS),
        done: end => this.#finish(exchange, end),
      });
    } catch {
      // It was closed in this very turn.
      this.#retire();
      this.#finish(exchange, { id: undefined, code: NGHTTP2_REFUSED_STREAM, error: null, unsent: true });
    }
  }

  /** A request was given up, on this connection, or while it waited for any: is it alive? */
  doubt(exchange: Http2Exchange, waited: boolean): void {
    if (this.#state !== 'open' || !(waited || this.#exchanges.has(exchange))) return;
    if (!waited && ++this.#fruitless >= FRUITLESS_MAX) this.#retire();
    else this.#pulse?.ask();
  }

  /** Ends it and all that is under way, which is aborted. */
  kill(): void {
    this.#lose('ABORTED');
  }

  /**
   * Node calls a write done whatever came of it, and what was received before it failed is read all the same: a success, say,
   * to a request of which the half was never sent. But a connection that fails a write is gone, and that shows at the next
   * read, which is a turn of the event loop away at most.
   */
  #flush(sure: () => void, turns: number): void {
    setImmediate(() => {
      if (turns > 1) this.#flush(sure, turns - 1);
      else if (this.#socket!.readable) sure();
    });
  }

  async #open(): Promise<void> {
    const { dial, options } = this.#parts;
    const late = (): void => {
      // Who dials has the same limit, and knows what it waited for.
      if (this.#socket !== null) this.#lose('HTTP2_SILENT');
    };
    const timer = setTimeout(late, options.connectTimeoutMs);
    try {
      const socket = await dial(this.#opening);
      this.#socket = socket;
      const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
      if (this.#state === 'opening') this.#begin(socket, () => clearTimeout(timer));
      else socket.destroy();
      await closed;
    } catch (error) {
      this.#lose(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #begin(socket: Socket, done: () => void): void {
    const { origin, options } = this.#parts;
    socket.on('error', error => this.#lose(error)).on('close', () => this.#lose(this.#closedCause()));
    if (origin.protocol === 'https:' && (socket as TLSSocket).alpnProtocol !== 'h2')
      return this.#lose('HTTP2_NOT_CHOSEN');
    const http2 = connect(origin, { ...LIMITS, createConnection: () => socket });
    this.#http2 = http2;
    http2
      .on('remoteSettings', ({ maxConcurrentStreams }) => {
        done();
        this.#limit = maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
        if (this.#state === 'opening') {
          this.#state = 'open';
          if (options.maxAgeMs > 0) this.#endsAt = performance.now() + drawAge(options.maxAgeMs);
          this.#pulse = this.#watch(http2, socket);
        }
        this.#parts.changed(this);
      })
      .on('goaway', (code, lastId) => {
        this.#goaway = { code, lastId };
        if (code !== NGHTTP2_NO_ERROR) this.#cause ??= goawayCode(code);
        this.#retire();
      })
      .on('error', error => this.#lose(error))
      .on('close', () => this.#lose(this.#closedCause()));
  }

  #closedCause(): string {
    if (this.#state !== 'opening') return 'HTTP2_CLOSED';
    const { anonymous, origin } = this.#parts;
    return anonymous && origin.protocol === 'https:' ? 'CLOSED_UNANSWERED' : 'HTTP2_CLOSED_UNANSWERED';
  }

  /** A stream is gone. */
  #finish(exchange: Http2Exchange, end: StreamEnd): void {
    this.#exchanges.delete(exchange);
    if (exchange.answered) {
      this.#served = true;
      this.#fruitless = 0;
    } else if (!exchange.settled) this.#tell(exchange, end);
    if (end.id !== undefined && end.id > LAST_STREAM_ID) this.#retire();
    if (this.#exchanges.size === 0) {
      this.#pulse?.rest();
      if (this.#state === 'retired') this.#end();
      else if (this.#parts.options.idleMs === 0) this.#retire();
    }
    this.#parts.changed(this);
  }

  #tell(exchange: Http2Exchange, { id, code, error, unsent }: StreamEnd): void {
    const above = this.#goaway !== null && (id === undefined || id > this.#goaway.lastId);
    if (this.#state !== 'open' && (above || unsent)) {
      if (this.#cause === null) return this.#parts.untaken(exchange);
      return exchange.fail(this.#cause, false);
    }
    if (unsent) {
      // Node closes the connection as well.
      this.#retire();
      return exchange.fail('HTTP2_UNSENDABLE', false);
    }
    if (error !== null && error.code !== 'ERR_HTTP2_STREAM_ERROR') this.#lose(error);
    exchange.fail(this.#cause ?? resetCode(code), code !== NGHTTP2_REFUSED_STREAM);
  }

  #retire(): void {
    if (this.#state !== 'open') return;
    this.#state = 'retired';
    if (this.#exchanges.size === 0) this.#end();
    this.#parts.changed(this);
  }

  #watch(http2: ClientHttp2Session, socket: Socket): Pulse {
    const { connectTimeoutMs, idleMs } = this.#parts.options;
    return new Pulse({
      socket,
      // Node sends none behind GOAWAY.
      ping: answered => !http2.closed && http2.ping(error => error === null && answered()),
      busy: () => this.#exchanges.size > 0,
      silenceMs: connectTimeoutMs,
      idleMs: Math.max(idleMs, UNUSED_MS),
      onAnswered: () => this.#parts.changed(this),
      onIdle: () => this.#retire(),
      onDead: () => this.#lose('HTTP2_DEAD'),
    });
  }

  /** The connection is gone, or is given up; its streams end with it, and each is told then. */
  #lose(cause: unknown): void {
    if (this.#state === 'ended') return;
    this.#cause ??= this.#state === 'opening' ? openingCauseOf(cause) : causeOf(cause);
    this.#end();
    this.#parts.changed(this);
  }

  /** Says goodbye, where the kernel takes it at once, and closes: a peer may never close its side. */
  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#pulse?.stop();
    this.#opening.abort();
    setImmediate(() => {
      this.#http2?.destroy();
      setImmediate(() => this.#socket?.destroy());
    });
  }
}

function drawAge(maxMs: number): number {
  return maxMs * (1 - (1 - LEAST_AGE) * Math.random());
}

/** Of an error that Node gives: nghttp2's own ones mean that the peer broke a rule. */
function causeOf(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code?.startsWith('ERR_HTTP2_') === true ? 'HTTP2_VIOLATED' : error;
}

function openingCauseOf(error: unknown): unknown {
  const cause = causeOf(error);
  return cause === 'HTTP2_VIOLATED' ? 'HTTP2_NOT_SPOKEN' : cause;
}
