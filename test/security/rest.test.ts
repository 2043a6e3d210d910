import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { configuration, startScriptedWorker } from '../worker/admin/running-worker.ts';
import { ask, JSON_TYPE, type Reply } from './rest-client.ts';

const GENEROUS = { timeout: 60_000 };

test('S20: a page of another site changes nothing, be it by a form, a script or a rebound name', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const body = JSON.stringify({ name: 'c', config: configuration() });
  const tries: readonly (readonly [method: string, path: string, headers: Readonly<Record<string, string>>])[] = [
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'https://evil.example' }],
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'null' }],
    ['POST', '/connectors', { ...JSON_TYPE, origin: 'http://localhost:1' }],
    ['POST', '/connectors', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }],
    ['POST', '/connectors', { ...JSON_TYPE, 'sec-fetch-site': 'same-site' }],
    ['POST', '/connectors', { 'content-type': 'text/plain', origin: 'https://evil.example' }],
    ['POST', '/connectors/c/restart', { origin: 'https://evil.example' }],
    ['PUT', '/connectors/c/pause', { 'sec-fetch-site': 'cross-site' }],
    ['DELETE', '/connectors/c', { origin: 'https://evil.example' }],
    ['PUT', '/admin/loggers/root', { ...JSON_TYPE, origin: 'https://evil.example' }],
    ['POST', '/connectors', { ...JSON_TYPE, host: 'evil.example', origin: 'http://evil.example' }],
  ];
  for (const [method, path, headers] of tries) {
    const { status, headers: got } = await ask(url, path, { method, headers, body });
    assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
    assert.ok(!Object.keys(got).some(name => name.startsWith('access-control-')));
  }
  // A form of another site sends no Origin in old browsers, and no JSON in any.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    assert.equal(
      (await ask(url, '/connectors', { method: 'POST', headers: { 'content-type': type }, body })).status,
      415,
    );
  }
  assert.equal((await ask(url, '/connectors')).text, '[]');
  const own = { ...JSON_TYPE, origin: url, 'sec-fetch-site': 'same-origin' };
  assert.equal((await ask(url, '/connectors', { method: 'POST', headers: own, body })).status, 201);
});

test(
  'S20: CORS as Kafka Connect is configured: origins that are named, their methods, nothing for others',
  GENEROUS,
  async t => {
    const cors = { origins: ['https://ui.example', 'http://*.corp.example:8080'], methods: ['GET', 'PUT'] };
    const { url } = await startScriptedWorker(t, { rest: { cors } });
    for (const origin of ['https://ui.example', 'http://a.corp.example:8080']) {
      const { headers } = await ask(url, '/connectors', { headers: { origin } });
      assert.equal(headers['access-control-allow-origin'], origin);
      assert.equal(headers['access-control-allow-credentials'], 'true');
      assert.equal(headers['vary'], 'Origin');
      const asked = {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      };
      const preflight = await ask(url, '/connectors/c/pause', { method: 'OPTIONS', headers: asked });
      assert.deepEqual(
        [
          preflight.status,
          preflight.headers['access-control-allow-methods'],
          preflight.headers['access-control-max-age'],
        ],
        [200, 'GET,PUT', '1800'],
      );
      assert.match(String(preflight.headers['access-control-allow-headers']), /Content-Type/);
      const written = { headers: { origin, 'sec-fetch-site': 'cross-site' } };
      assert.equal((await ask(url, '/connectors/c/pause', { ...written, method: 'PUT' })).status, 404);
      assert.equal(
        (await ask(url, '/connectors/c', { ...written, method: 'DELETE' })).status,
        403,
        'no method of theirs',
      );
    }
    for (const origin of [
      'https://ui.example.evil.example',
      'https://ui.exampleX',
      'http://corp.example:8080',
      'null',
    ]) {
      const { headers } = await ask(url, '/connectors', { headers: { origin } });
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
      assert.equal((await ask(url, '/connectors/c/pause', { method: 'PUT', headers: { origin } })).status, 403, origin);
    }
    const all = await startScriptedWorker(t, { rest: { cors: { origins: ['*'], methods: [] } } });
    const { headers } = await ask(all.url, '/connectors', { headers: { origin: 'https://any.example' } });
    assert.deepEqual(
      [headers['access-control-allow-origin'], headers['access-control-allow-credentials']],
      ['*', undefined],
    );
  },
);

test('S20: response headers as configured come with every answer', GENEROUS, async t => {
  const responseHeaders = [
    { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
    { action: 'add', name: 'Cache-Control', value: 'no-transform' },
    { action: 'set', name: 'Strict-Transport-Security', value: 'max-age=31536000' },
    { action: 'setDate', name: 'Expires', value: '0' },
  ] as const;
  const { url } = await startScriptedWorker(t, { rest: { responseHeaders } });
  for (const path of ['/', '/metrics', '/nowhere', '/health']) {
    const { headers } = await ask(url, path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
    assert.match(String(headers['cache-control']), /no-store.*no-transform/);
    assert.match(String(headers['expires']), /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }
});

test('S19: bodies are bounded, by what a route takes, and depth is too', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const padded = (bytes: number) => `{"name":"c","config":{"a":"${'x'.repeat(bytes)}"}}`;
  const post = (path: string, body: string) => ask(url, path, { method: 'POST', headers: JSON_TYPE, body });
  assert.equal((await post('/connectors', padded(1_000_000))).status, 400);
  assert.equal((await post('/connectors', padded(1_100_000)).catch(() => ({ status: 413 }))).status, 413);
  assert.equal((await post('/connectors/c/restart', padded(66_000)).catch(() => ({ status: 413 }))).status, 413);
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}`, 1])));
  assert.equal((await ask(url, '/connectors/c/config', { method: 'PUT', headers: JSON_TYPE, body: many })).status, 400);
  assert.equal((await post('/connectors', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)).status, 500);
  assert.equal((await ask(url, '/connectors')).text, '[]');
});

test('S5, S24: no secret and no defect is in an answer, a line of the log or the document', GENEROUS, async t => {
  const canary = 'canary-0123456789abcdef';
  const { url, lines } = await startScriptedWorker(t, {
    groups: { reset: () => Promise.reject(new TypeError(`a defect that knows ${canary}`)) },
  });
  const replies: Reply[] = [];
  const send = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
    replies.push(await ask(url, path, { method, ...sent }));
  };
  const config = configuration({ 'http.auth.type': 'bearer', 'http.auth.bearer.token': canary });
  await send('POST', '/connectors', { name: 'bad', config: { ...config, 'tasks.max': 'x' } });
  await send('POST', '/connectors', { name: 'bad', config: { ...config, 'http.auth.bearer.token': [canary] } });
  await send('POST', '/connectors', { name: 'c', config });
  for (const path of ['', '/config', '/tasks', '/status', '/offsets']) await send('GET', `/connectors/c${path}`);
  await send('PATCH', '/connectors/c/config', { 'http.auth.bearer.token': `${canary}\u0000` });
  await send('PUT', '/connector-plugins/HttpSink/config/validate', { ...config, name: 'c', 'tasks.max': 'x' });
  await send('GET', '/connectors?expand=info&expand=status');
  await send('GET', '/metrics');
  await send('GET', '/health');
  await send('PUT', '/connectors/c/stop');
  await send('DELETE', '/connectors/c/offsets');
  assert.equal(replies.at(-1)!.status, 500);
  for (const { text } of replies) assert.doesNotMatch(text, /canary/, text);
  for (const { text } of replies) assert.doesNotMatch(text, /TypeError|\.js:\d|node:internal/, text);
  assert.doesNotMatch(lines.join(''), /canary/);
});

test('S7, S23: names that would forge headers, lines or pages are names', GENEROUS, async t => {
  const { url, lines } = await startScriptedWorker(t);
  const names = [
    'a\r\nSet-Cookie: x=y',
    '<script>alert(1)</script>',
    '\u001b[2J',
    '../../etc/passwd',
    '"}{',
    'ä€😀\u202e',
  ];
  for (const name of names) {
    const body = JSON.stringify({ name, config: configuration({ topics: `t${names.indexOf(name)}` }) });
    const { status, headers, text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
    assert.ok(status === 201 || status === 400, `${JSON.stringify(name)}: ${status}`);
    assert.equal(headers['set-cookie'], undefined);
    assert.match(String(headers['content-type']), /^application\/json/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    if (status !== 201) continue;
    const made = JSON.parse(text).name;
    const { text: found } = await ask(url, `/connectors/${encodeURIComponent(made)}/config`);
    assert.equal(JSON.parse(found).name, made);
  }
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.doesNotMatch(line.replace(/\n$/, ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

/** All that comes back until the connection ends. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', chunk => (text += String(chunk)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

const statusesOf = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

test('S15: a request that hides another in its body is one request', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const hidden = 'DELETE /connectors/c HTTP/1.1\r\nHost: localhost\r\n\r\n';
  await ask(url, '/connectors', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ name: 'c', config: configuration() }),
  });
  const head = 'PUT /connectors/c/pause HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  for (const framing of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    'Content-Length: 4\r\nContent-Length: 400\r\n',
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    `Content-Length: ${hidden.length}\r\nConnection: close\r\n`,
  ]) {
    const answer = await raw(
      url,
      `${head}${framing}\r\n${framing.startsWith('Content-Length: 4\r') ? '0\r\n\r\n' : ''}${hidden}`,
    );
    assert.equal(statusesOf(answer).length, 1, `${framing}${answer}`);
    assert.equal((await ask(url, '/connectors')).text, '["c"]', framing);
  }
});

test('S14: a configuration that comes too slowly, or never ends, costs its connection alone', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const head =
    'POST /connectors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
  const slow = Array.from({ length: 120 }, () => raw(url, `${head}{"name":`));
  assert.equal((await ask(url, '/connectors')).status, 200);
  const expecting = raw(url, head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
  for (const answer of await Promise.all(slow)) assert.doesNotMatch(answer, / 20\d /);
  assert.match(await expecting, /^HTTP\/1\.1 100 Continue/);
  assert.equal((await ask(url, '/connectors')).text, '[]');
});

test('S17: members that lead into prototypes are refused wherever they stand', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  const names = ['__proto__', 'constructor', 'prototype'];
  for (const [method, path, wrap] of [
    ['POST', '/connectors', (member: string) => `{"name":"c","config":{${member}}}`],
    ['PUT', '/connectors/c/config', (member: string) => `{${member}}`],
    ['PATCH', '/connectors/c/config', (member: string) => `{${member}}`],
    ['PATCH', '/connectors/c/offsets', (member: string) => `{"offsets":[{"partition":{${member}}}]}`],
    ['PUT', '/connector-plugins/HttpSink/config/validate', (member: string) => `{${member}}`],
    ['PUT', '/admin/loggers/root', (member: string) => `{${member}}`],
  ] as const) {
    for (const name of names) {
      const { status } = await ask(url, path, { method, headers: JSON_TYPE, body: wrap(`"${name}":{"a":"b"}`) });
      assert.equal(status, 400, `${method} ${path} ${name}`);
    }
  }
  for (const name of names) assert.equal((await ask(url, `/connectors/${name}`)).status, 404);
  assert.equal(({} as Record<string, unknown>)['a'], undefined);
});

test('S1: keys that run code are refused over REST in every spelling', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  for (const key of ['plugin.library.paths', 'ssl.engine.location', 'sasl.kerberos.kinit.cmd', 'interceptor.classes']) {
    for (const spelled of [key, key.toUpperCase(), ` ${key}`, `${key} `]) {
      const config = configuration({ [`consumer.override.${spelled}`]: '/tmp/x' });
      const body = JSON.stringify({ name: 'c', config });
      const { status, text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
      assert.equal(status, 400, `${spelled}: ${text}`);
    }
  }
});

test('S4: a config provider that may read anything is not for those who come by REST', GENEROUS, async t => {
  const { url } = await startScriptedWorker(t);
  for (const value of ['${file:/etc/passwd:root}', '${directory:/etc:passwd}', '${env:PATH}']) {
    const body = JSON.stringify({ name: 'c', config: configuration({ 'http.headers.x': value }) });
    const { text } = await ask(url, '/connectors', { method: 'POST', headers: JSON_TYPE, body });
    assert.doesNotMatch(text, /root:|\/bin/, text);
  }
});
