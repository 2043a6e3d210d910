import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Header } from '../../connector/block.ts';
import { DataException } from '../../connector/data/errors.ts';
import { type MockRecord, startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { type Running, start } from '../broker/running.ts';
import { json, recordOf, transformOf } from '../connector/transforms/applying.ts';
import { type Arrived, Endpoint } from '../support/endpoint.ts';
import { folder } from './program.ts';

const GENEROUS = { timeout: 90_000 };
const broker = await startMockBroker();
after(() => broker.close());

/** What is a line of its own, a command, a tag, a prototype or an end to whoever writes it somewhere unseen. */
const HOSTILE: Readonly<Record<string, string>> = {
  'line ends': 'a\r\nSet-Cookie: forged=1\r\n\r\n',
  'a forged line': '"}\n{"level":"fatal","time":"2026-01-01T00:00:00.000Z","msg":"forged"}\n',
  'a forged metric': 'a"} 1\nforged_total{b="c',
  'a NUL': 'a\u0000b',
  'a terminal’s command': '\u001b]0;forged\u0007\u001b[2J\u009b31m',
  'another direction': 'a\u202egnp.exe\u2066\u2069',
  HTML: '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'a prototype': '__proto__',
  'a path': '../../../../etc/passwd%00',
  'a placeholder': '\u0024{env:PATH} \u0024{file:/etc/passwd:root} \u0024{jndi:ldap://a/}',
  'a format': '%s%n%x {} {0} \\u0041',
  'half a pair': '\ud800',
};

const LARGE = 'x'.repeat(900_000);

interface Sent {
  readonly record: MockRecord;
  /** What has to arrive, byte for byte; null for what can not be delivered. */
  readonly arrives: string | null;
}

function headersOf(text: string): readonly Header[] {
  const bytes = Buffer.from(text);
  const named = [text, '__proto__', 'constructor', 'content-length', 'Host', 'Authorization', '__connect.errors.topic'];
  return named.filter(name => !name.includes('\0')).map(name => [name, bytes] as const);
}

/** Each hostile text as a value, a name of a value, a key and in headers; and values that are no JSON. */
function plainRecords(): readonly Sent[] {
  const texts = Object.values(HOSTILE).flatMap(text => {
    const value = JSON.stringify(text);
    const named = `{${value}:{${value}:1},"__proto__":{"planted":true},"constructor":{"prototype":{"planted":1}}}`;
    const around = { key: text, headers: headersOf(text), partition: 0 };
    return [
      { record: { value, ...around }, arrives: value },
      { record: { value: named, ...around }, arrives: named },
      // Jackson reads one value, and nothing behind it.
      { record: { value: `${value}${text}`, ...around }, arrives: value },
      { record: { value: `${text}${value}`, ...around }, arrives: null },
    ];
  });
  const large = JSON.stringify(LARGE);
  const wide = [['h', Buffer.from(LARGE)] as const];
  const deep = '['.repeat(100_000);
  return [
    ...texts,
    { record: { value: large, partition: 0 }, arrives: large },
    { record: { value: '0', key: LARGE, partition: 0 }, arrives: '0' },
    { record: { value: '1', headers: wide, partition: 0 }, arrives: '1' },
    { record: { value: deep + ']'.repeat(100_000), partition: 0 }, arrives: null },
    { record: { value: deep, partition: 0 }, arrives: null },
    { record: { value: Buffer.from('22ff22', 'hex'), partition: 0 }, arrives: null },
    { record: { value: '"last"', partition: 0 }, arrives: '"last"' },
  ];
}

const JSON_PATCH = 'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform';

/** What Kafka Connect's transforms do with names that a record brings along, or an operator writes by mistake. */
const CHAIN: Readonly<Record<string, string>> = {
  transforms: 'from,hoist,insert,flatten,patch,hidden',
  'transforms.from.type': 'org.apache.kafka.connect.transforms.HeaderFrom$Value',
  'transforms.from.fields': 'moved',
  'transforms.from.headers': '__proto__',
  'transforms.from.operation': 'move',
  'transforms.hoist.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
  'transforms.hoist.field': '__proto__',
  'transforms.insert.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
  'transforms.insert.static.field': 'constructor',
  'transforms.insert.static.value': 'planted',
  'transforms.flatten.type': 'org.apache.kafka.connect.transforms.Flatten$Value',
  'transforms.patch.type': JSON_PATCH,
  'transforms.patch.operations': '[{"op":"add","path":"/added","value":{"__proto__":{"planted":1}}}]',
  'transforms.hidden.type': 'org.apache.kafka.connect.transforms.MaskField$Value',
  'transforms.hidden.fields': '__proto__.__proto__.planted',
  'transforms.hidden.replacement': '7',
};

async function run(t: TestContext, topic: string, keys: Readonly<Record<string, string>>, node: string) {
  const endpoint = await new Endpoint().start();
  const at = folder(t);
  await broker.createTopic(`${topic}-dlq`);
  const worker = {
    'bootstrap.servers': broker.bootstrapServers,
    listeners: 'http://127.0.0.1:0',
    'log.level': 'trace',
    'consumer.session.timeout.ms': '6000',
  };
  const sink = {
    name: topic,
    'connector.class': 'HttpSink',
    topics: topic,
    'http.url': endpoint.url.href,
    'batch.linger.ms': '0',
    'errors.tolerance': 'all',
    'errors.log.enable': 'true',
    'errors.deadletterqueue.topic.name': `${topic}-dlq`,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
    ...keys,
  };
  for (const [name, entries] of Object.entries({ worker, sink })) {
    const lines = Object.entries(entries).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(at, name), lines.join(''), { mode: 0o600 });
  }
  const raw: Buffer[] = [];
  const running = start(['run', join(at, 'worker'), join(at, 'sink')], { env: { NODE_OPTIONS: node } });
  running.child.stdout!.on('data', (chunk: Buffer) => raw.push(chunk));
  t.after(async () => {
    running.child.kill('SIGKILL');
    await endpoint.close();
  });
  return { endpoint, running, out: () => Buffer.concat(raw) };
}

async function arrived(endpoint: Endpoint, running: Running, count: number): Promise<void> {
  while (endpoint.requests.flatMap(elementsOf).length < count) {
    assert.equal(running.child.exitCode, null, running.stderr());
    await Promise.race([endpoint.arrived(endpoint.count + 1), running.exit]);
  }
}

async function until(running: Running, count: number, told: RegExp): Promise<void> {
  while (running.lines.filter(line => told.test(line.msg)).length < count) {
    assert.equal(running.child.exitCode, null, running.stderr());
    await Promise.race([once(running.child.stdout!, 'data'), running.exit]);
  }
}

/** Elements of a JSON array as they were written. */
function elementsOf({ body }: Arrived): readonly string[] {
  const inner = body.toString().slice(1, -1);
  const found: string[] = [];
  let from = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at <= inner.length; at++) {
    const sign = inner[at];
    if (sign === undefined || (sign === ',' && depth === 0 && !quoted)) {
      found.push(inner.slice(from, at));
      from = at + 1;
    } else if (quoted) {
      if (sign === '\\') at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
  }
  return found;
}

const OUR_HEADERS = ['accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];

/** Nothing that a record holds steers who reads the log, and nothing of it is a line. */
function assertTame(out: Buffer): void {
  for (const line of out.toString('latin1').split('\n').slice(0, -1)) JSON.parse(line);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  assert.doesNotMatch(out.toString(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  assert(
    out
      .toString()
      .split('\n')
      .every(line => Buffer.byteLength(line) < 130 * 1024),
  );
  assert.doesNotMatch(out.toString(), /"msg":"forged"|x{2000}/);
}

test(
  'S7, S17, S19, S23: hostile values, names, keys and headers arrive as they are, or go to the dead letters, and are nothing but data',
  GENEROUS,
  async t => {
    const records = plainRecords();
    const { endpoint, running, out } = await run(t, 'hostile', {}, '');
    await broker.produce(
      'hostile',
      records.map(({ record }) => record),
    );
    const wanted = records.flatMap(({ arrives }) => arrives ?? []);
    const refused = records.length - wanted.length;
    await arrived(endpoint, running, wanted.length);
    await until(running, refused, /^Record hostile-0@\d+ goes to the dead letter queue/);
    assert.deepEqual(endpoint.requests.flatMap(elementsOf), wanted);
    for (const { headers, method, path } of endpoint.requests) {
      assert.deepEqual([method, path], ['POST', '/in']);
      assert.deepEqual(
        Object.keys(headers).filter(name => !OUR_HEADERS.includes(name)),
        [],
      );
    }
    const [url] = (await running.line('Listening on')).msg.match(/http:\S+/)!;
    const health = await (await fetch(`${url}/health`)).text();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    running.child.kill('SIGTERM');
    assert.deepEqual(await running.exit, [0, null]);
    assertTame(out());
    for (const text of [health, metrics]) assert.doesNotMatch(text, /forged|planted|alert|passwd|jndi/);
  },
);

test('S7, S17: transforms take names of prototypes for names, without __proto__ too', GENEROUS, async t => {
  const { endpoint, running, out } = await run(t, 'named', CHAIN, '--disable-proto=delete');
  const value = '{"__proto__":{"planted":1,"x":2},"constructor":{"prototype":{"planted":1}},"moved":3}';
  await broker.produce('named', [
    { value, partition: 0 },
    { value: '{"last":1}', partition: 0 },
  ]);
  await arrived(endpoint, running, 2);
  assert.deepEqual(endpoint.requests.flatMap(elementsOf), [
    '{"__proto__.__proto__.planted":7,"__proto__.__proto__.x":2,"__proto__.constructor.prototype.planted":1,' +
      '"constructor":"planted","added":{"__proto__":{"planted":1}}}',
    '{"__proto__.last":1,"constructor":"planted","added":{"__proto__":{"planted":1}},"__proto__.__proto__.planted":null}',
  ]);
  running.child.kill('SIGTERM');
  assert.deepEqual(await running.exit, [0, null]);
  assertTame(out());
});

test('S17: no patch, no transform and no value reaches a prototype', () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const patches = [
    '/__proto__/planted',
    '/constructor/prototype/planted',
    '/a/__proto__/planted',
    '/__proto__',
    '/a/-',
    '/a/x',
    '/a',
  ].flatMap(path => [
    { op: 'add', path, value: 1 },
    { op: 'replace', path, value: 1 },
    { op: 'remove', path },
    { op: 'copy', from: '/a', path },
    { op: 'move', from: path, path: '/b' },
    { op: 'test', path, value: 1 },
  ]);
  const values = [
    '{"a":{"x":1}}',
    '{"a":[],"__proto__":{"x":1}}',
    '{"a":{"__proto__":{}},"constructor":{"prototype":{}}}',
  ];
  for (const patch of patches) {
    const keys = { operations: JSON.stringify([patch]) };
    if (/__proto__|constructor/.test(keys.operations)) {
      assert.throws(() => transformOf(JSON_PATCH, keys), /names (__proto__|constructor), which can't be patched/);
      continue;
    }
    const transform = transformOf(JSON_PATCH, keys);
    for (const value of values) {
      try {
        transform(recordOf({ value: json(value) }));
      } catch (error) {
        assert(error instanceof DataException, `${JSON.stringify(patch)}: ${String(error)}`);
      }
    }
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.equal(({} as Record<string, unknown>)['planted'], undefined);
});
