import type { Socket } from 'node:net';
import {
  AnswerError,
  type AnswerHead,
  endOfHead,
  type Framing,
  HEAD_MAX_BYTES,
  readHead,
  startOfHead,
} from './answer-head.ts';
import { ChunkedBody } from './chunked-body.ts';

/** Interim (1xx) answers that one request may get (RFC 9110 §15.2), whether it asked for them or not. */
const INTERIM_MAX = 16;
const SWITCHING_PROTOCOLS = 101;
const NOTHING = Buffer.alloc(0);

/** What comes next on the connection. */
type State =
  /** Nothing, since no request is on its way. */
  | { readonly kind: 'idle' }
  /** A head; `gathered` came already, and its first `searched` bytes hold no end. */
  | { readonly kind: 'head'; readonly gathered: Buffer; readonly searched: number }
  | { readonly kind: 'body'; left: number }
  | { readonly kind: 'chunks'; readonly body: ChunkedBody };

const IDLE: State = { kind: 'idle' };
const AWAITING: State = { kind: 'head', gathered: NOTHING, searched: 0 };

interface Taken {
  /** What undici is to see. */
  readonly passed: Buffer;
  /** How many of the bytes that is. */
  readonly used: number;
}

/**
 * Stands between a socket and undici's parser, which takes what comes by `socket.read()` and refuses much of what other
 * clients accept: answers pass in the form that RFC 9112 wants. Interim answers end here. An answer belongs to the request
 * that was begun before it; bytes that belong to none end the connection, and so does an answer that can't be read. A success
 * waits until all of its request has left: who confirms what he has not read, and closes, has confirmed nothing.
 */
export class Wire {
  readonly #socket: Socket;
  readonly #read: () => Buffer | null;
  #state: State = IDLE;
  #early = false;
  #interim = 0;
  #answered = false;
  #held: Buffer | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    this.#read = () => read();
    // Node's own `read(0)` takes nothing, it has the socket go on.
    socket.read = (size?: number) => (size === undefined ? this.#next() : read(size));
  }

  /** A request is about to be written. */
  begin(): void {
    this.#state = AWAITING;
    this.#early = false;
    this.#interim = 0;
  }

  /** Bytes have come though nothing was asked. */
  get hasSpoken(): boolean {
    return this.#state === IDLE && this.#socket.readableLength > 0;
  }

  /** An answer has come, to this request or an earlier one. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Bytes of the request wait for the kernel. */
  get unsent(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** A success has come to a request that had not left yet, and never did. */
  get early(): boolean {
    // A socket that was lost holds nothing back any more.
    if (this.#early && !this.#socket.destroyed && !this.unsent) this.#early = false;
    return this.#early;
  }

  #next(): Buffer | null {
    if (this.#held !== null) return this.#release();
    try {
      for (let bytes = this.#read(); bytes !== null; bytes = this.#read()) {
        const clean = this.#take(bytes);
        if (clean.length > 0) return this.#state === IDLE && this.early ? this.#hold(clean) : clean;
      }
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
    return null;
  }

  #take(bytes: Buffer): Buffer {
    const clean: Buffer[] = [];
    for (let rest = bytes; rest.length > 0; ) {
      const state = this.#state;
      if (state.kind === 'idle') {
        // Behind what is handed on now: undici takes nothing from a socket that is destroyed.
        queueMicrotask(() => this.#socket.destroy());
        break;
      }
      const { passed, used } = this.#step(state, rest);
      clean.push(passed);
      rest = rest.subarray(used);
    }
    return clean.length === 1 ? clean[0]! : Buffer.concat(clean);
  }

  #step(state: Exclude<State, { kind: 'idle' }>, bytes: Buffer): Taken {
    switch (state.kind) {
      case 'body':
        return this.#takeBody(state, bytes);
      case 'chunks': {
        const { clean, used } = state.body.take(bytes);
        if (state.body.done) this.#state = IDLE;
        return { passed: clean, used };
      }
      case 'head':
        return this.#takeHead(state.gathered, state.searched, bytes);
    }
  }

  #takeBody(state: { left: number }, bytes: Buffer): Taken {
    const used = Math.min(bytes.length, state.left);
    state.left -= used;
    if (state.left === 0) this.#state = IDLE;
    return { passed: bytes.subarray(0, used), used };
  }

  #takeHead(gathered: Buffer, searched: number, bytes: Buffer): Taken {
    const head = gathered.length === 0 ? bytes : Buffer.concat([gathered, bytes]);
    const start = startOfHead(head);
    const end = endOfHead(head, Math.max(start, searched));
    if ((end === -1 ? head.length : end) > HEAD_MAX_BYTES) throw new AnswerError('its headers are larger than 64 KiB');
    if (end === -1) {
      this.#state = { kind: 'head', gathered: head, searched: Math.max(start, head.length - 2) };
      return { passed: NOTHING, used: bytes.length };
    }
    return { passed: this.#open(readHead(head.subarray(start, end))), used: end - gathered.length };
  }

  #open({ status, framing, clean }: AnswerHead): Buffer {
    if (status === SWITCHING_PROTOCOLS) throw new AnswerError('it changes to a protocol that nobody asked for');
    if (status < 200) {
      if (++this.#interim > INTERIM_MAX) throw new AnswerError('there is no end to its interim answers (1xx)');
      this.#state = AWAITING;
      return NOTHING;
    }
    this.#answered = true;
    this.#early = status <= 299 && this.unsent;
    this.#state = bodyState(framing);
    return clean;
  }

  #hold(clean: Buffer): null {
    this.#held = clean;
    const tell = (): void => void this.#socket.emit('readable');
    if (this.#socket.writableNeedDrain) this.#socket.once('drain', tell);
    else this.#socket.write(NOTHING, tell);
    return null;
  }

  #release(): Buffer | null {
    if (this.unsent) return null;
    const held = this.#held;
    this.#held = null;
    return held;
  }
}

function bodyState(framing: Framing): State {
  switch (framing.kind) {
    case 'none':
      return IDLE;
    case 'length':
      return { kind: 'body', left: framing.bytes };
    case 'chunked':
      return { kind: 'chunks', body: new ChunkedBody() };
    case 'close':
      return { kind: 'body', left: Number.POSITIVE_INFINITY };
  }
}
