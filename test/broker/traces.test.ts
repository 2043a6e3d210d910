import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type MockBroker, startMockBroker } from '../support/broker.ts';
import { type Answer, Endpoint, type EndpointOptions } from '../support/endpoint.ts';
import { type ReceivedSpan, spansIn } from '../support/otlp.ts';
import { properties, type Running, start } from './running.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const CANARY = 'canary-of-the-collector';

/** A module for `node --import`, after which the address of every module that is loaded is written down. */
async function watchModules(): Promise<{ readonly hook: string; readonly modules: () => Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-'));
  const [hook, hooks, list] = ['hook.mjs', 'hooks.mjs', 'list'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(
    hook,
    `import { register } from 'node:module';\nregister(${JSON.stringify(pathToFileURL(hooks))});\n`,
  );
  await writeFile(
    hooks,
    `import { appendFileSync } from 'node:fs';
     export async function load(url, context, next) {
       appendFileSync(${JSON.stringify(list)}, url + '\\n');
       return next(url, context);
     }`,
  );
  return { hook, modules: () => readFile(list, 'utf8') };
}

describe('traces, on the mock cluster', () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  interface Setting {
    readonly worker?: Record<string, string | number>;
    readonly sink?: Record<string, string | number>;
    readonly env?: Record<string, string>;
    readonly node?: readonly string[];
    readonly answers?: readonly Answer[];
    readonly collector?: EndpointOptions;
    readonly records?: number;
  }

  /** A worker whose spans go to `collector`, which has delivered so many records of a topic; the first has a trace context. */
  async function setUp(t: TestContext, topic: string, setting: Setting = {}) {
    const { records = 6, answers = [] } = setting;
    const endpoint = await new Endpoint().start();
    const collector = await new Endpoint(setting.collector).start();
    endpoint.answers.push(...answers);
    await broker.createTopic(topic);
    const headers: [string, Buffer][] = [['traceparent', Buffer.from(`00-${TRACE}-${PARENT}-01`)]];
    await broker.produce(
      topic,
      Array.from({ length: records }, (_, i) => ({ value: `${i}`, partition: 0, ...(i === 0 && { headers }) })),
    );
    const run = start(
      [
        'run',
        await properties('worker', {
          'bootstrap.servers': broker.bootstrapServers,
          listeners: 'http://127.0.0.1:0',
          'offset.flush.interval.ms': 200,
          'consumer.session.timeout.ms': 6000,
          'log.level': 'trace',
          ...setting.worker,
        }),
        await properties(topic, {
          name: topic,
          'connector.class': 'tailrace.HttpSink',
          topics: topic,
          'http.url': endpoint.url.href,
          'batch.max.records': 1,
          'retry.backoff.ms': 10,
          ...setting.sink,
        }),
      ],
      { env: setting.env ?? {}, node: setting.node ?? [] },
    );
    t.after(async () => {
      run.child.kill('SIGKILL');
      await Promise.all([endpoint.close(), collector.close()]);
    });
    return { endpoint, collector, run, spans: () => collector.requests.flatMap(spansIn) };
  }

  async function stop(run: Running): Promise<void> {
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null], run.stderr());
  }

  async function metric(run: Running, name: string): Promise<readonly string[]> {
    const [url] = (await run.line('Listening on')).msg.match(/http:\S+/)!;
    const text = await (await fetch(`${url}/metrics`)).text();
    return text.split('\n').filter(line => line.startsWith(name));
  }

  const traces = (collector: Endpoint) => ({ 'telemetry.traces.endpoint': new URL('/v1/traces', collector.url).href });

  /** The collector's address is known before the worker is started. */
  async function traced(t: TestContext, topic: string, setting: Setting = {}) {
    const collector = await new Endpoint(setting.collector).start();
    t.after(() => collector.close());
    const worker = { ...traces(collector), ...setting.worker };
    const { collector: _, ...others } = await setUp(t, topic, { ...setting, worker });
    return { ...others, collector, spans: () => collector.requests.flatMap(spansIn) };
  }

  for (const isolation of ['inline', 'process'] as const) {
    it(`one span for each request that arrived, which carries it (task.isolation=${isolation})`, async t => {
      const topic = `traced-${isolation}`;
      const { endpoint, run, spans, collector } = await traced(t, topic, {
        worker: { 'task.isolation': isolation, 'telemetry.traces.headers.X-Api-Key': CANARY },
        answers: [{}, { status: 503 }],
      });
      await endpoint.arrived(7);
      await run.line('Commit');
      await stop(run);
      const all = spans();
      assert.deepEqual(
        all.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
        endpoint.requests.map(({ headers }) => headers['traceparent']),
      );
      const told = all.map(({ attributes, status }) => [
        attributes['messaging.kafka.offset'],
        attributes['http.response.status_code'],
        attributes['http.request.resend_count'],
        status.code,
      ]);
      assert.deepEqual(told, [
        [0, 200, undefined, undefined],
        [1, 503, undefined, 2],
        [1, 200, 1, undefined],
        ...[2, 3, 4, 5].map(offset => [offset, 200, undefined, undefined]),
      ]);
      assert.deepEqual([all[0]!.traceId, all[0]!.parentSpanId], [TRACE, PARENT]);
      assert.ok(all.slice(1).every(({ parentSpanId }) => parentSpanId === undefined));
      const ofTask = ['tailrace.connector', 'tailrace.task', 'messaging.consumer.group.name'];
      for (const { attributes, resource } of all) {
        assert.deepEqual(
          ofTask.map(name => attributes[name]),
          [topic, 0, `connect-${topic}`],
        );
        assert.equal(resource['service.name'], 'tailrace');
      }
      assert.equal(new Set(all.map(({ resource }) => resource['service.instance.id'])).size, 1);
      assert.ok(collector.requests.every(({ headers }) => headers['x-api-key'] === CANARY));
      assert.ok(!JSON.stringify(run.lines).includes(CANARY));
    });
  }

  it('batches have links to the traces of their records', async t => {
    const { endpoint, run, spans } = await traced(t, 'traced-links', { sink: { 'batch.max.records': 100 } });
    await endpoint.arrived(1);
    await run.line('Commit');
    await stop(run);
    const linked = spans().filter(({ links }) => links !== undefined);
    assert.deepEqual(
      linked.map(({ links }: ReceivedSpan) => links),
      [[{ traceId: TRACE, spanId: PARENT, flags: 0x301 }]],
    );
    assert.notEqual(linked[0]!.traceId, TRACE);
  });

  it('as OpenTelemetry’s own variables say', async t => {
    const collector = await new Endpoint().start();
    t.after(() => collector.close());
    const { endpoint, run } = await setUp(t, 'traced-env', {
      worker: { 'telemetry.traces': 'env' },
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.origin,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${CANARY}`,
        OTEL_SERVICE_NAME: 'orders',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20one',
      },
    });
    await endpoint.arrived(6);
    await stop(run);
    const [request] = collector.requests;
    assert.deepEqual([request!.path, request!.headers['x-api-key']], ['/v1/traces', CANARY]);
    const [span] = collector.requests.flatMap(spansIn);
    assert.equal(span!.resource['service.name'], 'orders');
    assert.equal(span!.resource['deployment.environment.name'], 'test one');
    assert.ok(!JSON.stringify(run.lines).includes(CANARY));
  });

  it('a collector that is away, or stands still, costs spans and no delivery; how many is counted and told', async t => {
    for (const [name, collector] of [
      ['refusing', { script: () => ({ status: 400 }) }],
      ['still', { script: () => ({ after: new Promise(() => undefined) }) }],
    ] as const) {
      const { endpoint, run } = await traced(t, `traced-${name}`, { collector, records: 600 });
      await endpoint.arrived(600);
      if (name === 'refusing') {
        const line = await run.line('Dropped');
        assert.equal(line['event'], 'spans-dropped');
        assert.match(line.msg, /it answered 400/);
        const [dropped] = (await metric(run, 'tailrace_spans_total')).filter(each => each.includes('dropped'));
        assert.ok(Number(dropped!.split(' ').at(-1)) > 0, dropped);
      }
      await stop(run);
      assert.deepEqual(
        endpoint.requests.map(({ body }) => body.toString()),
        Array.from({ length: 600 }, (_, i) => `[${i}]`),
      );
    }
    const gone = await new Endpoint().start();
    const worker = traces(gone);
    await gone.close();
    const { endpoint, run } = await setUp(t, 'traced-gone', { worker, records: 300 });
    await endpoint.arrived(300);
    await stop(run);
  });

  it('where nobody asks for them nothing of them is loaded, and requests carry none', async t => {
    for (const isOn of [false, true]) {
      const { hook, modules } = await watchModules();
      const { endpoint, run } = await (isOn ? traced : setUp)(t, `traced-${isOn}`, { node: ['--import', hook] });
      await endpoint.arrived(6);
      await stop(run);
      const carried = endpoint.requests.filter(({ headers }) => headers['traceparent'] !== undefined);
      assert.equal(carried.length, isOn ? 6 : 0);
      const loaded = await modules();
      assert.ok(loaded.includes('/worker/cli/run.js\n'));
      assert.equal(loaded.includes('/worker/traces/'), isOn);
    }
  });
});
