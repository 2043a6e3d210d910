/**
 * Milliseconds from send to arrival at low traffic, and what an idle worker costs: `make bench-latency`. Records carry
 * the time at which they were sent; the endpoint is in this process, so that one clock tells both. In the environment:
 *   RUNS=3      runs, in turn; medians are quoted
 *   DURATION=20 seconds of each run
 *   RATE=1000   records a second
 *   IDLE=30     seconds without a record, of one run each; 0 leaves it out
 *   ONLY=regexp the contenders whose name matches
 */
import { BENTO_VERSION, fetchBento, startBento } from './bento.ts';
import { nativeReaderMissing } from './blocks.ts';
import {
  type LatencyResult,
  type LatencySample,
  latencyMedians,
  latencyRows,
  latencyTargets,
} from './latency-result.ts';
import { describeMachine, machineLine } from './machine.ts';
import { fromEnvironment } from './options.ts';
import type { Running } from './program.ts';
import { columns, targetRows } from './report.ts';
import { save, toJson } from './results.ts';
import { allWentWell, attempt, onStage, type Stage, say } from './stage.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import { startTailrace } from './tailrace.ts';
import { PARTITIONS } from './topics.ts';
import { usageOf } from './usage.ts';

const { runs, seconds, rate, idleSeconds, only, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  seconds: options.number('DURATION', 20),
  rate: options.number('RATE', 1000),
  idleSeconds: options.number('IDLE', 30, 0),
  only: options.only,
  partial: options.isAnySet(['RUNS', 'DURATION', 'RATE', 'IDLE', 'ONLY']),
}));
const LINGER_MS = 10;
const BATCH = 500;

interface Runner {
  readonly name: string;
  start(run: string, topic: string, url: string): Promise<Running>;
}

function runners(bento: string | null, { node, directory }: Stage): Runner[] {
  const bootstrap = node.bootstrap();
  const tailrace = (name: string, reader: 'native' | 'portable'): Runner => ({
    name,
    start: (run, topic, url) => {
      const sink = { name: run, topic, url, batchRecords: BATCH, converter: 'json', lingerMs: LINGER_MS } as const;
      return startTailrace(run, directory, { bootstrap, reader }, [sink]);
    },
  });
  const peer: Runner = {
    name: 'Bento',
    start: (name, topic, url) => {
      const job = { name, bootstrap, topic, url, records: 0, recordBytes: 0, warmUp: 0, directory };
      return startBento(bento!, job, { batchRecords: BATCH, inFlight: 16, periodMs: LINGER_MS });
    },
  };
  const missing = nativeReaderMissing();
  if (missing !== null) say(`the native reader is left out: ${missing}\n`);
  const ours = [
    ...(missing === null ? [tailrace('Tailrace', 'native')] : []),
    tailrace('Tailrace portable', 'portable'),
  ];
  return [...ours, ...(bento === null ? [] : [peer])].filter(({ name }) => only?.test(name) ?? true);
}

async function idleCpuPercent(running: Running): Promise<number> {
  const before = usageOf(running.pid);
  await new Promise(resolve => setTimeout(resolve, idleSeconds * 1000));
  const after = usageOf(running.pid);
  if (before === null || after === null) throw new Error(`it ended while idle, see ${running.logFile}`);
  return ((after.cpuSeconds - before.cpuSeconds) / idleSeconds) * 100;
}

async function runOnce(runner: Runner, run: number, stopwatch: Stopwatch, stage: Stage): Promise<LatencySample> {
  const name = `latency-${runner.name.replaceAll(' ', '-')}-${run}`;
  await stage.node.createTopic(name, PARTITIONS);
  const running = await runner.start(name, name, stopwatch.url);
  try {
    const measured = await stopwatch.measure(name, rate, seconds, running.exited);
    const idle = run === 1 && idleSeconds > 0 ? await idleCpuPercent(running) : null;
    return { ...measured, idleCpuPercent: idle };
  } finally {
    await running.stop();
  }
}

async function main(stage: Stage): Promise<void> {
  const bento = await fetchBento(say);
  const versions: Record<string, string> = bento === null ? {} : { Bento: BENTO_VERSION };
  const machine = describeMachine('endpoint and producer in one Node process', stage.node.version, versions);
  say(`${machineLine(machine)}\n\n${rate} records/s over ${PARTITIONS} partitions, batches wait ${LINGER_MS} ms`);
  const stopwatch = await startStopwatch(stage.node.bootstrap());
  try {
    const all = runners(bento, stage).map(runner => ({ runner, samples: [] as LatencySample[] }));
    // A broker that has just begun is slow for its first ten seconds or so of traffic, whoever reads.
    for (const { runner } of all.slice(0, 1)) await attempt('warm-up', () => runOnce(runner, 0, stopwatch, stage));
    for (let run = 1; run <= runs; run++) {
      for (const { runner, samples } of all) {
        const work = () => runOnce(runner, run, stopwatch, stage);
        const sample = await attempt(`${runner.name}, run ${run}`, work);
        if (sample === null) continue;
        samples.push(sample);
        say(`  ${runner.name}, run ${run}: p50 ${sample.p50.toFixed(1)} ms, p99 ${sample.p99.toFixed(1)} ms`);
      }
    }
    const measured = all.filter(({ samples }) => samples.length > 0);
    const contenders = measured.map(({ runner, samples }) => ({
      name: runner.name,
      median: latencyMedians(samples),
      samples,
    }));
    const result: LatencyResult = { machine, runs, rate, seconds, lingerMs: LINGER_MS, contenders };
    say(`\n${columns(latencyRows(result))}\n\n${columns(targetRows(latencyTargets(result)))}\n`);
    const whole = allWentWell() && bento !== null && !partial;
    say(`written: ${await save({ 'latency.json': toJson(result) }, whole)}/latency.json`);
  } finally {
    await stopwatch.stop();
  }
}

await onStage(main);
