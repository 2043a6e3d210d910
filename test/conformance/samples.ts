import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseProperties } from '../../config/source/properties.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const SAMPLES = join(ROOT, 'test/conformance/files');
/** Whole files of peers, by vendor and case. */
export const PEERS = join(SAMPLES, 'peers');
/** What the peers' files name in `/etc/kafka/secrets`. */
export const SECRETS_DIRECTORY = join(PEERS, 'secrets');
const PROGRAM = join(ROOT, 'worker/bin/tailrace.cjs');

/**
 * A worker's files as a user has them, in a directory of their own. Addresses are always `broker.example.org:9092` and
 * `http://127.0.0.1:8080/…`: a run against real ones replaces them with `--override`. Those of peers name others (peers/places.ts).
 */
export interface Sample {
  readonly name: string;
  readonly directory: string;
  /** As on the command line: the worker file, where there is one, and the connector files. Cases of a peer may share a worker file. */
  readonly files: readonly string[];
  /** What `environment` says. */
  readonly env: Readonly<Record<string, string>>;
  /** Exit code and text of `tailrace explain`. */
  readonly expectedPath: string;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const isConnectorFile = (file: string): boolean =>
  /\.(?:properties|json)$/.test(file) && file !== 'worker.properties' && file !== 'secrets.properties';

export function samples(): readonly Sample[] {
  const own = directoriesIn('').filter(name => name !== 'peers');
  const vendors = directoriesIn('peers').filter(name => !name.endsWith('/secrets'));
  return [...own, ...vendors.flatMap(directoriesIn)].map(sampleAt);
}

function directoriesIn(parent: string): string[] {
  return readdirSync(join(SAMPLES, parent), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(parent, name))
    .sort();
}

function sampleAt(name: string): Sample {
  const directory = join(SAMPLES, name);
  const all = readdirSync(directory).sort();
  const environment = join(directory, 'environment');
  const entries = existsSync(environment) ? parseProperties(readFileSync(environment, 'utf8')).entries : [];
  const shared = all.includes('worker.properties') ? [] : [join('..', 'worker.properties')];
  const worker = [...all.filter(file => file === 'worker.properties'), ...(name.startsWith('peers/') ? shared : [])];
  return {
    name,
    directory,
    files: [...worker, ...all.filter(isConnectorFile)],
    env: Object.fromEntries(entries.map(({ key, value }) => [key, value])),
    expectedPath: join(directory, 'expected.txt'),
  };
}

/** Runs the program in the sample's directory, with the sample's environment alone. */
export function tailrace(sample: Sample, ...args: readonly string[]): Promise<Answer> {
  const options = {
    cwd: sample.directory,
    env: { ...sample.env, PATH: process.env['PATH'] },
    encoding: 'utf8',
  } as const;
  return new Promise(resolve => {
    const child = execFile(process.execPath, [PROGRAM, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
