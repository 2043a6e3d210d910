import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemClock } from '../../../worker/clock.ts';
import { openStateFile, StateStoreError } from '../../../worker/store/state-file.ts';
import type { StoredConnector } from '../../../worker/store/state-store.ts';
import { createLines, silentLog } from './silent-log.ts';
import { STORED, startStateProcess } from './state-process.ts';
import { steppedFiles, systemError } from './stepped-files.ts';

const OLD = `${JSON.stringify({ version: 1, connectors: { old: STORED } }, null, 2)}\n`;

async function directory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tailrace-state-'));
}

/** A state file that holds `old`. */
async function oldFile(): Promise<string> {
  const path = join(await directory(), 'state.json');
  await writeFile(path, OLD, { mode: 0o600 });
  return path;
}

function namesIn(text: string): readonly string[] {
  return Object.keys((JSON.parse(text) as { connectors: object }).connectors);
}

async function names(path: string): Promise<readonly string[]> {
  const store = await openStateFile(path, systemClock, silentLog);
  await store.close();
  return [...store.connectors.keys()];
}

async function refusal(path: string): Promise<string> {
  try {
    await (await openStateFile(path, systemClock, silentLog)).close();
  } catch (error) {
    assert.ok(error instanceof StateStoreError, String(error));
    return error.message;
  }
  return assert.fail('it was opened');
}

describe('state file', { timeout: 120_000 }, () => {
  test('what was put is there again, of any name and value; what was taken out is not', async () => {
    const path = join(await directory(), 'state.json');
    const entries: readonly (readonly [string, StoredConnector])[] = [
      ['ünïcode "\n\u0000 \ud800', { properties: null, target: null, file: 'digest' }],
      ['constructor', { properties: { constructor: 'b', 'a.b': '${file:x}', '': '' }, target: 'STOPPED', file: null }],
      ['__proto__', { properties: { a: '' }, target: 'PAUSED', file: 'digest' }],
    ];
    const store = await openStateFile(path, systemClock, silentLog);
    assert.equal(store.connectors.size, 0);
    await Promise.all(entries.map(([name, stored]) => store.put(name, stored)));
    await store.put('gone', STORED);
    await store.put('gone', null);
    await store.close();
    const again = await openStateFile(path, systemClock, silentLog);
    await again.close();
    assert.deepEqual([...again.connectors], entries);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  test('a process that is killed at any step of a write leaves the old state or the new one, and its lock to the next', async t => {
    const trial = await startStateProcess(t).ask({ kind: 'put', path: await oldFile(), name: 'new', dieAt: 0 });
    assert.ok(trial.kind === 'done' && trial.steps > 20, JSON.stringify(trial));
    const found = new Set<string>();
    const die = async (dieAt: number): Promise<void> => {
      const path = await oldFile();
      const process = startStateProcess(t);
      await process.ask({ kind: 'put', path, name: 'new', dieAt });
      await process.gone;
      assert.equal(process.child.signalCode, 'SIGKILL', `step ${dieAt}`);
      const left = namesIn(await readFile(path, 'utf8'));
      assert.ok(['old', 'old,new'].includes(left.join()), `step ${dieAt}: ${left.join()}`);
      found.add(left.join());
      const store = await openStateFile(path, systemClock, silentLog);
      await store.put('next', STORED);
      await store.close();
      assert.deepEqual(await names(path), [...left, 'next'], `step ${dieAt}`);
      assert.equal((await readdir(join(path, '..'))).length, 2, 'the state and one lock');
    };
    const steps = Array.from({ length: trial.steps }, (_, i) => i + 1);
    while (steps.length > 0) await Promise.all(steps.splice(0, 8).map(die));
    assert.deepEqual([...found].sort(), ['old', 'old,new'], 'both are met');
  });

  test('a write is on the disk before it takes the place of the old one, and so is its name before it counts', async () => {
    const calls: string[] = [];
    const path = await oldFile();
    const files = steppedFiles((_, name, call, args) => {
      calls.push(name);
      return call(...args);
    });
    const store = await openStateFile(path, systemClock, silentLog, files);
    calls.length = 0;
    await store.put('new', STORED);
    const write = calls.slice(calls.indexOf('writeFile'));
    assert.deepEqual(write, ['writeFile', 'sync', 'close', 'rename', 'open', 'sync', 'close']);
    await store.close();
  });

  test('a full disk refuses the change and leaves the old state, no rest, and room for the next one', async () => {
    const path = await oldFile();
    let isFull = false;
    const files = steppedFiles(async (_, name, call, args) => {
      if (isFull && name === 'writeFile') {
        await call(String(args[0]).slice(0, 40));
        throw systemError('ENOSPC');
      }
      return await call(...args);
    });
    const store = await openStateFile(path, systemClock, silentLog, files);
    isFull = true;
    await assert.rejects(store.put('new', STORED), {
      name: 'StateStoreError',
      message: `config.storage.file ${path} can't be written: the disk is full`,
    });
    assert.equal(await readFile(path, 'utf8'), OLD);
    assert.equal((await readdir(join(path, '..'))).length, 2);
    isFull = false;
    await store.put('newer', STORED);
    await store.close();
    assert.deepEqual(await names(path), ['old', 'newer'], 'what was refused is not kept after all');
  });

  test('what was renamed counts, also where the disk fails behind it', async () => {
    const path = await oldFile();
    let syncs = 0;
    const files = steppedFiles((_, name, call, args) => {
      if (name === 'sync' && ++syncs === 3) throw systemError('EIO');
      return call(...args);
    });
    const store = await openStateFile(path, systemClock, silentLog, files);
    await assert.rejects(store.put('new', STORED), /EIO/);
    await store.put('newer', STORED);
    await store.close();
    assert.deepEqual(await names(path), ['old', 'new', 'newer']);
  });

  test('a directory where it may not write, or where there is none, is named', async t => {
    const path = join(await directory(), 'state.json');
    await chmod(join(path, '..'), 0o555);
    const { uid, skip } = ordinaryUser();
    if (skip !== null) t.diagnostic(skip);
    else {
      const answer = await startStateProcess(t, { uid }).ask({ kind: 'open', path });
      assert.ok(answer.kind === 'refused', JSON.stringify(answer));
      assert.match(answer.reason, /state\.json can't be locked .*: this user may not write there$/);
    }
    assert.match(await refusal('/does/not/exist/state.json'), /can't be found: there is no such directory/);
    const file = await oldFile();
    assert.match(await refusal(join(file, 'state.json')), /can't be found: its path leads through a file/);
  });

  test('what is no regular file is refused, and no pipe is waited for', async () => {
    const parent = await directory();
    await mkdir(join(parent, 'folder'));
    execFileSync('mkfifo', [join(parent, 'pipe')]);
    for (const name of ['folder', 'pipe']) assert.match(await refusal(join(parent, name)), /is no regular file/);
  });

  test('a damaged file is told and left as it is', async () => {
    const cases: readonly (readonly [Buffer | string, RegExp])[] = [
      ['', /damaged \(it is no JSON\).*move it away/],
      [OLD.slice(0, -5), /it is no JSON/],
      [Buffer.from([0xff, 0xfe, 0x7b]), /it is no JSON/],
      ['[]', /it holds no connectors/],
      ['null', /it holds no connectors/],
      ['{"version":1,"connectors":[]}', /it holds no connectors/],
      ['{"version":2,"connectors":{}}', /is of version 2, and this worker knows 1/],
      [JSON.stringify({ version: 1, connectors: { a: { ...STORED, target: 'running' } } }), /what it says of "a"/],
      [JSON.stringify({ version: 1, connectors: { a: { ...STORED, properties: { b: 1 } } } }), /what it says of "a"/],
      [JSON.stringify({ version: 1, connectors: { a: null } }), /what it says of "a"/],
    ];
    for (const [content, expected] of cases) {
      const path = await oldFile();
      await writeFile(path, content);
      assert.match(await refusal(path), expected);
      assert.deepEqual(await readFile(path), Buffer.from(content));
    }
  });

  test('a link is followed: its target is replaced, and has the lock', async t => {
    const target = await oldFile();
    const links = await directory();
    await symlink(target, join(links, 'first'));
    await symlink('first', join(links, 'second'));
    const store = await openStateFile(join(links, 'second'), systemClock, silentLog);
    await store.put('new', STORED);
    assert.deepEqual(namesIn(await readFile(target, 'utf8')), ['old', 'new']);
    assert.ok((await lstat(join(links, 'second'))).isSymbolicLink());
    assert.equal((await readdir(links)).length, 2, 'nothing is written beside the links');
    const other = await startStateProcess(t).ask({ kind: 'open', path: target });
    assert.match(other.kind === 'refused' ? other.reason : '', /is in use by the worker with process \d+/);
    await store.close();

    await symlink(join(links, 'not-yet'), join(links, 'dangling'));
    const made = await openStateFile(join(links, 'dangling'), systemClock, silentLog);
    await made.put('new', STORED);
    await made.close();
    assert.deepEqual(namesIn(await readFile(join(links, 'not-yet'), 'utf8')), ['new']);
    await symlink('round', join(links, 'round'));
    assert.match(await refusal(join(links, 'round')), /links lead in a circle/);
  });

  test('one that others may read, or own, is told of, and is its own after the next change', async t => {
    const path = await oldFile();
    await chmod(path, 0o640);
    const { uid, skip } = ordinaryUser();
    if (skip === null) await chown(path, uid, uid);
    else t.diagnostic(skip);
    const { log, lines } = createLines();
    const store = await openStateFile(path, systemClock, log);
    assert.match(lines[0] ?? '', /warn config\.storage\.file .* holds secrets, and others than its owner may use it/);
    if (skip === null) assert.match(lines[1] ?? '', new RegExp(`is owned by user ${uid}, not by`));
    await store.put('new', STORED);
    await store.close();
    const { mode, uid: owner } = await stat(path);
    assert.deepEqual([mode & 0o777, owner], [0o600, process.getuid!()]);
  });

  test('one that was taken over meanwhile is not written', async () => {
    const path = await oldFile();
    const store = await openStateFile(path, systemClock, silentLog);
    await writeFile(`${path}.lock.2`, '{}');
    await assert.rejects(store.put('new', STORED), /was taken over by another worker/);
    assert.equal(await readFile(path, 'utf8'), OLD);
    await store.close();
  });
});

/** Root may write anywhere: somebody else stands in for whoever runs a worker. */
function ordinaryUser(): { readonly uid: number; readonly skip: string | null } {
  return process.getuid?.() === 0 ? { uid: 65_534, skip: null } : { uid: -1, skip: 'not root: owners are not changed' };
}
