import assert from 'node:assert/strict';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemClock } from '../../../worker/clock.ts';
import { type FileLock, lockFile } from '../../../worker/store/file-lock.ts';
import { type ProcessTable, systemProcesses } from '../../../worker/store/processes.ts';
import type { Log } from '../../../worker/telemetry/log.ts';
import { createLines, silentLog } from './silent-log.ts';
import { type StateProcess, startStateProcess } from './state-process.ts';
import { steppedFiles } from './stepped-files.ts';

const { mkdtemp, readdir, readFile, utimes, writeFile } = files;

async function lockPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'tailrace-lock-')), 'state.lock');
}

function take(path: string, log: Log = silentLog, processes: ProcessTable = systemProcesses): Promise<FileLock> {
  return lockFile(path, { files, processes, clock: systemClock, log });
}

/** What one leaves behind that is killed while it has the lock of this state file. */
async function leftBehind(process: StateProcess): Promise<string> {
  const path = (await lockPath()).replace(/\.lock$/, '');
  assert.equal((await process.ask({ kind: 'open', path })).kind, 'done');
  process.child.kill('SIGKILL');
  await process.gone;
  return readFile(`${path}.lock.1`, 'utf8');
}

/** Of another host, last touched so long ago. */
async function foreign(path: string, number: number, ageMs: number): Promise<string> {
  const own = await systemProcesses.own();
  const file = `${path}.${number}`;
  await writeFile(file, JSON.stringify({ ...own, id: 'other', isReleased: false, host: 'elsewhere' }));
  await touch(file, ageMs);
  return file;
}

async function touch(file: string, ageMs: number): Promise<void> {
  const at = new Date(Date.now() - ageMs);
  await utimes(file, at, at);
}

const ROUNDS = 40;
const RIVALS = 6;

describe('lock of a state file', { timeout: 120_000 }, () => {
  test(`of ${RIVALS} processes that want it at once one gets it: new, released, or left behind by a dead one`, async t => {
    const dead = await leftBehind(startStateProcess(t));
    const released = dead.replace('"isReleased":false', '"isReleased":true ');
    const rivals = Array.from({ length: RIVALS }, () => startStateProcess(t));
    for (let round = 0; round < ROUNDS; round++) {
      const path = (await lockPath()).replace(/\.lock$/, '');
      const before = [null, released, dead][round % 3]!;
      if (before !== null) await writeFile(`${path}.lock.7`, before);
      const answers = await Promise.all(rivals.map(rival => rival.ask({ kind: 'open', path })));
      const winners = rivals.filter((_, i) => answers[i]!.kind === 'done');
      assert.equal(winners.length, 1, `round ${round}: ${JSON.stringify(answers)}`);
      for (const answer of answers) {
        if (answer.kind === 'refused') assert.match(answer.reason, /is in use by the worker with process \d+ on /);
      }
      await winners[0]!.ask({ kind: 'close' });
      assert.equal((await readdir(join(path, '..'))).length, 1);
    }
  });

  test('one that stood still before it made its file does not get what another one has by then', async () => {
    const path = await lockPath();
    let goOn = (): void => undefined;
    const slow = lockFile(path, {
      files: steppedFiles(async (_, name, call, args) => {
        // It has found none.
        if (name === 'open' && args[1] === 'wx') await new Promise<void>(resolve => (goOn = resolve));
        return await call(...args);
      }),
      processes: systemProcesses,
      clock: systemClock,
      log: silentLog,
    });
    const lost = assert.rejects(slow, /is in use by the worker with process/);
    await (await take(path)).release();
    const second = await take(path);
    assert.deepEqual(await readdir(join(path, '..')), ['state.lock.2']);
    goOn();
    await lost;
    assert.ok(await second.isHeld());
    assert.deepEqual(await readdir(join(path, '..')), ['state.lock.2']);
    await second.release();
  });

  test('one of a dead process of this host is taken over at once, however young, and said so', async t => {
    const path = await lockPath();
    await writeFile(`${path}.3`, await leftBehind(startStateProcess(t)));
    const { log, lines } = createLines();
    const lock = await take(path, log);
    assert.deepEqual(lines, [`warn ${path}.3 was left behind by a worker that is gone: it is taken over`]);
    await lock.release();
    await (await take(path, log)).release();
    assert.equal(lines.length, 1, 'what was released is nobody’s');
  });

  test('a process of the same number that started later, or before the machine did, is another one', async () => {
    const own = await systemProcesses.own();
    for (const other of [{ started: '1' }, { pid: 2 ** 22 + 1, started: '' }]) {
      const path = await lockPath();
      await writeFile(`${path}.1`, JSON.stringify({ ...own, ...other, id: 'other', isReleased: false }));
      await (await take(path)).release();
    }
    const path = await lockPath();
    await writeFile(`${path}.1`, JSON.stringify({ ...own, boot: 'before', id: 'other', isReleased: false }));
    await touch(`${path}.1`, 21_000);
    await (await take(path)).release();
  });

  test('what cannot be seen (another host, another container) is waited for until it is stale', async () => {
    const path = await lockPath();
    await foreign(path, 1, 19_000);
    const { log, lines } = createLines();
    await (await take(path, log)).release();
    assert.deepEqual(
      lines.map(line => line.slice(line.indexOf('state.lock'))),
      [
        "state.lock.1 is held, and its holder can't be seen: waiting for a sign",
        'state.lock.1 was left behind by a worker that is gone: it is taken over',
      ],
    );
    const container = await lockPath();
    const first = await take(container, silentLog, {
      ...systemProcesses,
      own: async () => ({ ...(await systemProcesses.own()), namespace: 'pid:[1]' }),
    });
    await touch(`${container}.1`, 10_000);
    const waiting: Log = { ...silentLog, write: () => void touch(`${container}.1`, 0) };
    await assert.rejects(take(container, waiting), /is in use by the worker with process \d+ on /);
    await first.release();
  });

  test('a foreign holder that touches it keeps it', async () => {
    const path = await lockPath();
    const file = await foreign(path, 4, 10_000);
    const waiting: Log = { ...silentLog, write: () => void touch(file, 0) };
    await assert.rejects(take(path, waiting), /is in use by the worker with process \d+ on elsewhere/);
  });

  test('one that does not say whose it is, or says nonsense, is waited for a moment', async () => {
    for (const text of ['', '{"id":', '[]', 'null', '{"id":5}', '\u0000'.repeat(600)]) {
      const path = await lockPath();
      await writeFile(`${path}.1`, text);
      await touch(`${path}.1`, 1_900);
      await (await take(path)).release();
    }
  });

  test('one that says only now whose it is keeps it, however soon or late it was looked at', async () => {
    const named = JSON.stringify({ ...(await systemProcesses.own()), id: 'other', isReleased: false });
    const late = await lockPath();
    await writeFile(`${late}.1`, '');
    const waiting: Log = { ...silentLog, write: () => void writeFile(`${late}.1`, named) };
    await assert.rejects(take(late, waiting), new RegExp(`is in use by the worker with process ${process.pid} on`));

    const soon = await lockPath();
    await writeFile(`${soon}.1`, '');
    const seen = steppedFiles(async (_, name, call, args) => {
      const result = await call(...args);
      // It was read, and is not yet looked at for its age.
      if (name === 'readFile') await writeFile(`${soon}.1`, named);
      return result;
    });
    const parts = { files: seen, processes: systemProcesses, clock: systemClock, log: silentLog };
    await assert.rejects(lockFile(soon, parts), new RegExp(`is in use by the worker with process ${process.pid} on`));
  });

  test('its holder touches it, and only as long as it has it', async () => {
    const path = await lockPath();
    const timers: (() => void)[] = [];
    const clock = {
      ...systemClock,
      timer: (_: number, callback: () => void) => {
        timers.push(callback);
        return () => undefined;
      },
    };
    const { log, lines } = createLines();
    const lock = await lockFile(path, { files, processes: systemProcesses, clock, log });
    const text = await readFile(`${path}.1`, 'utf8');
    await touch(`${path}.1`, 60_000);
    timers.shift()!();
    while (timers.length === 0) await new Promise(setImmediate);
    assert.ok(Date.now() - (await files.stat(`${path}.1`)).mtimeMs < 50_000);
    assert.equal(await readFile(`${path}.1`, 'utf8'), text);
    await files.rename(`${path}.1`, `${path}.2`);
    timers.shift()!();
    while (timers.length === 0) await new Promise(setImmediate);
    assert.deepEqual(await readdir(join(path, '..')), ['state.lock.2'], 'what was taken over is not made anew');
    assert.match(lines.join(), /state\.lock\.1 can't be written/);
    assert.equal(await lock.isHeld(), false);
  });
});
