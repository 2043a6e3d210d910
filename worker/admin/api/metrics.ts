import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../connector/ports.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { operation } from './operations.ts';
import { shared } from './shared.ts';

/** How old an answer may be, milliseconds. */
const AGE_MS = 1_000;

/** `/metrics`, in Prometheus' text format. */
export function createMetrics(
  telemetry: Pick<Telemetry, 'contentType' | 'render'>,
  clock: Clock,
): (app: FastifyInstance) => void {
  const bytes = shared(AGE_MS, clock, async () => Buffer.from(await telemetry.render()));
  return app => {
    app.get('/metrics', { schema: operation('metrics') }, async (_request, reply) =>
      reply.header('content-type', telemetry.contentType).send(await bytes()),
    );
  };
}
