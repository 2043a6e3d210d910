import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CommandSpec } from '../../../worker/cli/command-spec.ts';
import { COMMANDS } from '../../../worker/cli/commands.ts';
import { ALL_CODES, renderHelp } from '../../../worker/cli/help.ts';
import { renderManPage } from '../../../worker/cli/man-page.ts';
import { parseCommand } from '../../../worker/cli/parse.ts';
import { renderCommandReference } from '../../../worker/cli/reference.ts';

const ROOT = new URL('../../../../', import.meta.url);
const ROWS: readonly CommandSpec[] = COMMANDS;
const run = promisify(execFile);

/** Words of a line that was broken, and set apart by blanks. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

for (const spec of ROWS) {
  const { name, synopsis, options, arguments: specs, examples } = spec;

  test(`${name}: what its row says fits together`, () => {
    for (const [word] of synopsis.matchAll(/--[a-z-]+/g)) {
      assert(
        options.some(option => `--${option.name}` === word),
        `${word} of the synopsis is no option`,
      );
    }
    for (const option of options.filter(each => 'required' in each && each.required)) {
      assert(synopsis.startsWith(`--${option.name} `), `--${option.name} is needed and not first in the synopsis`);
    }
    for (const argument of specs) assert(synopsis.includes(argument.name), argument.name);
    for (const option of options) {
      assert.equal(option.kind === null, option.value === undefined, `--${option.name}: what stands for its value`);
      assert.equal(option.kind === 'choice', option.choices !== undefined, `--${option.name}: choices`);
      assert.doesNotMatch(option.text, /\.$/, `--${option.name}`);
      assert.notEqual(option.name, 'help');
    }
    const spellings = options.flatMap(each => (each.short === undefined ? [each.name] : [each.name, each.short]));
    assert.equal(new Set(spellings).size, spellings.length);
    for (const { options: alternatives } of spec.alternatives ?? []) {
      for (const each of alternatives)
        assert(
          options.some(option => option.name === each),
          each,
        );
    }
    assert(spec.least <= specs.length || specs.length > 0);
    assert(spec.most === null || spec.most >= spec.least);
  });

  test(`${name}: its examples are command lines that it takes`, () => {
    for (const example of examples) {
      const [program, ...words] = example.split(' > ')[0]!.split(' ');
      if (program !== 'tailrace') continue;
      const parsed = parseCommand(words, 0);
      assert.equal(parsed.kind, 'call', `${example}: ${JSON.stringify(parsed)}`);
      assert.equal(parsed.kind === 'call' && parsed.name, name);
    }
  });

  test(`${name}: its help says all of it, in as many columns as there are`, () => {
    for (const columns of [null, 120, 80, 40, 10]) {
      const text = renderHelp(name, columns);
      const room = Math.max(Math.min(columns ?? 120, 120), 40);
      const outside = text
        .split('\n')
        .filter(line => line.length > room && !examples.some(each => line.trim() === each));
      // A word that is longer than the line is not taken apart.
      assert.deepEqual(
        outside.filter(line => line.trim().includes(' ')),
        [],
      );
      for (const option of options) assert(flat(text).includes(flat(option.text)), option.name);
      for (const [code, meaning] of spec.exitCodes) assert(flat(text).includes(`${code} ${flat(meaning)}`), code);
      for (const argument of specs) assert(flat(text).includes(flat(argument.text)), argument.name);
    }
  });
}

test('the overview has every command and every code', () => {
  const text = flat(renderHelp(null, 80));
  for (const { summary } of ROWS) assert(text.includes(summary), summary);
  for (const [code, meaning] of ALL_CODES) assert(text.includes(`${code} ${meaning}`), code);
});

test('commands are told apart by their words', () => {
  const names = ROWS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert(!names.some(other => other.startsWith(`${name} `)), name);
});

test('manual page and reference are what the table says', () => {
  assert.equal(readFileSync(new URL('worker/man/tailrace.1', ROOT), 'utf8'), renderManPage(), 'run "make docs"');
  assert.equal(readFileSync(new URL('worker/COMMANDS.md', ROOT), 'utf8'), renderCommandReference(), 'run "make docs"');
});

test('package.json ships the manual page', () => {
  const { man, files } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    man: string;
    files: string[];
  };
  assert.equal(man, 'worker/man/tailrace.1');
  assert(files.includes('worker/man'));
});

const noGroff = await run('groff', ['--version']).then(
  () => false,
  error => {
    if (process.env['CI'] === 'true') throw error;
    return 'no groff on the PATH (scripts/real-parts.sh brings it)';
  },
);

test('groff shows the manual page without a warning, and all of it', { skip: noGroff }, async () => {
  const page = fileURLToPath(new URL('worker/man/tailrace.1', ROOT));
  const { stdout, stderr } = await run('groff', ['-man', '-ww', '-Tutf8', '-P-c', '-P-b', '-P-u', '-rLL=2000n', page]);
  assert.equal(stderr, '');
  const text = flat(stdout).replaceAll('\u2212', '-').replaceAll('\u2010', '-');
  for (const { name, synopsis, description, options, examples } of ROWS) {
    assert(text.includes(flat(`tailrace ${name} ${synopsis}`.trim())), name);
    assert(text.includes(description), name);
    for (const option of options) assert(text.includes(option.text), option.name);
    for (const example of examples) assert(text.includes(example), example);
  }
});
