import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf } from '../../../config/dialects/choose.ts';
import { confluent } from '../../../config/dialects/confluent.ts';
import { connectorOf, faultLines, type Keys, parse } from '../written.ts';
import { ROWS } from './confluent-rows.ts';
import { explainTexts } from './explained.ts';
import { testTable } from './table.ts';

const BASE: Keys = {
  'http.url': null,
  'connector.class': 'io.confluent.connect.http.HttpSinkConnector',
  'http.api.url': 'https://h/in',
};

testTable(confluent, ROWS, BASE);

const read = (keys: Keys) => connectorOf({ ...BASE, ...keys });

test('confluent: each key that is written is explained', () => {
  const written = Object.fromEntries(Object.values(confluent.keys).map(({ key }) => [key, 'x']));
  const explained = explainTexts({ ...BASE, ...written });
  for (const { key } of Object.values(confluent.keys)) {
    assert.ok(explained.has(key), key);
    const { outcome, reasons } = explained.get(key)!;
    assert.ok(outcome === 'honoured' || reasons.length > 0, `${key} is ${outcome} and nothing is said`);
  }
});

test('confluent: what has no effect says so, and what can not be honoured is refused', () => {
  const idle = Object.fromEntries(confluent.ignored.map(({ key }) => [key.replace('*', 'x'), 'x']));
  const explained = explainTexts({ ...BASE, ...idle });
  for (const key of Object.keys(idle)) assert.equal(explained.get(key)?.outcome, 'ignored', key);
  for (const { key } of confluent.refused) {
    assert.match(
      faultLines({ connector: { ...BASE, [key]: 'x' } }).join('\n'),
      new RegExp(`unsupported .* ${key} is not supported`),
    );
    read({ [key]: '' });
  }
});

test('confluent: full, simple and short names of the class', () => {
  const [full, simple, short] = namesOf(confluent.classes[0]!);
  for (const name of [full!, simple!, short!]) {
    assert.equal(read({ 'connector.class': name }).http.url.href, 'https://h/in', name);
  }
  const ours = { ...BASE, 'connector.class': 'HttpSink', 'http.api.url': null, 'http.url': 'https://h/ours' };
  assert.equal(connectorOf(ours).batch.format, 'array', 'without a key of theirs it is ours');
});

test('confluent: keys of ours beside theirs win', () => {
  const keys = { 'batch.max.size': '5', 'batch.max.records': '7', 'http.headers.x-a': '2', headers: 'X-A: 1' };
  const config = read({ ...keys, 'delivery.max.attempts': '9', 'http.timeout.ms': '1234' });
  assert.equal(config.batch.maxRecords, 7);
  assert.equal(config.http.headers['x-a']?.reveal(), '2');
  assert.deepEqual([config.http.attempts?.most, config.http.timeoutMs], [9, 1234]);
  const { reasons } = explainTexts({ ...BASE, ...keys }).get('batch.max.size')!;
  assert.match(reasons.join('; '), /is overruled by batch\.max\.records, which stands beside it/);
});

test('confluent: a smaller buffer of ours limits the bytes of a request', () => {
  assert.equal(read({ 'buffer.max.bytes': '2000000' }).batch.maxBytes, 2_000_000);
});

test('confluent: variables of the environment and the command line', () => {
  const env = { TAILRACE_CONNECTOR_C_BATCH_MAX_SIZE: '6', TAILRACE_CONNECTOR_MAX_RETRIES: '1' };
  const config = connectorOf(BASE, { env, overrides: ['regex.separator=;', 'request.method=put'] });
  assert.deepEqual([config.batch.maxRecords, config.http.attempts?.mostRetried, config.http.method], [6, 2, 'PUT']);
  assert.match(
    faultLines({ connector: BASE, overrides: ['connection.password=geheim'] }).join('\n'),
    /forbidden command line connection\.password is secret/,
  );
  assert.match(
    faultLines({ connector: BASE, overrides: ['reporter.producer.sasl.jaas.config=geheim'] }).join('\n'),
    /forbidden command line reporter\.producer\.sasl\.jaas\.config is secret/,
  );
});

test('confluent: a secret from a config provider is never shown', () => {
  const keys = {
    ...BASE,
    'auth.type': 'BASIC',
    'connection.user': 'u',
    'connection.password': '${env:PASSWORD}',
    'sensitive.headers': 'Authorization: ${env:PASSWORD}',
  };
  const worker = {
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  };
  const rest = { worker, env: { PASSWORD: 'geheim' } };
  const explained = explainTexts({ ...keys, 'sensitive.headers': null }, rest);
  assert.doesNotMatch(JSON.stringify([...explained]), /geheim/);
  const [connector] = parse({ connector: { ...keys, 'sensitive.headers': null }, ...rest }).connectors;
  assert.deepEqual(connector!.http.auth.type === 'basic' && connector!.http.auth.password.reveal(), 'geheim');
  assert.doesNotMatch(faultLines({ connector: keys, ...rest }).join('\n'), /geheim/);
});

test('confluent: faults of our schema speak of their keys', () => {
  const [fault] = faultLines({ connector: { ...BASE, topics: 'a', 'reporter.result.topic.name': 'a' } });
  assert.match(
    fault!,
    /conflict sink\.properties reporter\.result\.topic\.name must not be a topic that the connector reads/,
  );
});

test('confluent: a typo is told with the key that it may stand for', () => {
  assert.match(
    faultLines({ connector: { ...BASE, 'batch.max.sise': '5' } }).join('\n'),
    /unknown .*batch\.max\.sise .*did you mean batch\.max\.size/,
  );
});

test('confluent: what tells a file of Confluent Cloud, and its defaults', () => {
  for (const keys of [
    { 'connector.class': 'HttpSink' },
    { 'input.data.format': 'JSON' },
    { 'kafka.auth.mode': 'SERVICE_ACCOUNT', 'kafka.service.account.id': 'sa-1' },
  ]) {
    const { errors, reporter, http, valueConverter, keyConverter } = read(keys);
    assert.deepEqual(
      { ...errors },
      {
        ...errors,
        tolerance: 'all',
        logEnable: true,
        deadLetterTopic: 'dlq-c',
        deadLetterReplicationFactor: 3,
        deadLetterContextHeaders: true,
      },
    );
    assert.deepEqual([reporter?.success?.name, reporter?.error?.name], ['success-c', 'error-c']);
    assert.equal(http.attempts?.mostRetried, 4);
    assert.deepEqual([valueConverter.kind, keyConverter.kind], ['json', 'string']);
  }
});

test('confluent: Confluent Cloud with words of its own', () => {
  const keys = { 'connector.class': 'HttpSink', 'behavior.on.error': 'fail', 'max.poll.records': '50' };
  const { errors } = read(keys);
  assert.equal(errors.tolerance, 'none');
  const silent = read({ ...keys, 'reporter.result.topic.name': '', 'reporter.error.topic.name': 'e-${connector}' });
  assert.deepEqual([silent.reporter?.success, silent.reporter?.error?.name], [null, 'e-c']);
  assert.equal(read({ ...keys, 'errors.tolerance': 'all' }).errors.tolerance, 'all');
  assert.equal(read({ ...keys, 'errors.deadletterqueue.topic.name': '' }).errors.deadLetterTopic, null);
});

test('confluent: the tolerance of Kafka Connect stands', () => {
  assert.equal(read({ 'behavior.on.error': 'log', 'errors.tolerance': 'none' }).errors.tolerance, 'none');
  const explained = explainTexts({ ...BASE, 'errors.tolerance': 'all' });
  assert.match(explained.get('errors.tolerance')!.reasons.join(), /is for records that the endpoint refuses too/);
});

test('confluent: deletions where the address says which record', () => {
  const deleted = (url: string) => {
    const { route } = read({ 'http.api.url': url, 'behavior.on.null.values': 'delete' }).http;
    return [...route!.deleteUrl!.path, ...route!.deleteUrl!.query].map(part =>
      typeof part === 'string' ? part : part.source,
    );
  };
  assert.deepEqual(deleted('https://h/a/'), ['/a/', '${key}']);
  assert.deepEqual(deleted('https://h/${topic}?x=1'), ['/', '${topic}', '/', '${key}', '?x=1']);
  assert.deepEqual(deleted('https://h/a/${key}/b'), ['/a/', '${key}', '/b']);
});

test('confluent: client keys of reports are those of the clients that write them', () => {
  const { kafka } = read({
    'reporter.bootstrap.servers': 'kafka:9092',
    'reporter.producer.security.protocol': 'SASL_PLAINTEXT',
    'reporter.producer.sasl.mechanism': 'PLAIN',
    'reporter.producer.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="geheim";',
    'reporter.admin.request.timeout.ms': '7000',
  });
  assert.equal(kafka.reports?.producer.global['sasl.username'], 'u');
  assert.equal(kafka.consumer.global['sasl.username'], undefined);
});
