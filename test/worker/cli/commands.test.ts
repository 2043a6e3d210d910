import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SINK, spawned, WORKER } from './real.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tailrace-commands-'));
after(() => rmSync(directory, { recursive: true }));
for (const [name, text] of [
  ['w.properties', WORKER],
  ['s.properties', SINK],
  ['bad.properties', `${SINK}http.method=x\u001b[2J\n`],
  ['deep.json', `{"a":${'['.repeat(10_000)}`],
  ['long.json', `{"name": "c", "http.headers.X": "${'x'.repeat(8_000_000)}"}`],
] as const) {
  writeFileSync(join(directory, name), text, { mode: 0o600 });
}

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

function misuse(what: string, command = ''): string {
  return `tailrace: ${what}\nTry "tailrace ${command === '' ? '' : `${command} `}--help".\n`;
}

const faults = (...lines: readonly string[]) =>
  `The configuration has ${lines.length === 1 ? '1 fault' : `${lines.length} faults`}:\n${lines.map(line => `  ${line}\n`).join('')}`;

const W = ['w.properties'];
const WS = ['w.properties', 's.properties'];

/** Each in a process of its own: exit code, standard output and standard error, exactly. */
const COMMANDS: readonly (readonly [argv: readonly string[], code: number, out: string, err: string])[] = [
  [[], 1, '', misuse('no command given')],
  [['rnu'], 1, '', misuse('unknown command "rnu"')],
  [['\u001b[2J\u009b'], 1, '', misuse('unknown command "\\u001b[2J\\u009b"')],
  [['--verbose'], 1, '', misuse('unknown option "--verbose"')],
  [['run', '--verbose', ...WS], 1, '', misuse('unknown option "--verbose"', 'run')],
  [['explain', '--jsno', ...WS], 1, '', misuse('unknown option "--jsno"', 'explain')],
  [['run', ...WS, '--override'], 1, '', misuse('an option lacks its value, or has one that it does not take', 'run')],
  [['run', ...WS, '--override', 'hunter2'], 1, '', misuse('--override takes KEY=VALUE', 'run')],
  [
    ['explain', '--json=yes', ...WS],
    1,
    '',
    misuse('an option lacks its value, or has one that it does not take', 'explain'),
  ],
  [['version', 'x'], 1, '', misuse('version takes no argument "x"', 'version')],
  [['version'], 0, `tailrace ${version}\n`, ''],
  [['run', 'nowhere'], 2, '', faults("nowhere can't be read: there is no such file")],
  [
    ['run', ...WS, '--override', 'http.auth.password=hunter2'],
    2,
    '',
    faults(
      'command line: http.auth.password is secret: command lines are visible to other users, use the file or the environment',
    ),
  ],
  [
    ['run', ...W, 'bad.properties'],
    3,
    '',
    faults('bad.properties:5: http.method must be POST, PUT, PATCH, DELETE or GET, not "x\\u001b[2J"'),
  ],
  [['run', ...W, 'deep.json'], 3, '', faults('deep.json:1: this is nested more than 100 levels deep')],
  [['run', ...W, 'long.json'], 3, '', faults("long.json can't be read: it is larger than 1 MiB")],
  [['run', ...W, '/dev/zero'], 3, '', faults("/dev/zero can't be read: it is a device, not a regular file")],
  [['run', ...W, directory], 3, '', faults(`${directory} can't be read: it is a directory, not a regular file`)],
];

for (const [argv, code, out, err] of COMMANDS) {
  test(`tailrace ${JSON.stringify(argv.join(' '))}`, async () => {
    assert.deepEqual(await spawned(directory, argv), { code, out, err });
  });
}

for (const command of ['run', 'explain', 'demo', 'version']) {
  test(`tailrace ${command} --help says how it is used, and nothing else happens`, async () => {
    const { code, out, err } = await spawned(directory, [command, 'nowhere', '--help']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, new RegExp(`\\nUsage:\\n {2}tailrace ${command}`));
  });
}

test('explain prints a file that could not be run as run would tell it, with its exit code', async () => {
  for (const file of ['bad.properties', 'deep.json', 'nowhere', '/dev/zero']) {
    const run = await spawned(directory, ['run', ...W, file]);
    const explained = await spawned(directory, ['explain', ...W, file]);
    assert.equal(explained.code, run.code, file);
    const [, fault] = run.err.split('\n');
    assert(explained.out.includes(`  refused   ${fault!.trim()}\n`), explained.out);
  }
});

test('explain prints all that there is to say, to a reader that takes its time too', async () => {
  const keys = Array.from({ length: 9_000 }, (_, at) => `http.headers.X-${'y'.repeat(60)}-${at}=1\n`);
  writeFileSync(join(directory, 'many.properties'), SINK + keys.join(''), { mode: 0o600 });
  const program = join(ROOT, 'worker/bin/tailrace.cjs');
  const child = spawn(process.execPath, [program, 'explain', '--json', ...W, 'many.properties'], { cwd: directory });
  let out = '';
  child.stdout.setEncoding('utf8');
  for await (const piece of child.stdout as AsyncIterable<string>) {
    out += piece;
    await new Promise(resolve => setImmediate(resolve));
  }
  assert(out.length > 2 * 1_048_576);
  const { sources } = JSON.parse(out) as { sources: { keys: { key: string; line: number }[] }[] };
  assert.equal(sources[1]!.keys.length, 9_004);
  assert.deepEqual(sources[1]!.keys.at(-1)!.line, 9_004);
});
