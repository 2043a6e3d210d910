import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderMigrating } from './migrating.ts';
import { renderReference } from './reference.ts';

/** Writes what is generated here; with `--check` exits 1 when one of the files is not what the tables of keys say. */
const wanted = { 'config/REFERENCE.md': renderReference(), 'config/MIGRATING.md': renderMigrating() };
const isCheck = process.argv.includes('--check');

for (const [name, text] of Object.entries(wanted)) {
  const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  if (!isCheck) writeFileSync(path, text);
  else if (readText(path) !== text) {
    process.stderr.write(`${name} is out of date: run \`node dist/config/render-reference.js\` and commit it\n`);
    process.exitCode = 1;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
