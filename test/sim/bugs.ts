import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Edit, PlantedBug } from './planted/bug.ts';
import { PLANTED } from './planted.ts';

/** dist/ of this build. */
export const DIST = fileURLToPath(new URL('../..', import.meta.url));
const UNHARMED = join(DIST, 'test/sim/main.js');
const CACHE = join(DIST, '..', '.cache', 'bugs');
/** A bug that makes the simulation hang was not found by an invariant. */
const PATIENCE_MS = 900_000;

/** @throws Error unless the text stands in the file exactly once: the list of bugs must follow the sources. */
export function applyEdit(source: string, { file, from, to }: Edit): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once`);
  return parts.join(to);
}

function plant({ name, edits }: PlantedBug): string {
  const target = join(CACHE, name.replaceAll(/[^a-z0-9]+/gi, '-'), 'dist');
  rmSync(target, { recursive: true, force: true });
  for (const part of ['config', 'connector', 'worker', 'test/sim', 'test/support']) {
    mkdirSync(join(target, part), { recursive: true });
    const filter = (source: string): boolean => !/\.(?:map|d\.ts|test\.js)$/.test(source);
    cpSync(join(DIST, part), join(target, part), { recursive: true, filter });
  }
  for (const edit of edits) {
    const path = join(target, edit.file);
    writeFileSync(path, applyEdit(readFileSync(path, 'utf8'), edit));
  }
  return join(target, 'test/sim/main.js');
}

export interface Finding {
  /** null: no invariant was violated; `violation` then says what else went wrong, if anything did. */
  readonly seed: number | null;
  readonly violation: string;
}

const NOTHING: Finding = { seed: null, violation: '' };

/**
 * Runs the simulation with the bug in it. A violation is the bug's own if the seed shows none without it.
 * @param seeds the last one to try; the first is 1
 * @param jobs how many processes share the seeds
 */
export async function hunt(bug: PlantedBug, seeds: number, jobs = 1): Promise<Finding> {
  const main = plant(bug);
  for (let from = 1; from <= seeds; ) {
    const finding = await firstViolation(main, from, seeds - from + 1, jobs);
    if (finding.seed === null || (await firstViolation(UNHARMED, finding.seed, 1, 1)).seed === null) return finding;
    from = finding.seed + 1;
  }
  return NOTHING;
}

function firstViolation(main: string, from: number, count: number, jobs: number): Promise<Finding> {
  return new Promise(resolve => {
    const args = [main, '--from', `${from}`, '--seeds', `${count}`, '--twice', '0', '--jobs', `${jobs}`];
    const child = spawn(process.execPath, args, { timeout: PATIENCE_MS });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('close', code => {
      const violation = /^VIOLATION at [^:]*: (.*)$/m.exec(output)?.[1];
      const seed = /^seed (\d+): /m.exec(output)?.[1];
      if (violation !== undefined && seed !== undefined && !violation.startsWith('simulation'))
        resolve({ seed: Number(seed), violation });
      else if (code === 0) resolve(NOTHING);
      else resolve({ seed: null, violation: violation ?? errors.trim().split('\n').at(-1) ?? '' });
    });
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '2000' }, only: { type: 'string' } } });
  const bugs = PLANTED.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const waiting = [...bugs];
  const cores = availableParallelism();
  const hunts = Math.min(cores, bugs.length);
  const escaped: string[] = [];
  const work = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const { seed, violation } = await hunt(bug, Number(values.seeds), Math.floor(cores / hunts));
      if (seed === null) escaped.push(bug.name);
      const how =
        seed === null
          ? `ESCAPED ${values.seeds} seeds (${violation})`
          : `seed ${seed.toString().padStart(4)}  ${violation}`;
      process.stdout.write(`${bug.name.padEnd(58)} ${how.slice(0, 140)}\n`);
    }
  };
  await Promise.all(Array.from({ length: hunts }, work));
  process.stdout.write(
    `${bugs.length - escaped.length} of ${bugs.length} planted bugs found within ${values.seeds} seeds\n`,
  );
  if (escaped.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
