import { fileURLToPath } from 'node:url';
import type { WorkerBase } from '../../config/build.ts';
import { createDefinitions } from '../../config/define.ts';
import { loadWorker } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { assemble } from '../assemble.ts';
import { EXIT, SIGNAL_BASE } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { VERSION } from '../cli/version.ts';
import { createGroups } from '../kafka/groups.ts';
import { type MockBroker, startMockBroker } from '../kafka/mock-broker.ts';
import { createNoStore } from '../store/state-store.ts';
import type { TopicCounts } from '../task/facts.ts';
import { createLog } from '../telemetry/log.ts';
import { createLoggers } from '../telemetry/loggers.ts';
import { createMasking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';
import { startWorker, type Worker } from '../worker.ts';
import { auditDemo, renderAudit } from './audit.ts';
import { type DemoEndpoint, startDemoEndpoint } from './endpoint.ts';
import { DEMO_TOPICS, type DemoEvent, demoEvents } from './events.ts';
import { ARRAYS, PLATFORM, type Style } from './styles.ts';

const EXAMPLES = new URL('../../../config/examples/', import.meta.url);
const LOOK_MS = 100;
/** Between two lines of progress where they can't replace each other. */
const SHOW_MS = 500;
const STOP_MS = 10_000;
/** Without any progress for so long the demo gives up. */
const PATIENCE_MS = 60_000;
const FLUSH_MS = 1000;

/** One connector file, and the endpoint that it is for. */
interface Act {
  /** Completes "a file …". */
  readonly file: string;
  readonly told: string;
  readonly style: Style;
  /** The file's addresses and client, as the endpoint has them. */
  readonly overrides: (endpoint: DemoEndpoint) => readonly string[];
  readonly secretVariable: string;
}

const ACTS: readonly Act[] = [
  {
    file: 'demo.properties',
    told: 'An HTTP endpoint demands an OAuth2 token, and takes arrays of events',
    style: ARRAYS,
    overrides: ({ origin, clientId }) => [
      `http.url=${origin}${ARRAYS.path}`,
      `oauth2.token.url=${origin}${ARRAYS.tokenPath}`,
      `oauth2.client.id=${clientId}`,
    ],
    secretVariable: 'TAILRACE_CONNECTOR_OAUTH2_CLIENT_SECRET',
  },
  {
    file: 'demo-adobe.properties',
    told:
      "The same events once more, by a file of Adobe's streaming connector as it is: tokens as of IMS, batches as the " +
      'Experience Platform takes them, an answer for each record',
    style: PLATFORM,
    overrides: ({ origin, clientId }) => [
      `aep.endpoint=${origin}/collection/demo`,
      `aep.connection.auth.endpoint=${origin}`,
      `aep.connection.auth.client.id=${clientId}`,
    ],
    secretVariable: 'TAILRACE_CONNECTOR_AEP_CONNECTION_AUTH_CLIENT_SECRET',
  },
];

interface Stage {
  readonly broker: MockBroker;
  readonly produced: readonly DemoEvent[];
  readonly host: Host;
  readonly interrupted: () => boolean;
}

/** `tailrace demo`: the real worker between an embedded broker and sample endpoints, and an audit of what it did. */
export async function runDemo({ records }: { readonly records: number }, host: Host): Promise<number> {
  let interrupted = 0;
  host.onSignal((_name, number) => {
    if (interrupted > 0) host.exit(SIGNAL_BASE + number);
    interrupted = number;
  });
  host.out.write('Starting an embedded Kafka broker\n');
  const broker = await startMockBroker();
  const produced = await produce(broker, records);
  host.out.write(`Produced ${number(records)} JSON events to ${DEMO_TOPICS.join(', ')}\n`);
  let correct = true;
  for (const act of ACTS) {
    if (interrupted > 0 || !correct) break;
    correct = await play(act, { broker, produced, host, interrupted: () => interrupted > 0 });
  }
  await broker.close();
  if (interrupted > 0) return SIGNAL_BASE + interrupted;
  if (correct) {
    host.out.write('\nNow with a Kafka and an endpoint of your own: tailrace run worker.properties sink.properties\n');
    return EXIT.CLEAN;
  }
  host.complain('The demo did not end as it should: the numbers above do not add up, or the worker was not done\n');
  return EXIT.UNFINISHED;
}

/** @returns whether all of it ended as it should */
async function play(act: Act, { broker, produced, host, interrupted }: Stage): Promise<boolean> {
  host.out.write(`\n${act.told} (config/examples/${act.file})\n`);
  const endpoint = await startDemoEndpoint(act.style);
  const worker = await start(await configure(act, broker, endpoint), host);
  const finished = await watch(worker, endpoint, produced.length, host, interrupted);
  worker.stop(STOP_MS);
  const { clean } = await worker.ended;
  const audit = auditDemo({ produced, counts: countsOf(worker), endpoint });
  host.out.write(`\n${renderAudit(audit, endpoint)}`);
  await endpoint.close();
  return finished && clean && audit.correct;
}

async function produce(broker: MockBroker, amount: number): Promise<readonly DemoEvent[]> {
  const events = [...demoEvents(amount)];
  for (const topic of DEMO_TOPICS) {
    const ofTopic = events.filter(event => event.topic === topic);
    await broker.createTopic(topic);
    await broker.produce(topic, ofTopic);
  }
  return events;
}

async function configure(act: Act, broker: MockBroker, endpoint: DemoEndpoint): Promise<Setup> {
  const setup = loadWorker({
    workerFile: fileURLToPath(new URL('demo-worker.properties', EXAMPLES)),
    connectorFiles: [fileURLToPath(new URL(act.file, EXAMPLES))],
    // Nothing of the user's environment: it is for the user's own connectors.
    env: { [act.secretVariable]: endpoint.clientSecret },
    overrides: [
      `bootstrap.servers=${broker.bootstrapServers}`,
      // Its end waits for the last commit.
      'offset.flush.interval.ms=1000',
      ...act.overrides(endpoint),
    ],
  });
  // The embedded cluster makes no topics on request.
  for (const { errors } of setup.config.connectors) {
    if (errors.deadLetterTopic !== null) await broker.createTopic(errors.deadLetterTopic);
  }
  return setup;
}

interface Setup {
  readonly config: Config;
  readonly base: WorkerBase;
}

async function start({ config, base }: Setup, host: Host): Promise<Worker> {
  const { clock, random, out } = host;
  // A line of the log takes the place of the progress line, which is written anew.
  const writer = host.terminal ? { write: (text: string) => out.write(`\r\u001b[K${text}`) } : out;
  const masking = createMasking(secretsOf(config));
  const loggers = createLoggers('WARN', clock.wall);
  const log = createLog({ loggers, writer, readable: true, masking });
  const worker = await startWorker({
    worker: config.worker,
    connectors: config.connectors,
    definitions: createDefinitions({ base, version: VERSION }),
    store: createNoStore(log),
    groups: createGroups({ worker: config.worker }),
    clock,
    random,
    log,
    loggers,
    masking,
    version: VERSION,
    droppedLines: () => out.dropped,
    loopDelay: host.loopDelay,
    traces: null,
    assemble,
  });
  host.out.write(`Its health and metrics: ${worker.urls.map(url => `${url}/health ${url}/metrics`).join(' ')}\n`);
  host.onCrash(error => {
    log.write('fatal', 'Internal error', { event: 'worker-defect', error });
    void out.flush(FLUSH_MS).then(() => host.exit(EXIT.INTERNAL));
  });
  return worker;
}

/** Shows progress until every record has its verdict and its commit. @returns false when it gave up before */
async function watch(
  worker: Worker,
  endpoint: DemoEndpoint,
  records: number,
  host: Host,
  interrupted: () => boolean,
): Promise<boolean> {
  const { clock } = host;
  const began = clock.now();
  let shown = 0;
  let shownAt = began;
  let movedAt = began;
  let before = 0;
  while (!interrupted()) {
    const counts = Object.values(countsOf(worker));
    const resolved = counts.reduce((sum, each) => sum + each.delivered + each.deadLettered + each.skipped, 0);
    const done = resolved >= records && allIdle(worker);
    const now = clock.now();
    if (resolved !== before) movedAt = now;
    before = resolved;
    if (resolved !== shown && (done || host.terminal || now - shownAt >= SHOW_MS)) {
      host.out.write(progress(resolved, records, now - began, endpoint.requests, host.terminal));
      shown = resolved;
      shownAt = now;
    }
    if (done) return true;
    if (hasFailed(worker) || now - movedAt > PATIENCE_MS) return false;
    await new Promise<void>(resolve => clock.timer(LOOK_MS, resolve));
  }
  return false;
}

function progress(resolved: number, records: number, ms: number, requests: number, terminal: boolean): string {
  const share = `${Math.floor((resolved / records) * 100)} %`.padStart(5);
  const text = `${share}  ${number(resolved)} of ${number(records)} records, ${number(requests)} requests, ${(ms / 1000).toFixed(1)} s`;
  return terminal ? `\r${text}\u001b[K${resolved >= records ? '\n' : ''}` : `${text}\n`;
}

/** Of the one connector, which has one task, once that has begun. */
function countsOf(worker: Worker): Readonly<Record<string, TopicCounts>> {
  return worker.status()[0]?.tasks[0]?.status.topics ?? {};
}

function allIdle(worker: Worker): boolean {
  return worker.status().every(connector => connector.tasks.every(task => task.status.idle));
}

function hasFailed(worker: Worker): boolean {
  return worker.status().some(connector => connector.tasks.some(task => task.status.state === 'FAILED'));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
