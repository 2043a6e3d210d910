import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DIALECTS } from '../../../config/dialects/choose.ts';
import type { Host } from '../../../worker/cli/host.ts';
import { parseCommand } from '../../../worker/cli/parse.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import { dispatch } from '../../../worker/dispatch.ts';

const PROGRAM = fileURLToPath(new URL('../../../../worker/bin/tailrace.cjs', import.meta.url));

const USER = process.geteuid?.() ?? 0;
const NOBODY = USER === 0 ? 65_534 : USER;

export const WORKER = 'bootstrap.servers=kafka:9092\n';
export const SINK = 'name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=https://collector.example.org/in\n';

/** What is said where a class is none of these. */
export const KNOWN_CLASSES =
  'known is tailrace.HttpSink, also as tailrace.HttpSinkConnector, HttpSink, HttpSinkConnector; and ' +
  DIALECTS.flatMap(({ classes }) => classes).join(', ');

export type Environment = Readonly<Record<string, string>>;
export type Content = string | Buffer;

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command as `worker/main.ts` gives it to the process that it runs in, without one of its own. */
export async function command(argv: readonly string[], { env = {}, asNobody }: Partial<Case> = {}): Promise<Answer> {
  let out = '';
  let err = '';
  const host: Host = {
    env,
    execArgv: [],
    clock: systemClock,
    random: systemRandom,
    terminal: false,
    out: {
      write(text) {
        out += text;
      },
      writeBytes(bytes) {
        out += bytes.toString('latin1');
      },
      flush: async () => undefined,
      dropped: 0,
    },
    complain(text) {
      err += text;
    },
    errorTerminal: false,
    keyboard: {
      terminal: false,
      line: async () => null,
      keys: () => () => undefined,
    },
    size: () => null,
    onResize: () => () => undefined,
    onSignal: () => undefined,
    onDebuggerSignal: () => undefined,
    loopDelay: quantiles => quantiles.map(() => 0),
    onCrash: () => undefined,
    exit: code => assert.fail(`ends with ${code}`),
  };
  const parsed = parseCommand(argv, systemClock.wall());
  assert(parsed.kind === 'call', parsed.kind);
  // Nothing is kept from root.
  if (asNobody) process.seteuid?.(NOBODY);
  try {
    return { code: await dispatch(parsed, host), out, err };
  } finally {
    if (asNobody) process.seteuid?.(USER);
  }
}

/** The program itself, in a process of its own. */
export function spawned(directory: string, argv: readonly string[], env: Environment = {}): Promise<Answer> {
  const options = {
    cwd: directory,
    env: { ...env, PATH: process.env['PATH'] },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
  } as const;
  return new Promise(resolve => {
    const child = execFile(process.execPath, [PROGRAM, ...argv], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

/** An empty directory, which the process works in from now on. */
export function enter(t: TestContext, files: Readonly<Record<string, Content>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-cli-'));
  const before = process.cwd();
  process.chdir(directory);
  t.after(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true });
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content, { mode: 0o600 });
  return directory;
}

export interface Case {
  readonly files: Readonly<Record<string, Content>>;
  /** In place of the names of the files. */
  readonly named?: readonly string[];
  /** What can not be written as a text. */
  readonly prepare?: (directory: string, t: TestContext) => void;
  /** As a user without any rights. */
  readonly asNobody?: true;
  readonly env?: Environment;
  readonly overrides?: readonly string[];
  readonly code: number;
}

export interface Refused extends Case {
  /** Each a line, as `run` and `explain` say it. */
  readonly faults: readonly string[];
  /** What `run` takes for a worker file is a connector file to `explain`. */
  readonly runOnly?: true;
}

export interface Taken extends Case {
  /** Lines of `explain` that say more than `honoured`. */
  readonly remarks: readonly string[];
}

async function prepared<T extends Case>(t: TestContext, { files, named, prepare, overrides = [] }: T) {
  const directory = enter(t, files);
  prepare?.(directory, t);
  return [...overrides.flatMap(override => ['--override', override]), '--', ...(named ?? Object.keys(files))];
}

/** `run` says exactly this and nothing else; `explain` says the same of the same keys, with the same exit code. */
export function refuses(name: string, row: Refused): void {
  test(`refused: ${name}`, async t => {
    const args = await prepared(t, row);
    const run = await command(['run', ...args], row);
    const count = row.faults.length === 1 ? '1 fault' : `${row.faults.length} faults`;
    const expected = [`The configuration has ${count}:`, ...row.faults.map(fault => `  ${fault}`), ''].join('\n');
    assert.deepEqual(run, { code: row.code, out: '', err: expected });
    if (row.runOnly) return;
    const explained = await command(['explain', ...args], row);
    assert.deepEqual([explained.code, explained.err], [row.code, ''], 'explain ends as run does');
    const lines = explained.out.split('\n');
    for (const fault of row.faults) assert(lines.includes(`  refused   ${fault}`), `${fault}\n${explained.out}`);
  });
}

/** Nothing is refused; `explain` says exactly this beside what is simply honoured. */
export function takes(name: string, row: Taken): void {
  test(`taken: ${name}`, async t => {
    const args = await prepared(t, row);
    const { code, out, err } = await command(['explain', ...args], row);
    const keys = out
      .split('\nThe resulting configuration')[0]!
      .split('\n')
      .filter(line => line.startsWith('  '));
    const told = keys.filter(line => !/^ {2}honoured {2}[^;]*$/.test(line)).map(line => line.slice(2));
    assert.deepEqual({ code, told, err }, { code: row.code, told: row.remarks, err: '' });
  });
}
