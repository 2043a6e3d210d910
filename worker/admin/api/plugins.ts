import type { FastifyInstance } from 'fastify';
import type { Herder } from '../../herder.ts';
import { objectOf, textsOf } from '../json-body.ts';
import { RestError } from '../rest-error.ts';
import { operation } from './operations.ts';
import { flagOf } from './queries.ts';
import { READ, WRITE } from './route-kinds.ts';

interface OfPlugin {
  Params: { pluginName: string };
}

/** `/connector-plugins` */
export function registerPlugins(app: FastifyInstance, herder: Herder): void {
  app.get('/connector-plugins', { config: READ, schema: operation('listConnectorPlugins') }, async request => {
    const isWhole = !flagOf(request, 'connectorsOnly', true);
    return herder.plugins.filter(({ type }) => isWhole || type === 'sink');
  });

  app.get<OfPlugin>(
    '/connector-plugins/:pluginName/config',
    { config: READ, schema: operation('getConnectorConfigDef') },
    async ({ params: { pluginName } }) => {
      const definitions = herder.definitions(pluginName);
      if (definitions !== null) return definitions;
      throw new RestError(404, `Unknown plugin ${pluginName}.`);
    },
  );

  app.put<OfPlugin>(
    '/connector-plugins/:pluginName/config/validate',
    { config: WRITE, schema: operation('validateConfigs') },
    async request => {
      const { pluginName } = request.params;
      const texts = Object.entries(textsOf(objectOf(request), 'The configuration'));
      const properties = Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== null));
      if (properties['connector.class'] === undefined)
        throw new RestError(400, 'Connector config contains no connector type');
      return herder.validate(pluginName, properties);
    },
  );
}
