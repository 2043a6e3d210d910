/**
 * What `tailrace tune` recommends beside the best of a full grid, on endpoints that are made up: `make bench-tune`. In the environment:
 *   RUNS=3      how often the recommended load and the best ones are measured, in turn; medians are quoted
 *   ONLY=regexp the endpoints whose model matches
 */
import { parseConfig } from '../../config/load.ts';
import { systemFiles } from '../../config/source/files.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { Scope } from '../../connector/scope.ts';
import { measureLoopUse, systemClock, systemRandom } from '../../worker/clock.ts';
import { Bounds } from '../../worker/tune/bounds.ts';
import { type EndpointProcess, startEndpoint } from '../../worker/tune/endpoint-process.ts';
import { LONG, leastOf, type MeasureParts, measure } from '../../worker/tune/measure.ts';
import type { Load } from '../../worker/tune/point.ts';
import { Sample } from '../../worker/tune/sample.ts';
import { maxBodyBytes, tune } from '../../worker/tune/session.ts';
import { parseSimulation } from '../../worker/tune/simulation.ts';
import { madeUp } from '../../worker/tune/subject.ts';
import { createTarget } from '../../worker/tune/target.ts';
import { describeMachine, machineLine } from './machine.ts';
import { fromEnvironment } from './options.ts';
import { columns, targetRows } from './report.ts';
import { save, toJson } from './results.ts';
import { allWentWell, attempt, say } from './stage.ts';
import { type Measured, type TuneBenchResult, type TunedEndpoint, tuneRows, tuneTargets } from './tune-result.ts';

const { runs, only, partial } = fromEnvironment(options => ({
  runs: options.number('RUNS', 3),
  only: options.only,
  partial: options.isAnySet(['RUNS', 'ONLY']),
}));

/** Latency alone; eight workers; one record after another; a rate, a bandwidth and jitter. */
const ENDPOINTS = [
  'latency=200ms',
  'latency=20ms,per-record=50us,workers=8',
  'latency=5ms,serial-per-record=20us',
  'latency=10ms,rate=20/s,bandwidth=20MB/s,jitter=0.2',
];
const RECORDS = 20_000;
const RECORD_BYTES = 220;
const BLOCK = 1_000;
const MOST_IN_FLIGHT = 64;
const LIMITS = { requests: 20_000, bytes: 4e9, ms: 150_000 };
/** Of a point of the grid, and of one that is measured again. */
const GRID_MS = 3_000;
const AGAIN_MS = 6_000;
const BEST = 3;

const GRID: readonly Load[] = [1, 10, 100, 1_000, 3_000, 10_000].flatMap(batch =>
  [1, 2, 4, 8, 16, 32, 64].map(inFlight => ({ batch, inFlight })),
);

const BLOCKS = Array.from({ length: RECORDS / BLOCK }, (_, block) =>
  buildBlock(
    Array.from({ length: BLOCK }, (_, i) => {
      const head = `{"id":${block * BLOCK + i},"text":"`;
      return { value: `${head}${'x'.repeat(RECORD_BYTES - head.length - 2)}"}` };
    }),
    { keys: false, headers: false },
  ),
);

function configOf(): ConnectorConfig {
  const worker =
    'bootstrap.servers=localhost:1\nvalue.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n';
  const sink = 'name=tune\nconnector.class=HttpSink\ntopics=t\nhttp.url=http://localhost:1/\n';
  const { connectors } = parseConfig({
    worker: { name: 'worker', text: worker },
    connectors: [{ name: 'sink', text: sink }],
    env: {},
    overrides: [],
    files: systemFiles,
  });
  return madeUp(connectors[0]!);
}

const CONFIG = configOf();
const COMMON = { clock: systemClock, random: systemRandom, mostInFlight: MOST_IN_FLIGHT };

async function benchmark(model: string): Promise<TunedEndpoint> {
  const endpoint = await startEndpoint({ model: parseSimulation(model) });
  try {
    const { origin } = endpoint;
    const { choice, used } = await tune({
      ...COMMON,
      origin,
      config: CONFIG,
      blocks: BLOCKS,
      codecs: [null],
      limits: LIMITS,
      wishes: { latencyP99Ms: null, mostInFlight: null },
      signal: new Scope(),
      busy: measureLoopUse(),
      record: null,
      show: text => text,
      progress: () => undefined,
    });
    if (choice === null) throw new Error('nothing is recommended');
    say(`  recommended: ${choice.prediction.batch} × ${choice.prediction.inFlight}`);
    const [recommended, ...best] = await compare(choice.prediction, endpoint);
    const predicted = choice.prediction.recordsPerSecond;
    return {
      endpoint: model,
      recommended: recommended!,
      predicted,
      best,
      requests: used.requests,
      seconds: used.ms / 1_000,
    };
  } finally {
    endpoint.close();
  }
}

/** The load, and behind it the fastest of the grid, each measured so many times, in turn. */
async function compare(load: Load, { origin }: EndpointProcess): Promise<readonly Measured[]> {
  const limits = { requests: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER, ms: 3_600_000 };
  const bounds = new Bounds(limits, systemClock.now());
  const target = createTarget(CONFIG, { ...COMMON, bounds, origin });
  const parts: MeasureParts = {
    target,
    sample: new Sample(BLOCKS.map(block => target.converter.convert(block))),
    bounds,
    clock: systemClock,
    signal: new Scope(),
    maxBytes: maxBodyBytes(CONFIG),
    latencyP99Ms: null,
    busy: measureLoopUse(),
    show: text => text,
    record: null,
  };
  const share = (each: Load, ms: number) => ({ requests: Math.max(leastOf(each), 400), bytes: limits.bytes, ms });
  try {
    const grid = [];
    for (const each of GRID.filter(fits)) grid.push(await measure(each, share(each, GRID_MS), parts));
    const fastest = grid.sort((a, b) => b.recordsPerSecond - a.recordsPerSecond).slice(0, BEST);
    const all = [load, ...fastest].map(({ batch, inFlight }) => ({
      batch,
      inFlight,
      recordsPerSecond: [] as number[],
    }));
    for (let run = 0; run < runs; run++) {
      for (const each of all) {
        each.recordsPerSecond.push((await measure(each, share(each, AGAIN_MS), parts, LONG)).recordsPerSecond);
      }
    }
    return all;
  } finally {
    await target.close();
  }
}

/** As in `tune`: more has no room in a task. */
function fits({ batch, inFlight }: Load): boolean {
  return inFlight === 1 || batch * inFlight * RECORD_BYTES <= CONFIG.delivery.bufferMaxBytes;
}

const described = describeMachine('made-up endpoints in a process beside', '', {});
const { Kafka: _, ...versions } = described.versions;
const machine = { ...described, versions };
say(machineLine(machine));
const endpoints: TunedEndpoint[] = [];
for (const model of ENDPOINTS.filter(each => only?.test(each) !== false)) {
  say(model);
  const found = await attempt(model, () => benchmark(model));
  if (found !== null) endpoints.push(found);
}
const result: TuneBenchResult = { machine, runs, endpoints };
say(`\n${columns(tuneRows(result))}\n\n${columns(targetRows(tuneTargets(result)))}`);
const where = await save({ 'tune.json': toJson(result) }, !partial && allWentWell());
say(`\nresults: ${where}`);
process.exit(allWentWell() ? 0 : 1);
