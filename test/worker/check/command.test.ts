import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createCertificate } from '../../connector/http/certificate.ts';
import { Canaries } from '../../security/canaries.ts';
import { freePort } from '../../support/daemon.ts';
import { Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { ForwardProxy } from '../../support/forward-proxy.ts';
import { command, enter, spawned } from '../cli/real.ts';

async function endpointFor(t: TestContext, options: EndpointOptions = {}): Promise<Endpoint> {
  const endpoint = await new Endpoint(options).start();
  t.after(() => endpoint.close());
  return endpoint;
}

async function workerText(): Promise<string> {
  return `bootstrap.servers=127.0.0.1:${await freePort()}\nlisteners=\n`;
}

const sinkText = (keys: Readonly<Record<string, string>>): string =>
  JSON.stringify({ name: 'orders', 'connector.class': 'tailrace.HttpSink', topics: 'orders', ...keys });

describe('tailrace check', () => {
  it('prints a line for each thing, and what to do; with --json one object; nothing is sent', async t => {
    const endpoint = await endpointFor(t);
    const directory = enter(t, {
      'worker.properties': await workerText(),
      'sink.json': sinkText({ 'http.url': endpoint.url.href }),
    });
    const text = await spawned(directory, ['check', 'worker.properties', 'sink.json']);
    assert.deepEqual([text.code, text.err], [5, '']);
    const lines = text.out.split('\n');
    assert.ok(lines.includes('✓ configuration  files: 1 connector could be created'), text.out);
    assert.match(text.out, /^✓ tcp {12}127\.0\.0\.1:\d+: open \([\d.]+ ms\)$/m);
    assert.match(
      text.out,
      /^✗ tcp {12}127\.0\.0\.1:\d+: 127\.0\.0\.1 refuses the connection: nothing listens there\n {17}→ check that it runs/m,
    );
    assert.match(text.out, /^– brokers {8}\S+: not looked at, since no server of bootstrap\.servers can be reached$/m);
    assert.match(text.out, /\n\n2 ok, 0 warnings, 1 failed, 5 skipped\n$/);
    const json = await spawned(directory, ['check', '--json', 'worker.properties', 'sink.json']);
    const { ok, findings } = JSON.parse(json.out) as {
      ok: boolean;
      findings: readonly Readonly<Record<string, unknown>>[];
    };
    assert.deepEqual([json.code, ok, findings.length], [5, false, 8]);
    const members = ['area', 'connector', 'subject', 'outcome', 'text', 'advice', 'facts'];
    for (const finding of findings) assert.deepEqual(Object.keys(finding), members);
    assert.deepEqual(
      findings.map(({ area }) => area),
      ['configuration', 'tcp', 'tcp', 'endpoint', 'brokers', 'topics', 'group', 'lag'],
    );
    assert.equal(endpoint.count, 0);
  });

  it('ends as run does where the configuration is refused, and says why, with file and line', async t => {
    enter(t, {
      'worker.properties': await workerText(),
      'sink.properties': 'name=c\nconnector.class=HttpSink\ntopics=t\nhttp.ulr=x\n',
    });
    const connector = await command(['check', 'worker.properties', 'sink.properties']);
    assert.equal(connector.code, 3);
    assert.match(
      connector.out,
      /^✗ configuration {2}sink\.properties:4: http\.ulr is not a key of a connector file: did you mean http\.url\?$/m,
    );
    assert.match(connector.out, /\n\n0 ok, \d warnings?, 2 failed, 0 skipped\n$/);
    const worker = await command(['check', '--json', 'no-such-file', 'sink.properties']);
    assert.equal(worker.code, 2);
    assert.equal((JSON.parse(worker.out) as { ok: boolean }).ok, false);
  });

  it('takes no sample that is none', async t => {
    const files = { 'empty.json': ' \n', 'none.json': '[]', 'half.json': '{"a":1}\n{"a":\n', 'list.json': '[1,]' };
    enter(t, {
      'worker.properties': await workerText(),
      'sink.json': sinkText({ 'http.url': 'http://127.0.0.1:1/' }),
      ...files,
    });
    const said = [];
    for (const file of [...Object.keys(files), 'missing.json', '/dev/null']) {
      const { code, err, out } = await command(['check', '--send', file, 'worker.properties', 'sink.json']);
      assert.deepEqual([code, out], [1, '']);
      said.push(err.split('\n')[0]!.replace('tailrace: the file that --send names ', ''));
    }
    assert.deepEqual(said.slice(0, 4), [
      'is empty',
      'holds an array of no records',
      'is neither JSON nor JSON a line: line 2: a value is missing',
      'is neither JSON nor JSON a line: line 1: a value is missing',
    ]);
    assert.match(said[4]!, /^can't be read: /);
    assert.match(said[5]!, /^can't be read: /);
  });

  it('shows no secret, whatever servers make of what they are sent', async t => {
    const canaries = new Canaries();
    const echoed = (request: { path: string; headers: object; body: Buffer }) => ({
      status: request.path.startsWith('/token') ? 401 : 403,
      headers: { 'content-type': 'application/json', 'x-echo': JSON.stringify(request.headers) },
      body: JSON.stringify({
        error: String(request.body),
        error_description: request.path,
        scope: String(request.body),
      }),
    });
    const endpoint = await endpointFor(t, { script: echoed });
    const token = canaries.plant('the token', ['a', 'b']);
    const generous = await endpointFor(t, {
      script: () => ({
        body: JSON.stringify({
          access_token: token,
          scope: `a ${token}`,
          aud: token,
          sub: canaries.plant('whose it is'),
        }),
      }),
    });
    const proxy = await new ForwardProxy({
      script: ({ head }) => ({
        bytes: `HTTP/1.1 407 ${head.replaceAll('\r\n', ' ')}\r\nproxy-authenticate: ${head.replaceAll('\r\n', ' ')}\r\n\r\n`,
        afterwards: 'end',
      }),
    }).start();
    t.after(() => proxy.close());
    const kafka = {
      'consumer.override.security.protocol': 'SASL_PLAINTEXT',
      'consumer.override.sasl.mechanism': 'PLAIN',
      'consumer.override.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${canaries.plant('password of Kafka', ['', ''])}";`,
    };
    const url = (path: string) =>
      `${endpoint.url.origin}${path}?key=${encodeURIComponent(canaries.plant(`key in ${path}`))}`;
    const oauth2 = {
      'http.auth.type': 'oauth2',
      'oauth2.client.id': 'c',
      'oauth2.client.secret': canaries.plant('client secret'),
    };
    const sinks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      basic: {
        'http.url': url('/basic'),
        'http.auth.type': 'basic',
        'http.auth.username': 'u',
        'http.auth.password': canaries.plant('password'),
      },
      key: {
        'http.url': url('/key'),
        'http.auth.type': 'apikey',
        'http.auth.apikey.in': 'query',
        'http.auth.apikey.name': 'k',
        'http.auth.apikey.value': canaries.plant('key'),
        'http.headers.X-Token': canaries.plant('header', ['', '']),
      },
      refused: { ...oauth2, 'http.url': url('/refused'), 'oauth2.token.url': url('/token') },
      given: { ...oauth2, 'http.url': url('/given'), 'oauth2.token.url': generous.url.href, 'oauth2.scope': 'a b' },
      proxied: {
        'http.url': 'https://collector.invalid/',
        'http.proxy.url': proxy.url.href,
        'http.proxy.username': 'u',
        'http.proxy.password': canaries.plant('password of the proxy'),
      },
    };
    const names = Object.keys(sinks);
    const files = Object.fromEntries(names.map(name => [`${name}.json`, sinkText({ ...kafka, ...sinks[name], name })]));
    const directory = enter(t, { 'worker.properties': await workerText(), 'sample.json': '{}', ...files });
    const all = ['--send', 'sample.json', 'worker.properties', ...Object.keys(files)];
    const text = await spawned(directory, ['check', ...all]);
    const json = await spawned(directory, ['check', '--json', ...all]);
    assert.deepEqual([text.code, json.code], [5, 5], text.out + text.err);
    for (const name of names) assert.match(text.out, new RegExp(`^. \\w[\\w ]{12}  ${name}: `, 'm'));
    canaries.assertAbsent({ text: text.out + text.err, json: json.out + json.err });
    assert.ok(endpoint.count > 0 && generous.count > 0 && proxy.requests.length > 0 && canaries.size > 10);
  });

  it('does nothing to a terminal, whatever a certificate says', async t => {
    const evil = createCertificate({
      subject: '\u001b[2J\u202eevil\r\nfine',
      names: ['127.0.0.1', 'a\u001b]0;x\u0007.test'],
    });
    const endpoint = await endpointFor(t, { tls: { cert: evil.cert, key: evil.key } });
    const keys = { 'http.url': endpoint.url.href, 'http.ssl.truststore.certificates': evil.cert };
    enter(t, { 'worker.properties': await workerText(), 'sink.json': sinkText(keys) });
    for (const more of [[], ['--json']]) {
      const { out } = await command(['check', ...more, 'worker.properties', 'sink.json']);
      assert.match(out, /evil/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
      assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});
