import type { Clock } from '../../connector/ports.ts';
import type { ConnectorStatus } from '../status.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { judge } from './health.ts';
import type { Answer, Routes } from './listener.ts';

/** What the listeners answer: /health with its three questions (503 for a no), and /metrics. */
export function createRoutes(
  status: () => readonly ConnectorStatus[],
  telemetry: Pick<Telemetry, 'contentType' | 'render'>,
  clock: Clock,
): Routes {
  const health = () => judge(status(), clock.now());
  const answer = (good: boolean, body: unknown): Answer => ({ status: good ? 200 : 503, body });
  return {
    '/health': () => {
      const all = health();
      return answer(all.alive && all.ready && all.progressing, all);
    },
    '/health/live': () => {
      const { alive, message } = health();
      return answer(alive, { alive, message });
    },
    '/health/ready': () => {
      const { ready, message } = health();
      return answer(ready, { ready, message });
    },
    '/health/progress': () => {
      const { progressing, message } = health();
      return answer(progressing, { progressing, message });
    },
    '/metrics': async () => ({ status: 200, contentType: telemetry.contentType, body: await telemetry.render() }),
  };
}
