import { type ClientHttp2Session, type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2';
import type { ProxyConfig } from '../../../config/types.ts';
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { diagnose } from './diagnose.ts';
import { guard } from './http2-guard.ts';
import { answerHeaders, requestHeaders } from './http2-headers.ts';

const { NGHTTP2_CANCEL } = constants;
/** Interim (1xx) answers that one request may get (RFC 9110 §15.2), whether it asked for them or not. */
const INTERIM_MAX = 16;

export interface Http2ExchangeParts {
  readonly request: HttpRequest;
  readonly maxBytes: number;
  /** What stands in between; null: nothing. */
  readonly proxy: ProxyConfig | null;
  readonly signal: Signal;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
  /** It has its answer or its failure, be it on a stream or not. */
  readonly settled: (exchange: Http2Exchange) => void;
}

/** How a stream came to its end, as far as the exchange itself knows. */
export interface StreamEnd {
  /** Undefined for one that never had an id. */
  readonly id: number | undefined;
  /** RFC 9113 §7. */
  readonly code: number;
  /** What Node gave with it. */
  readonly error: NodeJS.ErrnoException | null;
  /** Its first frame could not be made, or not be sent any more. */
  readonly unsent: boolean;
}

/** What an exchange needs of its connection. */
export interface Http2Line {
  /** Calls back when it is sure that what was written went to the kernel; never where it did not. */
  readonly flushed: (sure: () => void) => void;
  /** Called once, when the stream is gone; who has not settled by then is to be told why. */
  readonly done: (end: StreamEnd) => void;
}

/** One request and its answer over a stream; settles exactly once, whatever comes afterwards. */
export class Http2Exchange {
  readonly #parts: Http2ExchangeParts;
  readonly #headers: OutgoingHttpHeaders;
  #stream: ClientHttp2Stream | null = null;
  #line: Http2Line | null = null;
  #error: NodeJS.ErrnoException | null = null;
  #unsent = false;
  #settled = false;
  #answered = false;
  #givenUp = false;
  #moved = false;
  /** All of the body was handed to the kernel. */
  #left = false;
  /** The endpoint has ended the stream from its side, with END_STREAM. */
  #ended = false;
  #cut = false;
  #interim = 0;
  #status = 0;
  #answer: HttpResponse['headers'] = {};
  #body = Buffer.alloc(0);
  #bytes = 0;

  /** @throws Error when the request can not be built */
  constructor(parts: Http2ExchangeParts) {
    this.#parts = parts;
    this.#headers = requestHeaders(parts.request);
    parts.signal.addEventListener('abort', this.abort);
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** It was aborted before there was an answer. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** A whole answer has come. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Sends the request. */
  start(session: ClientHttp2Session, line: Http2Line): void {
    const { body } = this.#parts.request;
    const stream = session.request(this.#headers, { endStream: body.length === 0 });
    guard(stream, session);
    this.#stream = stream;
    this.#line = line;
    this.#left = body.length === 0;
    noticeEnd(stream, () => {
      this.#ended = true;
    });
    stream
      .on('headers', () => this.#takeInterim())
      .on('response', (_headers: unknown, _flags: number, ...[raw]: unknown[]) =>
        this.#takeHead(raw as readonly string[]),
      )
      .on('data', (chunk: Buffer) => this.#take(chunk))
      .on('end', () => this.#endAnswer(stream))
      .on('frameError', () => {
        this.#unsent = true;
      })
      .on('error', (error: NodeJS.ErrnoException) => {
        this.#error = error;
      })
      .on('close', () => this.#close());
    if (!this.#left) stream.write(body, () => line.flushed(() => this.#endRequest(stream)));
  }

  readonly abort = (): void => {
    this.#givenUp = !this.#settled;
    this.fail('ABORTED');
  };

  /** @param ambiguous whether the endpoint may have got something of it; by default, whether it was started */
  fail(cause: unknown, ambiguous = this.#stream !== null): void {
    if (this.#settled) return;
    this.#settle();
    const { request, proxy, reject } = this.#parts;
    reject(diagnose(cause, request.url, ambiguous, proxy));
    this.#drop();
  }

  /**
   * The endpoint said that it did not take the request (RFC 9113 §8.7), which goes to another connection then, as if it had
   * never left: once, and only where nobody waits for it in vain.
   * @returns whether it may
   */
  move(): boolean {
    if (this.#settled || this.#moved || this.#status > 0) return false;
    this.#moved = true;
    this.#stream = null;
    this.#error = null;
    this.#unsent = false;
    this.#interim = 0;
    return true;
  }

  /** END_STREAM goes out only now, so that no stream ends in peace before its body has left. */
  #endRequest(stream: ClientHttp2Stream): void {
    if (stream.closed) return;
    this.#left = true;
    stream.end();
    this.#conclude();
  }

  /** Node waits for the end of our side as well, which never comes once the stream was reset with NO_ERROR. */
  #endAnswer(stream: ClientHttp2Stream): void {
    this.#conclude();
    if (stream.closed) stream.destroy();
  }

  #close(): void {
    this.#conclude();
    if (this.#ended && this.#status > 0) this.fail('ANSWERED_EARLY');
    this.#line!.done({
      id: this.#stream?.id,
      code: this.#stream?.rstCode ?? 0,
      error: this.#error,
      unsent: this.#unsent,
    });
  }

  #takeInterim(): void {
    if (++this.#interim > INTERIM_MAX) this.fail('HTTP2_ENDLESS_INTERIM');
  }

  #takeHead(raw: readonly string[]): void {
    const at = raw.indexOf(':status');
    const headers = answerHeaders(raw);
    if (headers === null) return this.fail('HTTP2_HEADERS_TOO_LARGE');
    this.#status = Number(raw[at + 1]);
    this.#answer = headers;
    this.#conclude();
  }

  /** Copied, since a chunk of one byte would hold the whole buffer that it was read into. */
  #take(chunk: Buffer): void {
    if (this.#settled || this.#cut) return;
    const room = this.#parts.maxBytes - this.#bytes;
    const taken = Math.min(chunk.length, room);
    if (this.#bytes + taken > this.#body.length) this.#grow(this.#bytes + taken);
    this.#bytes += chunk.copy(this.#body, this.#bytes, 0, taken);
    this.#cut = chunk.length > room;
    if (this.#cut) this.#conclude();
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.#parts.maxBytes, Math.max(needed, this.#body.length * 2)));
    this.#body.copy(larger, 0, 0, this.#bytes);
    this.#body = larger;
  }

  /**
   * Answers when there is enough to do so. A success waits until all of its request has left: who confirms what he has not
   * read, and breaks the stream off, has confirmed nothing. Any other answer may come early (RFC 9113 §8.1).
   */
  #conclude(): void {
    if (this.#settled || this.#status === 0 || !(this.#ended || this.#cut)) return;
    if (this.#status <= 299 && !this.#left) return;
    this.#answered = true;
    this.#settle();
    this.#parts.resolve({
      status: this.#status,
      headers: this.#answer,
      body: this.#body.subarray(0, this.#bytes),
      complete: !this.#cut,
      // What was moved may still be written to the connection that did not take it.
      bodySent: this.#left && !this.#moved,
    });
    if (this.#cut || !this.#left) this.#drop();
  }

  /** Node destroys it when the reset has left. */
  #drop(): void {
    this.#stream?.close(NGHTTP2_CANCEL);
  }

  #settle(): void {
    this.#settled = true;
    this.#parts.signal.removeEventListener('abort', this.abort);
    this.#parts.settled(this);
  }
}

/**
 * Tells the end that the endpoint has put to its answer from what Node makes of a stream that was reset with NO_ERROR: an
 * `end`, too. Node pushes null for both; the stream counts as closed at the second.
 */
function noticeEnd(stream: ClientHttp2Stream, ended: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed) ended();
    return push(chunk, encoding);
  };
}
