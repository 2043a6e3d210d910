import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ConfigTexts } from '../../config/build.ts';
import { ConfigError, type Fault } from '../../config/findings.ts';
import { parseConfig } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PROGRAM = join(ROOT, 'worker/bin/tailrace.cjs');

/** Files that are valid as they stand; no broker and no endpoint is behind them. */
export const WORKER = 'bootstrap.servers=kafka.example.org:9092\n';
export const SINK = 'name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=https://collector.example.org/in\n';

/** An empty directory that goes with the test. */
export function folder(t: Pick<TestContext, 'after'>): string {
  const path = mkdtempSync(join(tmpdir(), 'tailrace-security-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a configuration is refused for, or what it is. */
export function faultsOrConfig(texts: ConfigTexts): {
  readonly config: Config | null;
  readonly faults: readonly Fault[];
} {
  try {
    return { config: parseConfig(texts), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: null, faults: error.faults };
  }
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node's own. */
  readonly node?: readonly string[];
  /** In place of ours. */
  readonly script?: string;
  /** Whose rights it has. */
  readonly uid?: number;
}

/** A program of ours in a process of its own, to its end. The environment is empty but for what is given. */
export function program(
  cwd: string,
  argv: readonly string[],
  { env = {}, node = [], script = PROGRAM, uid }: ProgramOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...node, script, ...argv], {
    cwd,
    uid,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', chunk => (said.out += String(chunk)));
  child.stderr.on('data', chunk => (said.err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, ...said }));
  });
}
