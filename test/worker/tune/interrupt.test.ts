import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { enter, SINK, WORKER } from '../cli/real.ts';

const PROGRAM = fileURLToPath(new URL('../../../../worker/bin/tailrace.cjs', import.meta.url));
const FILES = {
  'worker.properties': `${WORKER}value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n`,
  'sink.properties': SINK,
  'records.ndjson': '{"id":1}\n{"id":2}\n',
};

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  /** The processes that it has started. */
  readonly children: readonly string[];
  readonly code: Promise<number | null>;
}

/** Measures an endpoint that is made up, until its process is there and it has begun. */
async function begun(t: TestContext, model: string): Promise<Running> {
  enter(t, FILES);
  const argv = [
    PROGRAM,
    'tune',
    '--simulate',
    model,
    '--file',
    'records.ndjson',
    'worker.properties',
    'sink.properties',
  ];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const code = once(child, 'close').then(([number]) => number as number | null);
  let err = '';
  for await (const text of child.stderr.setEncoding('utf8')) {
    err += text;
    if (err.includes('Measures')) break;
  }
  return { child, out: () => out, children: childrenOf(child.pid!), code };
}

function childrenOf(pid: number): readonly string[] {
  return readdirSync('/proc').filter(
    name => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`) && parentOf(name) === pid,
  );
}

function parentOf(pid: string): number {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
  } catch {
    return 0;
  }
}

async function gone(pids: readonly string[]): Promise<void> {
  while (pids.some(pid => parentOf(pid) > 0)) await new Promise(resolve => setTimeout(resolve, 20));
}

test('a signal ends it with what was found by then, and leaves no process behind', async t => {
  const { child, out, children, code } = await begun(t, 'latency=20ms');
  assert.equal(children.length, 1, 'the made-up endpoint');
  child.kill('SIGINT');
  assert.equal(await code, 4);
  assert.match(out(), /It was interrupted/);
  await gone(children);
});

test('a signal does not wait for an endpoint that does not answer', async t => {
  const { child, out, children, code } = await begun(t, 'latency=1000s');
  child.kill('SIGTERM');
  assert.equal(await code, 4);
  assert.match(out(), /There is nothing to recommend/);
  await gone(children);
});

test('one that is killed takes its made-up endpoint with it', async t => {
  const { child, children, code } = await begun(t, 'latency=20ms');
  child.kill('SIGKILL');
  await code;
  await gone(children);
});
