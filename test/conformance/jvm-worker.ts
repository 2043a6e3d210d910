import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';
import { type Properties, propertiesText } from '../kafka/program.ts';
import { freePort } from '../support/daemon.ts';
import { dieWithUs } from '../support/watchdog.ts';

const run = promisify(execFile);
const QUIET = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
const SMALL = ['-Xms128m', '-Xmx1500m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const START_MS = 120_000;
/**
 * How long the process may take to end. It may never do so: it stops its listener before its connectors, and waits for ever
 * where Jetty's own hook for the end of a process has come first.
 */
const EXIT_MS = 15_000;
const SINK_SOURCE = join(ROOT, 'test', 'conformance', 'RecordSink.java');

/** Apache Kafka Connect itself, standalone, with our RecordSink in each connector. */
export interface JvmWorker {
  /** The values that the connector's sink got, as JSON texts, in order. */
  values(connector: string): Promise<readonly string[]>;
  /** The state of the connector's only task. */
  taskState(connector: string): Promise<string>;
  /** Stops its connectors, which commit and leave their groups, and then the process. */
  stop(): Promise<void>;
}

/**
 * @param connectors the connector files; `connector.class`, `tasks.max` and the sink's own key are added.
 * @returns once it serves.
 * @throws Error with the end of its log when it does not.
 */
export async function startJvmWorker(worker: Properties, connectors: readonly Properties[]): Promise<JvmWorker> {
  const jars = await fetchJars('4', 'connect');
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-connect-'));
  const classes = join(directory, 'classes');
  await mkdir(classes);
  await run('javac', ['-cp', jars, '-d', classes, SINK_SOURCE]);
  const rest = `http://127.0.0.1:${await freePort()}`;
  const lines = (name: string): string => join(directory, `${name}.lines`);
  const files: string[] = [];
  const write = async (name: string, properties: Properties): Promise<void> => {
    const file = join(directory, `${name}.properties`);
    await writeFile(file, propertiesText(properties));
    files.push(file);
  };
  const offsets = join(directory, 'offsets');
  await write('worker', { ...worker, listeners: rest, 'offset.storage.file.filename': offsets });
  for (const config of connectors) {
    const name = config['name']!;
    await writeFile(lines(name), '');
    await write(name, { ...config, 'connector.class': 'RecordSink', 'tasks.max': '1', file: lines(name) });
  }
  const classPath = `${classes}:${jars}`;
  const main = ['-cp', classPath, 'org.apache.kafka.connect.cli.ConnectStandalone', ...files];
  const child = spawn('java', [...QUIET, ...SMALL, ...main], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = dieWithUs(child.pid!, directory);
  const log = createWriteStream(join(directory, 'worker.log'));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = once(child, 'exit');
  const deadline = performance.now() + START_MS;
  while (!(await fetch(rest).catch(() => null))?.ok) {
    if (child.exitCode === null && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 200));
    else throw new Error(`Kafka Connect does not serve:\n${(await readFile(log.path, 'utf8')).slice(-3000)}`);
  }
  return {
    async values(connector) {
      const text = await readFile(lines(connector), 'utf8');
      return text.split('\n').slice(0, -1);
    },
    async taskState(connector) {
      const response = await fetch(`${rest}/connectors/${connector}/status`).catch(() => null);
      if (response === null || !response.ok) return 'UNKNOWN';
      const status = (await response.json()) as { tasks: readonly { state: string }[] };
      return status.tasks[0]?.state ?? 'UNASSIGNED';
    },
    async stop() {
      const stopped = connectors.map(({ name }) => fetch(`${rest}/connectors/${name}/stop`, { method: 'PUT' }));
      for (const response of await Promise.all(stopped)) assert.equal(response.status, 204, await response.text());
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
      await exited;
      clearTimeout(patience);
      release();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
