import type { Clock } from '../../connector/ports.ts';
import type { ConnectorStatus } from '../status.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type Answer, bytesOf } from './answer.ts';
import { type Health, judge } from './health.ts';
import type { Routes } from './request.ts';

/** How old an answer may be, milliseconds: whoever asks more often gets the same bytes. */
const HEALTH_AGE_MS = 250;
const METRICS_AGE_MS = 1_000;

/** What the listeners answer: /health with its three questions (503 for a no), and /metrics. */
export function createRoutes(
  status: () => readonly ConnectorStatus[],
  telemetry: Pick<Telemetry, 'contentType' | 'render'>,
  clock: Clock,
  mask: (text: string) => string,
): Routes {
  const health = (answer: (health: Health) => Answer) =>
    shared(HEALTH_AGE_MS, clock, () => answer(judge(status(), clock.now(), mask)));
  const answer = (good: boolean, body: unknown): Answer => ({ status: good ? 200 : 503, body });
  return {
    '/health': health(all => answer(all.alive && all.ready && all.progressing, all)),
    '/health/live': health(({ alive, message }) => answer(alive, { alive, message })),
    '/health/ready': health(({ ready, message }) => answer(ready, { ready, message })),
    '/health/progress': health(({ progressing, message }) => answer(progressing, { progressing, message })),
    '/metrics': shared(METRICS_AGE_MS, clock, async () => ({
      status: 200,
      contentType: telemetry.contentType,
      body: await telemetry.render(),
    })),
  };
}

/** One answer for all who ask while it is made, and until it is `ageMs` old; its bytes exist once. */
function shared(ageMs: number, clock: Clock, make: () => Answer | Promise<Answer>): () => Promise<Answer> {
  let last: Promise<Answer> | null = null;
  let until = 0;
  async function render(): Promise<Answer> {
    try {
      const answer = await make();
      return { ...answer, body: bytesOf(answer) };
    } finally {
      until = clock.now() + ageMs;
    }
  }
  return () => {
    if (last === null || clock.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      last = render();
    }
    return last;
  };
}
