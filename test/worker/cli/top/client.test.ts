import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { printable } from '../../../../config/printable.ts';
import { AskError, createWorkerClient } from '../../../../worker/cli/top/client.ts';
import { systemClock } from '../../../../worker/clock.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { createManualClock } from '../../manual-clock.ts';
import { details, summary, worker } from './views.ts';

async function listen(t: TestContext, server: Server & { closeAllConnections?(): void }): Promise<URL> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const serve = (t: TestContext, listener: RequestListener) => listen(t, createServer(listener));

function client(base: URL, user: { name: string; password: string } | null = null) {
  return createWorkerClient({ base, user, ca: null, clock: systemClock });
}

const answering =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(body);

async function trouble(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert(error instanceof AskError, String(error));
  assert.equal(printable(error.message), error.message);
  return error.message;
}

test('a worker is asked below the path of its URL, with its user', async t => {
  const asked: string[] = [];
  const base = await serve(t, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.end(JSON.stringify(request.url!.includes('/data/') ? details('a b/c') : worker(summary('a b/c'))));
  });
  const below = client(new URL('/below/', base), { name: 'ann', password: 'pä:s' });
  assert.equal((await below.worker()).connectors[0]!.name, 'a b/c');
  assert.equal((await below.connector('a b/c'))!.connectorClass, 'tailrace.HttpSink');
  await below.change('pause', 'a b/c');
  await below.change('restart', '...');
  for (const dots of ['.', '..']) await trouble(below.change('restart', dots));
  const credentials = `Basic ${Buffer.from('ann:pä:s').toString('base64')}`;
  assert.deepEqual(asked, [
    `GET /below/page/data ${credentials}`,
    `GET /below/page/data/a%20b%2Fc ${credentials}`,
    `PUT /below/connectors/a%20b%2Fc/pause ${credentials}`,
    `POST /below/connectors/.../restart?includeTasks=true ${credentials}`,
  ]);
});

for (const [name, body] of [
  ['nothing', ''],
  ['no JSON', '<html>'],
  ['half of it', JSON.stringify(worker(summary('a'))).slice(0, -5)],
  ['null', 'null'],
  ['a list', '[]'],
  ['Kafka Connect itself', '{"version":"4.1.0","commit":"x","kafka_cluster_id":"y"}'],
  ['a connector without figures', JSON.stringify(worker({ ...summary('a'), figures: {} as never }))],
  ['a name that is none', JSON.stringify(worker({ ...summary('a'), name: 5 as never }))],
  ['what every object has', '{"__proto__": {"connectors": []}}'],
] as const) {
  test(`${name} is no worker's answer`, async t => {
    const asking = client(await serve(t, answering(200, body)));
    assert.match(await trouble(asking.worker()), /no Tailrace worker's listener/);
    assert.match(await trouble(asking.connector('a')), /no Tailrace worker's listener/);
  });
}

test('refusals are told as what they are, redirections are not followed', async t => {
  const refusal = (status: number, body = '') =>
    serve(t, answering(status, body)).then(base => trouble(client(base).worker()));
  assert.match(await refusal(401), /--user/);
  assert.match(await refusal(403), /does not allow/);
  assert.match(await refusal(404), /no Tailrace worker/);
  assert.equal(await refusal(500, '{"message":"no\\u001b[2J room"}'), 'the worker answers with 500: no\\u001b[2J room');
  assert.equal(await refusal(503, '<html>'), 'the worker answers with 503');
  assert.equal(await refusal(302), 'the worker answers with 302');
});

test('a connector that is gone is null', async t => {
  assert.equal(await client(await serve(t, answering(404, '{}'))).connector('a'), null);
});

test('an answer that is too large is not read to its end', async t => {
  const piece = Buffer.alloc(1 << 20, ' ');
  const base = await serve(t, (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  });
  assert.equal(await trouble(client(base).worker()), 'the answer is too large');
});

test('what hangs, or breaks off, is given up', async t => {
  const clock = createManualClock();
  let asked!: () => void;
  const isAsked = new Promise<void>(resolve => {
    asked = resolve;
  });
  const base = await serve(t, (_request, response) => {
    response.write('{"now":');
    asked();
  });
  const hanging = trouble(createWorkerClient({ base, user: null, ca: null, clock }).worker());
  await isAsked;
  clock.advance(10_000);
  assert.equal(await hanging, 'no answer within 10 s');
  assert.equal(clock.timers, 0);
  const broken = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    response.destroy();
  });
  await trouble(client(broken).worker());
});

test('nobody there, another protocol there: each has its sentence', async t => {
  const gone = createServer();
  const base = await listen(t, gone);
  gone.close();
  assert.equal(await trouble(client(base).worker()), 'nobody listens there');
  const plain = await serve(t, answering(200, ''));
  plain.protocol = 'https:';
  assert.match(await trouble(client(new URL(plain)).worker()), /does not speak TLS/);
  const tls = await listen(t, createTlsServer({}));
  assert.notEqual(await trouble(client(tls).worker()), '');
});

test('a listener with HTTPS is verified, with the authorities that are named', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-top-'));
  t.after(() => rm(directory, { recursive: true }));
  const authority = await createAuthority(directory);
  const { key, certificate: cert } = await authority.issue('worker', ['127.0.0.1']);
  const answer = answering(200, JSON.stringify(worker(summary('a'))));
  const base = await listen(t, createTlsServer({ key, cert }, answer));
  const asking = (url: URL, ca: string | null) =>
    createWorkerClient({ base: url, user: null, ca, clock: systemClock }).worker();
  const secure = new URL(base.href.replace('http:', 'https:'));
  assert.equal((await asking(secure, authority.certificate)).connectors.length, 1);
  assert.match(await trouble(asking(secure, null)), /of no known authority \(--ca names one\)/);
  const named = new URL(secure.href.replace('127.0.0.1', 'localhost'));
  assert.match(await trouble(asking(named, authority.certificate)), /localhost/);
  await trouble(asking(secure, 'no certificate'));
});
