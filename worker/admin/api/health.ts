import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../connector/ports.ts';
import { bytesOf } from '../answer.ts';
import type { Health } from '../health.ts';
import { type OperationId, operation } from './operations.ts';
import { READ } from './route-kinds.ts';
import { shared } from './shared.ts';

/** How old an answer may be, milliseconds: whoever asks more often gets the same bytes. */
const AGE_MS = 250;

/** Who asks what: `/health` with its three questions, each 503 for a no. */
const QUESTIONS: readonly Question[] = [
  { path: '/health', id: 'healthCheck', ask: all => [all.alive && all.ready && all.progressing, all] },
  { path: '/health/live', id: 'healthLive', ask: ({ alive, message }) => [alive, { alive, message }] },
  { path: '/health/ready', id: 'healthReady', ask: ({ ready, message }) => [ready, { ready, message }] },
  {
    path: '/health/progress',
    id: 'healthProgress',
    ask: ({ progressing, message }) => [progressing, { progressing, message }],
  },
];

/** All of it, or what a probe needs. */
type Told = Omit<Health, 'connectors'> & Partial<Health>;

interface Question {
  readonly path: string;
  readonly id: OperationId;
  readonly ask: (health: Told) => readonly [isGood: boolean, body: unknown];
}

/**
 * @param judged how the worker is
 * @param isOpen whoever asks may see all of it; else it is what a probe needs, since those ask without saying who they are
 */
export function createHealth(judged: () => Health, isOpen: boolean, clock: Clock): (app: FastifyInstance) => void {
  const answers = QUESTIONS.map(({ path, id, ask }) => {
    const answer = shared(AGE_MS, clock, () => {
      const health = judged();
      const { connectors: _hidden, ...brief } = health;
      const [isGood, body] = ask(isOpen ? health : brief);
      const status = isGood ? 200 : 503;
      return { status, bytes: bytesOf(body) };
    });
    return { path, id, answer };
  });
  return app => {
    for (const { path, id, answer } of answers) {
      app.get(path, { config: READ, schema: operation(id) }, async (_request, reply) => {
        const { status, bytes } = await answer();
        return reply.code(status).header('content-type', 'application/json').send(bytes);
      });
    }
  };
}
