import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ProxyConfig } from '../../../config/types.ts';
import type { HttpResponse } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { diagnose } from './diagnose.ts';
import { ProxyError } from './proxy-error.ts';
import type { Wire } from './wire.ts';

export interface ExchangeParts {
  readonly url: URL;
  readonly maxBytes: number;
  /** A connection over TLS shows no certificate of ours. */
  readonly anonymous: boolean;
  /** What stands in between; null: nothing. */
  readonly proxy: ProxyConfig | null;
  /** The answer is the proxy's, which may have asked the endpoint for it. */
  readonly forwarded: boolean;
  readonly signal: Signal;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
}

const PROXY_AUTHENTICATION_REQUIRED = 407;

/** One request and its answer; settles exactly once, whatever comes afterwards. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** The connection that the request was given to. */
  line: { readonly wire: Wire | null } | null = null;
  readonly #parts: ExchangeParts;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: HttpResponse['headers'] = {};
  #body = Buffer.alloc(0);
  #bytes = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    parts.signal.addEventListener('abort', this.abort);
  }

  /** undici calls this right before it writes; from here on the endpoint may have got something. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up while waiting for a connection'));
    else this.#wire.begin();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const { proxy, forwarded } = this.#parts;
    if (status === PROXY_AUTHENTICATION_REQUIRED && forwarded && proxy !== null) {
      return this.fail(new ProxyError(proxy, 'PROXY_AUTHENTICATION', { status }));
    }
    this.#status = status;
    this.#headers = headers as HttpResponse['headers'];
  }

  /** Copied, since a chunk of one byte would hold the whole buffer that it was read into. */
  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    const room = this.#parts.maxBytes - this.#bytes;
    const taken = Math.min(chunk.length, room);
    if (this.#bytes + taken > this.#body.length) this.#grow(this.#bytes + taken);
    this.#bytes += chunk.copy(this.#body, this.#bytes, 0, taken);
    if (chunk.length > room) this.#cutShort();
  }

  onResponseEnd(): void {
    if (!this.#settled) this.#answer(true);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const wire = this.line?.wire ?? null;
    if (wire?.early === true) this.fail('ANSWERED_EARLY');
    // With TLS 1.3 a client learns only behind the handshake that it should have shown a certificate, or is just left.
    else if (wire?.answered === false && this.#parts.anonymous && isClosed(error)) this.fail('CLOSED_UNANSWERED');
    else this.fail(error);
  }

  readonly abort = (): void => this.fail('ABORTED');

  fail(cause: unknown): void {
    if (this.#settled) return;
    this.#settle();
    const { url, proxy } = this.#parts;
    const ambiguous = this.#controller !== null && !(cause instanceof ProxyError);
    const error = diagnose(cause, url, ambiguous, proxy);
    this.#parts.reject(error);
    this.#controller?.abort(error);
  }

  get #wire(): Wire {
    return this.line!.wire!;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.#parts.maxBytes, Math.max(needed, this.#body.length * 2)));
    this.#body.copy(larger, 0, 0, this.#bytes);
    this.#body = larger;
  }

  /** More than is wanted has come: what there is has to do, and the connection with the rest is dropped. */
  #cutShort(): void {
    this.#answer(false);
    this.#controller?.abort(new Error('the answer is larger than is read'));
  }

  #answer(complete: boolean): void {
    if (this.#wire.early) return this.fail('ANSWERED_EARLY');
    this.#settle();
    const { proxy, forwarded } = this.#parts;
    const answer: HttpResponse = {
      status: this.#status,
      headers: this.#headers,
      body: this.#body.subarray(0, this.#bytes),
      complete,
      bodySent: !this.#wire.unsent,
    };
    this.#parts.resolve(forwarded && proxy !== null ? { ...answer, forwardedBy: proxy.url.host } : answer);
  }

  #settle(): void {
    this.#settled = true;
    this.#parts.signal.removeEventListener('abort', this.abort);
  }
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
