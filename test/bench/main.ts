/**
 * The benchmark of the whole worker on real Apache Kafka: `make bench`, or `node dist/test/bench/main.js --help`.
 * The machine should do nothing else meanwhile.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaNode, startKafka } from '../kafka/node.ts';
import { type Endpoint, runBareLoop, runOutage, runWorker, startEndpoint } from './cases.ts';
import type { Sample } from './measured.ts';
import { type Case, json, ratio, table } from './report.ts';
import { fillTopic, PARTITIONS } from './topics.ts';

const HELP = `node dist/test/bench/main.js [options]
  --records N        records of 220 B; half as many of 1 KB (2000000)
  --sizes A,B        bytes of a record (220,1024)
  --batches A,B      batch.max.records (1,50,500,5000)
  --runs N           runs of each case, in turn; medians are quoted (3)
  --outage SECONDS   how long the endpoint is down in the memory case; 0 leaves it out (60)
  --json PATH        writes every sample and the medians there
`;

/** The heap of a broker that has to feed a benchmark. */
const BROKER_JVM = ['-Xms1g', '-Xmx1g'];
/** Small batches are slow: so many requests say enough. */
const MAX_REQUESTS = 40_000;
const TARGET_BATCH = 500;
const TARGET_RATIO = 0.75;
const TARGET_OUTAGE_MB = 250;
/** Nobody listens there. */
const REFUSED = 'http://127.0.0.1:9/in';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '2000000' },
    sizes: { type: 'string', default: '220,1024' },
    batches: { type: 'string', default: '1,50,500,5000' },
    runs: { type: 'string', default: '3' },
    outage: { type: 'string', default: '60' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const sizes = options.sizes.split(',').map(Number);
const batches = options.batches.split(',').filter(Boolean).map(Number);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function recordsOf(size: number): number {
  return size > 512 ? Math.ceil(Number(options.records) / 2) : Number(options.records);
}

function topicOf(size: number): string {
  return `events-${size}`;
}

function plan(): Case[] {
  return sizes.flatMap(size => {
    const all = recordsOf(size);
    const worker = batches.map(
      (batch): Case => ({
        name: `batch ${batch}`,
        size,
        batch,
        records: Math.min(all, batch * MAX_REQUESTS),
        samples: [],
      }),
    );
    return [{ name: 'bare loop', size, batch: null, records: all, samples: [] }, ...worker];
  });
}

interface Stage {
  readonly node: KafkaNode;
  readonly endpoint: Endpoint;
  readonly directory: string;
}

function runCase({ size, batch, records }: Case, run: number, { node, endpoint, directory }: Stage): Promise<Sample> {
  const common = { bootstrap: node.bootstrap(), topic: topicOf(size), url: endpoint.url, directory };
  if (batch === null) return runBareLoop({ ...common, name: `bare-${size}-${run}`, batchRecords: 1 }, records);
  const settings = { ...common, name: `bench-${size}-${batch}-${run}`, batchRecords: batch };
  return runWorker(settings, endpoint, { records, size });
}

/** Every case once, then every case again: what else the machine does meets them all. */
async function runAll(cases: readonly Case[], stage: Stage): Promise<void> {
  for (const size of sizes) {
    const ours = cases.filter(each => each.size === size);
    for (let run = 1; run <= Number(options.runs); run++) {
      for (const each of ours) {
        const sample = await runCase(each, run, stage);
        each.samples.push(sample);
        say(`  ${size} B ${each.name}, run ${run}: ${Math.round(sample.recordsPerSecond)} records/s`);
      }
    }
    say(`\n${table(size, cases)}\n`);
  }
}

async function measureOutage({ node, directory }: Stage): Promise<number | null> {
  const seconds = Number(options.outage);
  if (seconds === 0) return null;
  const topic = topicOf(Math.max(...sizes));
  const settings = { name: 'bench-outage', bootstrap: node.bootstrap(), topic, url: REFUSED, batchRecords: 500 };
  const peakMB = await runOutage({ ...settings, directory }, seconds);
  const backlog = recordsOf(Math.max(...sizes)).toLocaleString('en');
  say(
    `endpoint down ${seconds} s, ${backlog} records waiting: peak ${peakMB.toFixed(0)} MB ${verdict(peakMB <= TARGET_OUTAGE_MB)}`,
  );
  return peakMB;
}

function verdict(met: boolean): string {
  return met ? '(target met)' : '(TARGET MISSED)';
}

function judge(cases: readonly Case[]): void {
  for (const each of cases.filter(({ batch }) => batch === TARGET_BATCH)) {
    const part = ratio(each, cases)!;
    say(
      `${each.size} B at ${TARGET_BATCH}: ${Math.round(part * 100)} % of the bare loop ${verdict(part >= TARGET_RATIO)}`,
    );
  }
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-bench-'));
  const node = await startKafka({ version: '4', jvm: BROKER_JVM });
  const endpoint = await startEndpoint();
  const stage = { node, endpoint, directory };
  try {
    const circumstances = { kafka: node.version, node: process.version, cores: cpus().length, partitions: PARTITIONS };
    say(
      `Kafka ${node.version}, Node ${process.version}, ${cpus().length} cores shared by broker, endpoint and worker\n`,
    );
    for (const size of sizes) await fillTopic(node, topicOf(size), size, recordsOf(size), directory);
    const cases = plan();
    await runAll(cases, stage);
    judge(cases);
    const outageMB = await measureOutage(stage);
    if (options.json !== undefined) await writeFile(options.json, json(cases, outageMB, circumstances));
    await rm(directory, { recursive: true });
  } finally {
    endpoint.stop();
    await node.stop();
  }
}

if (options.help) process.stdout.write(HELP);
else await main();
