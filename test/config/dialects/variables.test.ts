import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../config/load.ts';
import { NO_FILES } from '../../support/files.ts';

const OURS = 'name=ours\nconnector.class=tailrace.HttpSink\ntopics=a\nhttp.url=https://a.example/\n';
const THEIRS =
  'name=theirs\nconnector.class=io.aiven.kafka.connect.http.HttpSinkConnector\ntopics=b\nhttp.url=https://b.example/\n' +
  'http.authorization.type=none\n';

function read(env: Readonly<Record<string, string>>, overrides: readonly string[] = []) {
  return parseConfig({
    worker: { name: 'worker.properties', text: 'bootstrap.servers=kafka:9092\n' },
    connectors: [
      { name: 'ours.properties', text: OURS },
      { name: 'theirs.properties', text: THEIRS },
    ],
    env,
    overrides,
    files: NO_FILES,
  }).connectors;
}

test('variables: one for every connector is read by each in its own words', () => {
  const env = { TAILRACE_CONNECTOR_HTTP_HEADERS_CONTENT_TYPE: 'text/x-tailrace' };
  for (const { http } of read(env)) assert.equal(http.headers['content-type']?.reveal(), 'text/x-tailrace');
});

test('variables: a key that only one vendor has is no affair of the others', () => {
  const [ours, theirs] = read({ TAILRACE_CONNECTOR_HTTP_TIMEOUT: '7' });
  assert.deepEqual([ours!.http.timeoutMs, theirs!.http.timeoutMs], [30_000, 7_000]);
});

test('variables: one for one connector counts before one for all', () => {
  const env = { TAILRACE_CONNECTOR_HTTP_TIMEOUT: '7', TAILRACE_CONNECTOR_THEIRS_HTTP_TIMEOUT: '8' };
  assert.equal(read(env)[1]!.http.timeoutMs, 8_000);
});

test('variables: the command line knows no keys of vendors that are not there', () => {
  assert.throws(() => read({}, ['aep.flush.bytes.kb=9']), /command line: aep\.flush\.bytes\.kb is not a known key/);
});

test('variables: the command line knows the keys of the vendors that are there', () => {
  assert.deepEqual(
    read({}, ['http.timeout=9']).map(({ http }) => http.timeoutMs),
    [30_000, 9_000],
  );
});
