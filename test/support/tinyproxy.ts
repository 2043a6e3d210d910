import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startDaemon } from './daemon.ts';

/** Says why tinyproxy can't be tested with, for a test's `skip`: false when it can. In CI that is a failure, never a skip. */
export async function skipWithoutTinyproxy(): Promise<string | false> {
  try {
    await promisify(execFile)('tinyproxy', ['-v']);
    return false;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return 'no tinyproxy on the PATH (scripts/real-parts.sh brings it)';
  }
}

export interface Tinyproxy {
  readonly url: URL;
  /** A line for each request. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface TinyproxyOptions {
  readonly user: string;
  readonly password: string;
  /** A free one by default. */
  readonly port?: number;
  /** Ports that CONNECT may reach; any by default. */
  readonly tunnels?: readonly number[];
}

export async function startTinyproxy(options: TinyproxyOptions): Promise<Tinyproxy> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-tinyproxy-'));
  const port = options.port ?? (await freePort());
  const [file, log] = [join(directory, 'tinyproxy.conf'), join(directory, 'tinyproxy.log')];
  await writeFile(file, configuration(options, port, log));
  const { stop } = await startDaemon('tinyproxy', { args: ['-d', '-c', file], port, errors: log, directory });
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    log: () => readFile(log, 'utf8'),
    async stop() {
      await stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration({ user, password, tunnels = [] }: TinyproxyOptions, port: number, log: string): string {
  return `Port ${port}
Listen 127.0.0.1
Timeout 60
LogFile "${log}"
LogLevel Connect
MaxClients 100
BasicAuth ${user} ${password}
${tunnels.map(each => `ConnectPort ${each}\n`).join('')}`;
}
