import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it, type TestContext } from 'node:test';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { Endpoint } from '../support/endpoint.ts';
import { CONNECTORS, RECORDS } from '../support/worst-records.ts';
import { properties, type Running, start } from './running.ts';

const broker = await startMockBroker();
after(() => broker.close());

/** What a worker may take in all. */
const MOST_MB = 250;
interface TaskHealth {
  readonly state: string;
  readonly partitions: readonly { readonly committed: number | null }[];
}

async function taskOf(run: Running): Promise<TaskHealth | undefined> {
  const url = (await run.line('Listening on')).msg.match(/http:\S+/)![0];
  const health = (await (await fetch(`${url}/health`)).json()) as { connectors: { tasks: TaskHealth[] }[] };
  return health.connectors[0]?.tasks[0];
}

/** The longest that the event loop was held, milliseconds, as the worker's own metric tells it. */
async function heldMs(run: Running): Promise<number> {
  const url = (await run.line('Listening on')).msg.match(/http:\S+/)![0];
  const text = await (await fetch(`${url}/metrics`)).text();
  return Math.round(Number(/^tailrace_event_loop_delay_max_seconds (\S+)$/m.exec(text)?.[1]) * 1000);
}

function peakMb({ child }: Running): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

async function startWorker(t: TestContext, topic: string, entries: Readonly<Record<string, string>>): Promise<Running> {
  const endpoint = await new Endpoint({ keep: false }).start();
  const worker = { 'bootstrap.servers': broker.bootstrapServers, listeners: 'http://127.0.0.1:0' };
  const sink = {
    name: topic,
    'connector.class': 'tailrace.HttpSink',
    topics: topic,
    'http.url': endpoint.url.href,
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
    'errors.log.include.messages': 'true',
    ...entries,
  };
  const files = [
    await properties('worker', { ...worker, 'offset.flush.interval.ms': 200, 'consumer.session.timeout.ms': 6000 }),
    await properties(topic, sink),
  ];
  const run = start(['run', ...files]);
  t.after(async () => {
    run.child.kill('SIGKILL');
    await endpoint.close();
  });
  return run;
}

describe('the worst records', {
  skip: process.platform !== 'linux' && 'it asks /proc for the memory',
  concurrency: 2,
}, () => {
  for (const [name, entries] of Object.entries(CONNECTORS)) {
    it(`take little memory, and each has its verdict: ${name}`, { timeout: 120_000 }, async t => {
      const topic = `worst-${name.replaceAll(' ', '-')}`;
      await broker.createTopic(topic);
      for (const value of RECORDS) await broker.produce(topic, [{ value, partition: 0 }]);
      const run = await startWorker(t, topic, entries);
      for (;;) {
        const task = await taskOf(run);
        assert.notEqual(task?.state, 'FAILED', JSON.stringify(task).slice(0, 1000));
        if (task?.partitions[0]?.committed === RECORDS.length) break;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
      const peak = peakMb(run);
      t.diagnostic(`${peak} MB at peak, the loop held for ${await heldMs(run)} ms at most`);
      assert.ok(peak < MOST_MB, `${peak} MB`);
      const longest = Math.max(...run.lines.map(line => JSON.stringify(line).length));
      assert.ok(longest < 70_000, `a line of ${longest} characters`);
    });
  }
});
