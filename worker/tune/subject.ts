import type { Compression, ConnectorConfig, HttpConfig } from '../../config/types.ts';

/** How requests are compressed while it is measured; `null`: not at all. */
export type Codec = Compression | null;

/** A level that suits what is sent at once, as the keys' own defaults do. */
const LEVELS: Readonly<Record<Compression, number>> = { gzip: 6, deflate: 6, br: 4, zstd: 3 };

/**
 * The connector as it is measured: of several endpoints the one that is asked for, as if it were the only one.
 * @param alias of the endpoint; null where there are none
 */
export function subjectOf(config: ConnectorConfig, alias: string | null): ConnectorConfig {
  const one = config.endpoints?.find(endpoint => endpoint.alias === alias);
  if (one === undefined) return config;
  const { http, batch, values } = one;
  return { ...config, http, batch, values, endpoints: null };
}

/** Which codec a connector is configured to compress with. */
export function codecOf({ coding }: HttpConfig): Codec {
  return coding.requests?.codec ?? null;
}

export function withCodec(config: ConnectorConfig, codec: Codec): ConnectorConfig {
  const { http } = config;
  if (codec === codecOf(http)) return config;
  const requests =
    codec === null ? null : { codec, level: LEVELS[codec], minBytes: http.coding.requests?.minBytes ?? 0 };
  return { ...config, http: { ...http, coding: { ...http.coding, requests } } };
}

/** The same for an endpoint that is made up: over plain HTTP, without credentials, headers or a proxy of the real one. */
export function madeUp(config: ConnectorConfig): ConnectorConfig {
  const { http } = config;
  const { keepAliveIdleMs, maxAgeMs } = http.connection;
  const connection = { proxies: null, unixSocket: null, keepAliveIdleMs, maxAgeMs };
  const plain: HttpConfig = { ...http, version: '1.1', headers: {}, auth: { type: 'none' }, answers: null, connection };
  return { ...config, http: { ...plain, successStatuses: [[200, 299]] } };
}
