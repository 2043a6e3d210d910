import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../connector/ports.ts';
import type { Herder } from '../../herder.ts';
import { prefersHtml } from '../accept.ts';
import { operation } from './operations.ts';
import { type Page, sendPage } from './page.ts';
import { READ } from './route-kinds.ts';

/** The version of Kafka Connect whose API this is: clients look at it to know what they may ask for. */
export const API_VERSION = '4.1.0';
/** What the brokers may take to tell which cluster they are, milliseconds: this is what probes ask for. */
const PATIENCE_MS = 1_000;

export interface RootParts {
  readonly herder: Herder;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
  readonly page: Pick<Page, 'overview'>;
}

/** `/`: which API this is, and of which cluster; a browser gets the worker's page. */
export function registerRoot(app: FastifyInstance, { herder, clock, version, page }: RootParts): void {
  let clusterId: string | null = null;
  let asking: Promise<void> | null = null;

  /** Asked until the brokers have told it; nobody waits for them for long. */
  async function ask(): Promise<void> {
    clusterId = await herder.clusterId().catch(() => null);
    asking = null;
  }

  function patience(): Promise<void> {
    return new Promise(resolve => void clock.timer(PATIENCE_MS, resolve));
  }

  app.get('/', { config: { ...READ, answersHtml: true }, schema: operation('serverInfo') }, async (request, reply) => {
    reply.header('vary', 'Accept');
    if (prefersHtml(request.headers.accept)) return sendPage(reply, await page.overview());
    if (clusterId === null) {
      asking ??= ask();
      await Promise.race([asking, patience()]);
    }
    return { version: API_VERSION, commit: `tailrace-${version}`, kafka_cluster_id: clusterId };
  });
}
