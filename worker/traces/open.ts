import { randomUUID } from 'node:crypto';
import type { TracesConfig } from '../../config/types.ts';
import { createHttpTransport } from '../../connector/http/transport/transport.ts';
import type { Clock, Random } from '../../connector/ports.ts';
import { Exporter, type Traces } from './exporter.ts';
import { createReceiver } from './receiver.ts';

/** The exporter of this process. */
export function openTraces(
  config: TracesConfig,
  { clock, random, version }: { readonly clock: Clock; readonly random: Random; readonly version: string },
): Traces {
  const { tls, timeoutMs, sampling } = config;
  const transport = createHttpTransport({ tls, connectTimeoutMs: timeoutMs, maxInFlight: 1 });
  const exporter = new Exporter({
    sampling,
    resource: {
      'service.version': version,
      'service.instance.id': randomUUID(),
      'telemetry.sdk.name': 'tailrace',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': version,
      ...config.resource,
    },
    version,
    clock,
    random,
    deliver: createReceiver({ config, transport, clock, version }),
  });
  return {
    of: task => exporter.of(task),
    async close(ms) {
      await exporter.close(ms);
      await transport.close();
    },
  };
}
