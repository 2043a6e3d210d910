import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TargetState } from '../../../config/types.ts';
import { type Herder, NoConnectorError } from '../../herder.ts';
import { asObject, type JsonObject, objectOf, textOf, textsOf } from '../json-body.ts';
import { RestError, unknownAs } from '../rest-error.ts';
import { connectorInfo, connectorState, type Speaker } from './entities.ts';
import { operation } from './operations.ts';
import { flagOf, queryOf } from './queries.ts';
import { CHANGE, type OfConnector, READ, WRITE } from './route-kinds.ts';

/** `/connectors`: which there are, and what they are to be. */
export function registerConnectors(app: FastifyInstance, herder: Herder, speaker: Speaker): void {
  function expanded(name: string, expansions: readonly string[]): readonly (readonly [string, object])[] {
    try {
      const members = expansions.flatMap(expansion => {
        if (expansion === 'status') return [[expansion, connectorState(herder.status(name), speaker)]];
        return expansion === 'info' ? [[expansion, connectorInfo(herder.info(name))]] : [];
      });
      return [[name, Object.fromEntries(members)]];
    } catch (error) {
      // It was deleted meanwhile.
      if (error instanceof NoConnectorError) return [];
      throw error;
    }
  }

  app.get('/connectors', { config: READ, schema: operation('listConnectors') }, async request => {
    const query = queryOf(request);
    // What npm's kafka-connect-client writes has brackets.
    const expansions = [...new Set([...query.getAll('expand'), ...query.getAll('expand[]')])];
    if (expansions.length === 0) return herder.names;
    return Object.fromEntries(herder.names.flatMap(name => expanded(name, expansions)));
  });

  app.post('/connectors', { config: WRITE, schema: operation('createConnector') }, async (request, reply) => {
    const body = objectOf(request, ['name', 'config', 'initial_state']);
    const name = trimmed(textOf(body.get('name'), 'The name') ?? '');
    const properties = propertiesOf(name, asObject(body.get('config'), 'The config'));
    const target = targetOf(textOf(body.get('initial_state'), 'The initial_state'));
    const info = await herder.create(properties, target);
    return reply.code(201).header('location', locationOf(request, info.name)).send(connectorInfo(info));
  });

  app.get<OfConnector>(
    '/connectors/:connector',
    { config: READ, schema: operation('getConnector') },
    async ({ params }) => connectorInfo(herder.info(params.connector)),
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
    { config: READ, schema: operation('getConnectorConfig') },
    async ({ params }) => herder.info(params.connector).config,
  );

  app.put<OfConnector>(
    '/connectors/:connector/config',
    { config: WRITE, schema: operation('putConnectorConfig') },
    async (request, reply) => {
      const { connector } = request.params;
      const { created, info } = await herder.put(connector, propertiesOf(connector, objectOf(request)));
      if (created) reply.code(201).header('location', locationOf(request, connector));
      return reply.send(connectorInfo(info));
    },
  );

  app.patch<OfConnector>(
    '/connectors/:connector/config',
    { config: WRITE, schema: operation('patchConnectorConfig') },
    async request => {
      const { connector } = request.params;
      const changes = objectOf(request);
      mustBeNamed(connector, changes);
      return connectorInfo(await herder.patch(connector, textsOf(changes, 'The configuration')));
    },
  );

  app.get<OfConnector>(
    '/connectors/:connector/status',
    { config: READ, schema: operation('getConnectorStatus') },
    async ({ params: { connector } }) =>
      connectorState(
        await unknownAs(`No status found for connector ${connector}`, () => herder.status(connector)),
        speaker,
      ),
  );

  app.post<OfConnector>(
    '/connectors/:connector/restart',
    { config: CHANGE, schema: operation('restartConnector') },
    async (request, reply) => {
      const asked = { includeTasks: flagOf(request, 'includeTasks'), onlyFailed: flagOf(request, 'onlyFailed') };
      const { connector } = request.params;
      const status = await unknownAs(`Unknown connector: ${connector}`, () => herder.restart(connector, asked));
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
      async ({ params: { connector } }, reply) => {
        await unknownAs(`Unknown connector ${connector}`, () => herder.aim(connector, target));
        return reply.code(status).send();
      },
    );
  }
}

/** As Java trims: blanks and what else comes before them. */
function trimmed(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
  return text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');
}

/** @throws RestError where a configuration has the name of another connector */
function mustBeNamed(name: string, config: JsonObject): void {
  const own = config.get('name') ?? null;
  if (own === null || String(own) === name) return;
  throw new RestError(400, `Connector name configuration (${own}) doesn't match connector name in the URL (${name})`);
}

/** What a connector is told, with its name. @throws RestError where it has another one */
function propertiesOf(name: string, config: JsonObject): Readonly<Record<string, string>> {
  const texts = Object.entries(textsOf(config, 'The configuration'));
  mustBeNamed(name, config);
  if (texts.some(([key, value]) => value === null && key !== 'name')) throw new RestError(400, NULL_VALUE);
  return { ...(Object.fromEntries(texts) as Record<string, string>), name };
}

/** @throws RestError for a word that is none */
function targetOf(word: string | null): TargetState | null {
  const target = word?.toUpperCase() ?? null;
  if (target === null || target === 'RUNNING' || target === 'PAUSED' || target === 'STOPPED') return target;
  throw new RestError(500, 'The initial_state is none of RUNNING, PAUSED and STOPPED');
}

/** Where it is, by the name that the client has for this worker. */
function locationOf({ protocol, headers }: FastifyRequest, name: string): string {
  const path = `/connectors/${encodeURIComponent(name.toWellFormed()).replace(OF_A_PATH, decodeURIComponent)}`;
  return headers.host === undefined ? path : `${protocol}://${headers.host}${path}`;
}

/** What stands in a path as it is (RFC 3986 §3.3). */
const OF_A_PATH = /%(?:2[46BCF]|3[ABD]|40)/g;

const NULL_VALUE =
  'Connector configuration is invalid and contains the following 1 error(s):\n' +
  'Null value can not be supplied as the configuration value.\n' +
  'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`';
