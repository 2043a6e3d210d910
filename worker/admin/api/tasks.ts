import type { FastifyInstance } from 'fastify';
import type { Herder } from '../../herder.ts';
import { RestError, unknownAs } from '../rest-error.ts';
import { type Speaker, taskInfos, taskState } from './entities.ts';
import { operation } from './operations.ts';
import { CHANGE, type OfConnector, type OfTask, READ } from './route-kinds.ts';

/** `/connectors/{connector}/tasks` */
export function registerTasks(app: FastifyInstance, herder: Herder, speaker: Speaker): void {
  app.get<OfConnector>(
    '/connectors/:connector/tasks',
    { config: READ, schema: operation('getTaskConfigs') },
    async ({ params }) => taskInfos(herder.info(params.connector)),
  );

  app.get<OfTask>(
    '/connectors/:connector/tasks/:task/status',
    { config: READ, schema: operation('getTaskStatus') },
    async ({ params: { connector, task } }) => {
      const id = idOf(task);
      const unknown = `No status found for task ${connector}-${id}`;
      const { tasks } = await unknownAs(unknown, () => herder.status(connector));
      const slot = tasks.find(each => each.id === id);
      if (slot === undefined) throw new RestError(404, unknown);
      return taskState(slot, speaker);
    },
  );

  app.post<OfTask>(
    '/connectors/:connector/tasks/:task/restart',
    { config: CHANGE, schema: operation('restartTask') },
    async ({ params: { connector, task } }, reply) => {
      const id = idOf(task);
      await unknownAs(`Unknown connector: ${connector}`, () => herder.restartTask(connector, id));
      return reply.code(204).send();
    },
  );
}

/** A path whose number is none is no path, in Kafka Connect. @throws RestError */
function idOf(text: string): number {
  const id = Number(text);
  if (/^[+-]?\d{1,10}$/.test(text) && id >= -(2 ** 31) && id < 2 ** 31) return id;
  throw new RestError(404, 'HTTP 404 Not Found');
}
