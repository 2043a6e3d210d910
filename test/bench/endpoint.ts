import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Arrivals, type Awaited, awaitArrivals } from './access-log.ts';
import { findNginx, startNginx } from './nginx.ts';
import { startNodeServer } from './node-server.ts';

/** The server that stands for the endpoint. */
export type EndpointKind = 'nginx' | 'node';

/** How soon the endpoint answers: at once, or after 5 ms. */
export type Pace = 'fast' | 'slow';

/** A server that reads whole bodies, answers 200 and writes a line about each request. */
export interface Server {
  readonly port: number;
  /** Where it speaks HTTP/2 without TLS; null: nowhere. */
  readonly http2Port: number | null;
  stop(): Promise<void>;
}

/** One path of the endpoint, used by one run only. */
export interface Target {
  readonly url: string;
  /** @throws Error as awaitArrivals does. */
  arrivals(expected: Omit<Awaited, 'logFile' | 'from' | 'path'>, signal: AbortSignal): Promise<Arrivals>;
}

export interface Endpoint {
  /** The server and its version, for the report. */
  readonly name: string;
  /** @throws Error where it does not speak that version */
  target(pace: Pace, run: string, version?: '1.1' | '2'): Target;
  stop(): Promise<void>;
}

const APT = 'apt-get install -y --no-install-recommends nginx-light libnginx-mod-http-echo';

/** Starts nginx; where it is missing, the server of our own, and says so. */
export async function startEndpoint(
  wanted: EndpointKind,
  directory: string,
  say: (line: string) => void,
): Promise<Endpoint> {
  const logFile = join(directory, 'access.log');
  const nginx = wanted === 'nginx' ? await findNginx() : null;
  if (nginx === null && wanted === 'nginx') {
    say(`nginx with its echo module is missing, a small Node server takes its place; to compare with others: ${APT}\n`);
  }
  const server = nginx === null ? await startNodeServer(logFile) : await startNginx(directory, logFile);
  return {
    name: nginx ?? `a Node server, ${process.version}`,
    target(pace, run, version = '1.1') {
      const port = version === '2' ? server.http2Port : server.port;
      if (port === null) throw new Error('this endpoint does not speak HTTP/2');
      const path = `/${pace}/${run}`;
      const from = statSync(logFile).size;
      return {
        url: `http://127.0.0.1:${port}${path}`,
        arrivals: (expected, signal) => awaitArrivals({ logFile, from, path, ...expected }, signal),
      };
    },
    stop: () => server.stop(),
  };
}
