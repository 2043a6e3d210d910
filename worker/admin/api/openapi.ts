import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { operation } from './operations.ts';
import { READ } from './route-kinds.ts';

/** Gathers the routes that are registered behind it, and answers `/openapi.json` with them. */
export async function registerOpenApi(app: FastifyInstance, apiVersion: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'Tailrace REST API',
        description: "Kafka Connect's REST API as far as it is about sinks, health and metrics",
        version: apiVersion,
        license: { name: 'Apache 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0.html' },
      },
    },
  });
  app.get('/openapi.json', { config: READ, schema: operation('openApi') }, async () => app.swagger());
}
