import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchJars, ROOT } from '../kafka/jars.ts';
import type { Chain } from './chains.ts';
import { type SampleRecord, TIMESTAMP } from './records.ts';

const SOURCE = join(ROOT, 'test', 'conformance', 'ApplyChains.java');
const run = promisify(execFile);

/** What a chain made of one record: a described record, null when it was dropped, or an error. */
export type Answer = object | null;

export interface Failure {
  /** Where in Kafka Connect: TRANSFORMATION, VALUE_CONVERTER …, or `config`. */
  readonly stage: string;
  readonly class: string;
  readonly message: string;
}

export function isFailure(answer: Answer): answer is Failure & object {
  return answer !== null && 'stage' in answer;
}

/** Runs chains through Kafka Connect's own converters and transforms, without a broker. @throws KafkaUnavailable */
export async function applyOnJvm(
  chains: readonly (Pick<Chain, 'config'> & { readonly samples: readonly SampleRecord[] })[],
): Promise<readonly (readonly Answer[])[]> {
  const jars = await fetchJars('4', 'connect');
  const classes = await mkdtemp(join(tmpdir(), 'tailrace-chains-'));
  try {
    await run('javac', ['-nowarn', '-cp', jars, '-d', classes, SOURCE]);
    const lines = chains.map(({ config, samples }) => JSON.stringify({ config, records: samples.map(encode) }));
    const options = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-XX:TieredStopAtLevel=1'];
    const locale = ['-Duser.language=en', '-Duser.country=US', '-Duser.timezone=UTC'];
    const java = spawn('java', [...options, ...locale, '-cp', `${classes}:${jars}`, 'ApplyChains'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    java.stdin.end(lines.map(line => `${line}\n`).join(''));
    let out = '';
    for await (const chunk of java.stdout.setEncoding('utf8')) out += chunk;
    return out
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as readonly Answer[]);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}

/** Where the records of a comparison stand. */
export const PLACE = { topic: 'side-plain', partition: 3, timestamp: TIMESTAMP } as const;

function encode({ key, value, headers = [] }: SampleRecord, offset: number): object {
  const base64 = (text: string | Buffer | null) => (text === null ? null : Buffer.from(text).toString('base64'));
  const encoded = headers.map(([name, text]) => [name, base64(text)]);
  return { ...PLACE, offset, key: base64(key), value: base64(value), headers: encoded };
}
