import type { AuthConfig, ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import { DEFAULT_VALUES, PLAIN_JSON } from '../support/converters.ts';
import { NO_REST } from '../support/no-rest.ts';
import { oauth2Config } from '../support/oauth2.ts';
import { drawAttempts } from './attempts.ts';
import { drawBatch } from './batches.ts';
import { aroundOne, checksJson, drawBody } from './bodies.ts';
import { type BrokerFaults, NO_BROKER_FAULTS } from './broker.ts';
import { type Chain, drawChain } from './chain.ts';
import { type EndpointFaults, HEALTHY, type Spell } from './endpoint.ts';
import { endpointed } from './endpointed.ts';
import type { Mixture } from './log.ts';
import { SeededRandom } from './random.ts';
import { drawReporter } from './reports.ts';
import { Requests } from './requests.ts';
import { routed } from './routed.ts';
import type { Routing } from './routing.ts';

export const TOKEN_URL = new URL('https://login.sim.example/token');
export const DATA_URL = new URL('https://collector.sim.example/in');
export const DEAD_LETTER_TOPIC = 'dead-letters';
const OAUTH: AuthConfig = oauth2Config({ tokenUrl: TOKEN_URL, id: 'id', secret: 'secret' });
export const SESSIONS = [6_000, 10_000, 30_000] as const;

/** What one seed does: drawn once, from the seed alone. */
export interface Plan {
  readonly seed: number;
  /** Which fault families are on; empty in a fault-free seed. */
  readonly families: ReadonlySet<Family>;
  readonly workers: number;
  readonly topics: number;
  readonly partitions: number;
  /** Of the partitions: how many exist only later. */
  readonly grown: number;
  readonly backlog: number;
  readonly produced: number;
  readonly safetyMs: number;
  /** Of the records, so many go to the first partition on top of its share. */
  readonly hot: number;
  /** One partition is stuck at the endpoint, and nothing else goes wrong: the others must be delivered in time. */
  readonly isolation: boolean;
  /** A log loses its beginning (retention) or its end (an unclean election) behind a task's back, and nothing else goes wrong. */
  readonly bounds: 'low' | 'end' | null;
  readonly protocol: 'eager' | 'cooperative';
  readonly churn: number;
  readonly sessionMs: number;
  readonly maxPollMs: number;
  readonly readMs: number;
  readonly queueRecords: number;
  readonly fetchRecords: number;
  readonly pauseSurvives: boolean;
  readonly mixture: Mixture;
  readonly endpoint: EndpointFaults;
  readonly perRecord: boolean;
  readonly maxBodyBytes: number;
  readonly broker: BrokerFaults;
  /** Mean milliseconds between two disturbances of a kind; 0 is never. */
  readonly every: Readonly<Record<Disturbance, number>>;
  readonly spells: readonly Spell[];
  readonly worker: WorkerConfig;
  readonly connector: ConnectorConfig;
  readonly chain: Chain;
  /** Null: all records go to the same place. */
  readonly routing: Routing | null;
  /** What each record's request must look like. */
  readonly requests: Requests;
  /** The reader checks JSON, as the native one does. */
  readonly native: boolean;
}

export const FAMILIES = [
  'network',
  'latency',
  'bursts',
  'auth',
  'poison',
  'shapes',
  'kills',
  'freezes',
  'rebalances',
  'commits',
  'brokers',
  'cut off',
  'dead letters',
  'wall clock',
  'hung ends',
  'fenced',
  'topics',
  'stuck partition',
  'stuck destination',
  'refusals',
  'defects',
  'bad partitions',
  'log bounds',
  'retention',
] as const;
export type Family = (typeof FAMILIES)[number];

export const DISTURBANCES = [
  'kill',
  'freeze',
  'stop',
  'pause',
  'join',
  'spell',
  'outage',
  'cutOff',
  'fence',
  'refuse',
  'recreate',
  'spoil',
  'retain',
  'wall',
] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

/** One seed in twelve knows no faults at all: rebalances, clean stops and pauses only. Nothing may be repeated there. */
const FAULT_FREE = 1 / 12;
/** And in one of these, one partition is stuck and nothing else happens. */
const ISOLATION = 1 / 16;
/** And in one of these, a log's bounds move past a position. */
const BOUNDS = 1 / 40;
/** And in one of these, members come and go all the time, while commits and tokens are slow and nothing fails. */
const HANDOVERS = 1 / 12;

/** And in one of these, records say where they go. */
const ROUTED = 1 / 4;

/** And of the others, in one of these each topic has an endpoint of its own. */
const SEVERAL = 1 / 5;

export function drawPlan(seed: number): Plan {
  const random = new SeededRandom(`${seed}`).stream('plan');
  const plan = drawUnrouted(seed, random);
  const draw = random.stream('routes');
  if (draw.chance(ROUTED)) return routed(draw, plan, DATA_URL);
  const several = random.stream('endpoints');
  return several.chance(SEVERAL) ? endpointed(several, plan, DATA_URL) : plan;
}

function drawUnrouted(seed: number, random: SeededRandom): Plan {
  if (random.stream('isolation').chance(ISOLATION)) return isolated(random, drawAny(seed, random, true));
  if (random.stream('bounds').chance(BOUNDS)) return bounded(random.stream('log bounds'), drawAny(seed, random, true));
  if (random.stream('handovers').chance(HANDOVERS)) return handingOver(random, drawAny(seed, random, true));
  return drawAny(seed, random);
}

function bounded(draw: SeededRandom, plan: Plan): Plan {
  const { connector } = plan;
  return {
    ...plan,
    bounds: draw.pick(['low', 'end']),
    families: new Set<Family>(['log bounds']),
    workers: draw.int(1, 2),
    grown: 0,
    safetyMs: 200_000,
    every: { ...plan.every, stop: 0, pause: 0, join: 0 },
    connector: {
      ...connector,
      kafka: {
        ...connector.kafka,
        autoOffsetReset: 'earliest',
        offsetOutOfRange: draw.stream('written').pick(['fail', 'earliest', 'latest']),
      },
    },
  };
}

/** Small enough that the stuck partition could take all of the budget, and large enough that the others could do without. */
function isolated(random: SeededRandom, plan: Plan): Plan {
  const draw = random.stream('isolated');
  const partitions = draw.pick([2, 3, 4, 8, 64]);
  const { connector } = plan;
  const { batch, http, delivery, kafka } = connector;
  const bufferMaxBytes = draw.chance(0.5) ? draw.logInt(40_000, 100_000) : 10_000_000;
  return {
    ...plan,
    isolation: true,
    mixture: { ...plan.mixture, near: 0 },
    families: new Set<Family>(['stuck partition']),
    partitions,
    grown: 0,
    topics: draw.int(1, 2),
    workers: draw.int(1, 2),
    backlog: 800,
    produced: 1_500,
    hot: draw.pick([0, 0.8]),
    queueRecords: draw.logInt(10, 100),
    safetyMs: draw.logInt(90_000, 200_000),
    endpoint: { ...plan.endpoint, stuck: 0, stuckHangs: draw.chance(0.3) },
    every: { ...plan.every, stop: 0, pause: 0, join: 0 },
    connector: {
      ...connector,
      http: {
        ...http,
        timeoutMs: draw.pick([1_000, 5_000]),
        retryBackoffMaxMs: draw.pick([1_000, 10_000]),
        attempts: http.attempts === null ? null : { ...http.attempts, onExhausted: 'error' },
      },
      batch: { ...batch, format: batch.format === 'single' ? 'array' : batch.format, maxRecords: draw.logInt(10, 200) },
      delivery: {
        ...delivery,
        bufferMaxBytes,
        maxInFlight: draw.int(1, 8),
        maxUncommittedRecords: draw.pick([50, 10_000]),
      },
      kafka: { ...kafka, autoOffsetReset: 'earliest' },
    },
  };
}

/** Partitions change hands with records, commits and tokens on their way, and little excuses that a record is repeated. */
function handingOver(random: SeededRandom, plan: Plan): Plan {
  const draw = random.stream('handing over');
  const { connector } = plan;
  const { http, batch, delivery } = connector;
  const oauth = draw.chance(0.7);
  return {
    ...plan,
    families: new Set<Family>(['rebalances', 'commits', 'auth', 'latency']),
    mixture: { ...plan.mixture, near: 0 },
    workers: draw.int(2, 3),
    partitions: draw.pick([2, 3, 4, 8]),
    topics: 1,
    grown: 0,
    produced: 600,
    safetyMs: draw.logInt(40_000, 100_000),
    churn: 0.6,
    endpoint: { ...plan.endpoint, latencyMs: draw.logInt(50, 1_500), tokenSlow: draw.between(0.3, 0.9) },
    broker: { ...plan.broker, commitDelayed: draw.between(0.2, 0.9), commitLate: draw.between(0.1, 0.6) },
    every: {
      ...plan.every,
      stop: 0,
      pause: 0,
      join: draw.logInt(1_000, 8_000),
      spell: oauth ? draw.logInt(2_000, 10_000) : 0,
    },
    spells: ['401'],
    connector: {
      ...connector,
      http: { ...http, timeoutMs: draw.pick([5_000, 30_000]), auth: oauth ? OAUTH : { type: 'none' } },
      batch: { ...batch, maxRecords: draw.logInt(2, 100), format: batch.format === 'single' ? 'array' : batch.format },
      delivery: { ...delivery, maxInFlight: draw.int(1, 3), maxUncommittedRecords: draw.pick([20, 10_000]) },
    },
  };
}

function drawAny(seed: number, random: SeededRandom, calm = false): Plan {
  const families = new Set<Family>();
  const faultFree = random.chance(FAULT_FREE) || calm;
  // Each from a stream of its own: a family more changes nothing for the others.
  for (const family of FAMILIES) {
    if (!faultFree && family !== 'log bounds' && random.stream(family).chance(0.5)) families.add(family);
  }
  const has = (family: Family): boolean => families.has(family);
  const rate = (family: Family, max: number): number => (has(family) ? random.between(0, max) : 0);
  const many = random.stream('many partitions').chance(0.03);
  const partitions = many ? 64 : random.pick([1, 1, 2, 3, 4, 6, 8]);
  const chain = drawChain(random.stream('transforms'));
  const chained = chain.transforms.length > 0;
  const connector = {
    ...drawBody(random.stream('body'), drawConnector(random, has), chained),
    transforms: chain.transforms,
  };
  const maxBodyBytes = has('poison') && random.chance(0.5) ? Math.ceil(connector.batch.maxBytes / 2) : 1e9;
  return {
    seed,
    families,
    workers: random.pick([1, 1, 2, 2, 3, 4]),
    topics: random.int(1, Math.min(2, partitions)),
    partitions,
    grown: random.chance(0.25) ? random.int(0, partitions - 1) : 0,
    backlog: random.logInt(5, 400),
    produced: random.logInt(5, 600),
    safetyMs: random.logInt(8_000, 150_000),
    hot: random.stream('hot').chance(0.3) ? random.between(0.3, 0.9) : 0,
    isolation: false,
    bounds: null,
    protocol: random.pick(['eager', 'cooperative']),
    churn: random.pick([0, 0.2, 0.6]),
    sessionMs: Number(connector.kafka.consumer.global['session.timeout.ms']),
    maxPollMs: Number(connector.kafka.consumer.global['max.poll.interval.ms']),
    readMs: random.pick([100, 500, 1_000]),
    queueRecords: random.logInt(10, 1_000),
    fetchRecords: random.logInt(3, 200),
    pauseSurvives: random.chance(0.5),
    mixture: {
      invalid: rate('poison', 0.03) * (checksJson(connector) ? 1 : 0),
      null: rate('poison', 0.03),
      poison: rate('poison', 0.03),
      oversize: rate('poison', 0.01),
      heavy: rate('poison', 0.01),
      dropped: chain.drops,
      undeletable: 0,
      newline: 0.05,
      gap: random.pick([0, 0.1, 0.5]),
      marker: random.pick([0, 0.1, 0.5]),
      maxPadding: 60,
      oversizeBytes: connector.batch.maxBytes,
      near:
        connector.batch.maxBytes <= Math.min(1_000, maxBodyBytes) && !chained
          ? random.stream('near').pick([0, 0.1])
          : 0,
      nearBytes: connector.batch.maxBytes - aroundOne(connector.batch),
      beyond: has('poison'),
      tells: null,
    },
    endpoint: {
      ...HEALTHY,
      latencyMs: random.logInt(1, has('latency') ? 2_500 : 40),
      tail: rate('latency', 0.05),
      requestLost: rate('network', 0.3),
      replyLost: rate('network', 0.3),
      duplicated: rate('network', 0.1),
      statusNow: rate('bursts', 0.3),
      takenBefore5xx: rate('bursts', 1),
      shape: rate('shapes', 0.1),
      partial: rate('shapes', 0.3),
      stuck: has('stuck partition') && random.stream('stuck').chance(0.3) ? 0 : -1,
      stuckHangs: random.stream('stuck hangs').chance(0.3),
      stuckTo: -1,
      stuckAt: null,
      stuckStatus: 503,
    },
    perRecord: random.chance(0.4),
    maxBodyBytes,
    broker: {
      ...NO_BROKER_FAULTS,
      commitError: rate('commits', 0.3),
      commitRequestLost: rate('commits', 0.3),
      commitReplyLost: rate('commits', 0.3),
      commitDelayed: rate('commits', 0.5),
      lookupError: rate('brokers', 0.3),
      lookupSlow: rate('bad partitions', 0.5),
      fetchGivenUp: has('brokers') ? 0.02 : 0,
      fetchSlow: rate('brokers', 0.3),
      produceError: rate('dead letters', 0.3),
      produceHeld: rate('dead letters', 0.3),
      commitUnanswered: rate('hung ends', 0.3),
      leaveUnanswered: rate('hung ends', 0.5),
      disconnectHung: rate('hung ends', 0.7),
      callThrows: has('defects') ? 0.02 : 0,
      convertThrows: has('defects') ? 0.01 : 0,
    },
    every: drawIntervals(random, has),
    spells: drawSpells(has),
    worker: drawWorker(random),
    connector,
    chain,
    routing: null,
    requests: new Requests(null, DATA_URL, chain),
    native: random.stream('reader').chance(0.5),
  };
}

function drawIntervals(random: SeededRandom, has: (family: Family) => boolean): Record<Disturbance, number> {
  const every = (on: boolean, from: number, to: number): number => (on ? random.logInt(from, to) : 0);
  return {
    kill: every(has('kills'), 3_000, 60_000),
    freeze: every(has('freezes'), 5_000, 60_000),
    stop: every(random.chance(0.5), 5_000, 60_000),
    pause: every(random.chance(0.3), 5_000, 60_000),
    join: every(has('rebalances') || random.chance(0.3), 1_000, 40_000),
    spell: every(has('bursts') || has('auth') || has('shapes'), 5_000, 60_000),
    outage: every(has('brokers'), 10_000, 100_000),
    cutOff: every(has('cut off'), 5_000, 60_000),
    recreate: has('topics') ? random.stream('recreate').logInt(4_000, 100_000) : 0,
    fence: every(has('fenced'), 10_000, 200_000),
    retain: has('retention') ? random.stream('retain').logInt(3_000, 60_000) : 0,
    spoil: every(has('bad partitions'), 3_000, 60_000),
    wall: every(has('wall clock'), 5_000, 60_000),
    refuse: every(has('refusals'), 5_000, 60_000),
  };
}

function drawSpells(has: (family: Family) => boolean): Spell[] {
  const spells: Spell[] = [];
  if (has('bursts')) spells.push('down', 'stall', '5xx', '429');
  if (has('auth')) spells.push('401', '403', 'token-5xx');
  if (has('shapes')) spells.push('html', 'redirect', 'missing');
  return spells;
}

function drawWorker(random: SeededRandom): WorkerConfig {
  return {
    bootstrapServers: ['sim:9092'],
    ...NO_REST,
    offsetFlushIntervalMs: random.pick([200, 1_000, 5_000]),
    offsetFlushTimeoutMs: random.pick([2_000, 5_000]),
    taskShutdownGracefulTimeoutMs: 5_000,
    logLevel: 'info',
    reader: 'portable',
  };
}

function drawConnector(random: SeededRandom, has: (family: Family) => boolean): Omit<ConnectorConfig, 'transforms'> {
  const sessionMs = random.pick(SESSIONS);
  const tolerance = has('poison') && random.chance(0.3) ? 'none' : 'all';
  const consumer = {
    'session.timeout.ms': `${sessionMs}`,
    'max.poll.interval.ms': `${random.pick([30, 60, 300]) * 1_000}`,
  };
  const oauth = random.chance(has('auth') ? 0.7 : 0.2);
  const isWritten = random.stream('auto.offset.reset').chance(0.6);
  const connector: Omit<ConnectorConfig, 'transforms'> = {
    name: 'sim',
    properties: {},
    isolation: 'inline',
    restart: { max: 0, backoffMs: 1_000, backoffMaxMs: 60_000 },
    connectorClass: 'tailrace.HttpSink',
    tasksMax: 1,
    initialState: 'RUNNING',
    topics: ['t0', 't1'],
    topicsRegex: null,
    endpoints: null,
    ...PLAIN_JSON,
    http: {
      url: DATA_URL,
      method: 'POST',
      version: '1.1',
      headers: {},
      route: null,
      timeoutMs: random.pick([1_000, 5_000, 30_000]),
      connectTimeoutMs: 1_000,
      responseMaxBytes: 65_536,
      successStatuses: [[200, 299]],
      answers: null,
      attempts: drawAttempts(random.stream('attempts')),
      identity: { idempotencyKey: null, traceContext: false },
      auth: oauth ? OAUTH : { type: 'none' },
      authFailFast: has('auth') && random.chance(0.15),
      authRenewStatuses: [[401, 401]],
      tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
      coding: { requests: null, compressedAnswers: false },
      connection: { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 },
      retryBackoffMs: random.pick([50, 200, 1_000]),
      retryBackoffMaxMs: random.pick([1_000, 10_000, 30_000]),
    },
    batch: drawBatch(random),
    delivery: {
      maxInFlight: random.int(1, 8),
      maxUncommittedRecords: random.chance(0.4) ? random.logInt(1, 60) : 10_000,
      drainTimeoutMs: random.pick([500, 2_000, 4_000]),
      // Partitions that are refused keep their shares, of which there must be some.
      bufferMaxBytes: random.chance(0.3) ? random.logInt(300, 20_000) * (has('refusals') ? 200 : 1) : 10_000_000,
    },
    errors: {
      tolerance,
      logEnable: false,
      deadLetterTopic: random.chance(0.6) ? DEAD_LETTER_TOPIC : null,
      deadLetterReplicationFactor: 1,
      deadLetterContextHeaders: random.chance(0.7),
      deadLetterResponseHeaders: false,
    },
    values: { ...DEFAULT_VALUES, onNull: random.pick(['fail', 'ignore']) },
    reporter: drawReporter(random.stream('reporter')),
    kafka: {
      groupId: 'connect-sim',
      autoOffsetReset: random.chance(0.2) ? 'latest' : 'earliest',
      offsetOutOfRange: 'fail',
      consumer: { global: consumer, topic: {} },
      producer: { global: {}, topic: {} },
      admin: { global: {}, topic: {} },
    },
  };
  const { kafka } = connector;
  if (kafka.autoOffsetReset === 'latest') return { ...connector, kafka: { ...kafka, offsetOutOfRange: 'latest' } };
  return isWritten ? { ...connector, kafka: { ...kafka, offsetOutOfRange: 'earliest' } } : connector;
}
