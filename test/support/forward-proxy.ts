import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What the proxy does with the first request of a connection. The default is what a proxy does. */
export interface ProxyAct {
  /** Put on the wire as they are, in the place of the proxy's own answer. */
  readonly bytes?: string | Buffer;
  /** Bytes at a time; all at once by default. */
  readonly piece?: number;
  /** Written so many times over, as fast as it is taken. */
  readonly times?: number;
  /** Put on the wire when something comes behind the request. */
  readonly reply?: string | Buffer;
  /** Behind them: a tunnel, nothing any more (the default), the connection ended or reset. */
  readonly afterwards?: 'tunnel' | 'stall' | 'end' | 'reset';
}

export interface ForwardProxyOptions {
  readonly tls?: TlsOptions;
  /** Asked with each request, counted from 1. */
  readonly script?: (request: ProxyRequest, count: number) => ProxyAct | null;
  /** `user:password`, without which nothing passes. */
  readonly user?: () => string;
  /** The `host:port` to connect to for one that was asked for; the same by default. */
  readonly route?: (socket: string) => string;
}

export interface ProxyRequest {
  /** `CONNECT`, or the method of a request in absolute form. */
  readonly method: string;
  readonly target: string;
  /** As it came, up to and with the blank line. */
  readonly head: string;
}

const HEAD_END = '\r\n\r\n';
const REFUSED =
  'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n';

/** A forward proxy on bytes: CONNECT, and requests in absolute form, the first of a connection being looked at; it can be told to misbehave. */
export class ForwardProxy {
  readonly requests: ProxyRequest[] = [];
  readonly #options: ForwardProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  constructor(options: ForwardProxyOptions = {}) {
    this.#options = options;
    const serve = (socket: Socket): void => void this.#serve(socket).catch(() => socket.destroy());
    this.#server =
      options.tls === undefined ? createServer({ noDelay: true }, serve) : createTlsServer(options.tls, serve);
    this.#server.on('tlsClientError', () => {});
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  get url(): URL {
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`);
  }

  /** Connections that are open, to clients and to targets. */
  get open(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #serve(socket: Socket): Promise<void> {
    this.connections++;
    this.#keep(socket);
    const first = await untilHead(socket);
    const request = parse(first);
    this.requests.push(request);
    const act = this.#options.script?.(request, this.requests.length) ?? null;
    if (act !== null) return this.#act(socket, request, first, act);
    if (!this.#knows(request)) return void socket.end(REFUSED);
    await this.#pass(socket, request, first, 'HTTP/1.1 200 Connection established\r\n\r\n');
  }

  #knows({ head }: ProxyRequest): boolean {
    const { user } = this.#options;
    if (user === undefined) return true;
    const [, given = ''] = /\r\nproxy-authorization: Basic (\S+)\r\n/i.exec(head) ?? [];
    return Buffer.from(given, 'base64').toString() === user();
  }

  async #act(socket: Socket, request: ProxyRequest, first: Buffer, act: ProxyAct): Promise<void> {
    const { bytes = '', afterwards = 'stall', times = 1, piece } = act;
    if (afterwards === 'tunnel') return this.#pass(socket, request, first, bytes, piece);
    await write(socket, bytes, piece, times);
    if (act.reply !== undefined) socket.once('data', () => socket.write(act.reply!));
    socket.resume();
    if (afterwards === 'end') socket.end();
    if (afterwards === 'reset') socket.resetAndDestroy();
  }

  async #pass(socket: Socket, request: ProxyRequest, first: Buffer, established: string | Buffer, piece?: number) {
    const { hostname, port } = new URL(request.method === 'CONNECT' ? `http://${request.target}` : request.target);
    const asked = `${hostname}:${port === '' ? 80 : port}`;
    const { hostname: host, port: at } = new URL(`tcp://${this.#options.route?.(asked) ?? asked}`);
    const target = connect(Number(at), host);
    this.#keep(target);
    const lost = (): void => {
      socket.destroy();
      target.destroy();
    };
    socket.on('close', lost);
    target.on('close', lost);
    await new Promise((resolve, reject) => target.once('connect', resolve).once('error', reject));
    if (request.method === 'CONNECT') {
      await write(socket, established, piece);
      socket.pipe(target).pipe(socket);
      return;
    }
    target.pipe(socket);
    target.write(inOriginForm(first));
    socket.on('data', (bytes: Buffer) => target.write(inOriginForm(bytes))).resume();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }
}

/** All that came with the first head. */
async function untilHead(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const take = (bytes: Buffer): void => {
      got = Buffer.concat([got, bytes]);
      if (!got.includes(HEAD_END)) return;
      socket.off('data', take).pause();
      resolve(got);
    };
    socket.on('data', take).on('close', () => reject(new Error('closed')));
  });
}

function parse(bytes: Buffer): ProxyRequest {
  const head = bytes.toString('latin1', 0, bytes.indexOf(HEAD_END) + HEAD_END.length);
  const [method = '', target = ''] = head.split(' ', 2);
  return { method, target, head };
}

/** What begins a request loses its origin (RFC 9112 §3.2.1), and what was for the proxy alone. */
function inOriginForm(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const plain = text.replace(/^([A-Z]+) http:\/\/[^/ ]+(\S*) /, '$1 $2 ');
  return plain === text ? bytes : Buffer.from(plain.replace(/\r\nproxy-authorization: [^\r]+/i, ''), 'latin1');
}

async function write(socket: Socket, bytes: string | Buffer, piece?: number, times = 1): Promise<void> {
  const whole = Buffer.from(bytes as string);
  for (let time = 0; time < times && !socket.destroyed; time++) {
    for (let at = 0; at < whole.length; at += piece ?? whole.length) {
      const flows = socket.write(whole.subarray(at, at + (piece ?? whole.length)));
      if (piece !== undefined) await new Promise(resolve => setImmediate(resolve));
      if (!flows) await new Promise<void>(resolve => socket.once('drain', resolve).once('close', () => resolve()));
    }
  }
}
