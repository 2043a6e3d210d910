import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { TokenIssuer, type TokenIssuerOptions } from './token-issuer.ts';

/** One request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The connection it came over, numbered from 1. */
  readonly connection: number;
  /** The common name of the client's certificate; null without one. */
  readonly client: string | null;
}

/** What the endpoint does with a request. The default is an empty 200 at once. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** The answer waits for this; a promise that never resolves is a server that never answers. */
  readonly after?: Promise<unknown>;
  /** Cuts the connection: before any answer, within its body, or right behind it. */
  readonly cut?: 'before' | 'within' | 'after';
  /** Bytes put on the wire in the place of an HTTP answer. */
  readonly raw?: string | Buffer;
  /** Bytes put on the wire behind the complete answer, when `unsolicitedAfter` resolves. */
  readonly unsolicited?: string | Buffer;
  readonly unsolicitedAfter?: Promise<unknown>;
  /** Repeats the body over and over, without end: as fast as it is taken, or with a pause of so many milliseconds. */
  readonly endless?: true | number;
}

export interface EndpointOptions {
  readonly tls?: TlsOptions;
  /** Gives out tokens at `/token` and takes no record without one. */
  readonly oauth2?: TokenIssuerOptions;
  /** What to do with a request that no queued answer is for. */
  readonly script?: (request: Arrived, count: number) => Answer | Promise<Answer>;
  /** Keep what arrived; a long run turns it off and counts by `script`. */
  readonly keep?: boolean;
}

/** A real HTTP server that does what a test tells it to, and remembers what it was sent. */
export class Endpoint {
  /** Everything that was posted, token requests aside. */
  readonly requests: Arrived[] = [];
  /** Answers for the next requests, one each; then the script's. */
  readonly answers: Answer[] = [];
  readonly tokens: TokenIssuer | null;
  readonly #options: EndpointOptions;
  readonly #server: ReturnType<typeof createServer>;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #connections = new WeakMap<object, number>();
  readonly #closed = new AbortController();
  #connected = 0;
  #count = 0;

  constructor(options: EndpointOptions = {}) {
    this.#options = options;
    this.tokens = options.oauth2 === undefined ? null : new TokenIssuer(options.oauth2);
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#take(request, response).catch(() => request.socket.destroy());
    };
    this.#server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: object) =>
      this.#connections.set(socket, ++this.#connected),
    );
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on a free port of 127.0.0.1. */
  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return this;
  }

  get url(): URL {
    return new URL(`${this.#origin}/in`);
  }

  get tokenUrl(): URL {
    return new URL(`${this.#origin}/token`);
  }

  /** Connections taken so far. */
  get connections(): number {
    return this.#connected;
  }

  /** Requests taken so far, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** Every record that arrived, in the order of arrival, as parsed JSON. */
  get records(): unknown[] {
    return this.requests.flatMap(recordsOf);
  }

  /** Resolves when so many requests have arrived. */
  arrived(count: number): Promise<void> {
    if (this.#count >= count) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push({ count, resolve }));
  }

  /** Cuts every connection and stops listening. */
  async close(): Promise<void> {
    this.#closed.abort();
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  get #origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const arrived: Arrived = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: Buffer.concat(chunks),
      connection: this.#connections.get(request.socket) ?? 0,
      client: this.#options.tls === undefined ? null : clientOf(request.socket as TLSSocket),
    };
    await this.#answer(await this.#choose(arrived), request, response);
  }

  #choose(arrived: Arrived): Answer | Promise<Answer> {
    if (this.tokens !== null && arrived.path === '/token') return this.tokens.issue(arrived);
    const count = ++this.#count;
    if (this.#options.keep !== false) this.requests.push(arrived);
    for (const waiter of this.#waiting) if (waiter.count <= count) waiter.resolve();
    if (this.tokens !== null && !this.tokens.accepts(arrived.headers.authorization)) return { status: 401 };
    return this.answers.shift() ?? this.#options.script?.(arrived, count) ?? {};
  }

  async #answer(answer: Answer, { socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (answer.after !== undefined) await Promise.race([answer.after, aborted(this.#closed.signal)]);
    if (answer.cut === 'before') return void socket.destroy();
    if (answer.raw !== undefined) return void socket.write(answer.raw);
    response.writeHead(answer.status ?? 200, answer.headers);
    if (answer.endless !== undefined) return this.#repeat(response, answer);
    const body = Buffer.from(answer.body ?? '');
    if (answer.cut === 'within') return void response.write(body, () => socket.destroy());
    await new Promise<void>(resolve => response.end(body, resolve));
    if (answer.cut === 'after') socket.destroy();
    if (answer.unsolicited === undefined) return;
    await answer.unsolicitedAfter;
    socket.write(answer.unsolicited);
  }

  async #repeat(response: ServerResponse, { body = 'x', endless }: Answer): Promise<void> {
    const closed = aborted(this.#closed.signal, done => response.on('close', done));
    while (!response.destroyed && !this.#closed.signal.aborted) {
      const flows = response.write(body);
      const drained = new Promise(resolve => response.once('drain', resolve));
      const paused = new Promise(resolve => setTimeout(resolve, endless === true ? 0 : endless));
      await Promise.race([flows ? paused : drained, closed]);
    }
  }
}

function clientOf(socket: TLSSocket): string | null {
  // Without a certificate it is an empty object.
  const { subject } = socket.getPeerCertificate();
  return subject === undefined ? null : String(subject.CN);
}

/** The records in a body, whichever format it has: lines, an array, an envelope with one array in it, one value. */
export function recordsOf({ headers, body }: Pick<Arrived, 'headers' | 'body'>): unknown[] {
  const text = body.toString('utf8');
  if (headers['content-type'] === 'application/x-ndjson') {
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as unknown);
  }
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return value as unknown[];
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inner.length === 1 && Array.isArray(inner[0]) ? (inner[0] as unknown[]) : [value];
}

function aborted(signal: AbortSignal, also?: (done: () => void) => void): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    also?.(resolve);
  });
}
