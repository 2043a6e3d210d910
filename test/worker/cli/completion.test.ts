import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CommandSpec } from '../../../worker/cli/command-spec.ts';
import { COMMANDS } from '../../../worker/cli/commands.ts';
import { SHELLS } from '../../../worker/cli/rows/completion.ts';
import { completionsOf, skipWithout } from '../../support/shells.ts';
import { command } from './real.ts';

const directory = mkdtempSync(join(tmpdir(), 'tailrace-completion-'));
after(() => rmSync(directory, { recursive: true }));

const COMMAND_ROWS: readonly CommandSpec[] = COMMANDS;
const FIRST_WORDS = [...new Set(COMMAND_ROWS.map(({ name }) => name.split(' ')[0]!))];
const GROUPS = [...new Set(COMMAND_ROWS.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]!] : [])))];
const FILES = ['it is one.json', 'sink.properties', 'worker.properties'];

for (const shell of SHELLS) {
  describe(shell, { skip: await skipWithout(shell) }, async () => {
    const at = join(directory, shell);
    const home = join(directory, `${shell}-home`);
    for (const each of [at, home]) mkdirSync(each);
    for (const file of FILES) writeFileSync(join(at, file), '');
    const { out: script, code, err } = await command(['completion', shell]);
    assert.deepEqual([code, err], [0, '']);
    const completions = completionsOf(shell, script, at, home);
    const offered = async (line: string) => {
      const words = await completions.of(`tailrace ${line}`);
      // Shells offer what comes behind an option and escape what they insert, each in its own way.
      return words.map(word => word.replace(/=$/, '').replaceAll('\\ ', ' ')).sort();
    };

    test('commands stand first', async () => {
      const words = (await offered('')).filter(word => !word.startsWith('-'));
      assert.deepEqual(words, [...FIRST_WORDS, 'help'].sort());
      assert.deepEqual(await offered('ru'), ['run']);
      assert.deepEqual(
        (await offered('help ')).filter(word => word !== 'help'),
        [...FIRST_WORDS].sort(),
      );
    });

    for (const group of GROUPS) {
      test(`${group} is followed by its own`, async () => {
        const members = COMMAND_ROWS.flatMap(({ name }) =>
          name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : [],
        ).sort();
        assert.deepEqual(
          (await offered(`${group} `)).filter(word => !word.startsWith('-')),
          members,
        );
        assert.deepEqual(await offered(`help ${group} `), members);
      });
    }

    for (const { name, options, arguments: specs } of COMMAND_ROWS) {
      test(`${name} has its options and no other, and what they and its arguments take`, async () => {
        const expected = [...options.map(option => `--${option.name}`), '--help'].sort();
        assert.deepEqual(await offered(`${name} --`), expected);
        for (const option of options) {
          if (option.kind === null) continue;
          const values = option.kind === 'file' ? FILES : [...(option.choices ?? [])].sort();
          assert.deepEqual(await offered(`${name} --${option.name} `), values, option.name);
        }
        const [first] = specs;
        if (first === undefined)
          assert.deepEqual(
            (await offered(`${name} `)).filter(word => !word.startsWith('-')),
            [],
          );
        else if (first.choices !== undefined) assert.deepEqual(await offered(`${name} `), [...first.choices].sort());
        else if (first.isFile) assert.deepEqual(await offered(`${name} `), FILES);
      });
    }

    test('a value behind = is completed, and files behind files and options', async () => {
      assert.deepEqual(await offered('run worker.properties si'), ['sink.properties']);
      assert.deepEqual(await offered('run --override a=b worker.properties it'), ['it is one.json']);
      assert.deepEqual(await offered('explain --json '), FILES);
      assert.deepEqual(await offered('completion ba'), ['bash']);
    });
  });
}
