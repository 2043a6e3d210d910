import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertKnownEvent } from '../support/log-events.ts';

const BIN = fileURLToPath(new URL('../../../worker/bin/tailrace.cjs', import.meta.url));

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

/** The program as a user starts it, observed from outside. */
export interface Running {
  readonly child: ChildProcess;
  readonly lines: LogLine[];
  stderr(): string;
  /** The first line, past or to come, that the text appears in; rejects when the program ends without it. */
  line(text: string): Promise<LogLine>;
  /** Exit code and signal. */
  readonly exit: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
}

export interface Options {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Options of Node's own. */
  readonly node?: readonly string[];
  /** Whose rights it has. */
  readonly uid?: number;
  /** Who reads standard output: the test, somebody who left, somebody who stands still. */
  readonly reader?: 'test' | 'gone' | 'still';
}

/** Runs `tailrace` with these arguments. */
export function start(
  args: readonly string[],
  { env = {}, cwd, node = [], uid, reader = 'test' }: Options = {},
): Running {
  const stdout = reader === 'still' ? pipeThatNobodyReads() : 'pipe';
  const child = spawn(process.execPath, [...node, BIN, ...args], {
    cwd,
    uid,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const lines: LogLine[] = [];
  let stderr = '';
  let rest = '';
  const wake: (() => void)[] = [];
  const woken = () => {
    for (const resolve of wake.splice(0)) resolve();
  };
  child.stderr!.on('data', chunk => {
    stderr += String(chunk);
  });
  if (reader === 'test') {
    child.stdout!.on('data', chunk => {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop()!;
      const told = parts.map(text => JSON.parse(text) as LogLine);
      for (const line of told) assertKnownEvent(line);
      lines.push(...told);
      woken();
    });
  } else if (reader === 'gone') {
    child.stdout!.destroy();
  }
  let ended = false;
  const exit = once(child, 'close').then(([code, signal]) => {
    ended = true;
    woken();
    return [code as number | null, signal as NodeJS.Signals | null] as const;
  });
  return {
    child,
    lines,
    stderr: () => stderr,
    exit,
    async line(text) {
      for (;;) {
        const found = lines.find(line => line.msg.includes(text));
        if (found !== undefined) return found;
        if (ended) throw new Error(`ended without "${text}": ${stderr}\n${lines.map(line => line.msg).join('\n')}`);
        await new Promise<void>(resolve => wake.push(resolve));
      }
    },
  };
}

/** Its buffer holds 64 KiB; a write beyond that waits for ever. */
function pipeThatNobodyReads(): number {
  const path = join(mkdtempSync(join(tmpdir(), 'tailrace-')), 'pipe');
  execFileSync('mkfifo', [path]);
  return openSync(path, 'r+');
}

/** Writes properties into a file of its own. */
export async function properties(name: string, entries: Readonly<Record<string, string | number>>): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'tailrace-')), `${name}.properties`);
  await writeFile(
    file,
    Object.entries(entries)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return file;
}

export interface Endpoint {
  readonly url: string;
  /** Values of all records received, as text. */
  readonly received: string[];
  /** The number of requests that were received and not answered. */
  readonly open: number;
  /** From now on requests are received and not answered. */
  hang(): void;
  /** Answers what waits, and what comes from now on. */
  goOn(): void;
  /** Resolves when so many records are there, or so many requests wait. */
  reached(records: number, open?: number): Promise<void>;
  close(): void;
}

/** Takes JSON arrays of strings. */
export async function startEndpoint(): Promise<Endpoint> {
  const received: string[] = [];
  let hanging = false;
  const held: (() => void)[] = [];
  const wake: (() => void)[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (): void => {
        received.push(...(JSON.parse(Buffer.concat(chunks).toString()) as string[]));
        response.end('{}');
      };
      if (hanging) held.push(answer);
      else answer();
      for (const resolve of wake.splice(0)) resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    received,
    get open() {
      return held.length;
    },
    hang() {
      hanging = true;
    },
    goOn() {
      hanging = false;
      for (const answer of held.splice(0)) answer();
    },
    async reached(records, waiting = 0) {
      while (received.length < records || held.length < waiting) await new Promise<void>(resolve => wake.push(resolve));
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
