import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../kafka/jars.ts';

/** What figures were measured on and with, without anything that names the machine. */
export interface Machine {
  /** Year, month and day, UTC. */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** Name of a program → its version. */
  readonly versions: Readonly<Record<string, string>>;
  /** What answers the requests. */
  readonly endpoint: string;
  /** Processes that wanted a core when it began, beyond which figures mean little. */
  readonly loadAtStart: number;
}

/** The commit that was measured, with a plus behind it when the sources differ from it. */
function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--', 'config', 'connector', 'worker') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}

export function describeMachine(endpoint: string, kafka: string, others: Readonly<Record<string, string>>): Machine {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    versions: { Tailrace: `${version} (${commit()})`, Node: process.version, Kafka: kafka, ...others },
    endpoint,
    loadAtStart: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
  };
}

/** In one line. */
export function machineLine({ date, processor, cores, memoryGB, versions, endpoint }: Machine): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}; ${cores} cores (${processor}) and ${memoryGB} GB shared by broker, endpoint and worker; ${[...named, endpoint].join(', ')}`;
}
