import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderManPage } from './man-page.ts';
import { renderCommandReference } from './reference.ts';

// Run as a program: writes what is made of the table of commands, or with --check says whether it is what would be written.

const TARGETS: Readonly<Record<string, () => string>> = {
  'worker/man/tailrace.1': renderManPage,
  'worker/COMMANDS.md': renderCommandReference,
};

function main(check: boolean): number {
  const stale = Object.entries(TARGETS).filter(([target, render]) => {
    const file = new URL(`../../../${target}`, import.meta.url);
    const wanted = render();
    if (check) return readOr('', file) !== wanted;
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, wanted);
    return false;
  });
  for (const [target] of stale)
    process.stderr.write(`${target} does not match worker/cli/commands.ts; run "make docs"\n`);
  return stale.length === 0 ? 0 : 1;
}

function readOr(fallback: string, file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

process.exitCode = main(process.argv.includes('--check'));
