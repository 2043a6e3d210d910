import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The project's root; this file runs from `dist/test/kafka/`. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the pom and the Java sources are. */
export const SOURCES = join(ROOT, 'test', 'kafka');

/**
 * The broker lines under test, each by its newest release whose whole set of artifacts is published (4.4.0's command
 * line tools are not).
 */
export const KAFKA_VERSIONS = { '4': '4.3.1', '3.9': '3.9.2' } as const;
export type KafkaLine = keyof typeof KAFKA_VERSIONS;

/** Jars that come together: where their pom is, and one of them by which the set is known to be there. */
const JAR_SETS = {
  kafka: { pom: 'test/kafka/pom.xml', proof: (version: string) => `kafka_2.13-${version}.jar` },
  connect: { pom: 'test/conformance/pom.xml', proof: (version: string) => `connect-runtime-${version}.jar` },
  'connect-log': { pom: 'test/conformance/rest/pom.xml', proof: () => 'log4j-core-2.25.3.jar' },
} as const;
export type JarSet = keyof typeof JAR_SETS;

/** Why there is no real Kafka on this machine: one line for the user. */
export class KafkaUnavailable extends Error {
  override readonly name = 'KafkaUnavailable';
}

/**
 * Brings jars of one Kafka release (the broker's, or Kafka Connect's) into `.cache/<set>/<version>/`, or finds them there.
 * @returns the class path.
 * @throws KafkaUnavailable when Java 17, Maven or the artifacts are missing.
 */
export async function fetchJars(line: KafkaLine, set: JarSet = 'kafka'): Promise<string> {
  await requireJava();
  const version = KAFKA_VERSIONS[line];
  const pom = join(ROOT, JAR_SETS[set].pom);
  const directory = join(ROOT, '.cache', set, version);
  const stamp = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const complete = join(directory, 'complete');
  if ((await readFile(complete, 'utf8').catch(() => '')) !== stamp) {
    const fresh = `${directory}.${process.pid}`;
    await copyDependencies(pom, version, fresh, JAR_SETS[set].proof(version));
    await writeFile(join(fresh, 'complete'), stamp);
    await rm(directory, { recursive: true, force: true });
    await rename(fresh, directory);
  }
  return join(directory, '*');
}

async function requireJava(): Promise<void> {
  let banner: string;
  try {
    banner = (await run('java', ['-version'])).stderr;
  } catch {
    throw new KafkaUnavailable('Java is missing: install a Java 17 runtime (Debian: apt-get install openjdk-17-jdk)');
  }
  const major = Number(/version "(\d+)/.exec(banner)?.[1]);
  if (!(major >= 17)) throw new KafkaUnavailable(`Java 17 or newer is needed, this is ${banner.split('\n')[0]}`);
}

async function copyDependencies(pom: string, version: string, into: string, proof: string): Promise<void> {
  await mkdir(into, { recursive: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${into}`];
  try {
    await run('mvn', ['-q', '-B', '-f', pom, `-Dkafka.version=${version}`, ...goal], { timeout: 300_000 });
    await access(join(into, proof));
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw new KafkaUnavailable(explain(error, version));
  }
}

function explain(error: unknown, version: string): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'syscall' in error) {
    return error.syscall === 'spawn mvn'
      ? 'Maven is missing: install it (Debian: apt-get install maven)'
      : `Maven brought not all jars of Kafka ${version}`;
  }
  const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  const reason = output.split('\n').find(line => line.includes('ERROR')) ?? 'no answer within five minutes';
  return `Maven could not bring Kafka ${version}: ${reason.trim()}`;
}
