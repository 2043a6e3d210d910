import { writeSync } from 'node:fs';
import { confirm } from '../../worker/cli/confirm.ts';
import { createKeyboard } from '../../worker/cli/keyboard.ts';

// Run as a program, on a terminal: what the keyboard of a command sees.

const keyboard = createKeyboard(process.stdin, () => process.kill(process.pid, 'SIGINT'));
const say = (text: string) => void writeSync(1, text);

const agreed = await confirm('Really', false, { keyboard, errorTerminal: true, complain: say });
say(`confirmed=${agreed}\n`);
const hidden = keyboard.line({ hidden: true });
say('Secret: ');
say(`\nsecret=${Buffer.from((await hidden) ?? 'null').toString('hex')}\n`);
await new Promise<void>(resolve => {
  const end = keyboard.keys(key => {
    say(`key=${JSON.stringify(key)}\n`);
    if (key !== 'q') return;
    end();
    resolve();
  });
  say('ready\n');
});
say(`line=${await keyboard.line()}\n`);
