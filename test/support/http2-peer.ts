import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import * as h2 from './http2-frames.ts';

/** What a connection does. It may end at any time, and the connection stays as it is then. */
export type Script = (link: PeerLink, connection: number) => Promise<void> | void;

/** A server that knows of HTTP/2 its frames only, and says exactly what a test tells it to. */
export class Http2Peer {
  readonly links: PeerLink[] = [];
  readonly #script: Script;
  readonly #server: Server;
  readonly #secure: boolean;

  constructor(script: Script, tls: TlsOptions | null = null) {
    this.#script = script;
    this.#secure = tls !== null;
    const serve = (socket: Socket): void => this.#serve(socket);
    this.#server =
      tls === null
        ? createServer({ noDelay: true, allowHalfOpen: true }, serve)
        : createTlsServer({ ALPNProtocols: ['h2'], ...tls }, serve);
    this.#server.on('tlsClientError', () => {});
  }

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): URL {
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`${this.#secure ? 'https' : 'http'}://127.0.0.1:${port}/in`);
  }

  /** Requests that arrived, whole or in part, over all connections. */
  get requests(): number {
    return this.links.reduce((sum, { requests }) => sum + requests, 0);
  }

  async close(): Promise<void> {
    for (const { socket } of this.links) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const link = new PeerLink(socket);
    this.links.push(link);
    Promise.resolve(this.#script(link, this.links.length)).catch(() => socket.destroy());
  }
}

/** One connection of a peer. */
export class PeerLink {
  readonly socket: Socket;
  /** All frames that came, in their order. */
  readonly frames: h2.Frame[] = [];
  /** PINGs and SETTINGS of the client are answered. */
  polite = true;
  /** Streams and the connection get their windows back as DATA comes. */
  generous = true;
  closed = false;
  readonly #reader = new h2.FrameReader();
  readonly #wakes = new Set<() => void>();
  #taken = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}).on('close', () => this.#end());
    socket.on('end', () => this.#end());
    socket.on('data', (bytes: Buffer) => {
      for (const frame of this.#reader.take(bytes)) this.#arrive(frame);
    });
  }

  get requests(): number {
    return this.frames.filter(({ type }) => type === h2.HEADERS).length;
  }

  write(...pieces: readonly (Buffer | string)[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(pieces.map(piece => Buffer.from(piece as string))));
  }

  /** The beginning of a connection. */
  greet(of: Readonly<Record<number, number>> = {}): void {
    this.write(h2.settings(of));
  }

  /** The next request's stream, when its headers are there. */
  async begun(): Promise<number> {
    for (;;) {
      const index = this.frames.findIndex(({ type }, i) => i >= this.#taken && type === h2.HEADERS);
      if (index >= 0) {
        this.#taken = index + 1;
        return this.frames[index]!.stream;
      }
      await this.change();
    }
  }

  /** The next request's stream, when all of it is there. */
  async whole(): Promise<number> {
    const stream = await this.begun();
    await this.seen(frame => frame.stream === stream && isLast(frame));
    return stream;
  }

  async seen(wanted: (frame: h2.Frame) => boolean): Promise<h2.Frame> {
    for (;;) {
      const found = this.frames.find(wanted);
      if (found !== undefined) return found;
      await this.change();
    }
  }

  /** From here on it gives windows back, and at once those that were spent. */
  relent(): void {
    this.generous = true;
    const spent = this.frames.reduce((sum, { type, payload }) => sum + (type === h2.DATA ? payload.length : 0), 0);
    if (spent > 0) this.write(h2.windowUpdate(0, spent));
  }

  bodyOf(stream: number): string {
    const pieces = this.frames.filter(frame => frame.type === h2.DATA && frame.stream === stream);
    return Buffer.concat(pieces.map(({ payload }) => payload)).toString('latin1');
  }

  /** Confirms whatever comes. */
  async serve(status = 200): Promise<void> {
    for (;;) {
      const stream = await this.whole();
      this.write(h2.answer(stream, status));
    }
  }

  /** @throws Error when the connection is gone */
  async change(): Promise<void> {
    if (this.closed) throw new Error('closed');
    await new Promise<void>(resolve => this.#wakes.add(resolve));
    if (this.closed) throw new Error('closed');
  }

  #arrive(frame: h2.Frame): void {
    this.frames.push(frame);
    const { type, flags, stream, payload } = frame;
    if (this.polite && type === h2.SETTINGS && (flags & h2.ACK) === 0) this.write(h2.frame(h2.SETTINGS, h2.ACK, 0));
    if (this.polite && type === h2.PING && (flags & h2.ACK) === 0) this.write(h2.frame(h2.PING, h2.ACK, 0, payload));
    if (this.generous && type === h2.DATA && payload.length > 0) {
      this.write(h2.windowUpdate(0, payload.length));
      if ((flags & h2.END_STREAM) === 0) this.write(h2.windowUpdate(stream, payload.length));
    }
    this.#wake();
  }

  #end(): void {
    this.closed = true;
    this.#wake();
  }

  #wake(): void {
    const wakes = [...this.#wakes];
    this.#wakes.clear();
    for (const wake of wakes) wake();
  }
}

function isLast({ type, flags }: h2.Frame): boolean {
  return (type === h2.DATA || type === h2.HEADERS) && (flags & h2.END_STREAM) !== 0;
}
