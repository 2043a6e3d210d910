import type { ConnectorConfig } from '../../config/types.ts';

/**
 * The same connector after the user has read why the task failed: bad records are tolerated, refused credentials waited out, what
 * was lost to retention is let go.
 */
export function repaired(connector: ConnectorConfig): ConnectorConfig {
  return {
    ...connector,
    http: { ...connector.http, authFailFast: false },
    endpoints: connector.endpoints?.map(one => ({ ...one, http: { ...one.http, authFailFast: false } })) ?? null,
    errors: { ...connector.errors, tolerance: 'all' },
    kafka: {
      ...connector.kafka,
      offsetOutOfRange: connector.kafka.autoOffsetReset === 'latest' ? 'latest' : 'earliest',
    },
  };
}
