import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { confirm } from '../../../worker/cli/confirm.ts';
import { definitions, wrap } from '../../../worker/cli/layout.ts';
import { createProgress } from '../../../worker/cli/progress.ts';
import { renderTable } from '../../../worker/cli/table.ts';
import { fit, pad, stylesOf, widthOf } from '../../../worker/cli/terminal.ts';
import { createManualClock } from '../manual-clock.ts';

test('colours are for terminals, and for nobody who does not want them', () => {
  const red = (terminal: boolean, env: Record<string, string>) => stylesOf({ terminal, env }).red('x');
  assert.equal(red(true, {}), '\u001b[31mx\u001b[39m');
  assert.equal(red(true, { NO_COLOR: '' }), '\u001b[31mx\u001b[39m');
  assert.equal(red(true, { NO_COLOR: '1' }), 'x');
  assert.equal(red(true, { TERM: 'dumb' }), 'x');
  assert.equal(red(false, {}), 'x');
});

test('a width is what the terminal shows', () => {
  assert.equal(widthOf('abc'), 3);
  assert.equal(widthOf('日本'), 4);
  assert.equal(widthOf('e\u0301'), 1);
  assert.equal(widthOf('😀!'), 3);
  assert.equal(widthOf('\u001b[1mab\u001b[22m'), 2);
});

test('what is too long is cut at a character, its styles end with it', () => {
  assert.equal(fit('abcdef', 6), 'abcdef');
  assert.equal(fit('abcdef', 4), 'abc…');
  assert.equal(fit('日本語', 4), '日…');
  assert.equal(fit('abc', 1), '…');
  assert.equal(fit('abc', 0), '');
  const styled = fit('\u001b[31mabcdef\u001b[39m', 4);
  assert.equal(stripVTControlCharacters(styled), 'abc…');
  assert(styled.endsWith('\u001b[0m'));
  for (let width = 0; width < 12; width++) assert(widthOf(fit('a日b本c語😀', width)) <= width);
  assert.equal(pad('日', 4, 'right'), '  日');
});

test('a table gives way in its flexible columns only', () => {
  const columns = [
    { title: 'NAME', flexible: true },
    { title: 'LAG', align: 'right' },
  ] as const;
  const rows = [
    ['orders-to-somewhere', '12'],
    ['b', '1,000,000'],
  ];
  assert.deepEqual(renderTable(columns, rows, null), [
    'NAME                       LAG',
    'orders-to-somewhere         12',
    'b                    1,000,000',
  ]);
  assert.deepEqual(renderTable(columns, rows, 22), [
    'NAME               LAG',
    'orders-to-…         12',
    'b            1,000,000',
  ]);
  assert.deepEqual(renderTable(columns, [], 22), ['NAME  LAG']);
});

test('words are kept whole, terms stand beside or above their texts', () => {
  assert.deepEqual(wrap('a bb ccc unbreakable', 4), ['a bb', 'ccc', 'unbreakable']);
  assert.deepEqual(definitions([['-a', 'one two three']], 14), ['  -a   one two', '       three'].slice(0, 2));
  assert.deepEqual(definitions([['--override', 'one two']], 20), ['  --override', '      one two']);
});

function screen(errorTerminal: boolean, columns = 60) {
  const clock = createManualClock();
  const written: string[] = [];
  const host = {
    clock,
    errorTerminal,
    size: () => ({ columns, rows: 20 }),
    complain: (text: string) => void written.push(text),
  };
  return { clock, written, progress: createProgress(host) };
}

test('progress is one line that changes on a terminal', () => {
  const { clock, written, progress } = screen(true);
  progress.show(0.5, 'reading');
  progress.show(0.6, 'too soon');
  clock.advance(100);
  progress.show(2, 'more than all');
  progress.clear();
  assert.deepEqual(written, [
    '\r██████████░░░░░░░░░░  50 %  reading\u001b[K',
    '\r████████████████████ 100 %  more than all\u001b[K',
    '\r\u001b[K',
  ]);
});

test('progress never takes more than a line, nor is a bar where there is no room', () => {
  const { written, progress } = screen(true, 20);
  progress.show(0.5, 'reading what is in the topic');
  assert.deepEqual(written, ['\r50 %  reading what…\u001b[K']);
});

test('progress is a line every ten seconds elsewhere, without anything for a terminal', () => {
  const { clock, written, progress } = screen(false);
  for (let second = 0; second < 25; second++) {
    progress.show(null, `second ${second}`);
    clock.advance(1_000);
  }
  progress.clear();
  assert.deepEqual(written, ['second 10\n', 'second 20\n']);
});

async function asked(answer: string | null, { yes = false, terminal = true, errorTerminal = true } = {}) {
  let said = '';
  const keyboard = { terminal, line: async () => answer, keys: () => () => undefined };
  const complain = (text: string) => {
    said += text;
  };
  return { agreed: await confirm('Reset 3 partitions', yes, { keyboard, errorTerminal, complain }), said };
}

test('only a yes is one', async () => {
  const question = 'Reset 3 partitions? [y/N] ';
  for (const answer of ['y', 'Y', 'yes', ' yes '])
    assert.deepEqual(await asked(answer), { agreed: true, said: question });
  for (const answer of ['', 'n', 'no', 'yesterday', 'yy']) {
    assert.deepEqual(await asked(answer), { agreed: false, said: `${question}Nothing was done\n` });
  }
  assert.deepEqual(await asked(null), { agreed: false, said: `${question}\nNothing was done\n` });
  assert.deepEqual(await asked('n', { yes: true }), { agreed: true, said: '' });
});

test('where nobody can be asked, nothing is done', async () => {
  for (const without of [{ terminal: false }, { errorTerminal: false }]) {
    const { agreed, said } = await asked('y', without);
    assert.equal(agreed, false);
    assert.match(said, /^Nothing was done: .*--yes does it without asking\n$/);
  }
});
