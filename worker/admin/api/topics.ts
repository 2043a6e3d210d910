import type { FastifyInstance } from 'fastify';
import type { RestConfig } from '../../../config/types.ts';
import type { Herder } from '../../herder.ts';
import { RestError } from '../rest-error.ts';
import { operation } from './operations.ts';
import { CHANGE, type OfConnector, READ } from './route-kinds.ts';

/** `/connectors/{connector}/topics`: which ones its tasks have read from (KIP-558). */
export function registerTopics(
  app: FastifyInstance,
  herder: Herder,
  { enabled, reset }: RestConfig['topicTracking'],
): void {
  const allow = (isAllowed: boolean, what: string): void => {
    if (!isAllowed) throw new RestError(403, `${what} is disabled.`);
  };

  app.get<OfConnector>(
    '/connectors/:connector/topics',
    { config: READ, schema: operation('getConnectorActiveTopics') },
    async ({ params: { connector } }) => {
      allow(enabled, 'Topic tracking');
      return { [connector]: { topics: herder.topics(connector) } };
    },
  );

  app.put<OfConnector>(
    '/connectors/:connector/topics/reset',
    { config: CHANGE, schema: operation('resetConnectorActiveTopics') },
    async ({ params: { connector } }, reply) => {
      allow(enabled, 'Topic tracking');
      allow(reset, 'Topic tracking reset');
      herder.resetTopics(connector);
      return reply.code(202).send();
    },
  );
}
