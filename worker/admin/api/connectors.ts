import type { FastifyInstance } from 'fastify';
import type { TargetState } from '../../../config/types.ts';
import type { Value } from '../../../connector/data/model.ts';
import { type Herder, NoConnectorError } from '../../herder.ts';
import { type JsonObject, objectOf, objectOrNone, textOf, textsOf } from '../json-body.ts';
import { RestError } from '../rest-error.ts';
import { connectorInfo, connectorState, type Speaker } from './entities.ts';
import { flagOf, queryOf } from './queries.ts';
import { CHANGE, type OfConnector, WRITE } from './route-kinds.ts';
import { operation } from './operations.ts';

/** `/connectors`: which there are, and what they are to be. */
export function registerConnectors(app: FastifyInstance, herder: Herder, speaker: Speaker): void {
  function expanded(name: string, expansions: readonly string[]): readonly (readonly [string, object])[] {
    try {
      const status = expansions.includes('status') ? { status: connectorState(herder.status(name), speaker) } : {};
      const info = expansions.includes('info') ? { info: connectorInfo(herder.info(name)) } : {};
      return [[name, { ...status, ...info }]];
    } catch (error) {
      // It was deleted meanwhile.
      if (error instanceof NoConnectorError) return [];
      throw error;
    }
  }

  app.get('/connectors', { schema: operation('listConnectors') }, async request => {
    const query = queryOf(request);
    // What npm's kafka-connect-client writes has brackets.
    const expansions = [...query.getAll('expand'), ...query.getAll('expand[]')];
    if (expansions.length === 0) return herder.names;
    return Object.fromEntries(herder.names.flatMap(name => expanded(name, expansions)));
  });

  app.post('/connectors', { config: WRITE, schema: operation('createConnector') }, async (request, reply) => {
    const body = objectOf(request.body);
    const name = (textOf(body.get('name'), 'The name') ?? '').trim();
    const properties = propertiesOf(name, objectOrNone(body.get('config'), 'The config'));
    const target = targetOf(textOf(body.get('initial_state'), 'The initial_state'));
    const info = await herder.create(properties, target);
    return reply.code(201).header('location', locationOf(name)).send(connectorInfo(info));
  });

  app.get<OfConnector>('/connectors/:connector', { schema: operation('getConnector') }, async ({ params }) =>
    connectorInfo(herder.info(params.connector)),
  );

  app.delete<OfConnector>(
    '/connectors/:connector',
    { config: CHANGE, schema: operation('destroyConnector') },
    async ({ params }, reply) => {
      await herder.delete(params.connector);
      return reply.code(204).send();
    },
  );

  app.get<OfConnector>(
    '/connectors/:connector/config',
    { schema: operation('getConnectorConfig') },
    async ({ params }) => herder.info(params.connector).config,
  );

  app.put<OfConnector>(
    '/connectors/:connector/config',
    { config: WRITE, schema: operation('putConnectorConfig') },
    async ({ params: { connector }, body }, reply) => {
      const { created, info } = await herder.put(connector, propertiesOf(connector, objectOf(body)));
      if (created) reply.code(201).header('location', locationOf(connector));
      return reply.send(connectorInfo(info));
    },
  );

  app.patch<OfConnector>(
    '/connectors/:connector/config',
    { config: WRITE, schema: operation('patchConnectorConfig') },
    async ({ params: { connector }, body }) =>
      connectorInfo(await herder.patch(connector, textsOf(objectOf(body), 'The configuration'))),
  );

  app.get<OfConnector>(
    '/connectors/:connector/status',
    { schema: operation('getConnectorStatus') },
    async ({ params }) => connectorState(herder.status(params.connector), speaker),
  );

  app.post<OfConnector>(
    '/connectors/:connector/restart',
    { config: CHANGE, schema: operation('restartConnector') },
    async (request, reply) => {
      const asked = { includeTasks: flagOf(request, 'includeTasks'), onlyFailed: flagOf(request, 'onlyFailed') };
      const status = herder.restart(request.params.connector, asked);
      // KIP-745: as it was before there were these parameters.
      if (!asked.includeTasks && !asked.onlyFailed) return reply.code(204).send();
      return reply.code(202).send(connectorState(status, speaker));
    },
  );

  const aims = [
    ['pause', 'PAUSED', 202],
    ['resume', 'RUNNING', 202],
    ['stop', 'STOPPED', 204],
  ] as const;
  for (const [verb, target, status] of aims) {
    app.put<OfConnector>(
      `/connectors/:connector/${verb}`,
      { config: CHANGE, schema: operation(`${verb}Connector`) },
      async ({ params }, reply) => {
        await herder.aim(params.connector, target);
        return reply.code(status).send();
      },
    );
  }
}

/** What a connector is told, with its name. @throws RestError where it has another one */
function propertiesOf(name: string, config: JsonObject | null): Readonly<Record<string, string>> {
  const given = config ?? new Map<string, Value>();
  const texts = Object.entries(textsOf(given, 'The configuration'));
  const own = given.get('name');
  if (own !== undefined && own !== null && String(own) !== name) {
    throw new RestError(
      400,
      `Connector name configuration (${own}) doesn't match connector name in the URL (${name})`,
    );
  }
  const missing = texts.find(([key, value]) => value === null && key !== 'name');
  if (missing !== undefined) throw new RestError(400, `The configuration's "${missing[0]}" is null`);
  return { ...(Object.fromEntries(texts) as Record<string, string>), name };
}

/** @throws RestError for a word that is none */
function targetOf(word: string | null): TargetState | null {
  const target = word?.toUpperCase() ?? null;
  if (target === null || target === 'RUNNING' || target === 'PAUSED' || target === 'STOPPED') return target;
  throw new RestError(500, 'The initial_state is none of RUNNING, PAUSED and STOPPED');
}

function locationOf(name: string): string {
  return `/connectors/${encodeURIComponent(name)}`;
}
