import { execFile } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startDaemon } from '../support/daemon.ts';
import type { Server } from './endpoint.ts';

const run = promisify(execFile);
/** Where Debian and Fedora put it. */
const ECHO_MODULES = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules'].map(
  directory => `${directory}/ngx_http_echo_module.so`,
);

async function findEchoModule(): Promise<string | null> {
  for (const path of ECHO_MODULES) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** @returns its name and version; null when it, or its echo module, is missing. */
export async function findNginx(): Promise<string | null> {
  if ((await findEchoModule()) === null) return null;
  try {
    const { stderr } = await run('nginx', ['-v']);
    return `nginx ${/nginx\/(\S+)/.exec(stderr)?.[1] ?? ''}`.trim();
  } catch {
    return null;
  }
}

/** Without the echo module nginx would answer before it has read the body, and throw the body away. */
function configuration(
  directory: string,
  logFile: string,
  ports: readonly [http1: number, http2: number],
  echoModule: string,
): string {
  const answer = "echo -n '{}';";
  return `load_module ${echoModule};
daemon off; master_process off; worker_processes 1;
pid ${directory}/nginx.pid; error_log ${directory}/nginx.err warn;
events { worker_connections 4096; }
http {
  types { } default_type application/json;
  keepalive_requests 100000000; keepalive_timeout 300s;
  client_max_body_size 256m; client_body_buffer_size 16m; client_body_temp_path ${directory}/nginx-body;
  log_format arrivals '$msec $content_length $status $uri';
  access_log ${logFile} arrivals buffer=64k flush=200ms;
  server {
    listen 127.0.0.1:${ports[0]} backlog=1024;
    listen 127.0.0.1:${ports[1]} http2 backlog=1024;
    location /fast { echo_read_request_body; ${answer} }
    location /slow { echo_read_request_body; echo_sleep 0.005; ${answer} }
  }
}
`;
}

/** An ordinary process on a free port, with a configuration of its own. */
export async function startNginx(directory: string, logFile: string): Promise<Server> {
  const [port, http2Port] = [await freePort(), await freePort()];
  const file = join(directory, 'nginx.conf');
  const errors = join(directory, 'nginx.err');
  await writeFile(file, configuration(directory, logFile, [port, http2Port], (await findEchoModule())!));
  const { stop } = await startDaemon('nginx', { args: ['-e', errors, '-c', file], port, errors });
  return { port, http2Port, stop: () => stop('SIGTERM') };
}
