import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Authority, createAuthority, type Identity } from '../support/certificates.ts';
import { dieWithUs } from '../support/watchdog.ts';
import * as asking from './asking.ts';
import { fetchJars, KAFKA_VERSIONS, type KafkaLine } from './jars.ts';
import * as producing from './producing.ts';
import { KAFKA_USER, type Listener, type NodePorts, serverProperties } from './properties.ts';

const run = promisify(execFile);
const CLUSTER_ID = 'dGFpbHJhY2UtdGVzdC0wMQ';
const START_TIMEOUT_MS = 120_000;
const LOG = '-Dorg.slf4j.simpleLogger';
const QUIET = [
  `${LOG}.defaultLogLevel=warn`,
  `${LOG}.log.kafka.server.KafkaRaftServer=info`,
  `${LOG}.showDateTime=true`,
];
/** Starts fast and stays small; a benchmark wants more. */
const SMALL = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export interface KafkaOptions {
  readonly version: KafkaLine;
  /** Partitions of a topic that is created without a number; 1 by default. */
  readonly partitions?: number;
  /** Passwords of more users of SASL PLAIN. */
  readonly users?: Readonly<Record<string, string>>;
  /** More of server.properties, or other values. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Options of the Java machine in place of those for a small, quickly started one. */
  readonly jvm?: readonly string[];
}

/** One KRaft node, broker and controller in one, on loopback. */
export interface KafkaNode {
  /** The full release, e.g. 4.3.1. */
  readonly version: string;
  /** Signs what the TLS listeners show and expect. */
  readonly authority: Authority;
  /** What a client shows at the MTLS listener. */
  readonly client: Identity;
  /** The broker's own output. */
  readonly logFile: string;
  /** Where it keeps a directory for each partition, with the segments of its log. */
  readonly logDirectory: string;
  readonly pid: number | undefined;
  /** `host:port` for bootstrap.servers; the plain-text listener by default. */
  bootstrap(listener?: Listener): string;
  createTopic(topic: string, partitions: number, config?: Readonly<Record<string, string>>): Promise<void>;
  /** Grows a topic to `total` partitions. */
  addPartitions(topic: string, total: number): Promise<void>;
  /** Deletes a topic, its records and every group's offsets of it. */
  deleteTopic(topic: string): Promise<void>;
  produce(
    topic: string,
    records: readonly producing.NewRecord[],
    options?: producing.ProduceOptions,
  ): Promise<producing.Written[]>;
  produceTransactions(topic: string, transactions: readonly producing.Transaction[]): Promise<producing.Written[][]>;
  /** The committed offset of each partition of the topic that has one. */
  committed(group: string, topic: string): Promise<Map<number, number>>;
  watermarks(topic: string): Promise<Map<number, { low: number; high: number }>>;
  readAll(topic: string): ReturnType<typeof asking.readAll>;
  /** Runs one of Kafka's own tools, or a `.java` file, with the broker's class path; gives its standard output. */
  java(mainClass: string, args: readonly string[]): Promise<string>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Stops the broker in order, and keeps its data; `start` brings it back on the same ports. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** Formats and starts a node; resolves when it serves. The caller stops it; it never outlives this process. */
export async function startKafka(options: KafkaOptions): Promise<KafkaNode> {
  const classPath = await fetchJars(options.version);
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-kafka-'));
  try {
    const authority = await createAuthority(directory);
    const identity = await authority.issue('broker', ['localhost', '127.0.0.1']);
    const ports = await freePorts();
    const settings = join(directory, 'server.properties');
    const broker = new Broker(directory, settings, [...QUIET, ...(options.jvm ?? SMALL), '-cp', classPath]);
    const { logDirectory } = broker;
    await mkdir(logDirectory);
    const { partitions = 1, users = {}, properties: overrides = {} } = options;
    const server = { ports, logDirectory, partitions, users, authority, identity, overrides };
    await writeFile(settings, serverProperties(server));
    const scram = `SCRAM-SHA-512=[name=${KAFKA_USER.username},password=${KAFKA_USER.password}]`;
    const format = ['format', '-t', CLUSTER_ID, '-c', settings, '--add-scram', scram];
    await run('java', [...QUIET, ...SMALL, '-cp', classPath, 'kafka.tools.StorageTool', ...format]);
    await broker.start();
    const client = await authority.issue('client');
    return kafkaNode(KAFKA_VERSIONS[options.version], classPath, broker, ports, { authority, client });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function kafkaNode(
  version: string,
  classPath: string,
  broker: Broker,
  ports: NodePorts,
  identities: { readonly authority: Authority; readonly client: Identity },
): KafkaNode {
  const plain = `127.0.0.1:${ports.PLAINTEXT}`;
  return {
    version,
    ...identities,
    logFile: broker.logFile,
    logDirectory: broker.logDirectory,
    get pid() {
      return broker.pid;
    },
    bootstrap: (listener = 'PLAINTEXT') => (listener === 'PLAINTEXT' ? plain : `localhost:${ports[listener]}`),
    createTopic: (topic, partitions, config) => asking.createTopic(plain, topic, partitions, config),
    addPartitions: (topic, total) => asking.addPartitions(plain, topic, total),
    deleteTopic: topic => asking.deleteTopic(plain, topic),
    produce: (topic, records, options) => producing.produce(plain, topic, records, options),
    produceTransactions: (topic, transactions) => producing.produceTransactions(plain, topic, transactions),
    committed: (group, topic) => asking.committed(plain, group, topic),
    watermarks: topic => asking.watermarks(plain, topic),
    readAll: topic => asking.readAll(plain, topic),
    async java(mainClass, args) {
      const all = [`${LOG}.defaultLogLevel=warn`, ...SMALL, '-cp', classPath, mainClass, ...args];
      return (await run('java', all, { maxBuffer: 1 << 26 })).stdout;
    },
    kill: () => broker.end('SIGKILL'),
    halt: () => broker.end('SIGTERM'),
    start: () => broker.start(),
    stop: () => broker.remove(),
  };
}

/** The broker's process over its lives. */
class Broker {
  readonly logFile: string;
  readonly logDirectory: string;
  readonly #directory: string;
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;
  #release: () => void = () => {};

  constructor(directory: string, settings: string, java: readonly string[]) {
    this.logFile = join(directory, 'broker.log');
    this.logDirectory = join(directory, 'data');
    this.#directory = directory;
    this.#command = [...java, 'kafka.Kafka', settings];
    process.once('exit', () => {
      this.#child?.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const child = spawn('java', this.#command, { cwd: this.#directory, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#release = dieWithUs(child.pid!, this.#directory);
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('close', () => log.end());
    const started = new Promise<void>(resolve => {
      const lines = createInterface({ input: child.stderr });
      lines.on('line', line => line.includes('Kafka Server started') && resolve());
    });
    const ended = once(child, 'exit').then(async ([code]) => {
      const log = await readFile(this.logFile, 'utf8').catch(() => '');
      throw new Error(`the broker ended (${code}) before it served:\n${log.slice(-3000)}`);
    });
    ended.catch(() => {});
    const { promise: late, cancel } = deadline(START_TIMEOUT_MS, 'the broker does not serve');
    await Promise.race([started, ended, late]).finally(cancel);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    this.#release();
    this.#child = null;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function deadline(ms: number, message: string): { promise: Promise<never>; cancel: () => void } {
  let cancel = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`${message} within ${ms} ms`)), ms);
    cancel = () => clearTimeout(timer);
  });
  return { promise, cancel };
}

/**
 * Ports below the range that systems take outgoing connections from, so that a restarted broker finds them free. Each process
 * begins to look at a place of its own: two that start brokers at once would find the same ones free.
 */
async function freePorts(): Promise<NodePorts> {
  const found: number[] = [];
  for (let port = 12_000 + (process.pid % 900) * 20; found.length < 5; port++) {
    if (await isFree(port)) found.push(port);
  }
  const [PLAINTEXT, SASL, MTLS, LOGIN, CONTROLLER] = found as [number, number, number, number, number];
  return { PLAINTEXT, SASL, MTLS, LOGIN, CONTROLLER };
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
