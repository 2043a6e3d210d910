import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../connector/ports.ts';
import { bytesOf } from '../answer.ts';
import type { Health } from '../health.ts';
import { shared } from './shared.ts';

/** How old an answer may be, milliseconds: whoever asks more often gets the same bytes. */
const AGE_MS = 250;

/** Who asks what: `/health` with its three questions, each 503 for a no. */
const QUESTIONS: readonly (readonly [path: string, ask: (health: Health) => readonly [isGood: boolean, body: unknown]])[] = [
  ['/health', all => [all.alive && all.ready && all.progressing, all]],
  ['/health/live', ({ alive, message }) => [alive, { alive, message }]],
  ['/health/ready', ({ ready, message }) => [ready, { ready, message }]],
  ['/health/progress', ({ progressing, message }) => [progressing, { progressing, message }]],
];

/** @param judged how the worker is */
export function createHealth(judged: () => Health, clock: Clock): (app: FastifyInstance) => void {
  const answers = QUESTIONS.map(([path, ask]) => {
    const answer = shared(AGE_MS, clock, () => {
      const [isGood, body] = ask(judged());
      const status = isGood ? 200 : 503;
      return { status, bytes: bytesOf({ status, body }) };
    });
    return [path, answer] as const;
  });
  return app => {
    for (const [path, answer] of answers) {
      app.get(path, async (_request, reply) => {
        const { status, bytes } = await answer();
        return reply.code(status).header('content-type', 'application/json').send(bytes);
      });
    }
  };
}
