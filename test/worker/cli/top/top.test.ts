import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import bcrypt from 'bcryptjs';
import type { WorkerView } from '../../../../worker/admin/page/model.ts';
import { KEYS, type Pty, startPty } from '../../../support/pty.ts';
import { asking } from '../../admin/asking.ts';
import { configuration, startScriptedWorker, type WorkerChanges } from '../../admin/running-worker.ts';
import { partition } from '../../statuses.ts';
import { command, enter } from '../real.ts';

const PROGRAM = fileURLToPath(new URL('../../../../../worker/bin/tailrace.cjs', import.meta.url));
const GENEROUS = { timeout: 60_000 };
const ENTER_SCREEN = '\u001b[?1049h';
const LEAVE_SCREEN = '\u001b[?25h\u001b[?1049l';

/** Two connectors: one goes well, one has failed. */
async function start(t: TestContext, changes: WorkerChanges = {}) {
  const running = await startScriptedWorker(t, changes);
  const ask = asking(running.url);
  for (const name of ['orders', 'billing']) {
    await ask('PUT', `/connectors/${name}/config`, configuration());
  }
  running.tasks.get('orders-0')!.show({ partitions: [partition({ committed: 10, high: 1_244 })] });
  running.tasks.get('billing-0')!.show({ state: 'FAILED', trace: 'org.apache.kafka.ConnectException: no more' });
  return { ...running, ask };
}

function watch(t: TestContext, url: string, options: readonly string[] = [], size = {}): Pty {
  return startPty(t, [process.execPath, PROGRAM, 'top', '--interval', '200ms', ...options, url], size);
}

/** A line of the list: the words of its cells. */
const row = (lines: readonly string[], name: string) => {
  const line = lines.find(each => each.split(/ +/).includes(name) && /RUNNING|PAUSED|FAILED/.test(each));
  return line?.trim().split(/ {2,}/);
};
const has = (lines: readonly string[], text: string) => lines.some(line => line.includes(text));
const isAtRest = (pty: Pty) => {
  assert.match(pty.settings(), /(^|\s)icanon/);
  assert.match(pty.settings(), /(^|\s)echo\s/);
};

test('one look says what the worker says, as a table and as JSON', GENEROUS, async t => {
  const { url, ask } = await start(t);
  const { connectors } = JSON.parse((await ask('GET', '/page/data')).text) as WorkerView;
  const { code, out, err } = await command(['top', '--once', url]);
  assert.deepEqual([code, err], [0, '']);
  const lines = out.split('\n');
  assert.match(lines[1]!, new RegExp(`^2 RUNNING {2}Tailrace 1\\.2\\.3 at ${url}$`));
  assert.deepEqual(row(lines, 'orders')!.slice(0, 4), ['orders', 'RUNNING', '1/1', '1.23k']);
  assert.deepEqual(row(lines, 'billing')!.slice(0, 4), [
    '✗  billing'.slice(0, 1),
    'billing',
    'RUNNING, 1 FAILED',
    '0/1',
  ]);
  assert(lines.findIndex(line => line.includes('billing')) < lines.findIndex(line => line.includes('orders')));
  for (const { problems } of connectors) for (const { text } of problems) assert(out.includes(text), text);
  const json = await command(['top', '--json', url]);
  assert.deepEqual((JSON.parse(json.out) as WorkerView).connectors, connectors);
});

test('what is wrong with the command line is told, and no password of it', async () => {
  const said = async (...argv: readonly string[]) => {
    const { code, out, err } = await command(['top', ...argv]);
    assert.deepEqual([code, out], [1, '']);
    assert.doesNotMatch(err, /hunter2/);
    return err;
  };
  assert.match(await said('worker:8083'), /URL is an http:\/\/ or https:\/\/ address\nTry "tailrace top --help"/);
  assert.match(await said('hunter2'), /URL is an/);
  assert.match(await said('--once', 'http://ann:hunter2@worker:8083'), /--user takes the name/);
  assert.match(await said(), /top needs a terminal .*; --once and --json do without/);
  assert.match(await said('--once', '--user', 'ann'), /TAILRACE_PASSWORD/);
  assert.match(await said('--once', '--ca', '/nowhere/ca.pem'), /--ca can't be read/);
});

test('a password that others could read on its way is told of', GENEROUS, async () => {
  const said = async (url: string) => {
    const env = { TAILRACE_PASSWORD: 'hunter2' };
    const { code, err } = await command(['top', '--once', '--user', 'ann', url], { env });
    assert.equal(code, 4);
    assert.doesNotMatch(err, /hunter2/);
    return /The password goes over the network as it is/.test(err);
  };
  // A name that nothing has (RFC 6761).
  assert.equal(await said('http://worker.invalid:8083'), true);
  assert.equal(await said('https://worker.invalid:8083'), false);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) assert.equal(await said(`http://${host}:1`), false, host);
});

test('where no worker is, that is told', async () => {
  const { code, out, err } = await command(['top', '--once', 'http://127.0.0.1:1']);
  assert.deepEqual([code, out, err], [4, '', 'http://127.0.0.1:1: nobody listens there\n']);
});

test('on a terminal: choose, look closer, pause, another size, end', GENEROUS, async t => {
  const { url, ask } = await start(t);
  const pty = watch(t, url);
  const list = await pty.until(lines => has(lines, 'orders'));
  assert.equal(list.length, 24);
  assert.match(list[3]!, /^!▾ +CONNECTOR +STATE +TASKS +LAG/);
  assert(has(list, '✗ task 0: FAILED'), list.join('\n'));
  pty.type(KEYS.down);
  await pty.until(lines => !has(lines, 'no more'));
  pty.type(KEYS.enter);
  const details = await pty.until(lines => has(lines, 'COMMITTED'));
  assert.match(details.join('\n'), /^orders {2}RUNNING {2}tailrace\.HttpSink$/m);
  assert.match(details.join('\n'), /^orders +0 +10 +1244 +1,234 /m);
  pty.type('p');
  await pty.until(lines => lines.at(-1) === 'Pause orders? [y/N]');
  pty.type('n');
  await pty.until(lines => lines.at(-1)!.startsWith('Esc back'));
  pty.type('p');
  await pty.until(lines => lines.at(-1) === 'Pause orders? [y/N]');
  pty.type('y');
  await pty.until(lines => has(lines, 'orders  PAUSED'));
  assert.equal(JSON.parse((await ask('GET', '/connectors/orders/status')).text).connector.state, 'PAUSED');
  assert.equal(JSON.parse((await ask('GET', '/connectors/billing/status')).text).connector.state, 'RUNNING');
  pty.type(KEYS.escape);
  await pty.until(lines => row(lines, 'orders')?.includes('PAUSED') === true);
  pty.resize(40, 10);
  const small = await pty.until(lines => lines.length === 10);
  for (const line of small) assert(line.length <= 40, line);
  pty.type('q');
  assert.equal(await pty.ended, 0);
  const written = pty.written();
  assert.equal(written.split(ENTER_SCREEN).length, 2);
  assert(written.lastIndexOf(LEAVE_SCREEN) > written.lastIndexOf('\u001b[H'), 'nothing is drawn on the old screen');
  isAtRest(pty);
});

for (const [name, end, code] of [
  ['Ctrl-C', (pty: Pty) => pty.type(KEYS.interrupt), 0],
  ['SIGTERM', (pty: Pty) => pty.signal('SIGTERM'), 143],
  ['SIGINT', (pty: Pty) => pty.signal('SIGINT'), 130],
  ['SIGHUP', (pty: Pty) => pty.signal('SIGHUP'), 129],
] as const) {
  test(`${name} leaves the terminal as it was`, GENEROUS, async t => {
    const { url } = await start(t);
    const pty = watch(t, url);
    await pty.until(lines => has(lines, 'orders'));
    end(pty);
    assert.equal(await pty.ended, code);
    assert(pty.written().includes(LEAVE_SCREEN));
    isAtRest(pty);
  });
}

test('a worker that does not answer holds nobody up, one that went away is told', GENEROUS, async t => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const waiting = watch(t, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  await waiting.until(lines => has(lines, 'Asking http://127.0.0.1'));
  waiting.type('q');
  assert.equal(await waiting.ended, 0);
  const { url, worker } = await start(t);
  const pty = watch(t, url);
  await pty.until(lines => has(lines, 'orders'));
  worker.stop(0);
  await worker.ended;
  const lines = await pty.until(each => /nobody listens there \(what is shown is .* old\)/.test(each.at(-1) ?? ''));
  assert(has(lines, 'orders'));
  pty.type('q');
  assert.equal(await pty.ended, 0);
});

test('a password is asked for and not shown; Ctrl-C there leaves the terminal as it was', GENEROUS, async t => {
  const users = join(enter(t), 'users');
  writeFileSync(users, `ann:${bcrypt.hashSync('hunter22', 4)}\n`, { mode: 0o600 });
  const { url } = await startScriptedWorker(t, { rest: { usersFile: users } });
  const refused = watch(t, url);
  await refused.until(lines => has(lines, 'wants another name or password'));
  refused.type('q');
  assert.equal(await refused.ended, 0);
  const pty = watch(t, url, ['--user', 'ann']);
  await pty.until(lines => has(lines, 'Password of ann:'));
  pty.type(`hunter2x${KEYS.erase}2${KEYS.enter}`);
  await pty.until(lines => has(lines, 'no connectors'));
  pty.type('q');
  assert.equal(await pty.ended, 0);
  assert.doesNotMatch(pty.written(), /hunter/);
  const left = watch(t, url, ['--user', 'ann']);
  await left.until(lines => has(lines, 'Password of ann:'));
  left.type(`hunter2${KEYS.interrupt}`);
  assert.equal(await left.ended, 130);
  assert.doesNotMatch(left.written(), /hunter/);
  isAtRest(left);
});
