import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoutes } from '../../../worker/admin/routes.ts';
import type { ConnectorStatus } from '../../../worker/status.ts';
import { createManualClock } from '../manual-clock.ts';
import { connector } from '../statuses.ts';

async function ask(statuses: readonly ConnectorStatus[]): Promise<Record<string, number>> {
  const telemetry = { contentType: 'text/plain', render: async () => 'm 1\n' };
  const routes = createRoutes(
    () => statuses,
    telemetry,
    createManualClock(),
    text => text,
  );
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

/** Routes whose metrics are rendered when the test says so. */
function slowMetrics() {
  const clock = createManualClock();
  const renderings: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const render = () => new Promise<string>((resolve, reject) => renderings.push({ resolve, reject }));
  const routes = createRoutes(
    () => [connector()],
    { contentType: 'text/plain', render },
    clock,
    text => text,
  );
  const metrics = async () => String((await routes['/metrics']!()).body);
  return { clock, renderings, metrics };
}

test('metrics are rendered at most once a second, for all who ask meanwhile', async () => {
  const { clock, renderings, metrics } = slowMetrics();
  const first = [metrics(), metrics()];
  clock.advance(10_000);
  first.push(metrics());
  assert.equal(renderings.length, 1, 'one at a time, however long it takes');
  renderings[0]!.resolve('one');
  assert.deepEqual(await Promise.all(first), ['one', 'one', 'one']);
  clock.advance(999);
  assert.equal(await metrics(), 'one');
  clock.advance(1);
  const second = metrics();
  renderings[1]!.resolve('two');
  assert.equal(await second, 'two');
  assert.equal(renderings.length, 2);
});

test('metrics that could not be rendered are tried again', async () => {
  const { clock, renderings, metrics } = slowMetrics();
  const failed = metrics();
  renderings[0]!.reject(new Error('never'));
  await assert.rejects(failed);
  clock.advance(1_000);
  const again = metrics();
  renderings[1]!.resolve('fine');
  assert.equal(await again, 'fine');
});

test('health is judged anew a quarter of a second later, and not before', async () => {
  const clock = createManualClock();
  const statuses = [connector()];
  const telemetry = { contentType: 'text/plain', render: async () => '' };
  const routes = createRoutes(
    () => statuses,
    telemetry,
    clock,
    text => text,
  );
  const ready = async () => (await routes['/health/ready']!()).status;
  assert.equal(await ready(), 200);
  statuses[0] = connector({ state: 'FAILED', trace: 'why' });
  assert.equal(await ready(), 200);
  clock.advance(250);
  assert.equal(await ready(), 503);
});
