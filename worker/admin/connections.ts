import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../connector/ports.ts';

/** What one peer may hold of the listener's time, milliseconds: from its request to the last byte of the answer taken. */
export const ANSWER_TIMEOUT_MS = 5_000;
/** Connections at a time. */
export const MAX_CONNECTIONS = 100;

/**
 * The open connections of a listener, and what each is busy with. One more than there may be costs the one that was of use least
 * recently: a reader that stands still or a client that says nothing must not keep others out.
 */
export class Connections {
  readonly #clock: Clock;
  /** In the order in which they were opened, or last took an answer whole. */
  readonly #open = new Set<Socket>();
  readonly #answering = new Map<Socket, ServerResponse>();
  readonly #cancelTimers = new WeakMap<Socket, () => void>();
  /** Whose answer is the last one, since more came behind its request. */
  readonly #last = new WeakSet<Socket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(socket: Socket): void {
    // Node takes its own listener off where it hands a socket over (CONNECT), and an error without any ends the process.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#open.delete(socket));
    this.#open.add(socket);
    if (this.#open.size > MAX_CONNECTIONS) this.#drop(this.#open.values().next().value!);
  }

  /** TLS is there: its socket takes the place of the bare one. */
  secured(socket: Socket): void {
    for (const bare of this.#open) if (haveOneEnd(bare, socket)) this.#open.delete(bare);
    this.add(socket);
  }

  /** Whether an answer is on its way already, or waited for. */
  isBusy(socket: Socket): boolean {
    return this.#answering.has(socket);
  }

  /** An answer on this connection is begun. From now on it has to be given, and taken, in time. */
  begin(socket: Socket, response: ServerResponse): void {
    this.#answering.set(socket, response);
    this.allow(response, ANSWER_TIMEOUT_MS);
    response.once('close', () => {
      this.#cancelTimers.get(socket)?.();
      this.#answering.delete(socket);
      if (!this.#open.delete(socket)) return;
      if (response.writableFinished) this.#open.add(socket);
      else this.#drop(socket);
    });
  }

  /** An answer that was begun, and not yet given, has so many milliseconds from now. */
  allow(response: ServerResponse, ms: number): void {
    const { socket } = response.req;
    if (this.#answering.get(socket) !== response) return;
    this.#cancelTimers.get(socket)?.();
    this.#cancelTimers.set(
      socket,
      this.#clock.timer(ms, () => this.#drop(socket)),
    );
  }

  /**
   * More came before the first request was answered. It gets no answer: the first is the connection's last one, and nothing more
   * is read, since a client could pile up requests without end (RFC 9112 §9.3.2 lets it send them again).
   */
  refusePipelined(socket: Socket): void {
    if (this.#last.has(socket) || socket.destroyed) return;
    this.#last.add(socket);
    socket.pause();
    const first = this.#answering.get(socket)!;
    if (!first.headersSent) first.setHeader('connection', 'close');
    first.once('finish', () => socket.destroySoon());
  }

  /** Ends a connection with these bytes, once a request that came whole has been answered. */
  end(socket: Socket, bytes: Buffer): void {
    const answering = this.#answering.get(socket);
    // A handshake that failed: what is sent now would be no part of TLS.
    const isBare = !this.#open.has(socket);
    if (isBare || !socket.writable || (answering?.headersSent && !answering.req.complete)) this.#drop(socket);
    else if (answering?.req.complete) this.refusePipelined(socket);
    else {
      socket.write(bytes);
      socket.destroySoon();
    }
  }

  #drop(socket: Socket): void {
    this.#open.delete(socket);
    socket.destroy();
  }
}

/** No two connections of a listener have the same other end at a time. */
function haveOneEnd(one: Socket, other: Socket): boolean {
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress;
}
