import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What the endpoint does about a request. */
export interface RawAnswer {
  /** Put on the wire as they are. */
  readonly bytes: string | Buffer;
  /** Answers when so many bytes of the request are there; all of it by default. With 0, before anything was asked. */
  readonly read?: number;
  /** Waits for this before it answers. */
  readonly after?: Promise<unknown>;
  /**
   * Behind the answer: the next request (the default), nothing more read, the rest read, the connection ended or cut. `shut` ends
   * it and reads no more; `close` with bytes unread is a reset, which may overtake the answer.
   */
  readonly afterwards?: 'next' | 'stall' | 'read' | 'end' | 'shut' | 'close';
  /** Written so many times over, as fast as it is taken. */
  readonly times?: number;
  /** Bytes at a time; all at once by default. */
  readonly piece?: number;
}

/** A server that knows of HTTP only where a request ends, and says exactly what a test tells it to. */
export class RawEndpoint {
  /** The bodies that arrived whole. */
  readonly bodies: string[] = [];
  /** Bytes that arrived, of whatever. */
  received = 0;
  connections = 0;
  /** The first bytes of a request are there. */
  readonly began: Promise<void>;
  /** The first answer has been handed to the kernel. */
  readonly answered: Promise<void>;
  #begin!: () => void;
  #answer!: () => void;
  readonly #script: (count: number) => RawAnswer;
  readonly #server: Server;
  readonly #secure: boolean;
  readonly #sockets = new Set<Socket>();
  #requests = 0;

  /** @param script says what follows the request of this number, counted from 1 */
  constructor(script: (count: number) => RawAnswer, tls: TlsOptions | null = null) {
    this.#script = script;
    this.#secure = tls !== null;
    this.began = new Promise(resolve => (this.#begin = resolve));
    this.answered = new Promise(resolve => (this.#answer = resolve));
    const serve = (socket: Socket): void => void this.#serve(socket).catch(() => socket.destroy());
    this.#server = tls === null ? createServer({ noDelay: true }, serve) : createTlsServer(tls, serve);
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

  /** Requests that arrived, whole or in part. */
  get requests(): number {
    return this.#requests;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #serve(socket: Socket): Promise<void> {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    const arrived = new Arrived();
    let wake = (): void => {};
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.length;
      arrived.add(bytes);
      this.#begin();
      wake();
    });
    while (!socket.destroyed) {
      const answer = this.#script(this.#requests + 1);
      const { read, afterwards = read === undefined ? 'next' : 'stall' } = answer;
      while (!(read === undefined ? arrived.isWhole : arrived.length >= read)) {
        await new Promise<void>(resolve => (wake = resolve));
      }
      this.#requests++;
      if (afterwards === 'stall' || afterwards === 'shut') socket.pause();
      await answer.after;
      await write(socket, answer);
      this.#answer();
      if (afterwards === 'close') socket.destroy();
      if (afterwards === 'end' || afterwards === 'shut') socket.end();
      if (read === undefined) this.bodies.push(arrived.take());
      if (afterwards !== 'next') return;
    }
  }
}

/** The bytes of a connection that belong to no request yet. */
class Arrived {
  length = 0;
  #chunks: Buffer[] = [];
  #end = -1;

  add(bytes: Buffer): void {
    this.length += bytes.length;
    this.#chunks.push(bytes);
    if (this.#end === -1) this.#end = endOfRequest(Buffer.concat(this.#chunks));
  }

  get isWhole(): boolean {
    return this.#end !== -1 && this.length >= this.#end;
  }

  /** The body of the first request. */
  take(): string {
    const whole = Buffer.concat(this.#chunks);
    const request = whole.subarray(0, this.#end);
    const rest = whole.subarray(this.#end);
    this.length = 0;
    this.#chunks = [];
    this.#end = -1;
    if (rest.length > 0) this.add(rest);
    return request.toString('utf8', request.indexOf('\r\n\r\n') + 4);
  }
}

/** The index behind the first request, or -1 as long as its head is not there. */
function endOfRequest(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return -1;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1] ?? '0';
  return head + 4 + Number(length);
}

async function write(socket: Socket, { bytes, times = 1, piece }: RawAnswer): Promise<void> {
  const whole = Buffer.from(bytes as string);
  for (let time = 0; time < times && !socket.destroyed; time++) {
    for (let at = 0; at < whole.length; at += piece ?? whole.length) {
      const flows = socket.write(whole.subarray(at, at + (piece ?? whole.length)));
      if (piece !== undefined && piece < 1_000) await new Promise(resolve => setImmediate(resolve));
      if (!flows) await new Promise<void>(resolve => socket.once('drain', resolve).once('close', () => resolve()));
    }
  }
}
