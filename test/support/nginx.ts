import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startDaemon } from './daemon.ts';

/** Says why nginx can't be tested with, for a test's `skip`: false when it can. In CI that is a failure, never a skip. */
export async function skipWithoutNginx(): Promise<string | false> {
  try {
    await promisify(execFile)('nginx', ['-v']);
    return false;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return 'no nginx on the PATH (scripts/real-parts.sh brings it)';
  }
}

export interface Nginx {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * @param server what stands in its `server` block, beside `listen` on a free port of 127.0.0.1
 * @param listen further words of that: `ssl`, `http2`
 */
export async function startNginx(server: string, listen = ''): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-nginx-'));
  const port = await freePort();
  const [file, errors] = [join(directory, 'nginx.conf'), join(directory, 'error.log')];
  await writeFile(file, configuration(directory, `127.0.0.1:${port} ${listen}`, server));
  const { stop } = await startDaemon('nginx', { args: ['-e', errors, '-c', file], port, errors, directory });
  return {
    port,
    async stop() {
      await stop('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration(directory: string, listen: string, server: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    kind => `${kind}_temp_path ${directory}/${kind};`,
  );
  return `daemon off; master_process off; worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 256; }
http {
  types { } default_type application/json; access_log off;
  client_max_body_size 64m; ${temporary.join(' ')}
  server { listen ${listen}; ${server} }
}
`;
}
