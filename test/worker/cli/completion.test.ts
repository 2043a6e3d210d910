import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CommandSpec } from '../../../worker/cli/command-spec.ts';
import { COMMANDS } from '../../../worker/cli/commands.ts';
import { SHELLS } from '../../../worker/cli/rows/completion.ts';
import { startPty } from '../../support/pty.ts';
import { completionsOf, skipWithout } from '../../support/shells.ts';
import { command } from './real.ts';

const directory = mkdtempSync(join(tmpdir(), 'tailrace-completion-'));
after(() => rmSync(directory, { recursive: true }));

const ROWS: readonly CommandSpec[] = COMMANDS;
const FIRST_WORDS = [...new Set(ROWS.map(({ name }) => name.split(' ')[0]!))];
const GROUPS = [...new Set(ROWS.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]!] : [])))];
const FILES = ['it is one.json', 'sink.properties', 'worker.properties'];

const INTERACTIVE: Readonly<Record<(typeof SHELLS)[number], readonly string[]>> = {
  bash: ['--noprofile', '--norc', '-i'],
  zsh: ['-f', '-i'],
  fish: ['--no-config', '-i'],
};

const SHOW = `{ printf '[%s]' "$@"; echo; }`;

/** Loads the completion, and makes the program one that shows its arguments. */
const LOAD: Readonly<Record<(typeof SHELLS)[number], (file: string) => string>> = {
  bash: file => `source ${file}; tailrace() ${SHOW}; tailrace load""ed`,
  zsh: file => `autoload -Uz compinit; compinit -u -D; source ${file}; tailrace() ${SHOW}; tailrace load""ed`,
  fish: file => `source ${file}; function tailrace; printf '[%s]' $argv; echo; end; tailrace load""ed`,
};

const files = [
  'run worker.properties si',
  'run --override a=b worker.properties it',
  'explain --json ',
  'run --override ',
];
const LINES = [
  '',
  'ru',
  'help ',
  ...GROUPS.flatMap(group => [`${group} `, `help ${group} `]),
  ...ROWS.flatMap(({ name, options }) => [
    `${name} --`,
    `${name} `,
    ...options.flatMap(option => (option.kind === null ? [] : [`${name} --${option.name} `])),
  ]),
  ...files,
  'completion ba',
];

for (const shell of SHELLS) {
  describe(shell, { skip: await skipWithout(shell), timeout: 180_000 }, async () => {
    const places = { directory: join(directory, shell), home: join(directory, `${shell}-home`) };
    for (const each of Object.values(places)) mkdirSync(each);
    for (const file of FILES) writeFileSync(join(places.directory, file), '');
    const { out: script, code, err } = await command(['completion', shell]);
    assert.deepEqual([code, err], [0, '']);
    const lines = LINES.map(line => `tailrace ${line}`);
    const all = await completionsOf(shell, script, places, lines);
    // Shells offer what comes behind an option and escape what they insert, each in its own way.
    const offered = (line: string) =>
      all
        .get(`tailrace ${line}`)!
        .map(word => word.replace(/=$/, '').replaceAll('\\ ', ' '))
        .sort();
    const words = (line: string) => offered(line).filter(word => !word.startsWith('-'));

    test('commands stand first', () => {
      assert.deepEqual(words(''), [...FIRST_WORDS, 'help'].sort());
      assert.deepEqual(offered('ru'), ['run']);
      assert.deepEqual(words('help '), [...FIRST_WORDS].sort());
    });

    for (const group of GROUPS) {
      test(`${group} is followed by its own`, () => {
        const members = ROWS.flatMap(({ name }) =>
          name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : [],
        ).sort();
        assert.deepEqual(words(`${group} `), members);
        assert.deepEqual(offered(`help ${group} `), members);
      });
    }

    for (const { name, options, arguments: specs } of ROWS) {
      test(`${name} has its options and no other, and what they and its arguments take`, () => {
        assert.deepEqual(offered(`${name} --`), [...options.map(option => `--${option.name}`), '--help'].sort());
        for (const option of options) {
          if (option.kind === null) continue;
          const values = option.kind === 'file' ? FILES : [...(option.choices ?? [])].sort();
          assert.deepEqual(offered(`${name} --${option.name} `), values, option.name);
        }
        const [first] = specs;
        const expected = first?.isFile === true ? FILES : [...(first?.choices ?? [])].sort();
        if (first === undefined || first.isFile || first.choices !== undefined) {
          assert.deepEqual(words(`${name} `), expected);
        }
      });
    }

    test('files stand behind files and options, and a beginning is completed', () => {
      const [second, behindValue, behindFlag, pair] = files.map(offered);
      assert.deepEqual(second, ['sink.properties']);
      assert.deepEqual(behindValue, ['it is one.json']);
      assert.deepEqual(behindFlag, FILES);
      assert.deepEqual(pair, []);
      assert.deepEqual(offered('completion ba'), ['bash']);
    });

    test('what is completed is what the program is called with', async t => {
      const file = join(places.home, 'completion');
      const pty = startPty(t, [shell, ...INTERACTIVE[shell]], {
        env: { HOME: places.home },
        cwd: places.directory,
      });
      pty.type(`${LOAD[shell](file)}\n`);
      await pty.until(each => each.some(line => line.includes('[loaded]')));
      pty.type('tailrace comp\tba\t\n');
      await pty.until(each => each.some(line => line.includes('[completion][bash]')));
      pty.type('tailrace explain --json it\t\n');
      await pty.until(each => each.some(line => line.includes('[explain][--json][it is one.json]')));
    });
  });
}
