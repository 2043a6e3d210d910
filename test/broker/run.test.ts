import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, type TestContext, test } from 'node:test';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { type Endpoint, type Options, properties, type Running, start, startEndpoint } from './running.ts';

const broker = await startMockBroker();
after(() => broker.close());

/** The mock cluster forgets a member that left only with its session. */
const PATIENCE = { 'offset.flush.interval.ms': 200, 'consumer.session.timeout.ms': 6000 };

interface Setting {
  readonly topic: string;
  readonly endpoint: Endpoint;
  readonly run: Running;
}

async function workerFile(entries: Record<string, string | number> = {}): Promise<string> {
  const standard = { 'bootstrap.servers': broker.bootstrapServers, listeners: 'http://127.0.0.1:0' };
  return properties('worker', { ...standard, ...PATIENCE, ...entries });
}

async function sinkFile(name: string, url: string, entries: Record<string, string | number> = {}): Promise<string> {
  return properties(name, {
    name,
    'connector.class': 'tailrace.HttpSink',
    topics: name,
    'http.url': url,
    'batch.max.records': 10,
    ...entries,
  });
}

/** One connector whose topic, of its own name, holds these values. */
async function setUp(
  context: TestContext,
  topic: string,
  values: readonly string[],
  options: Options & { readonly worker?: Record<string, string | number>; readonly sink?: Record<string, string> } = {},
): Promise<Setting> {
  const endpoint = await startEndpoint();
  await broker.createTopic(topic);
  await broker.produce(
    topic,
    values.map(value => ({ value, partition: 0 })),
  );
  const files = [await workerFile(options.worker), await sinkFile(topic, endpoint.url, options.sink)];
  return { topic, endpoint, run: running(context, files, endpoint, options) };
}

/** Started, and ended with the test however that ends. */
function running(context: TestContext, files: readonly string[], endpoint: Endpoint, options: Options = {}): Running {
  const run = start(['run', ...files], options);
  context.after(() => {
    run.child.kill('SIGKILL');
    endpoint.close();
  });
  return run;
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => JSON.stringify(`n${from + i}`));
}

async function urlOf(run: Running): Promise<string> {
  return (await run.line('Listening on')).msg.match(/http:\S+/)![0];
}

async function get(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Asks until the answer is as wanted. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

describe('tailrace run', { concurrency: true, timeout: 60_000 }, () => {
  test('delivers, answers health and metrics, and on SIGTERM commits and ends with 0; a restart repeats nothing', async context => {
    const { topic, endpoint, run } = await setUp(context, 'clean', numbers(0, 25));
    await endpoint.reached(25);
    const url = await urlOf(run);
    const health = await eventually(
      () => get(`${url}/health`),
      answer => answer.status === 200,
    );
    assert.equal(health.body['status'], 'healthy');
    for (const path of ['live', 'ready', 'progress']) assert.equal((await get(`${url}/health/${path}`)).status, 200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /^kafka_connect_sink_task_sink_record_send_total\{connector="clean",task="0"\} 25$/m);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null]);
    assert.equal(run.lines.at(-1)!.msg, 'Stopped cleanly');
    await assert.rejects(fetch(`${url}/health`));

    const again = running(context, [await workerFile(), await sinkFile(topic, endpoint.url)], endpoint);
    await broker.produce(topic, [{ value: '"last"', partition: 0 }]);
    await endpoint.reached(26);
    again.child.kill('SIGINT');
    assert.deepEqual(await again.exit, [0, null]);
    assert.deepEqual([...endpoint.received].sort(), [...numbers(0, 25).map(text => JSON.parse(text)), 'last'].sort());
  });

  test('a deadline that passes while the endpoint hangs ends with 4, in time', async context => {
    const worker = { 'task.shutdown.graceful.timeout.ms': 300 };
    const { endpoint, run } = await setUp(context, 'deadline', [], { worker });
    endpoint.hang();
    await broker.produce('deadline', [{ value: '"a"', partition: 0 }]);
    await endpoint.reached(0, 1);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [4, null]);
  });

  test('a second signal aborts and ends with 128 and its number, long before the deadline', async context => {
    const worker = { 'task.shutdown.graceful.timeout.ms': 3_600_000 };
    const { endpoint, run } = await setUp(context, 'abort', [], { worker });
    endpoint.hang();
    await broker.produce('abort', [{ value: '"a"', partition: 0 }]);
    await endpoint.reached(0, 1);
    run.child.kill('SIGTERM');
    await run.line('finishing what is in flight');
    run.child.kill('SIGINT');
    assert.deepEqual(await run.exit, [130, null]);
  });

  test('what nobody catches is logged, commits nothing more, and ends with 70', async context => {
    const crash = `process.on('SIGUSR2', () => { throw new Error('planted, canary-0123456789') });`;
    const { endpoint, run } = await setUp(context, 'crash', numbers(0, 5), {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` },
      sink: { 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'canary-0123456789' },
    });
    await endpoint.reached(5);
    run.child.kill('SIGUSR2');
    assert.deepEqual(await run.exit, [70, null]);
    const line = await run.line('Internal error');
    assert.equal(line.level, 'fatal');
    assert.match(JSON.stringify(line), /planted, \[hidden\]/);
    assert.doesNotMatch(JSON.stringify(run.lines) + run.stderr(), /canary-0123456789/);
  });

  test('a bad record fails its task and commits nothing past it; the worker and the other connector go on', async context => {
    const { endpoint, run } = await setUpPair(context, 'good', 'bad');
    await endpoint.reached(25 + 3);
    await run.line('Task is FAILED');
    const url = await urlOf(run);
    const health = await get(`${url}/health`);
    assert.equal(health.status, 503);
    assert.match(String(health.body['message']), /^bad\/0: FAILED: .*bad-0.*3/);
    assert.deepEqual([health.body['alive'], health.body['ready']], [true, false]);
    await broker.produce('good', [{ value: '"late"', partition: 1 }]);
    await endpoint.reached(25 + 3 + 1);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [4, null]);
  });

  test('a reader of standard output that is gone does not matter', async context => {
    const { endpoint, run } = await setUp(context, 'mute', numbers(0, 5), {
      reader: 'gone',
      worker: { 'log.level': 'trace' },
    });
    await endpoint.reached(5);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null]);
    assert.equal(run.stderr(), '');
  });

  test('a reader of standard output that stands still does not hold up deliveries or the end', async context => {
    const { endpoint, run } = await setUp(context, 'still', numbers(0, 2000), {
      reader: 'still',
      worker: { 'log.level': 'trace' },
      sink: { 'batch.max.records': '2' },
    });
    await endpoint.reached(2000);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null]);
  });

  test('while Kafka is away the worker waits, says so once in a while, is not ready, and stops cleanly', async context => {
    const { run } = await setUp(context, 'away', [], { worker: { 'bootstrap.servers': '127.0.0.1:1' } });
    const fault = await run.line('Kafka client:');
    assert.match(fault.msg, /bootstrap\.servers/);
    const health = await get(`${await urlOf(run)}/health`);
    assert.deepEqual([health.status, health.body['status'], health.body['alive']], [503, 'starting', true]);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null]);
  });

  test('a taken port ends with 2 and one line that says what to do', async context => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { run } = await setUp(context, 'port', [], { worker: { listeners: `http://127.0.0.1:${port}` } });
    assert.deepEqual(await run.exit, [2, null]);
    assert.match((await run.line('Can not listen')).msg, /the port is taken/);
    other.close();
  });

  test('faults of the worker file end with 2, those of connector files with 3, all told at once', async () => {
    const good = await sinkFile('config', 'http://127.0.0.1:1/');
    const bad = await sinkFile('config', 'no url', { 'batch.max.recrods': 5 });
    const missing = await properties('worker', { listeners: 'nonsense' });
    const worker = start(['run', missing, bad]);
    const connector = start(['run', await workerFile(), bad]);
    const absent = start(['run', await workerFile(), good, '/does/not/exist.properties']);
    assert.deepEqual(
      [await worker.exit, await connector.exit, await absent.exit],
      [
        [2, null],
        [3, null],
        [3, null],
      ],
    );
    for (const expected of [/bootstrap\.servers/, /listeners/, /http\.url/, /batch\.max\.records/]) {
      assert.match(worker.stderr(), expected);
    }
    assert.match(absent.stderr(), /exist\.properties/);
    assert.deepEqual(worker.lines, []);
  });
});

/** Two connectors in one worker; the second one's fourth record is not JSON. */
async function setUpPair(
  context: TestContext,
  good: string,
  bad: string,
): Promise<{ endpoint: Endpoint; run: Running }> {
  const endpoint = await startEndpoint();
  for (const topic of [good, bad]) await broker.createTopic(topic);
  await broker.produce(
    good,
    numbers(0, 25).map(value => ({ value, partition: 0 })),
  );
  await broker.produce(
    bad,
    [...numbers(0, 3), 'not JSON', ...numbers(4, 9)].map(value => ({ value, partition: 0 })),
  );
  const files = [await sinkFile(good, endpoint.url), await sinkFile(bad, endpoint.url)];
  return { endpoint, run: running(context, [await workerFile(), ...files], endpoint) };
}
