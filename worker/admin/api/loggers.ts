import type { FastifyInstance } from 'fastify';
import { type Loggers, toLevelName } from '../../telemetry/loggers.ts';
import { excerpt } from '../../telemetry/text.ts';
import { objectOf, textsOf } from '../json-body.ts';
import { RestError } from '../rest-error.ts';
import { operation } from './operations.ts';
import { queryOf } from './queries.ts';
import { READ, WRITE } from './route-kinds.ts';

interface OfLogger {
  Params: { logger: string };
}

/** `/admin/loggers` (KIP-495, KIP-976). A cluster is this one worker. */
export function registerLoggers(app: FastifyInstance, loggers: Loggers): void {
  app.get('/admin/loggers', { config: READ, schema: operation('listLoggers') }, async () =>
    Object.fromEntries(loggers.list()),
  );

  app.get<OfLogger>(
    '/admin/loggers/:logger',
    { config: READ, schema: operation('getLogger') },
    async ({ params: { logger } }) => {
      const level = loggers.get(logger);
      if (level !== null) return level;
      throw new RestError(404, `Logger ${logger} not found.`);
    },
  );

  app.put<OfLogger>(
    '/admin/loggers/:logger',
    { config: WRITE, schema: operation('setLevel') },
    async (request, reply) => {
      const { level: text } = textsOf(objectOf(request), 'The request body');
      if (text === undefined || text === null) {
        throw new RestError(400, "Desired 'level' parameter was not specified in request.");
      }
      // Of log4j, which has no level without a name and says so.
      if (text === '') throw new RestError(500, 'Illegal null or empty Level name.');
      const level = toLevelName(text);
      if (level === null) throw new RestError(404, `invalid log level '${excerpt(text, MOST_TEXT)}'.`);
      const changed = loggers.set(request.params.logger, level);
      const scope = queryOf(request).get('scope');
      return scope?.toLowerCase() === 'cluster' ? reply.code(204).send() : changed;
    },
  );
}

/** Bytes of a word that is no level, in an answer. */
const MOST_TEXT = 200;
