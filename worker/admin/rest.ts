import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { ListenerConfig, RestConfig, ServerTlsConfig } from '../../config/types.ts';
import type { Clock, SmallFiles } from '../../connector/ports.ts';
import type { Herder } from '../herder.ts';
import type { ConnectorStatus } from '../status.ts';
import type { History } from '../telemetry/history.ts';
import type { Log } from '../telemetry/log.ts';
import type { Loggers } from '../telemetry/loggers.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type Access, createAccess, type Entrance } from './access/access.ts';
import { createHashChecker } from './access/hash-checker.ts';
import { createOrigins } from './access/origins.ts';
import { headersAsConfigured } from './access/response-headers.ts';
import { Users } from './access/users.ts';
import type { Answer } from './answer.ts';
import { registerConnectors } from './api/connectors.ts';
import type { Speaker } from './api/entities.ts';
import { createHealth } from './api/health.ts';
import { registerLoggers } from './api/loggers.ts';
import { createMetrics } from './api/metrics.ts';
import { registerOffsets } from './api/offsets.ts';
import { registerOpenApi } from './api/openapi.ts';
import { createPage } from './api/page.ts';
import { registerPlugins } from './api/plugins.ts';
import { API_VERSION, registerRoot } from './api/root.ts';
import { registerTasks } from './api/tasks.ts';
import { registerTopics } from './api/topics.ts';
import { createApplication } from './application.ts';
import { judge } from './health.ts';
import { type Application, type Bound, LIMITS, type Listener, listen } from './listener.ts';
import { answerTo } from './rest-error.ts';

export interface RestParts {
  readonly rest: RestConfig;
  readonly herder: Herder;
  readonly status: () => readonly ConnectorStatus[];
  readonly telemetry: Pick<Telemetry, 'contentType' | 'render' | 'observed'>;
  readonly history: History;
  readonly clock: Clock;
  readonly log: Log;
  readonly loggers: Loggers;
  readonly files: SmallFiles;
  /** Hides secrets in what brokers and endpoints said. */
  readonly mask: (text: string) => string;
  /** Of this program. */
  readonly version: string;
}

/** The worker's listeners, open. */
export interface Rest {
  /** Where they can be reached, those for `/admin` alone last. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** Opens all listeners or none. @throws ListenerError */
export async function openRest(parts: RestParts): Promise<Rest> {
  const { rest, herder, status, telemetry, clock, log, loggers, files, mask, version } = parts;
  const ofRest = log.with({ logger: 'tailrace.rest' });
  const health = createHealth(() => judge(status(), clock.now(), mask), rest.usersFile === null, clock);
  const metrics = createMetrics(telemetry, clock);
  const page = createPage(parts);
  const speaker: Speaker = { workerId: () => workerId, version, mask };
  const checker = createHashChecker();
  const users =
    rest.usersFile === null ? null : new Users({ path: rest.usersFile, files, checker, clock, log: ofRest });
  const gate: Gate = { access: createAccess(rest, users, clock, ofRest), origins: createOrigins(rest.cors) };
  const listeners: Listener[] = [];
  let workerId = '';

  async function registerAll(app: FastifyInstance): Promise<void> {
    health(app);
    metrics(app);
    registerRoot(app, { herder, clock, version, page });
    page.register(app);
    registerConnectors(app, herder, speaker);
    registerTasks(app, herder, speaker);
    registerTopics(app, herder, rest.topicTracking);
    registerOffsets(app, herder);
    registerPlugins(app, herder);
    if (rest.adminListeners === null) registerLoggers(app, loggers);
  }

  async function open(at: ListenerConfig, tls: ServerTlsConfig | null, register: Register): Promise<void> {
    const create = (bound: Bound): Promise<Application> => {
      if (workerId === '') workerId = workerIdOf(rest, bound);
      const entrance = { isLocal: bound.ownName !== null, knowsClients: knowsClients(at, tls) };
      return createApplication({
        ownName: bound.ownName,
        answerTo: error => answerTo(error, mask, ofRest),
        answered: ({ method, url }, status) =>
          ofRest.write(READS.includes(method!) || isRefused(status) ? 'debug' : 'info', `${method} ${url}: ${status}`, {
            event: 'rest-request',
          }),
        admit: (request, path) => admit(request, path, entrance, gate),
        headersFor: (request, present) => ({
          'x-tailrace-version': version,
          ...gate.origins.headersFor(request),
          ...headersAsConfigured(rest.responseHeaders, present, clock),
        }),
        async register(app) {
          await registerOpenApi(app, API_VERSION);
          await register(app);
        },
      });
    };
    listeners.push(await listen(at, create, clock, LIMITS, at.protocol === 'https' ? tls : null));
  }

  async function close(): Promise<void> {
    await Promise.all([...listeners.map(listener => listener.close()), checker.close()]);
  }
  try {
    for (const at of rest.listeners) await open(at, rest.tls, registerAll);
    for (const at of rest.adminListeners ?? [])
      await open(at, rest.adminTls, async app => registerLoggers(app, loggers));
  } catch (error) {
    await close();
    throw error;
  }
  return { urls: listeners.map(({ url }) => url), close };
}

/** By the client's fault: whoever knocks fills no log. */
function isRefused(status: number): boolean {
  return status >= 400 && status < 500;
}

type Register = (app: FastifyInstance) => Promise<void>;

interface Gate {
  readonly access: Access;
  readonly origins: ReturnType<typeof createOrigins>;
}

const READS = ['GET', 'HEAD', 'OPTIONS'];

async function admit(
  request: IncomingMessage,
  path: string,
  entrance: Entrance,
  { access, origins }: Gate,
): Promise<Answer | null> {
  const isRead = READS.includes(request.method!);
  const refusal = isRead ? null : origins.refusalOf(request);
  // Browsers send no credentials with the question whether they may ask.
  if (refusal !== null || request.method === 'OPTIONS') return refusal;
  return await access(request, entrance, { isRead, isProbe: /^\/health(?:[/?]|$)/.test(path) });
}

/** With authorities of our own: who has a certificate of any other is nobody in particular. */
function knowsClients({ protocol }: ListenerConfig, tls: ServerTlsConfig | null): boolean {
  return protocol === 'https' && tls !== null && tls.clientAuth !== 'none' && tls.ca !== null;
}

/** Kafka Connect's worker id: where others would find it. */
function workerIdOf({ advertised }: RestConfig, { host, port }: Bound): string {
  const own = host === '0.0.0.0' || host === '::' || host === '' ? hostname() : host;
  return `${advertised.host ?? own}:${advertised.port ?? port}`;
}
