import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../kafka/jars.ts';
import type { Job } from './job.ts';
import { type Running, startProgram } from './program.ts';

const run = promisify(execFile);

export const BENTO_VERSION = '1.14.1';
const MODULE = `github.com/warpstreamlabs/bento@v${BENTO_VERSION}`;
const SOURCE = join(ROOT, 'test', 'bench', 'bento', 'main.go');
const BUILD_TIMEOUT_MS = 1_800_000;

export interface BentoSettings {
  readonly batchRecords: number;
  /** With more than one request at a time the order within a partition is lost. */
  readonly inFlight: number;
  /** How long a batch waits for more, milliseconds. */
  readonly periodMs: number;
}

/**
 * Brings Bento through the Go module proxy into `.cache/bento/<version>/`, or finds it there.
 * @returns the program; null where there is no Go, or it does not build: `say` is told why.
 */
export async function fetchBento(say: (line: string) => void): Promise<string | null> {
  const directory = join(ROOT, '.cache', 'bento', BENTO_VERSION);
  const program = join(directory, 'bento');
  try {
    await access(program);
    return program;
  } catch {
    say(`building Bento ${BENTO_VERSION}, some minutes, once`);
  }
  const source = `${directory}.${process.pid}`;
  try {
    await build(source);
    await mkdir(directory, { recursive: true });
    await rename(join(source, 'bento'), program);
    return program;
  } catch (error) {
    say(`Bento is left out: ${explain(error)}\n`);
    return null;
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

/** One compiler at a time, behind everything else: a linker of this size takes a gigabyte. */
async function build(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await copyFile(SOURCE, join(directory, 'main.go'));
  const env = { ...process.env, GOFLAGS: '-p=1 -buildvcs=false -trimpath', GOWORK: 'off' };
  const go = (...args: string[]): Promise<unknown> =>
    run('nice', ['go', ...args], { cwd: directory, env, timeout: BUILD_TIMEOUT_MS, maxBuffer: 1 << 26 });
  await run('go', ['version']);
  await go('mod', 'init', 'bench');
  await go('mod', 'edit', `-require=${MODULE}`);
  await go('mod', 'tidy');
  await go('build', '-ldflags', '-s -w', '-o', 'bento', '.');
}

function explain(error: unknown): string {
  if (error instanceof Error && 'path' in error && error.path === 'go') return 'there is no Go on this machine';
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return output.trim().split('\n').at(-1)!.trim();
}

/** Bytes pass through unread; what a partition may be ahead of its commits lets 64 batches be filled. */
export function bentoConfig({ bootstrap, topic, url, name }: Job, settings: BentoSettings): string {
  const { batchRecords, inFlight, periodMs } = settings;
  return `http: { enabled: false }
logger: { level: WARN }
metrics: { none: {} }
shutdown_timeout: 20s
input:
  kafka_franz:
    seed_brokers: [ "${bootstrap}" ]
    topics: [ "${topic}" ]
    consumer_group: "${name}"
    auto_offset_reset: earliest
    checkpoint_limit: ${Math.max(10_000, batchRecords * 64)}
    commit_period: 1s
    batching:
      count: ${batchRecords}
      period: ${periodMs}ms
      processors:
        - archive: { format: lines }
output:
  http_client:
    url: "${url}"
    verb: POST
    headers:
      Authorization: Bearer benchmark
      Content-Type: application/x-ndjson
    timeout: 30s
    batch_as_multipart: false
    max_in_flight: ${inFlight}
`;
}

export async function startBento(program: string, job: Job, settings: BentoSettings): Promise<Running> {
  const { name, directory } = job;
  const file = join(directory, `${name}.yaml`);
  await writeFile(file, bentoConfig(job, settings));
  return startProgram(program, ['-c', file], { name, directory });
}
