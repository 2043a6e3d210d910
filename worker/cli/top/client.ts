import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { printable } from '../../../config/printable.ts';
import type { Clock } from '../../../connector/ports.ts';
import type { ConnectorView, WorkerView } from '../../admin/page/model.ts';
import { toConnectorView, toWorkerView } from './decode.ts';

export type Verb = 'pause' | 'resume' | 'stop' | 'restart';

/** What a worker gives away over its listener, and what it can be asked for. Whatever goes wrong is an AskError. */
export interface WorkerClient {
  worker(): Promise<WorkerView>;
  /** Null: there is no such connector any more. */
  connector(name: string): Promise<ConnectorView | null>;
  change(verb: Verb, connector: string): Promise<void>;
}

/** Its message is one printable line. */
export class AskError extends Error {
  override readonly name = 'AskError';
}

export interface ClientOptions {
  readonly base: URL;
  readonly user: { readonly name: string; readonly password: string } | null;
  /** PEM; null: what Node trusts. */
  readonly ca: string | null;
  readonly clock: Clock;
}

const PATIENCE_MS = 10_000;
/** Of an answer: a worker with a thousand connectors gives a tenth of it. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_REASON = 300;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const REQUESTS: Readonly<Record<Verb, readonly [method: string, path: string]>> = {
  pause: ['PUT', 'pause'],
  resume: ['PUT', 'resume'],
  stop: ['PUT', 'stop'],
  restart: ['POST', 'restart?includeTasks=true'],
};

export function createWorkerClient(options: ClientOptions): WorkerClient {
  const ask = (method: string, path: string) => send(method, new URL(path, options.base), options);
  return {
    async worker() {
      const view = toWorkerView(parsed(expected(await ask('GET', 'page/data'))));
      return view ?? strange();
    },
    async connector(name) {
      const answer = await ask('GET', `page/data/${segmentOf(name)}`);
      return answer.status === 404 ? null : (toConnectorView(parsed(expected(answer))) ?? strange());
    },
    async change(verb, connector) {
      const [method, action] = REQUESTS[verb];
      const answer = await ask(method, `connectors/${segmentOf(connector)}/${action}`);
      expected(answer);
    },
  };
}

/** A segment of dots would lead elsewhere, however it is written. */
function segmentOf(name: string): string {
  if (/^\.\.?$/.test(name)) throw new AskError('no URL can name a connector that is called so');
  return encodeURIComponent(name);
}

function strange(): never {
  throw new AskError("what answers there is no Tailrace worker's listener, or one of another version");
}

function expected({ status, body }: Answer): Buffer {
  if (status >= 200 && status < 300) return body;
  if (status === 401) throw new AskError('the worker wants another name or password (--user, TAILRACE_PASSWORD)');
  if (status === 403) throw new AskError('the worker does not allow this user to do that');
  if (status === 404) return strange();
  throw new AskError(`the worker answers with ${status}${reasonIn(body)}`);
}

/** What Kafka Connect's errors say. */
function reasonIn(body: Buffer): string {
  try {
    const { message } = JSON.parse(body.toString()) as { message?: unknown };
    return typeof message === 'string' ? `: ${printable(message.slice(0, MOST_REASON))}` : '';
  } catch {
    return '';
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return strange();
  }
}

/** One request on a connection of its own, its answer whole within the patience; redirections are not followed. */
function send(method: string, url: URL, { user, ca, clock }: ClientOptions): Promise<Answer> {
  const headers = {
    accept: 'application/json',
    ...(user === null
      ? {}
      : { authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}` }),
    ...(method === 'GET' ? {} : { 'content-length': '0' }),
  };
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false as const, ...(ca === null ? {} : { ca }) };
    const sent = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
    const cancel = clock.timer(PATIENCE_MS, () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    const fail = (error: Error) => {
      cancel();
      reject(new AskError(reasonOf(error)));
    };
    sent.once('error', fail).once('response', response => {
      whole(response).then(body => {
        cancel();
        resolve({ status: response.statusCode!, body });
      }, fail);
    });
    sent.end();
  });
}

async function whole(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES) throw new Error('the answer is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const UNVERIFIED = 'its certificate is of no known authority (--ca names one)';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'the host can not be reached',
  ECONNRESET: 'the connection was closed before the answer was whole',
  EPROTO: 'it does not speak TLS: is it http://?',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP: is it https://?',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNVERIFIED,
  SELF_SIGNED_CERT_IN_CHAIN: UNVERIFIED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNVERIFIED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNVERIFIED,
};

/** Of several addresses that were tried, what the first said. */
function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? ((error.errors as Error[])[0] ?? error) : error;
  return REASONS[(first as { code?: string }).code ?? ''] ?? printable(first.message);
}
