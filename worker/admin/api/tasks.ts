import type { FastifyInstance } from 'fastify';
import { type Herder, NoTaskError } from '../../herder.ts';
import { RestError } from '../rest-error.ts';
import { type Speaker, taskInfos, taskState } from './entities.ts';
import { CHANGE, type OfConnector, type OfTask } from './route-kinds.ts';
import { operation } from './operations.ts';

/** `/connectors/{connector}/tasks` */
export function registerTasks(app: FastifyInstance, herder: Herder, speaker: Speaker): void {
  app.get<OfConnector>(
    '/connectors/:connector/tasks',
    { schema: operation('getTaskConfigs') },
    async ({ params }) => taskInfos(herder.info(params.connector)),
  );

  app.get<OfTask>(
    '/connectors/:connector/tasks/:task/status',
    { schema: operation('getTaskStatus') },
    async ({ params: { connector, task } }) => {
      const id = idOf(task);
      const slot = herder.status(connector).tasks.find(each => each.id === id);
      if (slot === undefined) throw new NoTaskError(connector, id);
      return taskState(slot, speaker);
    },
  );

  app.post<OfTask>(
    '/connectors/:connector/tasks/:task/restart',
    { config: CHANGE, schema: operation('restartTask') },
    async ({ params: { connector, task } }, reply) => {
      herder.restartTask(connector, idOf(task));
      return reply.code(204).send();
    },
  );
}

/** A path whose number is none is no path, in Kafka Connect. @throws RestError */
function idOf(text: string): number {
  if (!/^[+-]?\d{1,10}$/.test(text)) throw new RestError(404, 'HTTP 404 Not Found');
  return Number(text);
}
