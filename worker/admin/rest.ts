import type { RestConfig } from '../../config/types.ts';
import type { Clock } from '../../connector/ports.ts';
import type { Herder } from '../herder.ts';
import type { ConnectorStatus } from '../status.ts';
import type { Log } from '../telemetry/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { registerConnectors } from './api/connectors.ts';
import type { Speaker } from './api/entities.ts';
import { createHealth } from './api/health.ts';
import { createMetrics } from './api/metrics.ts';
import { registerOffsets } from './api/offsets.ts';
import { registerOpenApi } from './api/openapi.ts';
import { registerPlugins } from './api/plugins.ts';
import { API_VERSION, registerRoot } from './api/root.ts';
import { registerTasks } from './api/tasks.ts';
import { registerTopics } from './api/topics.ts';
import { createApplication } from './application.ts';
import { judge } from './health.ts';
import { type Application, type Bound, type Listener, listen } from './listener.ts';
import { answerTo } from './rest-error.ts';

export interface RestParts {
  readonly rest: RestConfig;
  readonly herder: Herder;
  readonly status: () => readonly ConnectorStatus[];
  readonly telemetry: Pick<Telemetry, 'contentType' | 'render'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Hides secrets in what brokers and endpoints said. */
  readonly mask: (text: string) => string;
  /** Of this program. */
  readonly version: string;
}

/** The worker's listeners, open. */
export interface Rest {
  /** Where they can be reached. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** Opens all listeners or none. @throws ListenerError */
export async function openRest(parts: RestParts): Promise<Rest> {
  const { rest, herder, status, telemetry, clock, mask, version } = parts;
  const health = createHealth(() => judge(status(), clock.now(), mask), clock);
  const metrics = createMetrics(telemetry, clock);
  const speaker: Speaker = { workerId: () => workerId, version, mask };
  const listeners: Listener[] = [];
  let workerId = '';

  function application({ host, port, ownName }: Bound): Promise<Application> {
    if (listeners.length === 0) workerId = `${rest.advertised.host ?? host}:${rest.advertised.port ?? port}`;
    return createApplication({
      ownName,
      headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-tailrace-version': version },
      answerTo: error => answerTo(error, mask),
      async register(app) {
        await registerOpenApi(app, API_VERSION);
        health(app);
        metrics(app);
        registerRoot(app, herder, clock, version);
        registerConnectors(app, herder, speaker);
        registerTasks(app, herder, speaker);
        registerTopics(app, herder, rest.topicTracking);
        registerOffsets(app, herder);
        registerPlugins(app, herder);
      },
    });
  }

  async function close(): Promise<void> {
    await Promise.all(listeners.map(listener => listener.close()));
  }
  try {
    for (const at of rest.listeners) listeners.push(await listen(at, application, clock));
  } catch (error) {
    await close();
    throw error;
  }
  return { urls: listeners.map(({ url }) => url), close };
}
