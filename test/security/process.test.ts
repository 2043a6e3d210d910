import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Running, start } from '../broker/running.ts';
import { Canaries } from './canaries.ts';
import { folder, program, ROOT, SINK, WORKER } from './program.ts';

const GENEROUS = { timeout: 90_000 };

/** A worker whose broker is nowhere: it listens, waits and obeys. */
const LONELY = 'bootstrap.servers=127.0.0.1:1\nlisteners=http://127.0.0.1:0\nreader=portable\n';

async function running(t: TestContext, args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const run = start(args, { env });
  t.after(() => run.child.kill('SIGKILL'));
  await run.line('Listening on');
  return run;
}

function lonely(t: TestContext): readonly string[] {
  const at = folder(t);
  const files = [join(at, 'w.properties'), join(at, 's.properties')];
  writeFileSync(files[0]!, LONELY, { mode: 0o600 });
  writeFileSync(files[1]!, SINK, { mode: 0o600 });
  return files;
}

test('S22: signals that open a debugger, or write what is in memory, open and write nothing', GENEROUS, async t => {
  const run = await running(t, ['run', ...lonely(t)]);
  const [url] = (await run.line('Listening on')).msg.match(/http:\S+/)!;
  for (let i = 0; i < 5; i++) {
    run.child.kill('SIGUSR1');
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
  }
  await run.line('SIGUSR1 is ignored');
  assert.doesNotMatch(run.stderr(), /Debugger|ws:\/\//);
  run.child.kill('SIGTERM');
  assert.deepEqual(await run.exit, [0, null]);
});

test('S22: a start that opens a debugger, or writes keys, says so before anything else is done', GENEROUS, async t => {
  const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0 --report-on-signal', SSLKEYLOGFILE: '/nowhere/keys' };
  const run = await running(t, ['run', ...lonely(t)], env);
  const before = run.lines.slice(
    0,
    run.lines.findIndex(({ msg }) => msg.startsWith('Listening on')),
  );
  for (const name of ['--inspect', '--report-on-signal', 'SSLKEYLOGFILE']) {
    assert(
      before.some(({ level, msg }) => level === 'warn' && msg.startsWith(name)),
      name,
    );
  }
});

const CRASHES: Readonly<Record<string, string>> = {
  'an error that nobody catches':
    'throw Object.assign(new Error("at " + token), { config: { password: token }, cause: new Error(token) })',
  'a promise that nobody waits for':
    'Promise.reject(Object.assign(new Error(token), { headers: { authorization: "Bearer " + token } }))',
  'what is no error': 'Promise.reject({ toString() { return token }, authorization: token, deep: { deep: [token] } })',
  'a text': 'throw "Basic " + Buffer.from("user:" + token).toString("base64")',
  'an error whose parts throw':
    'throw Object.defineProperty(new Error(token), "stack", { get() { throw new Error(token) } })',
  nothing: 'Promise.reject(undefined)',
};

for (const [name, crash] of Object.entries(CRASHES)) {
  test(
    `S24: ${name} ends the worker with 70, in a line that tells no secret, and leaves no file`,
    GENEROUS,
    async t => {
      const canaries = new Canaries();
      const token = canaries.plant('the token', ['a+/', '=']);
      const at = folder(t);
      mkdirSync(join(at, 'work'));
      const sink = `name=c\nconnector.class=HttpSink\ntopics=crash\nhttp.url=http://127.0.0.1:1/\nhttp.auth.type=bearer\nhttp.auth.bearer.token=${token}\n`;
      writeFileSync(join(at, 'w.properties'), LONELY, { mode: 0o600 });
      writeFileSync(join(at, 's.properties'), sink, { mode: 0o600 });
      const planted = `const token = ${JSON.stringify(token)}; process.on('SIGUSR2', () => { ${crash} });`;
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` };
      const run = start(['run', join(at, 'w.properties'), join(at, 's.properties')], { env, cwd: join(at, 'work') });
      t.after(() => run.child.kill('SIGKILL'));
      await run.line('starts c');
      run.child.kill('SIGUSR2');
      assert.deepEqual(await run.exit, [70, null]);
      const [fatal] = run.lines.filter(line => line.level === 'fatal');
      assert.match(fatal!.msg, /^Internal error/);
      canaries.assertAbsent({ log: JSON.stringify(run.lines), 'standard error': run.stderr() });
      assert.deepEqual(readdirSync(join(at, 'work')), []);
    },
  );
}

/** Node's permission model, by its name of this version; null where there is none. */
function permissionFlag(): string | null {
  const names = ['--permission', '--experimental-permission'];
  return names.find(name => process.allowedNodeEnvironmentFlags.has(name)) ?? null;
}

/** What the program has to read beside the files that it is given; nothing may be written, and nothing else started. */
function permissions(flag: string, files: string): readonly string[] {
  const folders = ['worker', 'dist', 'node_modules'].map(name => realpathSync(join(ROOT, name)));
  const all = [...folders, realpathSync(files)].map(place => `${place}/*`);
  return [flag, '--no-warnings', ...[...all, join(ROOT, 'package.json')].map(place => `--allow-fs-read=${place}`)];
}

test('S27: explain reads its own code and the files that it is given, and nothing else', GENEROUS, async t => {
  const flag = permissionFlag();
  if (flag === null) return t.skip('this Node has no permission model');
  const at = folder(t);
  writeFileSync(join(at, 'w.properties'), WORKER, { mode: 0o600 });
  writeFileSync(join(at, 's.properties'), SINK, { mode: 0o600 });
  writeFileSync(join(at, 'out.properties'), `${SINK}http.ssl.ca.location=/etc/hostname\n`, { mode: 0o600 });
  const node = permissions(flag, at);
  const honoured = await program(at, ['explain', 'w.properties', 's.properties'], { node });
  assert.deepEqual([honoured.code, honoured.err], [0, ''], honoured.out);
  const version = await program(at, ['--version'], { node });
  assert.match(version.out, /^tailrace \d/);
  for (const file of ['/etc/hostname', 'out.properties']) {
    const refused = await program(at, ['explain', 'w.properties', file], { node });
    assert.equal(refused.code, 3, refused.out + refused.err);
    assert.match(refused.out, /can't be read: Node's permission model does not let it be read/);
  }
});

test('S27, S28: a worker runs without the right to write a file, to start a process or a thread', GENEROUS, async t => {
  const flag = permissionFlag();
  if (flag === null) return t.skip('this Node has no permission model');
  // Node 20 refuses native code whatever is allowed beside it.
  if (flag !== '--permission') return t.skip('this Node’s permission model has no exception for the Kafka client');
  const files = lonely(t);
  const node = [...permissions(flag, join(files[0]!, '..')), '--allow-addons'];
  if (process.allowedNodeEnvironmentFlags.has('--allow-net')) node.push('--allow-net');
  // The machine's own authorities are files as well, which it has no right to read.
  const run = start(['run', ...files], { node, env: { SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: '' } });
  t.after(() => run.child.kill('SIGKILL'));
  await run.line('Listening on');
  run.child.kill('SIGTERM');
  assert.deepEqual(await run.exit, [0, null]);
});

test(
  'S28: a worker runs as nobody, in a place where nothing can be written, and leaves nothing there',
  GENEROUS,
  async t => {
    if (process.geteuid?.() !== 0) return t.skip('only root can become somebody else');
    const at = folder(t);
    const files = [join(at, 'w.properties'), join(at, 's.properties')];
    writeFileSync(files[0]!, LONELY);
    writeFileSync(files[1]!, SINK);
    mkdirSync(join(at, 'work'));
    for (const place of [at, join(at, 'work')]) chmodSync(place, 0o555);
    for (const file of files) chmodSync(file, 0o444);
    const readable = await program(at, ['--version'], { uid: 65_534 });
    if (readable.code !== 0) return t.skip('nobody may not read the folder of the tests');
    const env = { TMPDIR: join(at, 'nowhere'), HOME: '/nonexistent' };
    const run = start(['run', ...files], { env, cwd: join(at, 'work'), uid: 65_534 });
    t.after(() => run.child.kill('SIGKILL'));
    await run.line('Listening on');
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null]);
    assert.deepEqual(readdirSync(at).sort(), ['s.properties', 'w.properties', 'work']);
    assert.deepEqual(readdirSync(join(at, 'work')), []);
  },
);

/** Compiled tests of the way from a record to the socket, and what each proves of it. */
const LANE = ['connector/converters/pipeline', 'connector/transforms/schemaless', 'connector/http/sink'];

for (const file of LANE) {
  test(`S17: test/${file} passes with frozen intrinsics and without __proto__`, GENEROUS, async t => {
    const node = ['--disable-proto=delete', '--frozen-intrinsics', '--no-warnings'];
    const script = join(ROOT, 'dist/test', `${file}.test.js`);
    const { code, out, err } = await program(folder(t), [], { node, script });
    assert.equal(code, 0, out + err);
    assert.match(out, /^\S+ fail 0$/m);
  });
}

test('S17: explain works with frozen intrinsics and without __proto__', GENEROUS, async t => {
  const at = folder(t);
  writeFileSync(join(at, 'w.properties'), WORKER, { mode: 0o600 });
  writeFileSync(join(at, 's.properties'), SINK, { mode: 0o600 });
  const node = ['--disable-proto=delete', '--frozen-intrinsics', '--no-warnings'];
  const { code, out, err } = await program(at, ['explain', 'w.properties', 's.properties'], { node });
  assert.deepEqual([code, err], [0, ''], out);
});
