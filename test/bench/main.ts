/**
 * The benchmark of the whole worker on real Apache Kafka, beside the limit and a peer: `make bench`. The machine should
 * do nothing else meanwhile. In the environment:
 *   RUNS=3          runs of each case, in turn; medians are quoted
 *   COUNT=4000000   records of a topic; the first half of what a run delivers is not measured: the compilers warm up
 *   ONLY=regexp     the cases whose id matches, e.g. ONLY='1KB/(bento|native)'
 *   BACKLOG=5000000 records that wait while the endpoint is down
 *   OUTAGE=60       seconds that it is down; 0 leaves it out
 *   ENDPOINT=nginx  or node
 * Where one but BACKLOG is set, or something was left out, the files go to .cache/bench and not to test/bench/results.
 */
import { BENTO_VERSION, fetchBento } from './bento.ts';
import { nativeReaderMissing } from './blocks.ts';
import { barChart } from './chart.ts';
import { startEndpoint } from './endpoint.ts';
import { describeMachine, machineLine } from './machine.ts';
import { fromEnvironment } from './options.ts';
import { measureOutage } from './outage.ts';
import { largeTopic, plan, select } from './plan.ts';
import { columns, count, sceneRows, targetRows } from './report.ts';
import { type BenchResult, finder, type OutageResult, type SceneResult, save, toJson } from './results.ts';
import { runScene, sceneResult } from './scenes.ts';
import { allWentWell, attempt, onStage, type Stage, say } from './stage.ts';
import { judge } from './targets.ts';
import { fillTopic, growTopic, recordsIn } from './topics.ts';

const { runs, records, backlog, outageSeconds, only, server, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  records: options.number('COUNT', 4_000_000, 20_000),
  backlog: options.number('BACKLOG', 5_000_000),
  outageSeconds: options.number('OUTAGE', 60, 0),
  only: options.only,
  server: options.endpoint,
  partial: options.isAnySet(['RUNS', 'COUNT', 'ONLY', 'OUTAGE', 'ENDPOINT']),
}));

async function runOutage({ node, directory }: Stage, topics: ReadonlySet<string>): Promise<OutageResult | null> {
  if (outageSeconds === 0 || only?.test('outage') === false) return null;
  const topic = largeTopic(backlog);
  if (topics.has(topic.name)) await growTopic(node, topic, backlog, directory);
  else await fillTopic(node, topic, directory);
  const waiting = await recordsIn(node, topic.name);
  say(`endpoint down for ${outageSeconds} s, ${count(waiting)} records of 1 KB waiting`);
  const work = () => measureOutage(node.bootstrap(), topic.name, outageSeconds, directory);
  const peakMB = await attempt('outage', work);
  if (peakMB === null) return null;
  say(`  peak ${peakMB.toFixed(0)} MB\n`);
  return { seconds: outageSeconds, backlog: waiting, recordBytes: topic.recordBytes, peakMB };
}

function chartOf({ scenes, machine, runs }: BenchResult): string {
  const groups = scenes.map(({ title, cases }) => ({
    title,
    bars: cases.map(({ label, kind, median }) => ({ label, kind, value: median.recordsPerSecond })),
  }));
  const footer = [`Medians of ${runs}. ${machineLine(machine)}`.match(/.{1,130}(?:\s|$)/g) ?? []].flat();
  return barChart('Records per second from Kafka to an HTTP endpoint', groups, footer);
}

async function main(stage: Stage): Promise<void> {
  const bento = await fetchBento(say);
  const missing = nativeReaderMissing();
  if (missing !== null) say(`the native reader is left out: ${missing}\n`);
  const scenes = select(plan(records), only, { bento: bento !== null, native: missing === null });
  const endpoint = await startEndpoint(server, stage.directory, say);
  try {
    const machine = describeMachine(endpoint.name, stage.node.version, bento === null ? {} : { Bento: BENTO_VERSION });
    say(`${machineLine(machine)}\n`);
    const topics = new Map(scenes.map(({ topic }) => [topic.name, topic]));
    for (const topic of topics.values()) {
      say(`writing ${count(topic.records)} records of ${topic.recordBytes} B to ${topic.name}`);
      await fillTopic(stage.node, topic, stage.directory);
    }
    const measured: SceneResult[] = [];
    for (const scene of scenes) {
      say(`\n${scene.title}`);
      await runScene(scene, runs, endpoint, { bento, connect: null }, stage);
      measured.push(sceneResult(scene));
      say(`\n${columns(sceneRows(measured.at(-1)!))}\n`);
    }
    const outage = await runOutage(stage, new Set(topics.keys()));
    const targets = judge({ find: finder(measured), outageMB: outage?.peakMB ?? null });
    say(`${columns(targetRows(targets))}\n`);
    const result: BenchResult = { machine, runs, scenes: measured, outage, targets };
    const complete = bento !== null && missing === null && allWentWell();
    const whole = complete && !partial;
    const where = await save({ 'bench.json': toJson(result), 'bench.svg': chartOf(result) }, whole);
    say(`written: ${where}/bench.json, ${where}/bench.svg`);
  } finally {
    await endpoint.stop();
  }
}

await onStage(main);
