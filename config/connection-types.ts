import type { Secret } from './secret.ts';
import type { TlsConfig } from './tls-types.ts';

/** A forward proxy. */
export interface ProxyConfig {
  /** http: or https:, host and port alone. */
  readonly url: URL;
  readonly credentials: { readonly username: string; readonly password: Secret } | null;
  /** What it is told by: `http.proxy.url`, or the variable of the environment. */
  readonly source: string;
  /** Of the connection to the proxy itself, where that is https. */
  readonly tls: TlsConfig;
}

/** A host, or many, that are asked without the proxy. Names are in the URL standard's spelling, a null port means any. */
export type BypassRule =
  | { readonly kind: 'all' }
  /** Names without a dot. */
  | { readonly kind: 'local' }
  /** A name and all below it; without `itself` those below alone. */
  | { readonly kind: 'name'; readonly name: string; readonly itself: boolean; readonly port: number | null }
  | { readonly kind: 'network'; readonly address: string; readonly prefix: number; readonly port: number | null };

/** Which proxy requests take, by the scheme of their target. */
export interface ProxiesConfig {
  readonly http: ProxyConfig | null;
  readonly https: ProxyConfig | null;
  readonly bypass: readonly BypassRule[];
}

/** How connections are opened, and how long they are kept. */
export interface ConnectionConfig {
  /** Null: all requests go straight to their target. */
  readonly proxies: ProxiesConfig | null;
  /** Where requests to the origin of `http.url` go in place of the network. */
  readonly unixSocket: { readonly path: string; readonly origin: string } | null;
  /** How long a connection may be idle, milliseconds; 0: it is closed behind its answer; null: what servers commonly do. */
  readonly keepAliveIdleMs: number | null;
  /** How old a connection may become before it is made anew, milliseconds; 0: any age. */
  readonly maxAgeMs: number;
}
