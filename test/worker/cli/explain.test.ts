import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { explainFiles } from '../../../config/explain.ts';
import { CLIENT_KEYS } from '../../../config/kafka/keys.ts';
import type { KeySpec } from '../../../config/schema/key-spec.ts';
import { schemas } from '../../../config/schema/schema.ts';
import { renderJson, renderText } from '../../../worker/cli/explain.ts';

const CANARY = 'c4n4ry';
const WORKER = 'bootstrap.servers=kafka:9092\n';
const SINK = 'name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=https://collector.example.org/in\n';

function explain(t: TestContext, texts: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-explain-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  });
  return explainFiles({ files, env, overrides: [] });
}

const rendered = (explanation: ReturnType<typeof explain>) => renderText(explanation) + renderJson(explanation);

test('explain: no secret key shows its value, wherever it is written and whatever becomes of it', t => {
  const sensitive = Object.values<KeySpec<unknown>>(schemas.connector).filter(spec => spec.sensitive);
  const clientKeys = CLIENT_KEYS.filter(({ format }) => format.type === 'password').map(({ key }) => key);
  assert(sensitive.length > 3 && clientKeys.length > 5);
  const keys = [
    ...sensitive.map(({ key }) => key),
    ...clientKeys.flatMap(key => ['consumer.override.', 'producer.override.', 'admin.override.'].map(at => at + key)),
    ...['http.headers.X-Key', 'oauth2.client.secrt', 'consumer.override.sasl.pasword', 'my.password'],
    ...['transforms.a.password', 'listeners.https.ssl.key.password'],
  ];
  for (const protocol of ['SASL_SSL', 'PLAINTEXT']) {
    for (const [index, key] of keys.entries()) {
      const sink = `${SINK}consumer.override.security.protocol=${protocol}\n${key}=${CANARY}${index}\n`;
      const worker = `${WORKER}${key.replace('.override.', '.')}=${CANARY}\n`;
      const explanation = explain(t, { 'worker.properties': worker, 'sink.properties': sink });
      assert.doesNotMatch(rendered(explanation), new RegExp(CANARY), key);
    }
  }
});

test('explain: secrets of the environment and of config providers stay hidden', t => {
  const provider = 'config.providers=env\nconfig.providers.env.class=EnvVar\n';
  const placeholder = '\u0024{env:PROVIDED}';
  const keys = ['http.auth.username', 'client.id', 'http.headers.X', 'batch.envelope.prefix', 'value.converter'];
  const sink = keys.map(key => `${key === 'client.id' ? 'consumer.override.' : ''}${key}=${placeholder}\n`).join('');
  const env = { PROVIDED: `${CANARY}-provided`, TAILRACE_CONNECTOR_C_HTTP_AUTH_BEARER_TOKEN: CANARY };
  const explanation = explain(t, { 'worker.properties': WORKER + provider, 'sink.properties': SINK + sink }, env);
  assert.doesNotMatch(rendered(explanation), new RegExp(CANARY));
  assert.match(rendered(explanation), /consumer\.override\.client\.id=\$\{env:PROVIDED\} → client\.id/);
});

test('explain: the first file is a worker file unless it looks like a connector', t => {
  const outcome = (texts: Readonly<Record<string, string>>) => explain(t, texts).outcome;
  assert.equal(outcome({ 'w.properties': WORKER }), 'honoured');
  assert.equal(outcome({ 's.properties': SINK }), 'honoured');
  assert.equal(outcome({ 's.properties': SINK, 't.properties': SINK.replace('=c', '=d') }), 'honoured');
  assert.equal(outcome({ 's.json': '{"name": "c", "config": {"topics": "t"}}' }), 'refused');
  assert.equal(outcome({ 'w.properties': WORKER, 's.properties': SINK }), 'honoured');
});

test('explain: a file that can not be read is told, and the others are explained', t => {
  const { sources, outcome, config } = explainFiles({
    files: ['/nowhere/worker', ...explain(t, { 's.properties': SINK }).sources.map(({ source }) => source)],
    env: {},
    overrides: [],
  });
  assert.deepEqual([outcome, config], ['refused', null]);
  assert.match(sources[0]!.faults[0]!.message, /there is no such file/);
  assert.equal(sources[1]!.keys.length, 4);
});

test('explain: what is missing stands where it is missed', t => {
  const { sources } = explain(t, { 'w.properties': 'log.level=debug\n', 's.properties': 'name=c\n' });
  const missing = sources.map(({ keys }) => keys.filter(({ line }) => line === null).map(({ key }) => key));
  assert.deepEqual(missing, [['bootstrap.servers'], ['connector.class', 'http.url', 'topics']]);
});

test('explain: what becomes of an offset outside its log is said where nobody has written it', t => {
  const text = (worker: string, sink: string) =>
    renderText(explain(t, { 'worker.properties': WORKER + worker, 'sink.properties': SINK + sink }));
  const failing = /^c: an offset outside its log .* fails the task\..* write consumer\.override\.auto\.offset\.reset=/m;
  for (const [worker, sink, fails] of [
    ['', '', true],
    ['', 'consumer.override.auto.offset.reset=none\n', true],
    ['', 'consumer.override.auto.offset.reset=earliest\n', false],
    ['consumer.auto.offset.reset=latest\n', '', false],
  ] as const) {
    const shown = text(worker, sink);
    assert.equal(failing.test(shown), fails, shown);
    assert.match(shown, new RegExp(`kafka\\.offsetOutOfRange=${fails ? 'fail' : 'earliest|latest'}`));
  }
});
