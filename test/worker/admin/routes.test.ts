import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoutes } from '../../../worker/admin/routes.ts';
import type { ConnectorStatus } from '../../../worker/status.ts';
import { createManualClock } from '../manual-clock.ts';
import { connector } from '../statuses.ts';

async function ask(statuses: readonly ConnectorStatus[]): Promise<Record<string, number>> {
  const telemetry = { contentType: 'text/plain', render: async () => 'm 1\n' };
  const routes = createRoutes(() => statuses, telemetry, createManualClock());
  const answers = Object.entries(routes).map(async ([path, route]) => [path, (await route()).status] as const);
  return Object.fromEntries(await Promise.all(answers));
}

test('a worker that does its work answers 200 throughout', async () => {
  assert.deepEqual(await ask([connector()]), {
    '/health': 200,
    '/health/live': 200,
    '/health/ready': 200,
    '/health/progress': 200,
    '/metrics': 200,
  });
});

test('each question has its own no, and a no to one is a no to /health', async () => {
  const no = async (status: ConnectorStatus) =>
    Object.entries(await ask([status]))
      .filter(([, code]) => code === 503)
      .map(([path]) => path);
  assert.deepEqual(await no(connector({ state: 'FAILED', trace: 'why' })), ['/health', '/health/ready']);
  assert.deepEqual(await no(connector({ lastPollAt: -3_600_000 })), ['/health', '/health/live']);
  const stuck = {
    topic: 'orders',
    partition: 0,
    committed: 1,
    position: 9,
    high: 9,
    unresolved: 8,
    uncommitted: 8,
    fault: null,
  };
  assert.deepEqual(
    await no(
      connector({ lastVerdictAt: null, partitions: [{ ...stuck, fault: null, oldestUnresolvedMs: 3_600_000 }] }),
    ),
    ['/health', '/health/progress'],
  );
});
