import { arrivingBytes, type Contender, type Peers, runContender } from './contender.ts';
import type { Endpoint } from './endpoint.ts';
import type { Scene } from './plan.ts';
import { count } from './report.ts';
import { caseResult, type SceneResult } from './results.ts';
import { attempt, type Stage, say } from './stage.ts';

/** Every case once, then every case again: what else the machine does meets them all. */
export async function runScene(
  { topic, pace, cases }: Scene,
  runs: number,
  endpoint: Endpoint,
  peers: Peers,
  { node, directory }: Stage,
): Promise<void> {
  for (let run = 1; run <= runs; run++) {
    for (const { id, contender, records, samples } of cases) {
      const name = `${id.replaceAll('/', '-')}-${run}`;
      const version = contender.kind === 'tailrace' && contender.requests === 'h2' ? '2' : '1.1';
      const sample = await attempt(name, () => {
        const target = endpoint.target(pace, name, version);
        const common = { name, bootstrap: node.bootstrap(), topic: topic.name, directory, url: target.url };
        const recordBytes = arrivingBytes(contender, topic);
        const job = { ...common, records, recordBytes, warmUp: Math.floor(records / 2) };
        return runContender(contender, job, target, peers, say);
      });
      if (sample === null) continue;
      samples.push(sample);
      const cpu = sample.cpuSecondsPerMillion.toFixed(2);
      say(`  ${id}, run ${run}: ${count(sample.recordsPerSecond)} records/s, CPU ${cpu} s per M`);
    }
  }
}

function kindOf(contender: Contender): string {
  return contender.kind === 'tailrace' ? contender.reader : contender.kind;
}

export function sceneResult({ name, title, cases }: Scene): SceneResult {
  const measured = cases.filter(({ samples }) => samples.length > 0);
  return {
    name,
    title,
    cases: measured.map(each => caseResult(each.id, each.label, kindOf(each.contender), each.records, each.samples)),
  };
}
