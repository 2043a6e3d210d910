import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { type Running, start } from '../broker/running.ts';
import { createCertificate } from '../connector/http/certificate.ts';
import { kafkaConfig, startMember } from '../support/broker.ts';
import { type Answer, type Arrived, Endpoint } from '../support/endpoint.ts';
import { generateKeys } from '../support/keys.ts';
import { Canaries } from './canaries.ts';
import { folder, program } from './program.ts';

const GENEROUS = { timeout: 90_000 };
const broker = await startMockBroker();
await broker.createTopic('secrets-dlq');
after(() => broker.close());

/** What an answer says of itself, and is nobody's business. */
const SAID = 'Bd7xT9vC4n4ry7Zw';

/** All that was sent, sent back: what an endpoint with its debugging on does. */
function echo({ path, headers, body }: Arrived): string {
  return JSON.stringify({ error: 'refused', description: headers, path, body: body.toString(), internal: SAID });
}

/** Answers by path: each way to fail, with the credentials in all of its parts. */
function fail(request: Arrived): Answer {
  const headers = {
    'x-echo': String(request.headers.authorization ?? request.headers['x-token'] ?? '').replaceAll(/[^\x20-\x7e]/g, ''),
  };
  const body = echo(request);
  switch (new URL(request.path, 'http://any/').pathname) {
    case '/token':
    case '/token-of-grants':
      return { status: 400, headers, body: JSON.stringify({ error: 'invalid_client', error_description: body }) };
    case '/kafka-token':
      return { status: 401, headers, body: JSON.stringify({ error: 'denied', error_description: body }) };
    case '/reject':
      return { status: 400, headers, body };
    case '/park':
      return { status: 403, headers, body };
    case '/retry':
      return { status: 503, headers, body };
    case '/redirect':
      return { status: 307, headers: { ...headers, location: `/in?a=${headers['x-echo']}` }, body };
    case '/page':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: `<title>${body}</title>` };
    case '/per-record':
      return { status: 207, headers, body: JSON.stringify([{ status: 401, error: body }]) };
    case '/raw':
      return { raw: `HTTP/1.1 ${headers['x-echo']}\r\n\r\n` };
    case '/cut':
      return { status: 200, headers: { ...headers, 'content-length': '9999' }, body, cut: 'within' };
    default:
      return { status: 500, body };
  }
}

const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password=';

/** One connector for each way to fail, its topic called like it. */
function connectors(
  endpoint: Endpoint,
  canaries: Canaries,
  at: string,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const to = (path: string) => ({ 'http.url': new URL(path, endpoint.url).href });
  const bearer = (name: string) => ({
    'http.auth.type': 'bearer',
    'http.auth.bearer.token': canaries.plant(`the token of ${name}`, ['a+/', '=&"%']),
  });
  const basic = (name: string) => ({
    'http.auth.type': 'basic',
    'http.auth.username': 'user',
    'http.auth.password': canaries.plant(`the password of ${name}`, ['ä ', '&"%:']),
  });
  const client = (mode: string) => ({
    'http.auth.type': 'oauth2',
    'oauth2.token.url': new URL('/token', endpoint.url).href,
    'oauth2.client.id': 'client',
    'oauth2.client.secret': canaries.plant(`the client secret in the ${mode}`, ['ö +', '&%"=']),
    'oauth2.client.auth.mode': mode,
  });
  const granted = (grant: string, keys: Readonly<Record<string, string>>) => ({
    ...to('/ok'),
    'http.auth.type': 'oauth2',
    'oauth2.token.url': new URL('/token-of-grants', endpoint.url).href,
    'oauth2.client.id': 'client',
    'oauth2.grant.type': grant,
    ...keys,
  });
  const key = (place: string) => ({
    'http.auth.type': 'apikey',
    'http.auth.apikey.in': place,
    'http.auth.apikey.name': 'X-Key',
    'http.auth.apikey.value': canaries.plant(`the API key in the ${place}`, ['a+/', '=&"%']),
  });
  const sasl = (protocol: string, mechanism: string, keys: Readonly<Record<string, string>>) => ({
    ...to('/ok'),
    'consumer.override.security.protocol': protocol,
    'consumer.override.sasl.mechanism': mechanism,
    ...keys,
  });
  const credentials = (name: string) => `"${canaries.plant(name, ['a ', '&%='])}";`;
  return {
    rejected: {
      ...to('/reject'),
      ...bearer('rejected'),
      'errors.tolerance': 'all',
      'errors.log.enable': 'true',
      'errors.deadletterqueue.topic.name': 'secrets-dlq',
      'errors.deadletterqueue.context.headers.enable': 'true',
      'errors.deadletterqueue.topic.replication.factor': '1',
    },
    parked: { ...to('/park'), ...basic('parked') },
    retried: {
      ...to('/retry'),
      'http.headers.Authorization': `Custom ${canaries.plant('a header of authorization')}`,
      'http.headers.X-Api-Key': canaries.plant('a header with a key'),
      'http.headers.Cookie': `session=${canaries.plant('a cookie', ['', ''])}`,
    },
    redirected: { ...to('/redirect'), ...bearer('redirected') },
    paged: { ...to('/page'), ...basic('paged') },
    several: { ...to('/per-record'), ...bearer('several') },
    raw: { ...to('/raw'), 'http.headers.X-Token': '\u0024{env:PROVIDED}' },
    cut: { ...to('/cut'), ...bearer('cut') },
    'client-in-header': { ...to('/ok'), ...client('header') },
    'client-in-body': { ...to('/ok'), ...client('body') },
    'client-in-url': { ...to('/ok'), ...client('url') },
    'key-in-header': { ...to('/reject'), ...key('header'), 'errors.tolerance': 'all' },
    'key-in-query': { ...to('/park?a=b'), ...key('query') },
    'token-in-file': {
      ...to('/retry'),
      'http.auth.type': 'bearer',
      'http.auth.bearer.token.file': written(at, 'token', canaries.plant('a token in a file', ['', '==\n'])),
    },
    signed: {
      ...to('/park'),
      'http.auth.type': 'sigv4',
      'http.auth.sigv4.region': 'eu-west-1',
      'http.auth.sigv4.service': 'execute-api',
      'http.auth.sigv4.access.key.id': 'AKEXAMPLE',
      'http.auth.sigv4.secret.access.key': canaries.plant('the secret key of AWS', ['a+/', '=']),
      'http.auth.sigv4.session.token': canaries.plant('the session token of AWS', ['a+/', '=']),
    },
    refreshed: granted('refresh_token', {
      'oauth2.client.secret': canaries.plant('the secret beside a refresh token'),
      'oauth2.refresh.token': canaries.plant('a refresh token', ['a+/', '=&%']),
      'oauth2.refresh.token.file': written(at, 'refresh', canaries.plant('a refresh token in a file', ['', '=\n'])),
      'oauth2.parameters.password': canaries.plant('a parameter'),
      'oauth2.headers.X-Token': canaries.plant('a header of token requests', ['', '=&"%']),
    }),
    coded: granted('authorization_code', {
      'oauth2.client.auth.mode': 'none',
      'oauth2.authorization.code': canaries.plant('an authorization code', ['a+/', '=&%']),
      'oauth2.code.verifier': canaries.plant('a code verifier', ['', '']),
    }),
    asserted: granted('jwt_bearer', { 'oauth2.assertion.key.location': written(at, 'key.pem', keyOf(canaries)) }),
    'sasl-plain': sasl('SASL_PLAINTEXT', 'PLAIN', {
      'consumer.override.sasl.jaas.config': JAAS + credentials('the password of JAAS'),
    }),
    'sasl-scram': sasl('SASL_SSL', 'SCRAM-SHA-256', {
      'consumer.override.sasl.username': 'user',
      'consumer.override.sasl.password': canaries.plant('the password of SCRAM'),
    }),
    'sasl-oauth': sasl('SASL_PLAINTEXT', 'OAUTHBEARER', {
      'consumer.override.sasl.oauthbearer.token.endpoint.url': new URL('/kafka-token', endpoint.url).href,
      'consumer.override.sasl.oauthbearer.client.id': 'client',
      'consumer.override.sasl.oauthbearer.client.secret': canaries.plant('the client secret of Kafka', ['', '']),
    }),
  };
}

function written(at: string, name: string, text: string): string {
  writeFileSync(join(at, name), text, { mode: 0o600 });
  return join(at, name);
}

/** A private key whose lines are looked for. */
function keyOf(canaries: Canaries): string {
  const pem = generateKeys('rsa').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const line of pem.split('\n').slice(1, -2)) canaries.watch('a private key', line);
  return pem;
}

interface Worker {
  readonly run: Running;
  readonly names: readonly string[];
  readonly files: readonly string[];
  readonly env: Record<string, string>;
  /** Takes spans, or refuses them with what it was sent. */
  readonly collector: Endpoint;
}

/** Characters that end or begin something in a properties file, and those beyond ASCII, are escaped. */
function escaped(value: string): string {
  const safe = value.replaceAll('\\', '\\\\').replace(/^ /, '\\ ');
  return safe.replaceAll(/[^\x20-\x7e]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** With all that there is to log: what another level writes is written with this one too. */
async function startAll(t: TestContext, canaries: Canaries): Promise<Worker> {
  const endpoint = await new Endpoint({ script: fail }).start();
  const repeat = ({ headers }: Arrived) => ({ status: 400, body: JSON.stringify({ message: headers['x-team'] }) });
  const collector = await new Endpoint({ script: (arrived, count) => (count === 1 ? repeat(arrived) : {}) }).start();
  const at = folder(t);
  const env = { PROVIDED: canaries.plant('what a provider gave', ['', '=&"%']) };
  const worker = [
    `bootstrap.servers=${broker.bootstrapServers}`,
    'listeners=http://127.0.0.1:0',
    'log.level=trace',
    'consumer.debug=all',
    'producer.debug=all',
    'config.providers=env',
    'config.providers.env.class=EnvVarConfigProvider',
    'consumer.session.timeout.ms=6000',
    'task.shutdown.graceful.timeout.ms=500',
    `telemetry.traces.endpoint=${new URL('/v1/traces', collector.url)}`,
    `telemetry.traces.headers.X-Team=${escaped(canaries.plant('a header of exports', ['a+/', '=&"%']))}`,
  ];
  writeFileSync(join(at, 'w.properties'), `${worker.join('\n')}\n`, { mode: 0o600 });
  const files = [join(at, 'w.properties')];
  const all = connectors(endpoint, canaries, at);
  for (const [name, keys] of Object.entries(all)) {
    const own = { name, 'connector.class': 'HttpSink', topics: name, ...keys };
    const lines = Object.entries(own).map(([key, value]) => `${key}=${escaped(value)}\n`);
    files.push(join(at, `${name}.properties`));
    writeFileSync(files.at(-1)!, lines.join(''), { mode: 0o600 });
    await broker.produce(name, [{ value: '"a"', partition: 0 }]);
  }
  const run = start(['run', ...files], { env });
  t.after(async () => {
    run.child.kill('SIGKILL');
    await Promise.all([endpoint.close(), collector.close()]);
  });
  return { run, names: Object.keys(all), files, env, collector };
}

/** Waits until each connector has told of a failure. */
async function failures({ run, names }: Worker): Promise<void> {
  const told = (name: string) =>
    run.lines.some(line => line['connector'] === name && (line.level === 'warn' || line.level === 'error'));
  while (!names.every(told)) {
    assert.equal(run.child.exitCode, null, run.stderr());
    await Promise.race([once(run.child.stdout!, 'data'), run.exit]);
  }
}

async function deadLetters(t: TestContext): Promise<string> {
  const config = kafkaConfig(broker.bootstrapServers, 'reads-dead-letters');
  const member = await startMember(t, { config, topics: ['secrets-dlq'] });
  await member.when(() => member.records.length > 0);
  const bytes = member.blocks.map(block => Buffer.concat([block.values, block.headers!.bytes]).toString('latin1'));
  assert.match(bytes.join(''), /__connect\.errors\.exception\.message/);
  return bytes.join('');
}

test(
  'S5, S3: no secret and nothing of an answer leaves by log, health, metrics, dead letters or explain',
  GENEROUS,
  async t => {
    const canaries = new Canaries();
    canaries.watch('the body of an answer', SAID);
    const worker = await startAll(t, canaries);
    const { run, files, env, collector } = worker;
    assert(canaries.size >= 12);
    const [url] = (await run.line('Listening on')).msg.match(/http:\S+/)!;
    await failures(worker);
    await run.line('that the collector did not take: it answered 400');
    await collector.arrived(2);
    const health = await (await fetch(`${url}/health`)).text();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const letters = await deadLetters(t);
    const explained = await program(folder(t), ['explain', ...files], { env });
    const json = await program(folder(t), ['explain', '--json', ...files], { env });
    run.child.kill('SIGTERM');
    await run.exit;
    assert.match(health, /the endpoint answered 403/);
    assert.match(JSON.stringify(run.lines), /the endpoint answered 400/);
    canaries.assertAbsent({
      log: run.lines.map(line => JSON.stringify(line)).join('\n'),
      'standard error': run.stderr(),
      health,
      metrics,
      'dead letters': letters,
      spans: collector.requests.map(({ body }) => body.toString()).join('\n'),
      explain: explained.out + explained.err,
      'explain --json': json.out + json.err,
    });
  },
);

/** Keys of a connector, each with a fault and a secret in it or beside it. */
function faulty(canaries: Canaries, at: string): readonly string[] {
  const key = generateKeys('ec').privateKey;
  const passphrase = canaries.plant('the password of a key', ['', '']);
  const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
  const plain = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const [name, pem] of Object.entries({ 'an encrypted key': encrypted, 'a key': plain })) {
    for (const line of pem.split('\n').slice(1, -2)) if (line.length > 30) canaries.watch(name, line);
  }
  writeFileSync(join(at, 'key.pem'), encrypted, { mode: 0o600 });
  writeFileSync(join(at, 'cert.pem'), createCertificate().cert);
  const value = (name: string) => canaries.plant(name, ['', '']);
  return [
    `http.url=https://user:${value('a user in an address')}@collector.example.org/in`,
    `http.auth.type=bearer`,
    `http.auth.bearer.token=${value('a token with a blank')} x`,
    `http.auth.pasword=${value('a typo')}`,
    `http.headers.X-Key=${value('a header with a line end')}\\r\\nx: y`,
    `http.headers.Authorization=${value('a header too many')}`,
    `oauth2.client.secret=${value('a secret for nothing')}`,
    'http.ssl.certificate.location=cert.pem',
    'http.ssl.key.location=key.pem',
    `http.ssl.key.password=${value('the wrong password of a key')}`,
    'consumer.override.security.protocol=SASL_SSL',
    'consumer.override.sasl.mechanism=PLAIN',
    `consumer.override.sasl.jaas.config=${JAAS}"${value('JAAS without its end')}`,
    `consumer.override.bootstrap.servers=user:${value('a user before a broker')}@kafka:x`,
    `consumer.override.ssl.key.pem=${plain.replaceAll('\n', '\\n')}x`,
    `consumer.override.ssl.key.password=${value('a password of nothing')}`,
    `consumer.override.sasl.oauthbearer.token.endpoint.url=https://u:${value('a user before a token')}@a/`,
    `consumer.override.client.id=\u0024{env:PROVIDED} \u0000`,
    `tasks.max=\u0024{env:PROVIDED}`,
    `${value('a line that is no key')}`,
    `password ${value('a line that is none either')}`,
  ];
}

test('S5: the faults of a configuration tell no secret, neither to run nor to explain', GENEROUS, async t => {
  const canaries = new Canaries();
  const at = folder(t);
  const worker =
    'bootstrap.servers=kafka:9092\nconfig.providers=env\nconfig.providers.env.class=EnvVarConfigProvider\n';
  const lines = ['name=c', 'connector.class=HttpSink', 'topics=t', ...faulty(canaries, at)];
  assert(canaries.size >= 12);
  writeFileSync(join(at, 'w.properties'), worker, { mode: 0o600 });
  writeFileSync(join(at, 's.properties'), `${lines.join('\n')}\n`, { mode: 0o600 });
  const env = { PROVIDED: canaries.plant('what a provider gave'), TAILRACE_CONNECTOR_HTTP_AUTH_PASSWORD: '' };
  env.TAILRACE_CONNECTOR_HTTP_AUTH_PASSWORD = canaries.plant('a secret of the environment');
  for (const command of [['run'], ['explain'], ['explain', '--json']]) {
    const { code, out, err } = await program(at, [...command, 'w.properties', 's.properties'], { env });
    assert.equal(code, 3, out + err);
    assert((out + err).includes('http.url'));
    canaries.assertAbsent({ [command.join(' ')]: out + err });
  }
});

test('S5: the canaries are found where they are, in each form', () => {
  const canaries = new Canaries();
  const value = canaries.plant('one');
  const basic = Buffer.from(`user:${value}`).toString('base64');
  for (const form of [
    value,
    JSON.stringify(JSON.stringify(value)),
    encodeURIComponent(value),
    basic,
    Buffer.from(value).toString('hex'),
    Buffer.from(`ab${value}`).toString('base64url'),
    Buffer.from(`abc${value}`).toString('base64').replaceAll(/.{20}/g, '$&\n'),
  ]) {
    assert.throws(() => canaries.assertAbsent({ form }), /one in form/, form);
  }
  canaries.assertAbsent({ nothing: 'a text without it' });
});
