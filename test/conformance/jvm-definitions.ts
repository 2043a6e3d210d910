import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';

const run = promisify(execFile);
const SOURCE = join(ROOT, 'test', 'conformance', 'ValidateConfigs.java');

/** What the class of its sink is called there. */
export const JVM_SINK = 'ValidateConfigs$PlainSink';

/** Each line to Kafka Connect's own herder: test/conformance/ValidateConfigs.java says what a line is. */
export async function validateOnJvm(
  worker: Readonly<Record<string, string>>,
  lines: readonly string[],
): Promise<readonly unknown[]> {
  const jars = await fetchJars('4', 'connect');
  const classes = await mkdtemp(join(tmpdir(), 'tailrace-validate-'));
  const services = join(classes, 'META-INF', 'services');
  try {
    await mkdir(services, { recursive: true });
    await run('javac', ['-nowarn', '-cp', jars, '-d', classes, SOURCE]);
    await writeFile(join(services, 'org.apache.kafka.connect.sink.SinkConnector'), `${JVM_SINK}\n`);
    const properties = { ...worker, 'offset.storage.file.filename': join(classes, 'offsets') };
    const options = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-XX:TieredStopAtLevel=1'];
    const main = ['-cp', `${classes}:${jars}`, 'ValidateConfigs', ...Object.entries(properties).flat()];
    const java = spawn('java', [...options, ...main], { stdio: ['pipe', 'pipe', 'inherit'] });
    java.stdin.end(lines.map(line => `${line}\n`).join(''));
    let out = '';
    for await (const chunk of java.stdout.setEncoding('utf8')) out += chunk;
    const answers = out.split('\n').slice(0, -1);
    return answers.map(answer => JSON.parse(answer) as unknown);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}
