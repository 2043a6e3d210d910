/** A client key that is refused, or refused with all values but some; a star stands for any text. */
export interface RefusedClientKey {
  readonly pattern: string;
  /** Completes "the key …". */
  readonly reason: string;
  /** Values that ask for what is done anyway. */
  readonly harmless: readonly string[];
}

function refuse(
  reason: string,
  patterns: readonly string[],
  harmless: readonly string[] = [],
): readonly RefusedClientKey[] {
  return patterns.map(pattern => ({ pattern, reason, harmless: ['', ...harmless] }));
}

const BYTES = 'org.apache.kafka.common.serialization.ByteArray';
const RUNS_CODE = 'is refused: it makes the client load or run code';

/** Looked up before the allowlist. */
export const REFUSED_CLIENT_KEYS: readonly RefusedClientKey[] = [
  ...refuse(
    'is refused: offsets are committed by the worker, after their records were confirmed',
    ['enable.auto.commit'],
    ['false'],
  ),
  ...refuse('is refused: offsets are committed by the worker, after their records were confirmed', [
    'enable.auto.offset.store',
    'auto.commit.enable',
    'offset.store.*',
  ]),
  ...refuse(RUNS_CODE, [
    'plugin.library.paths',
    'sasl.kerberos.kinit.cmd',
    'ssl.engine.*',
    'ssl.providers',
    'ssl.provider',
    'security.providers',
    'sasl.login.class',
    'sasl.client.callback.handler.class',
    'interceptors',
  ]),
  ...refuse('is refused: JVM interceptors can not be loaded', ['interceptor.classes']),
  ...refuse('is refused: callbacks belong to the worker', [
    '*_cb',
    'opaque',
    'default_topic_conf',
    'enabled_events',
    'log.queue',
  ]),
  ...refuse('is refused: it would replace the real brokers', ['test.mock.*']),
  ...refuse(
    'is refused: records travel as bytes, value.converter says how they are read',
    ['key.deserializer', 'value.deserializer'],
    [`${BYTES}Deserializer`],
  ),
  ...refuse(
    'is refused: dead letters keep their bytes',
    ['key.serializer', 'value.serializer'],
    [`${BYTES}Serializer`],
  ),
  ...refuse('is refused: transactions are not supported', ['transactional.id', 'enable.gapless.guarantee']),
  ...refuse('is refused: the worker needs it as it is', [
    'enable.partition.eof',
    'delivery.report.only.error',
    'topic.blacklist',
    'internal.termination.signal',
    'log_level',
  ]),
  ...refuse(
    'is refused: a token signed by nobody protects nothing',
    ['enable.sasl.oauthbearer.unsecure.jwt'],
    ['false'],
  ),
  ...refuse('is not supported: of OAUTHBEARER the client credentials grant is', [
    'sasl.oauthbearer.assertion.*',
    'sasl.oauthbearer.grant.type',
    'sasl.oauthbearer.metadata.*',
    'sasl.oauthbearer.config',
    'sasl.oauthbearer.jwks.*',
    'sasl.oauthbearer.jwt.*',
  ]),
  ...refuse(
    'must be classic: the protocol of KIP-848 is not spoken, and a group in which it is can not be shared',
    ['group.protocol'],
    ['classic', 'CLASSIC'],
  ),
  ...refuse('is not supported: the assignor is chosen by partition.assignment.strategy', ['group.remote.assignor']),
  ...refuse('is not supported: write compression.level', [
    'compression.gzip.level',
    'compression.lz4.level',
    'compression.zstd.level',
  ]),
  ...refuse('belongs into the connector file; in the worker file it goes without `override.`', ['override.*']),
];

export function refusedClientKey(key: string): RefusedClientKey | undefined {
  return REFUSED_CLIENT_KEYS.find(({ pattern }) =>
    pattern.startsWith('*')
      ? key.endsWith(pattern.slice(1))
      : pattern.endsWith('*')
        ? key.startsWith(pattern.slice(0, -1))
        : key === pattern,
  );
}
