import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { type Endpoint, properties, type Running, start, startEndpoint } from './running.ts';

const broker = await startMockBroker();
after(() => broker.close());

async function workerFile(entries: Record<string, string | number> = {}): Promise<string> {
  return properties('worker', {
    'bootstrap.servers': broker.bootstrapServers,
    listeners: 'http://127.0.0.1:0',
    'offset.flush.interval.ms': 200,
    // The mock cluster forgets a member that left only with its session.
    'consumer.session.timeout.ms': 6000,
    ...entries,
  });
}

function stateFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'tailrace-state-')), 'state.json');
}

/** The program, and its REST API once it listens. */
async function running(context: TestContext, ...files: readonly string[]) {
  const run = start(['run', ...files]);
  context.after(() => run.child.kill('SIGKILL'));
  const origin = (await run.line('Listening on')).msg.match(/http:\S+/)![0];
  const rest = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    assert(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  return { run, rest };
}

type Rest = Awaited<ReturnType<typeof running>>['rest'];

/** Waits until the state of a connector and those of its tasks are these. */
async function comes(rest: Rest, name: string, wanted: string): Promise<void> {
  for (;;) {
    const status = (await rest('GET', `/connectors/${name}/status`)) as {
      readonly connector: { readonly state: string };
      readonly tasks: readonly { readonly state: string }[];
    };
    if ([status.connector, ...status.tasks].map(({ state }) => state).join(' ') === wanted) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function endpointFor(context: TestContext): Promise<Endpoint> {
  const endpoint = await startEndpoint();
  context.after(() => endpoint.close());
  return endpoint;
}

function sink(topic: string, url: string): Record<string, string> {
  return { 'connector.class': 'tailrace.HttpSink', topics: topic, 'http.url': url, 'batch.max.records': '10' };
}

async function produce(topic: string, from: number, to: number): Promise<void> {
  const values = Array.from({ length: to - from }, (_, i) => ({ value: JSON.stringify(`n${from + i}`), partition: 0 }));
  await broker.produce(topic, values);
}

async function ended({ child, exit }: Running): Promise<readonly unknown[]> {
  child.kill('SIGTERM');
  return exit;
}

describe('connectors that live', { concurrency: true, timeout: 90_000 }, () => {
  test('one is created, reconfigured, paused, stopped and deleted while the worker runs, and delivers each record once', async context => {
    const [first, second] = [await endpointFor(context), await endpointFor(context)];
    await broker.createTopic('lived');
    const { run, rest } = await running(context, await workerFile());
    await rest('POST', '/connectors', { name: 'lived', config: sink('lived', first.url) });
    await produce('lived', 0, 25);
    await first.reached(25);
    await rest('PUT', '/connectors/lived/config', sink('lived', second.url));
    await produce('lived', 25, 50);
    await second.reached(25);
    await rest('PUT', '/connectors/lived/pause');
    await comes(rest, 'lived', 'PAUSED PAUSED');
    await produce('lived', 50, 60);
    await rest('PUT', '/connectors/lived/stop');
    await comes(rest, 'lived', 'STOPPED');
    await rest('PUT', '/connectors/lived/resume');
    await second.reached(35);
    assert.deepEqual([first.received.length, second.received.length], [25, 35]);
    assert.equal(new Set([...first.received, ...second.received]).size, 60);
    await rest('DELETE', '/connectors/lived');
    assert.deepEqual(await rest('GET', '/connectors'), []);
    assert.deepEqual(await ended(run), [0, null]);
    assert(run.lines.some(({ msg }) => msg.includes('config.storage.file')));
  });

  test('with a state file the next worker has what REST had made, and its connector goes on where it was', async context => {
    const endpoint = await endpointFor(context);
    await broker.createTopic('kept');
    const worker = await workerFile({ 'config.storage.file': stateFile() });
    const before = await running(context, worker);
    await before.rest('POST', '/connectors', { name: 'kept', config: sink('kept', endpoint.url) });
    await before.rest('POST', '/connectors', {
      name: 'asleep',
      config: { ...sink('kept', endpoint.url), 'http.headers.X-Key': 'canary-0123456789' },
      initial_state: 'STOPPED',
    });
    await produce('kept', 0, 20);
    await endpoint.reached(20);
    assert.deepEqual(await ended(before.run), [0, null]);
    const next = await running(context, worker);
    await produce('kept', 20, 30);
    await endpoint.reached(30);
    await comes(next.rest, 'kept', 'RUNNING RUNNING');
    await comes(next.rest, 'asleep', 'STOPPED');
    assert.equal(new Set(endpoint.received).size, 30);
    assert.equal(endpoint.received.length, 30);
    const other = start(['run', worker]);
    assert.deepEqual(await other.exit, [2, null], 'a second worker with the same file does not start');
    assert.match((await other.line('is in use')).msg, /config\.storage\.file/);
    assert.deepEqual(await ended(next.run), [0, null]);
    assert(!JSON.stringify([before.run.lines, next.run.lines]).includes('canary'));
  });

  test('a state file that is damaged keeps the worker from starting, and is left as it is', async context => {
    const path = stateFile();
    writeFileSync(path, '{"version":1,', { mode: 0o600 });
    const run = start(['run', await workerFile({ 'config.storage.file': path })]);
    context.after(() => run.child.kill('SIGKILL'));
    assert.deepEqual(await run.exit, [2, null]);
    assert.match((await run.line('config.storage.file')).msg, /damaged/);
  });
});
