import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../../worker/bin/tailrace.cjs', import.meta.url));

/** A worker whose broker is nowhere: it listens, waits and obeys. */
function start(context: TestContext, env: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-signals-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const worker = join(directory, 'worker.properties');
  const sink = join(directory, 'sink.properties');
  writeFileSync(worker, 'bootstrap.servers=127.0.0.1:1\nlisteners=http://0.0.0.0:0\nreader=portable\n');
  writeFileSync(sink, 'name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=http://127.0.0.1:1/in\n');
  const child = spawn(process.execPath, [PROGRAM, 'run', worker, sink], { env: { PATH: process.env['PATH'], ...env } });
  context.after(() => child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', chunk => (said.out += String(chunk)));
  child.stderr.on('data', chunk => (said.err += String(chunk)));
  return { child, said };
}

async function says(child: ChildProcess, said: { readonly out: string }, pattern: RegExp): Promise<void> {
  while (!pattern.test(said.out)) {
    assert.equal(child.exitCode, null, said.out);
    await new Promise(resolve => child.stdout!.once('data', resolve));
  }
}

const GENEROUS = { timeout: 60_000 };

test('SIGUSR1 opens no debugger, is told, and changes nothing else', GENEROUS, async context => {
  const { child, said } = start(context, {});
  await says(child, said, /Listening on/);
  child.kill('SIGUSR1');
  await says(child, said, /SIGUSR1 is ignored: it would open Node's debugger/);
  const exit = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
  assert.doesNotMatch(said.err, /Debugger listening/);
});

test('a start tells what weakens the worker, and that others can reach its listener', GENEROUS, async context => {
  const { child, said } = start(context, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '--tls-min-v1.0' });
  await says(child, said, /Listening on/);
  for (const pattern of [
    /"level":"warn".*NODE_TLS_REJECT_UNAUTHORIZED of the environment/,
    /"level":"warn".*--tls-min-v1\.0 in NODE_OPTIONS/,
    /listeners lets other machines read/,
  ]) {
    assert.match(said.out, pattern);
  }
});
