import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';

const SOURCE = join(ROOT, 'test', 'conformance', 'ReadSecurity.java');
const run = promisify(execFile);

/** A text of `sasl.jaas.config`, or PEM texts by their keys. */
export type Question = { readonly jaas: string } | Readonly<Record<`ssl.${string}`, string>>;

/** Asks Kafka's own JaasContext and DefaultSslEngineFactory. @throws KafkaUnavailable */
export async function askKafka<Answer>(questions: readonly Question[]): Promise<readonly (Answer | null)[]> {
  const jars = await fetchJars('4', 'connect');
  const classes = await mkdtemp(join(tmpdir(), 'tailrace-security-'));
  try {
    await run('javac', ['-nowarn', '-encoding', 'UTF-8', '-cp', jars, '-d', classes, SOURCE]);
    const options = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-XX:TieredStopAtLevel=1'];
    const java = spawn('java', [...options, '-cp', `${classes}:${jars}`, 'ReadSecurity'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    java.stdin.end(questions.map(question => `${JSON.stringify(question)}\n`).join(''));
    let out = '';
    for await (const chunk of java.stdout.setEncoding('utf8')) out += chunk;
    return out
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Answer | null);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}
