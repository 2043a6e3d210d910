import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MAX_CONNECTIONS } from '../../worker/admin/connections.ts';
import { LIMITS, type Listener, listen } from '../../worker/admin/listener.ts';
import { systemClock } from '../../worker/clock.ts';
import type { ConnectorStatus } from '../../worker/status.ts';
import { createLog } from '../../worker/telemetry/log.ts';
import { createLoggers } from '../../worker/telemetry/loggers.ts';
import { createMasking } from '../../worker/telemetry/masking.ts';
import { createTelemetry } from '../../worker/telemetry/telemetry.ts';
import { watchedApplication } from '../worker/admin/applications.ts';
import { connector, connectorConfig, partition } from '../worker/statuses.ts';

const GENEROUS = { timeout: 60_000 };

/** What a worker listens with: its routes, health and metrics, over these statuses. */
async function startListener(
  t: TestContext,
  statuses: readonly ConnectorStatus[] = [connector({ lastPollAt: Infinity, lastVerdictAt: Infinity })],
  limits = LIMITS,
): Promise<Listener> {
  const masking = createMasking([]);
  const log = createLog({
    loggers: createLoggers('FATAL', () => 0),
    readable: false,
    masking,
    writer: { write: () => undefined },
  });
  const loopDelay = (quantiles: readonly number[]) => quantiles.map(() => 0);
  const telemetry = createTelemetry({
    clock: systemClock,
    log,
    metricNames: 'exporter' as const,
    version: '0',
    status: () => statuses,
    droppedLines: () => 0,
    loopDelay,
  });
  const application = watchedApplication(() => statuses, telemetry);
  const listener = await listen({ host: '127.0.0.1', port: 0 }, application, systemClock, limits);
  t.after(() => listener.close());
  return listener;
}

function open({ url }: Listener): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise(resolve => socket.once('close', () => resolve()));
}

/** All that comes back until the connection ends. */
async function answerTo(listener: Listener, bytes: string | Buffer): Promise<string> {
  const socket = open(listener);
  let text = '';
  socket.setEncoding('latin1').on('data', chunk => (text += String(chunk)));
  socket.end(bytes);
  await closed(socket);
  return text;
}

function statusesIn(answer: string): readonly number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'BREW'];
/** Of Kafka Connect's REST API, and what lies beside such things elsewhere. */
const PATHS: readonly string[] = [
  ...['/', '/connectors', '/connectors/c', '/connectors/c/config', '/connectors/c/tasks', '/connectors/c/offsets'],
  ...['/connectors/c/tasks/0/status', '/connectors/c/restart', '/connectors/c/stop', '/connector-plugins'],
  ...['/admin/loggers', '/admin/loggers/root', '/config', '/debug/pprof', '/actuator/env', '/env', '/.git/config'],
  ...['/json/list', '/server-status', '/health/../config', '/metrics/..;/config', '/%2e%2e/etc/passwd'],
];

test('S6: what is not registered is neither read nor changed, and no credentials open it', GENEROUS, async t => {
  const listener = await startListener(t);
  const basic = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  for (const method of METHODS) {
    for (const path of PATHS) {
      for (const header of ['X: y', `Authorization: ${basic}`, 'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.']) {
        const target = method === 'CONNECT' ? 'localhost:8083' : path;
        const body = '{"name":"c","config":{}}';
        const head = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${header}\r\nConnection: close\r\n`;
        const answer = await answerTo(listener, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
        const [status] = statusesIn(answer);
        assert(status === 404 || status === 405 || status === 400, `${method} ${path}: ${answer}`);
        assert.doesNotMatch(answer, /www-authenticate|set-cookie|orders|events/i, answer);
      }
    }
  }
});

test('S6: of what there is, all is read-only', GENEROUS, async t => {
  const listener = await startListener(t);
  for (const path of ['/health', '/health/live', '/health/ready', '/health/progress', '/metrics']) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']) {
      const answer = await answerTo(
        listener,
        `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      assert.deepEqual(statusesIn(answer), [405], `${method} ${path}`);
      assert.match(answer, /\r\nallow: GET, HEAD, OPTIONS\r\n/i);
    }
  }
});

/** Where two readers of one request could see two ends of it. */
const SMUGGLED: Readonly<Record<string, readonly string[]>> = {
  'a length and chunks': ['Content-Length: 4', 'Transfer-Encoding: chunked'],
  'chunks and a length': ['Transfer-Encoding: chunked', 'Content-Length: 4'],
  'two lengths': ['Content-Length: 4', 'Content-Length: 100'],
  'the same length twice': ['Content-Length: 4', 'Content-Length: 4'],
  'lengths in a list': ['Content-Length: 4, 100'],
  'a length with a sign': ['Content-Length: +4'],
  'a length in hexadecimal': ['Content-Length: 0x4'],
  'a length with blanks in it': ['Content-Length: 4 4'],
  'a length below nothing': ['Content-Length: -4'],
  'a length beyond all numbers': ['Content-Length: 18446744073709551620'],
  'a folded length': ['Content-Length:', ' 4'],
  'a folded coding': ['Transfer-Encoding:', '\tchunked'],
  'a coding that ends otherwise': ['Transfer-Encoding: chunked, identity'],
  'a coding twice': ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
  'a coding nearly': ['Transfer-Encoding: xchunked'],
  'a coding with a control': ['Transfer-Encoding: \u000bchunked'],
  'a blank before the colon': ['Transfer-Encoding : chunked'],
  'a blank before the name': [' Transfer-Encoding: chunked'],
  'a name with a NUL': ['Content-Length\u0000: 4'],
  'a bare carriage return': ['X: y\rTransfer-Encoding: chunked'],
  'a bare line feed': ['X: y\nContent-Length: 100'],
};

for (const [name, headers] of Object.entries(SMUGGLED)) {
  test(`S15: ${name} is refused, and what follows is not read as a request`, GENEROUS, async t => {
    const listener = await startListener(t);
    const hidden = '0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const head = ['POST /health HTTP/1.1', 'Host: localhost', ...headers].join('\r\n');
    const answer = await answerTo(listener, `${head}\r\n\r\n${hidden}`);
    const statuses = statusesIn(answer);
    assert.equal(statuses.length, 1, answer);
    assert([400, 405, 413].includes(statuses[0]!), answer);
    assert.doesNotMatch(answer, /tailrace_|kafka_connect_/);
  });
}

test('S15: chunks that are none end the connection with one answer', GENEROUS, async t => {
  const listener = await startListener(t);
  const head = 'POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
  const hidden = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
  for (const chunk of [
    '-1\r\n',
    '0x1\r\na\r\n0\r\n\r\n',
    ' 1\r\na\r\n',
    '1;\na\r\n',
    '1\r\nab\r\n',
    '1\na\n0\n\n',
    'ffffffffffffffff1\r\n',
  ]) {
    const answer = await answerTo(listener, `${head}${chunk}${hidden}`);
    assert(statusesIn(answer).length <= 1, `${JSON.stringify(chunk)}: ${answer}`);
    assert.doesNotMatch(answer, /tailrace_|kafka_connect_/);
  }
});

/** Requests that come, or are read, as slowly as can be; and who knocks meanwhile is answered. */
test('S14: hundreds of slow connections keep nobody out, and none of them stays', GENEROUS, async t => {
  const short = { headersTimeout: 400, requestTimeout: 800, connectionsCheckingInterval: 50, keepAliveTimeout: 400 };
  const listener = await startListener(t, undefined, { ...LIMITS, ...short });
  const drips = [
    'G',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nX-a: ',
    'POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n',
  ];
  const ends: Promise<unknown>[] = [];
  const sockets: Socket[] = [];
  for (let i = 0; i < 300; i++) {
    const socket = open(listener);
    sockets.push(socket);
    ends.push(closed(socket));
    socket.resume().write(drips[i % drips.length]!);
  }
  const dripping = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('a');
  }, 20);
  t.after(() => clearInterval(dripping));
  for (let i = 0; i < 20; i++) {
    const answer = await answerTo(
      listener,
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    assert.deepEqual(statusesIn(answer), [200]);
  }
  assert(sockets.length > 2 * MAX_CONNECTIONS);
  await Promise.all(ends);
});

test('S14: the limits of the listener are those that were decided on', () => {
  assert.deepEqual(
    [LIMITS.headersTimeout, LIMITS.requestTimeout, LIMITS.connectionsCheckingInterval, MAX_CONNECTIONS <= 100],
    [10_000, 30_000, 5_000, true],
  );
});

test('S20: a page of elsewhere can not read the answers, frame them or have them run', GENEROUS, async t => {
  const listener = await startListener(t, [connector({ state: 'FAILED', trace: '<script>alert(1)</script>' })]);
  for (const path of ['/health', '/health/live', '/metrics', '/<script>alert(1)</script>', '/nowhere']) {
    for (const origin of ['https://evil.example', 'null', 'http://localhost']) {
      const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nConnection: close\r\n\r\n`;
      const answer = await answerTo(listener, head);
      assert.doesNotMatch(answer, /access-control-|<script>alert\(1\)<\/script>"?\r?\n?.*text\/html/i);
      assert.match(answer, /\r\nx-content-type-options: nosniff\r\n/i, path);
      assert.match(answer, /\r\ncontent-type: (application\/json|text\/plain)/i, path);
      assert.match(answer, /\r\ncache-control: no-store\r\n/i, path);
    }
  }
  const rebound = await answerTo(listener, 'GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  assert.deepEqual(statusesIn(rebound), [403]);
});

/** What topics, connectors and reasons could be called; the topic names of Kafka are a part of it. */
const NAMES: readonly string[] = [
  ...[
    'a"} 1\nforged_total{b="c',
    'a\\',
    'a\\n',
    '\\"',
    'a\r\nb',
    '\u0000',
    '\u001b[2J',
    '\u009b',
    '\u202egnp',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    '{}',
    ',',
    '=',
    '# HELP forged x\n# TYPE forged counter\nforged 1',
    '<script>',
    '\ud800',
  ],
  ...['ä€😀', ' ', '', 'x'.repeat(249), '%s', '\u0024{env:PATH}', 'a b', '\u2028'],
];

/** The samples of Prometheus' text format, strictly: name, labels, value. */
function samplesIn(text: string): readonly { readonly name: string; readonly labels: ReadonlyMap<string, string> }[] {
  assert(text.endsWith('\n'));
  return text
    .split('\n')
    .filter(line => line !== '' && !/^# (HELP|TYPE) [a-z_:][a-z0-9_:]* /i.test(line))
    .map(line => {
      const match = /^([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/i.exec(line);
      assert(match !== null, JSON.stringify(line));
      assert(!Number.isNaN(Number(match[3])) || /^(nan|[+-]inf)$/i.test(match[3]!), line);
      const labels = [...(match[2] ?? '').matchAll(/([a-z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/gi)];
      const plain = (value: string) => value.replaceAll(/\\([\\"n])/g, (_, sign) => (sign === 'n' ? '\n' : sign));
      return { name: match[1]!, labels: new Map(labels.map(([, name, value]) => [name!, plain(value!)])) };
    });
}

test(
  'S7, S23: names of topics and connectors, and reasons, are labels and texts and nothing else',
  GENEROUS,
  async t => {
    const statuses = NAMES.map((name, index) => {
      const counts = { consumed: 1, delivered: 1, deadLettered: 0, skipped: 0 };
      const topics = Object.fromEntries([[name, counts]]);
      const partitions = [partition({ topic: name, fault: name })];
      const said = { trace: name, clientFault: name, commitFault: name, missingTopics: [name] };
      return connector({ partitions, topics, ...said }, connectorConfig(index === 0 ? name : `c${index}`));
    });
    const listener = await startListener(t, statuses);
    const metrics = await (await fetch(`${listener.url}/metrics`)).text();
    const samples = samplesIn(metrics);
    assert(!samples.some(({ name }) => name.startsWith('forged')));
    const lags = samples.filter(({ name, labels }) => name.includes('lag') && labels.has('topic'));
    const wellFormed = (name: string) => Buffer.from(name).toString();
    for (const name of NAMES) {
      assert(
        lags.some(({ labels }) => labels.get('topic') === wellFormed(name)),
        JSON.stringify(name),
      );
    }
    const health = await fetch(`${listener.url}/health`);
    const text = await health.text();
    const parsed = JSON.parse(text) as { connectors: unknown[] };
    assert.equal(parsed.connectors.length, NAMES.length);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
    assert.equal(({} as Record<string, unknown>)['consumed'], undefined);
  },
);
