import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stripVTControlCharacters } from 'node:util';

/** Sequences that stand for a key. */
export const KEYS = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  enter: '\r',
  escape: '\u001b',
  interrupt: '\u0003',
  erase: '\u007f',
} as const;

/** A program that runs on a terminal of its own. */
export interface Pty {
  type(text: string): void;
  /** Waits until what was written since the last frame began fits. @returns that, a line each */
  until(condition: (lines: readonly string[]) => boolean): Promise<readonly string[]>;
  /** Everything that was written, with its control characters. */
  written(): string;
  resize(columns: number, rows: number): void;
  /** As `stty -a` tells. */
  settings(): string;
  signal(name: NodeJS.Signals): void;
  /** The exit code, as a shell tells it. */
  readonly ended: Promise<number>;
}

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Runs a program in the pseudo terminal of `script` (util-linux). */
export function startPty(
  t: TestContext,
  argv: readonly string[],
  { columns = 100, rows = 24, env = {}, cwd }: PtyOptions = {},
): Pty {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-pty-'));
  const at = (name: string) => join(directory, name);
  const [terminal, process_, code, settings] = [at('tty'), at('pid'), at('code'), at('settings')];
  // The shell stays beside the program, so that the terminal outlives it and can be looked at.
  const shell = [
    `stty cols ${columns} rows ${rows}`,
    `tty >${terminal}`,
    `sh -c 'echo $$ >${process_}; exec "$@"' sh ${argv.map(quoted).join(' ')}`,
    `echo $? >${code}`,
    `stty -a >${settings}`,
  ].join('; ');
  const child: ChildProcess = spawn('script', ['-qfec', shell, '/dev/null'], {
    env: { PATH: process.env['PATH']!, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let written = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const closed = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
    rmSync(directory, { recursive: true });
  });
  const read = (file: string) => readFileSync(file, 'utf8').trim();

  function frame(): readonly string[] {
    const last = written.slice(Math.max(0, written.lastIndexOf('\u001b[H')));
    return stripVTControlCharacters(last).split(/\r*\n/);
  }

  return {
    type: text => void child.stdin!.write(text),
    async until(condition) {
      while (!condition(frame())) {
        if (child.exitCode !== null) throw new Error(`ended before: ${JSON.stringify(frame())}`);
        await Promise.race([once(child.stdout!, 'data'), closed]);
      }
      return frame();
    },
    written: () => written,
    resize: (wide, high) => {
      execFileSync('stty', ['-F', read(terminal), 'cols', String(wide), 'rows', String(high)]);
    },
    settings: () => read(settings),
    signal: name => void process.kill(Number(read(process_)), name),
    ended: closed.then(() => (existsSync(code) ? Number(read(code)) : -1)),
  };
}
