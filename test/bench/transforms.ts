/**
 * The same chains of transforms, the same topics and the same endpoint for Kafka Connect on the JVM and for Tailrace, and for
 * Bento where texts pass as they are: `make bench-transforms`. In the environment:
 *   RUNS=3          runs of each case, in turn; medians are quoted
 *   COUNT=3600000   records of a run, of Kafka Connect's a third; the first half is not measured: the compilers warm up
 *   ONLY=regexp     the cases whose id matches, e.g. ONLY='220B/(mask|three)/'
 *   ENDPOINT=nginx  or node
 * Where one is set, or something was left out, the file goes to .cache/bench and not to test/bench/results.
 */
import { BENTO_VERSION, fetchBento } from './bento.ts';
import { nativeReaderMissing } from './blocks.ts';
import { compileConnect, javaVersion } from './connect.ts';
import { startEndpoint } from './endpoint.ts';
import { describeMachine, machineLine } from './machine.ts';
import { fromEnvironment } from './options.ts';
import { select } from './plan.ts';
import { columns, count, sceneRows, targetRows } from './report.ts';
import { type SceneResult, save, toJson } from './results.ts';
import { runScene, sceneResult } from './scenes.ts';
import { allWentWell, onStage, type Stage, say } from './stage.ts';
import { fillTopic } from './topics.ts';
import { transformsPlan } from './transforms-plan.ts';
import { type TransformsResult, transformsTables, transformsTargets } from './transforms-result.ts';

const { runs, records, only, server, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  records: options.number('COUNT', 3_600_000, 20_000),
  only: options.only,
  server: options.endpoint,
  partial: options.isAnySet(['RUNS', 'COUNT', 'ONLY', 'ENDPOINT']),
}));

async function main(stage: Stage): Promise<void> {
  const bento = await fetchBento(say);
  const missing = nativeReaderMissing();
  if (missing !== null) say(`Tailrace is left out: ${missing}\n`);
  const connect = await compileConnect(stage.directory);
  const scenes = select(transformsPlan(records), only, { bento: bento !== null, native: missing === null });
  const endpoint = await startEndpoint(server, stage.directory, say);
  try {
    const versions = { Java: await javaVersion(), ...(bento !== null && { Bento: BENTO_VERSION }) };
    const machine = describeMachine(endpoint.name, stage.node.version, versions);
    say(`${machineLine(machine)}\n`);
    const topics = new Map(scenes.map(({ topic }) => [topic.name, topic]));
    for (const topic of topics.values()) {
      say(`writing ${count(topic.records)} records to ${topic.name}`);
      await fillTopic(stage.node, topic, stage.directory);
    }
    const measured: SceneResult[] = [];
    for (const scene of scenes) {
      say(`\n${scene.title}`);
      await runScene(scene, runs, endpoint, { bento, connect }, stage);
      measured.push(sceneResult(scene));
      say(`\n${columns(sceneRows(measured.at(-1)!))}`);
    }
    const result: TransformsResult = { machine, runs, scenes: measured };
    for (const rows of transformsTables(result)) say(`\n${columns(rows)}`);
    say(`\n${columns(targetRows(transformsTargets(result)))}\n`);
    const whole = allWentWell() && !partial && bento !== null && missing === null;
    say(`written: ${await save({ 'transforms.json': toJson(result) }, whole)}/transforms.json`);
  } finally {
    await endpoint.stop();
  }
}

await onStage(main);
