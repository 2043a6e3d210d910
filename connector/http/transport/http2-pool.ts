import type { Http2Exchange } from './http2-exchange.ts';
import { Http2Session, type Http2SessionParts } from './http2-session.ts';

/**
 * The connections to one origin. As a rule there is one, which all requests share; another is opened only where the
 * endpoint lets fewer requests through on each than may be in flight (SETTINGS_MAX_CONCURRENT_STREAMS), and in the place of
 * one that goes away. With a limit of 0 it wants none at present: requests wait, and nothing is opened.
 */
export class Http2Pool {
  readonly #parts: Omit<Http2SessionParts, 'changed' | 'untaken'>;
  readonly #maxSessions: number;
  readonly #sessions = new Set<Http2Session>();
  /** In the order in which they came. */
  readonly #waiting = new Set<Http2Exchange>();
  #pumping = false;

  constructor(parts: Omit<Http2SessionParts, 'changed' | 'untaken'>, maxSessions: number) {
    this.#parts = parts;
    this.#maxSessions = maxSessions;
  }

  send(exchange: Http2Exchange): void {
    this.#waiting.add(exchange);
    this.#pump();
  }

  /** It is to be called when an exchange has settled. */
  forget(exchange: Http2Exchange): void {
    const waited = this.#waiting.delete(exchange);
    if (exchange.givenUp) for (const session of this.#sessions) session.doubt(exchange, waited);
  }

  /** Aborts what is under way, and resolves when all sockets are closed. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions];
    for (const exchange of [...this.#waiting]) exchange.abort();
    for (const session of sessions) session.kill();
    await Promise.all(sessions.map(session => session.closed));
  }

  /** Lets requests through until one has to wait. What happens meanwhile is looked at in the same go. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    for (const exchange of this.#waiting) {
      const session = this.#free();
      if (session === null) {
        if (this.#mayOpen()) this.#open();
        break;
      }
      this.#waiting.delete(exchange);
      session.run(exchange);
    }
    this.#pumping = false;
  }

  #free(): Http2Session | null {
    for (const session of this.#sessions) if (session.admits()) return session;
    return null;
  }

  /** One at a time: what a connection that is being opened lets through may be enough. */
  #mayOpen(): boolean {
    let open = 0;
    for (const session of this.#sessions) {
      if (session.state === 'opening' || session.proving || session.barred) return false;
      if (session.state === 'open') open++;
    }
    return open < this.#maxSessions;
  }

  #open(): void {
    const session = new Http2Session({
      ...this.#parts,
      changed: changed => this.#look(changed),
      untaken: exchange => this.#move(exchange),
    });
    this.#sessions.add(session);
  }

  #look(session: Http2Session): void {
    if (session.state === 'ended') this.#sessions.delete(session);
    if (session.barren && !this.#hasOpen()) this.#refuse(session.cause);
    this.#pump();
  }

  #hasOpen(): boolean {
    for (const { state } of this.#sessions) if (state === 'open') return true;
    return false;
  }

  /** The next connection would bring nothing either: to wait and try again is up to the caller. */
  #refuse(cause: unknown): void {
    for (const exchange of [...this.#waiting]) exchange.fail(cause, false);
  }

  #move(exchange: Http2Exchange): void {
    if (exchange.move()) this.#waiting.add(exchange);
    else exchange.fail('HTTP2_NOT_TAKEN', false);
  }
}
