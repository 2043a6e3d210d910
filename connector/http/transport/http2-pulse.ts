import type { Socket } from 'node:net';

export interface PulseParts {
  readonly socket: Socket;
  /** Calls back when the peer has answered. False: the peer can't be asked. */
  readonly ping: (answered: () => void) => boolean;
  /** Requests are under way. */
  readonly busy: () => boolean;
  /** After as long a silence the peer is asked, and has as long to answer. */
  readonly silenceMs: number;
  readonly idleMs: number;
  readonly onAnswered: () => void;
  readonly onIdle: () => void;
  readonly onDead: () => void;
}

/** What a timer can take. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Whether a connection is alive, and whether it is used: one timer for both, which no request sets or stops. It is also all that
 * notices a peer that broke a rule: nghttp2 says goodbye and does not read on, and Node tells nobody.
 */
export class Pulse {
  readonly #parts: PulseParts;
  #timer: NodeJS.Timeout | undefined;
  #asked = false;
  #stopped = false;
  /** Bytes that had come when it was last looked at, and when the last request ended, monotonic milliseconds. */
  #heard = 0;
  #idleSince = performance.now();

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#watch(parts.idleMs);
  }

  /** The peer was asked, and nothing is known yet. */
  get asked(): boolean {
    return this.#asked;
  }

  ask(): void {
    if (this.#asked || this.#stopped) return;
    this.#watch(this.#parts.silenceMs);
    this.#asked = this.#parts.ping(() => this.#answer());
  }

  /** The last request under way has ended. */
  rest(): void {
    this.#idleSince = performance.now();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #watch(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#heard = this.#parts.socket.bytesRead;
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, TIMER_MAX_MS)).unref();
  }

  #look(): void {
    const { socket, busy, silenceMs, idleMs, onIdle, onDead } = this.#parts;
    const silent = socket.bytesRead === this.#heard;
    // Whatever is heard is an answer as well: behind large bodies a PING may be long under way.
    if (this.#asked) return silent ? onDead() : this.#watch(silenceMs);
    if (busy()) return silent ? this.ask() : this.#watch(silenceMs);
    const left = this.#idleSince + idleMs - performance.now();
    if (left > 0) this.#watch(left);
    else onIdle();
  }

  #answer(): void {
    if (!this.#asked || this.#stopped) return;
    this.#asked = false;
    const { busy, silenceMs, idleMs, onAnswered } = this.#parts;
    this.#watch(busy() ? silenceMs : idleMs);
    onAnswered();
  }
}
