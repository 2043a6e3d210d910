import type { HttpConfig, ProxyConfig, TlsConfig } from '../../config/types.ts';
import { diagnose } from '../../connector/http/transport/diagnose.ts';
import { createDialer } from '../../connector/http/transport/dial.ts';
import { createWays, DIRECT, hostOf, portOf, type Way } from '../../connector/http/transport/way.ts';
import { Chain, type Looking, type Step } from './chain.ts';
import { failedBy, ok, skipped } from './finding.ts';
import { isAddress, openPort, type Resolve, resolveName } from './network.ts';
import { shakeHands } from './tls.ts';

/** A server that requests go to, and how they get there. */
export interface Server {
  readonly url: URL;
  readonly way: Way;
  readonly tls: TlsConfig;
  /** Of HTTP. */
  readonly version: HttpConfig['version'];
  /** The keys of its TLS, but for what stands behind: `http.ssl.`. */
  readonly keys: string;
}

export interface Reaching extends Looking {
  readonly resolve: Resolve;
}

/** The servers that records of a connector are posted to. */
export function endpointOf({ url, connection, tls, version }: HttpConfig): Server {
  return { url, way: createWays(connection)(url), tls, version, keys: 'http.ssl.' };
}

/** The one that gives out tokens; null where there is none. */
export function tokenServerOf({ auth, tls, connection }: HttpConfig): Server | null {
  if (auth.type !== 'oauth2') return null;
  const { tokenUrl: url } = auth;
  const own = auth.tls !== null;
  return {
    url,
    way: createWays(connection)(url),
    tls: auth.tls ?? tls,
    version: '1.1',
    keys: own ? 'oauth2.ssl.' : 'http.ssl.',
  };
}

/** Two that are reached in the same way are looked at once. */
export function placeOf({ url, keys, version }: Server): string {
  return [url.origin, keys, version].join(' ');
}

/** Name, port, proxy, TLS: all that comes before the first request. */
export async function reach(server: Server, connector: string, reaching: Reaching): Promise<Chain> {
  const chain = new Chain(reaching, connector);
  const { way } = server;
  if (way.kind === 'unix') {
    await chain.step('tcp', way.path, signal => openPort({ path: way.path }, signal, reaching.clock.now));
  } else {
    await connect(way.kind === 'proxy' ? way.proxy.url : server.url, chain, reaching);
  }
  if (way.kind === 'proxy') await passThrough(way.proxy, server, chain, reaching);
  if (server.url.protocol === 'https:') await secure(server, chain, reaching);
  return chain;
}

/** A port that is not the endpoint's: a broker's. */
export async function connect(url: URL, chain: Chain, { resolve, clock }: Reaching): Promise<void> {
  const host = hostOf(url);
  const port = portOf(url);
  const addresses = isAddress(host) ? [host] : await chain.step('dns', host, () => resolveName(host, resolve));
  await chain.step('tcp', `${host.includes(':') ? `[${host}]` : host}:${port}`, signal =>
    openPort({ port, addresses: addresses ?? [] }, signal, clock.now),
  );
}

async function passThrough(proxy: ProxyConfig, server: Server, chain: Chain, reaching: Reaching): Promise<void> {
  const { url, version } = server;
  if (proxy.url.protocol === 'https:') {
    await secure({ url: proxy.url, way: DIRECT, tls: proxy.tls, version: '1.1', keys: 'http.ssl.' }, chain, reaching);
  }
  if (url.protocol === 'https:' || version === '2') {
    await chain.step('proxy', proxy.url.host, signal => tunnel(server, proxy, reaching.timeoutMs, signal));
  } else if (chain.broken === null) {
    chain.tell(
      'proxy',
      proxy.url.host,
      skipped('what it lets through shows with the first request', 'ask for one with --send or --send-one'),
    );
  }
}

/** The tunnel alone, without TLS in it, as the worker asks for it. */
async function tunnel(
  { url, way, tls }: Server,
  proxy: ProxyConfig,
  timeoutMs: number,
  signal: Parameters<typeof openPort>[1],
): Promise<Step<true>> {
  const plain = new URL(`http://${url.hostname}:${portOf(url)}`);
  try {
    const socket = await createDialer({ tls, timeoutMs })(plain, way, { alpn: [], tunnel: true, signal });
    socket.destroy();
    return { found: ok(`opens connections to ${plain.host}`, { source: proxy.source }), value: true };
  } catch (error) {
    const { message, code } = diagnose(error, url, false, proxy);
    return { found: failedBy(message, { code, source: proxy.source }) };
  }
}

async function secure(
  { url, way, tls, version, keys }: Server,
  chain: Chain,
  { clock, timeoutMs }: Looking,
): Promise<void> {
  const alpn = version === '2' ? ['h2'] : ['http/1.1'];
  await chain.step('tls', `${url.hostname}:${portOf(url)}`, signal =>
    shakeHands({ url, way, tls, alpn, keys }, { clock, timeoutMs, signal }),
  );
}
