import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../../../worker/cli/host.ts';
import { createWorkerClient } from '../../../../worker/cli/top/client.ts';
import { Session } from '../../../../worker/cli/top/session.ts';
import { systemClock } from '../../../../worker/clock.ts';

/** A process with a terminal, as far as a session touches it. */
function terminal() {
  const said: string[] = [];
  let crash!: (error: unknown) => void;
  let press!: (key: string) => void;
  let exited!: (code: number) => void;
  const exit = new Promise<number>(resolve => {
    exited = resolve;
  });
  const host = {
    env: {},
    clock: systemClock,
    terminal: true,
    errorTerminal: true,
    out: {
      write: (text: string) => void said.push(text),
      writeBytes: () => assert.fail(),
      flush: async () => undefined,
      dropped: 0,
    },
    complain: (text: string) => void said.push(text),
    size: () => ({ columns: 80, rows: 24 }),
    keyboard: {
      terminal: true,
      line: async () => null,
      keys(listener: (key: string) => void) {
        press = listener;
        return () => void said.push('keys end');
      },
    },
    onResize: () => () => undefined,
    onSignal: () => undefined,
    onCrash(listener: (error: unknown) => void) {
      crash = listener;
    },
    exit: (code: number) => exited(code) as never,
  } satisfies Partial<Host>;
  return {
    host: host as unknown as Host,
    said,
    exit,
    crash: (error: unknown) => crash(error),
    press: (key: string) => press(key),
  };
}

const LEAVE = '\u001b[?1049l';

function session(host: Host): Session {
  const base = new URL('http://127.0.0.1:1/');
  return new Session(createWorkerClient({ base, user: null, ca: null, clock: systemClock }), base.href, 100, host);
}

test('a defect is told on the terminal as it was, and ends with 70', async () => {
  const { host, said, exit, crash } = terminal();
  void session(host).run();
  crash(new TypeError('x is undefined'));
  assert.equal(await exit, 70);
  const left = said.findIndex(text => text.includes(LEAVE));
  assert(left >= 0);
  const behind = said.slice(left + 1);
  assert.equal(behind.length, 1, 'nothing is drawn any more');
  assert.match(behind[0]!, /^tailrace: internal error: TypeError: x is undefined/);
});

test('the keyboard is given back before the screen is', async () => {
  const { host, said, press } = terminal();
  const code = session(host).run();
  press('q');
  assert.equal(await code, 0);
  assert(said.indexOf('keys end') < said.findIndex(text => text.includes(LEAVE)));
  assert.equal(said.at(-1)!.includes(LEAVE), true);
});
