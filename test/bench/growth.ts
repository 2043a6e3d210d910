/**
 * Whether the cost per record stays as the work grows: `make bench-growth`. In the environment:
 *   RUNS=3         runs of each step, in turn; medians are quoted
 *   COUNT=2000000  records of a step where their number does not grow, of which half is not measured; sizes move as many
 *                  bytes as half of them of 1 KB
 *   ONLY=regexp    the series whose name matches: partitions, connectors, tasks, processes, backlog, size
 *   ENDPOINT=nginx or node
 */
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { growthPlan, type Series, type Step } from './growth-plan.ts';
import { type GrowthResult, growthRows, growthTargets, stepResult } from './growth-result.ts';
import { describeMachine, machineLine } from './machine.ts';
import { measure } from './measure.ts';
import { fromEnvironment } from './options.ts';
import { columns, count, targetRows } from './report.ts';
import { save, toJson } from './results.ts';
import type { Sample } from './sample.ts';
import { allWentWell, attempt, onStage, type Stage, say } from './stage.ts';
import { startTailrace } from './tailrace.ts';
import { fillTopic } from './topics.ts';

const { runs, records, only, server, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  records: options.number('COUNT', 2_000_000, 100_000),
  only: options.only,
  server: options.endpoint,
  partial: options.isAnySet(['RUNS', 'COUNT', 'ONLY', 'ENDPOINT']),
}));
const BATCH = 500;

/** One worker whose connectors each deliver the whole topic. */
async function runStep(step: Step, run: number, endpoint: Endpoint, { node, directory }: Stage): Promise<Sample> {
  const name = `${step.id}-${run}`;
  const target = endpoint.target('fast', name);
  const { topic, connectors, tasks, isolation, warmUp } = step;
  const more = { 'tasks.max': String(tasks), 'task.isolation': isolation };
  const sinks = Array.from({ length: connectors }, (_, i) => {
    return {
      name: `${name}-${i}`,
      topic: topic.name,
      url: target.url,
      batchRecords: BATCH,
      converter: 'json',
      more,
    } as const;
  });
  const worker = await startTailrace(name, directory, { bootstrap: node.bootstrap(), reader: 'auto' }, sinks);
  const expected = { records: topic.records * connectors, recordBytes: topic.recordBytes, warmUp };
  return measure(worker, signal => target.arrivals(expected, signal), say);
}

async function runSeries({ steps }: Series, endpoint: Endpoint, stage: Stage): Promise<void> {
  for (let run = 1; run <= runs; run++) {
    for (const step of steps) {
      const sample = await attempt(`${step.id}-${run}`, () => runStep(step, run, endpoint, stage));
      if (sample === null) continue;
      step.samples.push(sample);
      const cpu = sample.cpuSecondsPerMillion.toFixed(2);
      say(`  ${step.label}, run ${run}: ${count(sample.recordsPerSecond)} records/s, CPU ${cpu} s per M`);
    }
  }
}

async function main(stage: Stage): Promise<void> {
  const series = growthPlan(records).filter(({ name }) => only?.test(name) ?? true);
  const endpoint = await startEndpoint(server, stage.directory, say);
  try {
    const machine = describeMachine(endpoint.name, stage.node.version, {});
    say(`${machineLine(machine)}\n`);
    const topics = new Map(series.flatMap(({ steps }) => steps.map(({ topic }) => [topic.name, topic] as const)));
    for (const topic of topics.values()) {
      say(`writing ${count(topic.records)} records of ${topic.recordBytes} B to ${topic.name}`);
      await fillTopic(stage.node, topic, stage.directory);
    }
    const result: GrowthResult = { machine, runs, series: [] };
    for (const each of series) {
      say(`\n${each.title}`);
      await runSeries(each, endpoint, stage);
      const steps = each.steps.filter(({ samples }) => samples.length > 0).map(stepResult);
      if (steps.length === 0) continue;
      const { steps: _, ...about } = each;
      const measured = { ...about, steps };
      result.series.push(measured);
      say(`\n${columns(growthRows(measured))}\n`);
    }
    say(`${columns(targetRows(growthTargets(result)))}\n`);
    const whole = allWentWell() && !partial;
    say(`written: ${await save({ 'growth.json': toJson(result) }, whole)}/growth.json`);
  } finally {
    await endpoint.stop();
  }
}

await onStage(main);
