import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dieWithUs } from '../support/watchdog.ts';
import type { BareLoopEvent } from './bare-loop.ts';
import { ChildEvents } from './child-events.ts';
import type { EndpointEvent, Expectation } from './endpoint.ts';
import { mark, type Sample, sample } from './measured.ts';
import { usageOf } from './process-usage.ts';
import { consumerProperties, type Settings } from './settings.ts';
import { startWorker } from './worker-process.ts';

const RUN_TIMEOUT_MS = 600_000;

function script(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}

export interface Endpoint {
  readonly url: string;
  readonly events: ChildEvents<EndpointEvent>;
  expect(expectation: Expectation): void;
  stop(): void;
}

export async function startEndpoint(): Promise<Endpoint> {
  const child = fork(script('endpoint'));
  const release = dieWithUs(child.pid!);
  const events = new ChildEvents<EndpointEvent>(child);
  const { port } = await events.next('listening', 10_000);
  return {
    url: `http://127.0.0.1:${port}/in`,
    events,
    expect: expectation => child.send(expectation),
    stop() {
      child.disconnect();
      release();
    },
  };
}

/** node-rdkafka's own loop over a topic, with the consumer configuration that the worker has. */
export async function runBareLoop(settings: Settings, records: number): Promise<Sample> {
  const begun = Date.now();
  const consumer = JSON.stringify(consumerProperties(settings));
  const child = fork(script('bare-loop'), [settings.topic, String(records), consumer]);
  const release = dieWithUs(child.pid!);
  const events = new ChildEvents<BareLoopEvent>(child);
  try {
    const first = mark((await events.next('first', RUN_TIMEOUT_MS)).at, child.pid!);
    const reached = await events.next('reached', RUN_TIMEOUT_MS);
    return sample(begun, first, mark(reached.at, child.pid!), reached.records, 0);
  } finally {
    child.kill('SIGKILL');
    release();
  }
}

/** The worker, from its start until the endpoint holds `records` records of `size` bytes. */
export async function runWorker(settings: Settings, endpoint: Endpoint, expected: Expectation): Promise<Sample> {
  endpoint.expect(expected);
  const worker = await startWorker(settings);
  try {
    const first = mark((await endpoint.events.next('first', RUN_TIMEOUT_MS)).at, worker.pid);
    const reached = await endpoint.events.next('reached', RUN_TIMEOUT_MS);
    const last = mark(reached.at, worker.pid);
    return sample(worker.begun, first, last, reached.records, reached.requests);
  } catch (error) {
    throw new Error(`${settings.name}: see ${worker.logFile}`, { cause: error });
  } finally {
    const code = await worker.stop();
    if (code !== 0) process.stderr.write(`${settings.name}: the worker ended with ${code}, see ${worker.logFile}\n`);
  }
}

/** Peak memory of a worker whose endpoint refuses connections while its topic is full. */
export async function runOutage(settings: Settings, seconds: number): Promise<number> {
  const worker = await startWorker(settings);
  try {
    let peakMB = 0;
    for (let second = 0; second < seconds; second++) {
      await new Promise(resolve => setTimeout(resolve, 1000));
      const usage = usageOf(worker.pid);
      if (usage === null) throw new Error(`the worker ended during the outage, see ${worker.logFile}`);
      peakMB = usage.peakMB;
    }
    return peakMB;
  } finally {
    await worker.stop();
  }
}
