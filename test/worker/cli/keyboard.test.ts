import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { KEYS, startPty } from '../../support/pty.ts';

const PROGRAM = fileURLToPath(new URL('../../support/keyboard-program.js', import.meta.url));
const GENEROUS = { timeout: 60_000 };

test('a person answers, hides, presses keys and answers again, on one terminal', GENEROUS, async t => {
  const pty = startPty(t, [process.execPath, PROGRAM]);
  const says = (text: string) => pty.until(lines => lines.some(line => line.startsWith(text)));
  await says('Really? [y/N]');
  pty.type('yes\n');
  await says('confirmed=true');
  await says('Secret:');
  pty.type(`nothing\u0015pä😀x${KEYS.erase}\t\r`);
  await says(`secret=${Buffer.from('pä😀').toString('hex')}`);
  await says('ready');
  const pressed: string[] = [];
  for (const [typed, name] of [
    [KEYS.up, 'up'],
    [KEYS.down, 'down'],
    [KEYS.left, 'left'],
    [KEYS.right, 'right'],
    ['\u001bOA', 'up'],
    ['\u001b[5~', 'pageup'],
    ['\u001b[6~', 'pagedown'],
    ['\u001b[H', 'home'],
    [KEYS.enter, 'return'],
    [KEYS.escape, 'escape'],
    [KEYS.erase, 'backspace'],
    [KEYS.interrupt, 'ctrl-c'],
    ['R', 'R'],
    ['>', '>'],
    [' ', ' '],
    ['ä', 'ä'],
  ] as const) {
    pty.type(typed);
    pressed.push(`key=${JSON.stringify(name)}`);
    await pty.until(lines => lines.filter(line => line.startsWith('key=')).join() === pressed.join());
  }
  pty.type('q');
  await says('key="q"');
  pty.type('done\n');
  await says('line=done');
  assert.equal(await pty.ended, 0);
  assert.doesNotMatch(pty.written(), /nothing|😀/);
  assert.match(pty.settings(), /(^|\s)icanon/);
});

test('the end of the input is no answer', GENEROUS, async t => {
  const pty = startPty(t, [process.execPath, PROGRAM]);
  const says = (text: string) => pty.until(lines => lines.some(line => line.startsWith(text)));
  await says('Really? [y/N]');
  pty.type('\u0004');
  await says('confirmed=false');
});
