import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SampleEvent, Style } from './styles.ts';

/** What really arrived, counted by the other side. */
export interface DemoEndpoint {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Distinct events per topic. */
  received(topic: string): number;
  /** Events that arrived more than once. */
  readonly duplicates: number;
  /** Requests with events, accepted and refused. */
  readonly requests: number;
  readonly refused: number;
  /** What `refused` counts, to go before a colon. */
  readonly refusals: string;
  readonly tokens: number;
  close(): Promise<void>;
}

/** Short, so that even the demo has to fetch a second one. */
const TOKEN_SECONDS = 30;

/** An HTTP endpoint that takes events from whoever holds a token of its own token route. */
export async function startDemoEndpoint(style: Style): Promise<DemoEndpoint> {
  const clientId = 'tailrace-demo';
  const clientSecret = randomBytes(18).toString('base64url');
  const tokens = new Set<string>();
  const seen = new Map<string, Set<string>>();
  let duplicates = 0;
  let requests = 0;
  let refused = 0;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => end(response, 500, { error: 'defect' }));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    if (request.method !== 'POST') end(response, 405, { error: 'POST only' });
    else if (request.url === style.tokenPath) giveToken(request, body, response);
    else if (request.url === style.path) takeEvents(request, body, response);
    else end(response, 404, { error: 'no such route' });
  }

  function giveToken(request: IncomingMessage, body: string, response: ServerResponse): void {
    const form = new URLSearchParams(body);
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const inBody = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (form.get('grant_type') !== 'client_credentials' || (request.headers.authorization !== basic && !inBody)) {
      end(response, 401, { error: 'invalid_client' });
      return;
    }
    const token = randomBytes(24).toString('base64url');
    tokens.add(token);
    end(response, 200, { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS });
  }

  function takeEvents(request: IncomingMessage, body: string, response: ServerResponse): void {
    requests += 1;
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || token === undefined || !tokens.has(token)) {
      end(response, 401, { error: 'no valid token' });
      return;
    }
    const reception = style.receive(JSON.parse(body));
    refused += reception.refused;
    for (const event of reception.taken) note(event);
    end(response, reception.status, reception.answer);
  }

  function note({ id, topic }: SampleEvent): void {
    const ids = seen.get(topic) ?? new Set();
    seen.set(topic, ids);
    if (ids.has(id)) duplicates += 1;
    ids.add(id);
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    refusals: style.refusals,
    clientId,
    clientSecret,
    received: topic => seen.get(topic)?.size ?? 0,
    get duplicates() {
      return duplicates;
    },
    get requests() {
      return requests;
    },
    get refused() {
      return refused;
    },
    get tokens() {
      return tokens.size;
    },
    close() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function end(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
