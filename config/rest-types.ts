import type { Secret } from './secret.ts';

export interface ListenerConfig {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
}

/** TLS of a listener: PEM texts as OpenSSL writes them, read when the configuration was loaded. */
export interface ServerTlsConfig {
  /** The certificate before those of its authorities. */
  readonly certificate: string;
  readonly key: Secret;
  /** Authorities of client certificates; null: those of Node's own list. */
  readonly ca: string | null;
  /** Whether clients show a certificate, and are refused without a good one (`ssl.client.auth`). */
  readonly clientAuth: 'none' | 'requested' | 'required';
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  /** As OpenSSL names them, colons between; null: Node's own list. */
  readonly ciphers: string | null;
}

/** One item of `response.http.headers.config`. */
export interface ResponseHeader {
  /** `setDate` and `addDate`: the value is milliseconds from now. */
  readonly action: 'set' | 'add' | 'setDate' | 'addDate';
  readonly name: string;
  readonly value: string;
}

/** What the listeners serve, and to whom. */
export interface RestConfig {
  /** Empty when the user wrote `listeners=` (no listener). */
  readonly listeners: readonly ListenerConfig[];
  /** Where `/admin` is served; null: on all listeners; empty: nowhere. */
  readonly adminListeners: readonly ListenerConfig[] | null;
  /** Null while no listener is https. */
  readonly tls: ServerTlsConfig | null;
  /** Of `adminListeners`. */
  readonly adminTls: ServerTlsConfig | null;
  /** What `worker_id` names in the place of the first listener's host and port. */
  readonly advertised: { readonly host: string | null; readonly port: number | null };
  /** Who may use it: a file of names and bcrypt hashes (htpasswd -B), read anew when it changes; null: everybody who reaches it. */
  readonly usersFile: string | null;
  /** Of those the ones that may only read. */
  readonly readers: readonly string[];
  /** Changes are taken from other machines without authentication. */
  readonly allowInsecureWrites: boolean;
  /** Null: pages of other sites get no answer that they may look at. */
  readonly cors: { readonly origins: readonly string[]; readonly methods: readonly string[] } | null;
  readonly responseHeaders: readonly ResponseHeader[];
  readonly topicTracking: { readonly enabled: boolean; readonly reset: boolean };
}
