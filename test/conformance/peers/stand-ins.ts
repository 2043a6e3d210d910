import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Answer, type Arrived, Endpoint } from '../../support/endpoint.ts';
import { ForwardProxy } from '../../support/forward-proxy.ts';
import { SECRETS_DIRECTORY } from '../samples.ts';
import type { PeerCase, Seen } from './case.ts';
import { authorityOf, type Pair, PLACES, PROXY, socketOf, toWritten } from './places.ts';
import { type Issuer, startIssuer } from './token-servers.ts';

const read = (file: string): Buffer => readFileSync(`${SECRETS_DIRECTORY}/${file}`);

/** Asks for a certificate of the same authority, and takes who has none. */
const TLS = {
  key: read('server.pem'),
  cert: read('server.pem'),
  ca: read('ca.pem'),
  requestCert: true,
  rejectUnauthorized: false,
};

/** The servers behind the addresses that a case's files name, and what each was asked. */
export class StandIns {
  readonly requests: Seen[] = [];
  readonly tokenRequests: Seen[] = [];
  /** Texts of the files, and what is there in this run. */
  readonly pairs: Pair[] = [];
  /** Those that stand for a part of an address: nothing that comes back is told by them. */
  readonly parts: Pair[] = [];
  readonly #case: PeerCase;
  readonly #issuer: Issuer;
  readonly #servers: Endpoint[] = [];
  #proxy: ForwardProxy | null = null;

  /** @param text all that the case's files hold */
  static async start(peerCase: PeerCase, text: string): Promise<StandIns> {
    const standIns = new StandIns(peerCase, await startIssuer(peerCase.tokens ?? { by: 'script' }));
    await standIns.#open(text);
    return standIns;
  }

  private constructor(peerCase: PeerCase, issuer: Issuer) {
    this.#case = peerCase;
    this.#issuer = issuer;
  }

  /** What the proxy was asked for, each once. */
  get proxied(): readonly string[] {
    const asked = (this.#proxy?.requests ?? []).map(({ method, target }) => `${method} ${target}`);
    return [...new Set(asked)].sort();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.map(each => each.close()), this.#proxy?.close(), this.#issuer.close()]);
  }

  async #open(text: string): Promise<void> {
    const behind = new Map<string, string>();
    for (const { origin, is } of PLACES.filter(place => text.includes(authorityOf(place.origin)))) {
      const script = is === 'tokens' ? this.#giveTokens : this.#take;
      const server = await new Endpoint({ script, ...(origin.startsWith('https') ? { tls: TLS } : {}) }).start();
      this.#servers.push(server);
      if (this.#case.behindProxy?.includes(origin)) behind.set(socketOf(origin), server.url.host);
      else this.pairs.push([authorityOf(origin), server.url.host]);
    }
    if (!text.includes(PROXY.host)) return;
    const { proxyUser } = this.#case;
    const user = proxyUser === undefined ? {} : { user: () => proxyUser };
    this.#proxy = await new ForwardProxy({ ...user, route: socket => behind.get(socket) ?? socket }).start();
    const { host, hostname, port } = this.#proxy.url;
    this.pairs.push([`${PROXY.host}:${PROXY.port}`, host]);
    this.parts.push([PROXY.host, hostname], [PROXY.port, port]);
  }

  readonly #take = async (request: Arrived): Promise<Answer> => {
    const number = this.requests.push(this.#seen(request));
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const named = await this.#issuer.named(authorization);
      const seen = this.requests[number - 1]!;
      this.requests[number - 1] = { ...seen, headers: { ...seen.headers, authorization: named } };
    }
    return (await this.#case.answer?.(request, number)) ?? {};
  };

  readonly #giveTokens = (request: Arrived): Promise<Answer> => {
    const number = this.tokenRequests.push(this.#seen(request));
    return this.#issuer.answer(request, number);
  };

  #seen({ method, path, headers, body, client }: Arrived): Seen {
    const texts = Object.entries(headers).map(([name, value]) => [
      name,
      toWritten(Array.isArray(value) ? value.join(', ') : String(value), this.pairs),
    ]);
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    return { method, path, headers: Object.fromEntries(texts), body: plain, client };
  }
}
