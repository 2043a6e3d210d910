import type { Clock } from '../../../connector/ports.ts';
import { createHealth } from '../../../worker/admin/api/health.ts';
import { createMetrics } from '../../../worker/admin/api/metrics.ts';
import { createApplication } from '../../../worker/admin/application.ts';
import { judge } from '../../../worker/admin/health.ts';
import type { Application, Bound } from '../../../worker/admin/listener.ts';
import { answerTo } from '../../../worker/admin/rest-error.ts';
import { systemClock } from '../../../worker/clock.ts';
import type { ConnectorStatus } from '../../../worker/status.ts';
import type { Log } from '../../../worker/telemetry/log.ts';
import type { Telemetry } from '../../../worker/telemetry/telemetry.ts';

interface PlainAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: unknown;
}

const plain = (text: string) => text;
const NO_LOG: Log = { write: () => undefined, writes: () => false, with: () => NO_LOG };

/**
 * An application of paths that answer GET.
 * @param answerMs what they may take
 */
export function applicationOf(
  routes: Readonly<Record<string, () => PlainAnswer | Promise<PlainAnswer>>>,
  answerMs?: number,
) {
  const config = answerMs === undefined ? {} : { answerMs };
  return ({ ownName }: Bound): Promise<Application> =>
    createApplication({
      ownName,
      answered: () => undefined,
      admit: async () => null,
      headersFor: () => ({}),
      answerTo: error => answerTo(error, plain, NO_LOG),
      async register(app) {
        for (const [path, route] of Object.entries(routes)) {
          app.get(path, { config }, async (_request, reply) => {
            const { status, contentType, body } = await route();
            if (contentType !== undefined) reply.header('content-type', contentType);
            return reply.code(status).send(body);
          });
        }
      },
    });
}

/** An application of health and metrics. */
export function watchedApplication(
  statuses: () => readonly ConnectorStatus[],
  telemetry: Pick<Telemetry, 'contentType' | 'render'>,
  clock: Clock = systemClock,
) {
  return ({ ownName }: Bound): Promise<Application> =>
    createApplication({
      ownName,
      answered: () => undefined,
      admit: async () => null,
      headersFor: () => ({}),
      answerTo: error => answerTo(error, plain, NO_LOG),
      async register(app) {
        createHealth(() => judge(statuses(), clock.now(), plain), true, clock)(app);
        createMetrics(telemetry, clock)(app);
      },
    });
}
