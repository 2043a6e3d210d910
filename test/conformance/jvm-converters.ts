import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';

const run = promisify(execFile);
const SOURCE = join(ROOT, 'test', 'conformance', 'ConvertValues.java');

/** Each line through Kafka Connect's own classes: test/conformance/ConvertValues.java says what a line is. */
export async function convertOnJvm(lines: readonly string[]): Promise<readonly string[]> {
  const jars = await fetchJars('4', 'connect');
  const classes = await mkdtemp(join(tmpdir(), 'tailrace-convert-'));
  try {
    await run('javac', ['-nowarn', '-cp', jars, '-d', classes, SOURCE]);
    const options = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-Duser.timezone=UTC', '-XX:TieredStopAtLevel=1'];
    const java = spawn('java', [...options, '-cp', `${classes}:${jars}`, 'ConvertValues'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    java.stdin.end(lines.map(line => `${line}\n`).join(''));
    let out = '';
    for await (const chunk of java.stdout.setEncoding('utf8')) out += chunk;
    return out.split('\n').slice(0, lines.length);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}
