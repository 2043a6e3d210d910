import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';
import { freePort } from '../support/daemon.ts';
import { type Running, startProgram } from './program.ts';
import { connectProperties, connectWorkerProperties, type SinkSettings } from './settings.ts';

const run = promisify(execFile);
const SOURCE = join(ROOT, 'test', 'bench', 'connect', 'PostSink.java');
/** By which `plugin.discovery=service_load` finds the sink. */
const SERVICE = 'org.apache.kafka.connect.sink.SinkConnector';

/** As bin/connect-standalone.sh and bin/kafka-run-class.sh have them where nobody sets others. */
const HEAP = ['-Xms256M', '-Xmx2G'];
const PERFORMANCE = [
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
];
const QUIET = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/**
 * Brings Kafka Connect's jars, and compiles the sink into a directory of these runs.
 * @returns the class path.
 * @throws KafkaUnavailable when Java, Maven or the artifacts are missing.
 */
export async function compileConnect(directory: string): Promise<string> {
  const jars = await fetchJars('4', 'connect');
  const classes = join(directory, 'classes');
  const services = join(classes, 'META-INF', 'services');
  await mkdir(services, { recursive: true });
  await run('javac', ['-cp', jars, '-d', classes, SOURCE]);
  await writeFile(join(services, SERVICE), 'PostSink\n');
  return `${classes}:${jars}`;
}

/** Of the Java machine that runs it. */
export async function javaVersion(): Promise<string> {
  const { stderr } = await run('java', ['-version']);
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
}

/** Apache Kafka Connect itself, standalone, in a process of its own. */
export async function startConnect(
  classPath: string,
  directory: string,
  bootstrap: string,
  sink: SinkSettings,
): Promise<Running> {
  const { name } = sink;
  const workerFile = join(directory, `${name}.worker.properties`);
  const sinkFile = join(directory, `${name}.properties`);
  const listener = `http://127.0.0.1:${await freePort()}`;
  const offsetsFile = join(directory, `${name}.offsets`);
  await writeFile(workerFile, connectWorkerProperties({ bootstrap, listener, offsetsFile }));
  await writeFile(sinkFile, connectProperties(sink));
  const main = ['-cp', classPath, 'org.apache.kafka.connect.cli.ConnectStandalone', workerFile, sinkFile];
  const program = startProgram('java', [...HEAP, ...PERFORMANCE, ...QUIET, ...main], { name, directory });
  return {
    ...program,
    // Its end in order may take for ever (Jetty's hook), and nothing that it would still do is asked for.
    async stop() {
      const killed = program.child.kill('SIGKILL');
      const how = await program.exited;
      return killed && how === 'SIGKILL' ? '0' : how;
    },
  };
}
