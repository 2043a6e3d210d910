/**
 * Writes the measured figures into the documents that quote them, from test/bench/results; with --check exits 1 when a
 * document says something else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../kafka/jars.ts';
import { quote, type Results, sections } from './quoted.ts';
import { QUOTED } from './results.ts';

const DOCUMENTS = ['README.md', 'DESIGN.md'];

function read<T>(name: string): T | null {
  let text: string;
  try {
    text = readFileSync(join(QUOTED, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(text) as T;
}

const results: Results = {
  bench: read('bench.json'),
  growth: read('growth.json'),
  isolation: read('isolation.json'),
  latency: read('latency.json'),
  transforms: read('transforms.json'),
  tune: read('tune.json'),
};
const known = sections(results);
for (const name of DOCUMENTS) {
  const path = join(ROOT, name);
  const text = readFileSync(path, 'utf8');
  const wanted = quote(text, known);
  if (wanted === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${name} does not quote the figures of test/bench/results; run "make docs"\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, wanted);
  }
}
