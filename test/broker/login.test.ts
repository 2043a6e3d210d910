import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { createKafkaConsumer } from '../../worker/kafka/consumer.ts';
import { kafkaConfig } from '../support/broker.ts';
import { type Authority, createAuthority, type Identity } from '../support/certificates.ts';

let folder: string;
let authority: Authority;
let broker: Identity;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-login-'));
  authority = await createAuthority(folder);
  broker = await authority.issue('broker', ['localhost']);
});
after(() => rm(folder, { recursive: true }));

interface Told {
  readonly message: string;
  /** What the client logged until then. */
  readonly log: string;
}

/** The first thing that is told of a consumer with these settings. */
async function firstFault(servers: string, settings: Readonly<Record<string, string>>): Promise<Told> {
  const abort = new AbortController();
  const lines: string[] = [];
  let tell: (told: Told) => void = () => {};
  const told = new Promise<Told>(resolve => {
    tell = resolve;
  });
  const consumer = createKafkaConsumer({
    kafka: kafkaConfig(servers, 'login', settings),
    topics: ['any'],
    topicsRegex: null,
    connectAttemptMs: 3_000,
    log: ({ message }) => lines.push(message),
  });
  consumer.listen(event => {
    if (event.kind === 'fault') tell({ message: event.fault.message, log: lines.join('\n') });
  });
  const connecting = consumer.connect(abort.signal).catch(() => {});
  const first = await told;
  abort.abort();
  await connecting;
  await consumer.disconnect();
  return first;
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const TOKEN = 'the token endpoint of sasl\\.oauthbearer\\.token\\.endpoint\\.url';
const answer =
  (status: number, type: string, body: string): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  };
const refusal = '{"error":"invalid_client","error_description":"canary"}';

for (const [name, listener, says] of [
  [
    'refuses the client',
    answer(401, 'application/json', refusal),
    /refused the client: check .*client\.id, its secret .*: HTTP 401, invalid_client\)$/,
  ],
  ['forbids it', answer(403, 'text/plain', 'canary'), /refused the client: .*: HTTP 403\)$/],
  [
    'is not there',
    answer(404, 'text/html', 'canary'),
    /no token for Kafka from .*check that it is right and answers .*: HTTP 404\)$/,
  ],
  ['is a web page', answer(200, 'text/html', 'canary'), /no token for Kafka from .*: HTTP 200 with no token in it\)$/],
  [
    'gives a token that is none',
    answer(200, 'application/json', '{"access_token":"canary"}'),
    /^nothing came of the login with tokens/,
  ],
  [
    'gives an error in place of a token',
    answer(200, 'application/json', refusal),
    /^nothing came of the login with tokens/,
  ],
] as const) {
  test(`a token endpoint of Kafka that ${name} is told as such`, { timeout: 60_000 }, async t => {
    const server = createHttpServer(listener);
    t.after(() => server.close());
    const told = await tokenFault(`http://127.0.0.1:${await listen(server)}/token?key=canary`);
    assert.match(told.message, says);
    assert.match(told.message, new RegExp(`${TOKEN}|sasl\\.oauthbearer\\.token\\.endpoint\\.url is right`));
    assert.doesNotMatch(told.message + told.log, /canary/);
  });
}

function tokenFault(url: string): Promise<Told> {
  return firstFault('127.0.0.1:9', {
    'security.protocol': 'sasl_plaintext',
    'sasl.mechanisms': 'OAUTHBEARER',
    'sasl.oauthbearer.method': 'oidc',
    'sasl.oauthbearer.token.endpoint.url': url,
    'sasl.oauthbearer.client.id': 'i',
    'sasl.oauthbearer.client.secret': 'canary',
  });
}

test('a token endpoint of Kafka that can not be reached is told as such', { timeout: 60_000 }, async () => {
  const { message } = await tokenFault('http://127.0.0.1:1/token');
  assert.match(
    message,
    new RegExp(`^no token for Kafka from ${TOKEN}, trying on: .*127\\.0\\.0\\.1:1/token: .*onnect`),
  );
  assert.doesNotMatch(message, /bootstrap\.servers/);
});

test('a token endpoint of Kafka that nobody vouches for is told as such', { timeout: 60_000 }, async t => {
  const server = createHttpsServer({ key: broker.key, cert: broker.certificate }, answer(200, 'text/plain', ''));
  t.after(() => server.close());
  const { message } = await tokenFault(`https://localhost:${await listen(server)}/token`);
  assert.match(message, new RegExp(`^TLS with ${TOKEN} failed, trying on: check https\\.ca\\.location`));
});

const own = () => ({ key: broker.key, cert: broker.certificate });
const mutual = () => ({ ...own(), ca: authority.certificate, requestCert: true, rejectUnauthorized: true });
const trusting = () => ({ 'ssl.ca.location': authority.certificatePath });
/** Whether the alert or the reset of the connection comes first is up to the network. */
const STRANGER = /want (?:of )?a client certificate that it trusts.* ssl\.keystore/;

for (const [name, options, host, settings, says] of [
  [
    'is of no authority that is trusted',
    own,
    'localhost',
    () => ({}),
    /certificate can not be verified: check ssl\.truststore/,
  ],
  [
    'is for another host',
    own,
    '127.0.0.1',
    trusting,
    /certificate can not be verified: .* for the host of bootstrap\.servers/,
  ],
  ['wants a certificate in TLS 1.3', mutual, 'localhost', trusting, STRANGER],
  [
    'wants a certificate in TLS 1.2',
    () => ({ ...mutual(), maxVersion: 'TLSv1.2' }) as const,
    'localhost',
    trusting,
    STRANGER,
  ],
] as const) {
  test(`a listener of Kafka whose TLS ${name} is told as such`, { timeout: 60_000 }, async t => {
    const server = createTlsServer(options() as TlsOptions, socket => socket.on('error', () => {}).resume());
    t.after(() => server.close());
    const servers = `${host}:${await listen(server)}`;
    const { message } = await firstFault(servers, { 'security.protocol': 'ssl', ...settings() });
    assert.match(message, says);
  });
}

test('a listener of Kafka without TLS is told as such', { timeout: 60_000 }, async t => {
  const server = createNetServer(socket =>
    socket.on('error', () => {}).on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  t.after(() => server.close());
  const { message } = await firstFault(`localhost:${await listen(server)}`, { 'security.protocol': 'ssl' });
  assert.match(message, /does not speak TLS: check its port and security\.protocol/);
});

test('a certificate of the client that the listener does not know is told as such', { timeout: 60_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-login-'));
  t.after(() => rm(folder, { recursive: true }));
  const stranger = await (await createAuthority(folder)).issue('stranger');
  const server = createTlsServer(mutual(), socket => socket.on('error', () => {}).resume());
  t.after(() => server.close());
  const { message } = await firstFault(`localhost:${await listen(server)}`, {
    'security.protocol': 'ssl',
    ...trusting(),
    'ssl.certificate.location': stranger.certificatePath,
    'ssl.key.location': stranger.keyPath,
  });
  assert.match(message, STRANGER);
});
