import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';
import { type Endpoint, properties, type Running, start, startEndpoint } from './running.ts';

const GRACEFUL_MS = 1_000;
/** What a client waits for a broker by itself is ten times as long; the program's own promise is GRACEFUL_MS + 2 s. */
const PATIENCE_MS = 6_000;

interface Options {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly endpoint: Endpoint;
  readonly sink?: Readonly<Record<string, string | number>>;
  readonly worker?: Readonly<Record<string, string | number>>;
}

async function run(t: TestContext, { bootstrapServers, topic, endpoint, sink, worker }: Options): Promise<Running> {
  const files = [
    await properties('worker', {
      'bootstrap.servers': bootstrapServers,
      listeners: 'http://127.0.0.1:0',
      'task.shutdown.graceful.timeout.ms': GRACEFUL_MS,
      'offset.flush.interval.ms': 200,
      'log.level': 'trace',
      ...worker,
    }),
    await properties(topic, {
      name: topic,
      'connector.class': 'tailrace.HttpSink',
      topics: topic,
      'http.url': endpoint.url,
      'batch.max.records': 1,
      ...sink,
    }),
  ];
  const running = start(['run', ...files]);
  t.after(() => running.child.kill('SIGKILL'));
  return running;
}

async function endpointOf(t: TestContext): Promise<Endpoint> {
  const endpoint = await startEndpoint();
  t.after(() => endpoint.close());
  return endpoint;
}

/** Its exit code, and that it came in time. */
async function codeAfter(running: Running, ...signals: readonly NodeJS.Signals[]): Promise<number | null> {
  for (const signal of signals) running.child.kill(signal);
  const late = setTimeout(() => running.child.kill('SIGKILL'), PATIENCE_MS);
  const [code, signal] = await running.exit;
  clearTimeout(late);
  assert.equal(signal, null, `not ended in time: ${running.lines.map(({ msg }) => msg).join('\n')}`);
  return code;
}

interface Health {
  readonly connectors: readonly {
    readonly tasks: readonly { readonly partitions: readonly { readonly committed: number | null }[] }[];
  }[];
}

function values(count: number) {
  return Array.from({ length: count }, (_, i) => ({ value: `"n${i}"`, partition: i % 4 }));
}

describe('a broker that hangs', { concurrency: 2, timeout: 60_000 }, () => {
  async function serving(t: TestContext, topic: string, sink?: Options['sink']) {
    const [broker, endpoint] = [await startBrokerProcess(t), await endpointOf(t)];
    await broker.produce(topic, values(20));
    const running = await run(t, { bootstrapServers: broker.bootstrapServers, topic, endpoint, ...(sink && { sink }) });
    return { broker, endpoint, running };
  }

  /** Asks until its four partitions have these offsets committed, in all. */
  async function committed(running: Running, offsets: number): Promise<void> {
    const url = (await running.line('Listening on')).msg.match(/http:\S+/)![0];
    for (let sum: number | null = null; sum !== offsets; ) {
      const { connectors } = (await (await fetch(`${url}/health`)).json()) as Health;
      const { partitions } = connectors[0]!.tasks[0]!;
      sum = partitions.length < 4 ? null : partitions.reduce((all, { committed: one }) => all + (one ?? 0), 0);
      if (sum !== offsets) await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  test('before it has said a word: nothing was begun, so the end is a clean one', async t => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const address = server.address() as { port: number };
    const bootstrapServers = `127.0.0.1:${address.port}`;
    const running = await run(t, { bootstrapServers, topic: 'mute', endpoint: await endpointOf(t) });
    await running.line('Task started');
    assert.equal(await codeAfter(running, 'SIGTERM'), 0);
  });

  test('idle, all committed: the end is clean, though the goodbye is never answered', async t => {
    const { broker, running } = await serving(t, 'idle');
    await committed(running, 20);
    broker.hang();
    assert.equal(await codeAfter(running, 'SIGTERM'), 0);
  });

  test('paused: the same', async t => {
    const { broker, running } = await serving(t, 'paused', { initial_state: 'PAUSED' });
    await committed(running, 0);
    broker.hang();
    assert.equal(await codeAfter(running, 'SIGTERM'), 0);
  });

  test('with a request in flight: what it carried is left, and said', async t => {
    const { broker, endpoint, running } = await serving(t, 'flying');
    await committed(running, 20);
    endpoint.hang();
    await broker.produce('flying', [{ value: '"last"', partition: 0 }]);
    await endpoint.reached(20, 1);
    broker.hang();
    assert.equal(await codeAfter(running, 'SIGTERM'), 4);
  });

  test('with a commit under way: what was not acknowledged is left, and said', async t => {
    const { broker, endpoint, running } = await serving(t, 'committing');
    await committed(running, 20);
    endpoint.hang();
    await broker.produce('committing', [{ value: '"last"', partition: 0 }]);
    await endpoint.reached(20, 1);
    broker.hang();
    endpoint.goOn();
    await running.line('sent: committing-0@6');
    assert.equal(await codeAfter(running, 'SIGTERM'), 4);
  });

  test('a second signal ends it at once', async t => {
    const { broker, endpoint, running } = await serving(t, 'twice');
    await endpoint.reached(1);
    broker.hang();
    running.child.kill('SIGTERM');
    await running.line('finishing what is in flight');
    assert.equal(await codeAfter(running, 'SIGINT'), 130);
  });

  test('while it is asked where to read from', async t => {
    const broker: BrokerProcess = await startBrokerProcess(t);
    await broker.produce('asked', values(20));
    const running = await run(t, { ...broker, topic: 'asked', endpoint: await endpointOf(t) });
    await running.line('Task started');
    broker.hang();
    assert.equal(await codeAfter(running, 'SIGTERM'), 0);
  });
});
