import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../connector/ports.ts';
import type { Herder } from '../../herder.ts';
import { operation } from './operations.ts';
import { READ } from './route-kinds.ts';

/** The version of Kafka Connect whose API this is: clients look at it to know what they may ask for. */
export const API_VERSION = '4.1.0';
/** What the brokers may take to tell which cluster they are, milliseconds: this is what probes ask for. */
const PATIENCE_MS = 1_000;

/** `/`: which API this is, and of which cluster. */
export function registerRoot(app: FastifyInstance, herder: Herder, clock: Clock, version: string): void {
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

  app.get('/', { config: READ, schema: operation('serverInfo') }, async () => {
    if (clusterId === null) {
      asking ??= ask();
      await Promise.race([asking, patience()]);
    }
    return { version: API_VERSION, commit: `tailrace-${version}`, kafka_cluster_id: clusterId };
  });
}
