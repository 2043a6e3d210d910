import kafka from './library.ts';

/** What the Kafka client was compiled with. */
export interface ClientFeatures {
  readonly librdkafka: string;
  /** librdkafka's `builtin.features`. */
  readonly features: readonly string[];
}

/**
 * librdkafka leaves a feature out in silence when a library was missing at installation; each entry here costs a user
 * something when it is gone: a compression, a way to log in, TLS.
 */
export const NEEDED_FEATURES: Readonly<Record<string, string>> = {
  gzip: 'zlib1g-dev',
  snappy: 'part of librdkafka',
  lz4: 'part of librdkafka',
  zstd: 'libzstd-dev',
  ssl: 'libssl-dev',
  sasl_plain: 'part of librdkafka',
  sasl_scram: 'libssl-dev',
  sasl_gssapi: 'libsasl2-dev',
  sasl_oauthbearer: 'libssl-dev',
  oidc: 'libcurl4-openssl-dev',
};

export function clientFeatures(): ClientFeatures {
  return { librdkafka: kafka.librdkafkaVersion, features: kafka.features };
}

/** The needed features that this build lacks, each with the package that brings it (Debian's name). */
export function missingFeatures(has: readonly string[] = kafka.features): readonly string[] {
  return Object.entries(NEEDED_FEATURES)
    .filter(([feature]) => !has.includes(feature))
    .map(([feature, source]) => `${feature} (${source})`);
}
