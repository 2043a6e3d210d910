/**
 * Whether what is quiet or stuck costs what is busy: `make bench-isolation`. Delays as in bench-latency, of a busy topic
 * alone, beside 20 quiet connectors and beside 504 quiet partitions, and what the bare client, which posts what it reads,
 * takes in the first and the last of these; and records/s of seven partitions while the endpoint
 * refuses the records of the eighth. In the environment:
 *   RUNS=3        runs of each, in turn; medians are quoted
 *   DURATION=20   seconds of each run
 *   RATE=1000     records a second
 *   QUIET=40      seconds without a record before each measurement
 *   COUNT=100000  records of each partition in the backlog
 *   ONLY=regexp   what is measured: alone, connectors, partitions, bare, bare-partitions, stuck
 */

import type { Delays } from './isolation-result.ts';
import {
  delayMedians,
  delayRows,
  type IsolationResult,
  isolationTargets,
  type Place,
  stuckRows,
} from './isolation-result.ts';
import { startLimit } from './limit.ts';
import { describeMachine, machineLine } from './machine.ts';
import { fromEnvironment } from './options.ts';
import type { Running } from './program.ts';
import { markedRecord, type RefusingEndpoint, startRefusingEndpoint } from './refusing-endpoint.ts';
import { columns, count, targetRows } from './report.ts';
import { save, toJson } from './results.ts';
import type { SinkSettings } from './settings.ts';
import { allWentWell, attempt, onStage, type Stage, say } from './stage.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import { startTailrace } from './tailrace.ts';
import { PARTITIONS } from './topics.ts';

const { runs, seconds, rate, quietSeconds, backlog, only, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  seconds: options.number('DURATION', 20),
  rate: options.number('RATE', 1000),
  quietSeconds: options.number('QUIET', 40, 0),
  backlog: options.number('COUNT', 100_000, 1000),
  only: options.only,
  partial: options.isAnySet(['RUNS', 'DURATION', 'RATE', 'QUIET', 'COUNT', 'ONLY']),
}));
const LINGER_MS = 10;
const BATCH = 500;
const QUIET_CONNECTORS = 20;
const BARE_IN_FLIGHT = 8;
const MANY_PARTITIONS = 512;
const STUCK = 0;
/** Records of each partition that are delivered before anything gets stuck. */
const FIRST = 1000;
/** So little of one partition in each fetch that what is read at once is of all of them, as with a topic of many. */
const MIXED_BYTES = 65_536;
const BACKLOG_TIMEOUT_MS = 60_000;
/** Records written at once, which are objects here meanwhile. */
const SLICE = 50_000;

const PLACES: readonly { readonly place: Place; readonly label: string; readonly partitions: number }[] = [
  { place: 'alone', label: 'alone', partitions: PARTITIONS },
  {
    place: 'connectors',
    label: `beside ${QUIET_CONNECTORS} connectors of ${PARTITIONS} quiet partitions`,
    partitions: PARTITIONS,
  },
  {
    place: 'partitions',
    label: `beside ${MANY_PARTITIONS - PARTITIONS} quiet partitions`,
    partitions: MANY_PARTITIONS,
  },
  { place: 'bare', label: 'the bare client alone', partitions: PARTITIONS },
  {
    place: 'bare-partitions',
    label: `the bare client beside ${MANY_PARTITIONS - PARTITIONS} quiet partitions`,
    partitions: MANY_PARTITIONS,
  },
];

function sinkOf(name: string, topic: string, url: string): SinkSettings {
  return { name, topic, url, batchRecords: BATCH, converter: 'json', lingerMs: LINGER_MS };
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** The native reader's own loop: each block is posted as it comes. */
function startBare(name: string, url: string, { node, directory }: Stage): Running {
  const job = { name, bootstrap: node.bootstrap(), topic: name, url, directory, recordBytes: 0, warmUp: 0 };
  return startLimit({ ...job, records: Number.MAX_SAFE_INTEGER }, 'block-check', BATCH, BARE_IN_FLIGHT);
}

async function startProduct(place: Place, name: string, url: string, { node, directory }: Stage): Promise<Running> {
  const sinks = [sinkOf(name, name, url)];
  for (let i = 0; place === 'connectors' && i < QUIET_CONNECTORS; i++) {
    await node.createTopic(`${name}-${i}`, PARTITIONS);
    sinks.push(sinkOf(`${name}-${i}`, `${name}-${i}`, url));
  }
  return startTailrace(name, directory, { bootstrap: node.bootstrap(), reader: 'auto' }, sinks);
}

async function delaysOf(
  { place, partitions }: (typeof PLACES)[number],
  run: number,
  stopwatch: Stopwatch,
  stage: Stage,
): Promise<Delays> {
  const name = `isolation-${place}-${run}`;
  await stage.node.createTopic(name, partitions);
  const { url } = stopwatch;
  const running = place.startsWith('bare') ? startBare(name, url, stage) : await startProduct(place, name, url, stage);
  try {
    const options = { partitions: PARTITIONS, quietMs: quietSeconds * 1000 };
    const { p50, p90, p99, max } = await stopwatch.measure(name, rate, seconds, running.exited, options);
    return { p50, p90, p99, max };
  } finally {
    await running.stop();
  }
}

/** Records of all partitions, which take turns. */
async function fill({ node }: Stage, topic: string, each: number): Promise<void> {
  const total = PARTITIONS * each;
  for (let from = 0; from < total; from += SLICE) {
    const records = Array.from({ length: Math.min(SLICE, total - from) }, (_, i) => {
      const partition = (from + i) % PARTITIONS;
      return { partition, value: markedRecord(partition, from + i) };
    });
    await node.produce(topic, records);
  }
}

/**
 * Records/s of seven partitions out of a backlog of eight, all of it there at once after nothing had moved for a while.
 * @param stuck whether the records of the eighth are refused.
 */
async function backlogRate(stuck: boolean, run: number, endpoint: RefusingEndpoint, stage: Stage): Promise<number> {
  const { node, directory } = stage;
  const name = `isolation-${stuck ? 'stuck' : 'free'}-${run}`;
  await node.createTopic(name, PARTITIONS);
  await fill(stage, name, FIRST);
  const first = endpoint.expect(PARTITIONS * FIRST);
  const sink = { ...sinkOf(name, name, endpoint.url), partitionFetchBytes: MIXED_BYTES };
  const running = await startTailrace(name, directory, { bootstrap: node.bootstrap(), reader: 'auto' }, [sink]);
  try {
    await inTime(first, () => `${endpoint.confirmed} of ${PARTITIONS * FIRST} first records arrived`);
    await pause(quietSeconds * 1000);
    // Stands still meanwhile: what is measured is reading and sending, not the producer.
    process.kill(running.pid, 'SIGSTOP');
    await fill(stage, name, backlog);
    if (stuck) endpoint.refuse(STUCK);
    const total = (PARTITIONS - (stuck ? 1 : 0)) * backlog;
    const measured = endpoint.expect(total);
    process.kill(running.pid, 'SIGCONT');
    const perSecond = await inTime(measured, () => `${endpoint.confirmed} of ${total} records arrived`);
    return stuck ? perSecond : (perSecond * (PARTITIONS - 1)) / PARTITIONS;
  } finally {
    endpoint.refuse(null);
    await running.stop();
  }
}

async function inTime<T>(result: Promise<T>, soFar: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${soFar()} in ${BACKLOG_TIMEOUT_MS / 1000} s`)), BACKLOG_TIMEOUT_MS);
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}

async function main(stage: Stage): Promise<void> {
  const machine = describeMachine('endpoint and producer in one Node process', stage.node.version, {});
  say(`${machineLine(machine)}\n\n${rate} records/s to ${PARTITIONS} partitions, batches wait ${LINGER_MS} ms`);
  const wanted = PLACES.filter(({ place }) => only?.test(place) ?? true);
  const places = wanted.map(place => ({ ...place, samples: [] as Delays[] }));
  const stuck = { free: [] as number[], stuck: [] as number[] };
  const stopwatch = await startStopwatch(stage.node.bootstrap());
  const endpoint = await startRefusingEndpoint();
  try {
    for (let run = 1; run <= runs; run++) {
      for (const place of places) {
        const delays = await attempt(`${place.place}, run ${run}`, () => delaysOf(place, run, stopwatch, stage));
        if (delays === null) continue;
        place.samples.push(delays);
        say(`  ${place.label}, run ${run}: p50 ${delays.p50.toFixed(1)} ms, p99 ${delays.p99.toFixed(1)} ms`);
      }
      for (const how of (only?.test('stuck') ?? true) ? (['free', 'stuck'] as const) : []) {
        const work = () => backlogRate(how === 'stuck', run, endpoint, stage);
        const perSecond = await attempt(`a backlog, one partition ${how}, run ${run}`, work);
        if (perSecond === null) continue;
        stuck[how].push(perSecond);
        say(`  a backlog, one partition ${how}, run ${run}: ${count(perSecond)} records/s`);
      }
    }
    const measured = places.filter(({ samples }) => samples.length > 0);
    const result: IsolationResult = {
      machine,
      runs,
      rate,
      seconds,
      quietSeconds,
      places: measured.map(({ place, label, samples }) => ({ place, label, median: delayMedians(samples), samples })),
      stuck,
    };
    say(
      `\n${columns(delayRows(result))}\n\n${columns(stuckRows(result))}\n\n${columns(targetRows(isolationTargets(result)))}\n`,
    );
    const whole = allWentWell() && !partial;
    say(`written: ${await save({ 'isolation.json': toJson(result) }, whole)}/isolation.json`);
  } finally {
    await endpoint.stop();
    await stopwatch.stop();
  }
}

await onStage(main);
