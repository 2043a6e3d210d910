import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderReference } from './reference.ts';

/** Writes config/REFERENCE.md; with `--check` exits 1 when it is not what the schema says. */
const path = fileURLToPath(new URL('../../config/REFERENCE.md', import.meta.url));
const wanted = renderReference();

if (!process.argv.includes('--check')) {
  writeFileSync(path, wanted);
} else if (readText(path) !== wanted) {
  process.stderr.write(
    'config/REFERENCE.md is out of date: run `node dist/config/render-reference.js` and commit it\n',
  );
  process.exitCode = 1;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
