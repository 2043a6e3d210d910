import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../../kafka/jars.ts';
import { propertiesText } from '../../kafka/program.ts';
import { freePort } from '../../support/daemon.ts';
import { dieWithUs } from '../../support/watchdog.ts';
import { CONVERTERS, type Worker } from './world.ts';

const run = promisify(execFile);
const SMALL = ['-Xms128m', '-Xmx1500m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const START_MS = 120_000;
const JAVA = join(ROOT, 'test', 'conformance', 'rest', 'java', 'tailrace');
/** By which `plugin.discovery=service_load` finds the sink. */
const SERVICE = 'org.apache.kafka.connect.sink.SinkConnector';
const LOG_CONFIG = `status=off
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=OUT
`;

/**
 * Apache Kafka Connect itself, distributed, with a sink of Tailrace's class name and the log library that it ships with.
 * @returns once it is healthy.
 * @throws Error with the end of its log when it is not within two minutes.
 */
export async function startConnect(bootstrap: string): Promise<Worker> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-rest-'));
  const classPath = await compile(join(directory, 'classes'));
  const origin = new URL(`http://127.0.0.1:${await freePort()}`);
  await writeFile(join(directory, 'log4j2.properties'), LOG_CONFIG);
  await writeFile(join(directory, 'worker.properties'), propertiesText(workerProperties(bootstrap, origin)));
  const log = '-Dlog4j2.configurationFile=log4j2.properties';
  const main = 'org.apache.kafka.connect.cli.ConnectDistributed';
  const args = [log, ...SMALL, '-cp', classPath, main, 'worker.properties'];
  const child = spawn('java', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = dieWithUs(child.pid!, directory);
  const output = createWriteStream(join(directory, 'worker.log'));
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const exited = once(child, 'exit');
  const deadline = performance.now() + START_MS;
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`Kafka Connect does not serve:\n${(await readFile(output.path, 'utf8')).slice(-3000)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return {
    origin,
    async stop() {
      // Its end in order may take for ever (Jetty's hook), and nothing that it would still do is asked for.
      child.kill('SIGKILL');
      await exited;
      release();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function compile(classes: string): Promise<string> {
  const jars = dirname(await fetchJars('4', 'connect'));
  const logJars = await fetchJars('4', 'connect-log');
  const services = join(classes, 'META-INF', 'services');
  await mkdir(services, { recursive: true });
  const sources = (await readdir(JAVA)).map(file => join(JAVA, file));
  await run('javac', ['-cp', join(jars, '*'), '-d', classes, ...sources]);
  await writeFile(join(services, SERVICE), 'tailrace.HttpSink\n');
  // The log library of the other comparisons would take the place of this one.
  const others = (await readdir(jars)).filter(file => file.endsWith('.jar') && !file.startsWith('slf4j-'));
  return [classes, logJars, ...others.map(file => join(jars, file))].join(':');
}

async function isHealthy(origin: URL): Promise<boolean> {
  const response = await fetch(new URL('/health', origin)).catch(() => null);
  return response?.ok === true;
}

function workerProperties(bootstrap: string, origin: URL): Record<string, string> {
  return {
    ...CONVERTERS,
    'bootstrap.servers': bootstrap,
    listeners: origin.origin,
    'group.id': 'connect-workers',
    'config.storage.topic': 'connect-configs',
    'config.storage.replication.factor': '1',
    'offset.storage.topic': 'connect-offsets',
    'offset.storage.replication.factor': '1',
    'offset.storage.partitions': '1',
    'status.storage.topic': 'connect-status',
    'status.storage.replication.factor': '1',
    'status.storage.partitions': '1',
    'plugin.discovery': 'service_load',
  };
}
