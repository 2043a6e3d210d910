import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf } from '../../../config/dialects/choose.ts';
import { thomaskwscott } from '../../../config/dialects/thomaskwscott.ts';
import { connectorOf, faultLines, type Keys, parse } from '../written.ts';
import { explainTexts } from './explained.ts';
import { testTable } from './table.ts';
import { ROWS } from './thomaskwscott-rows.ts';

const BASE: Keys = {
  'http.url': null,
  'connector.class': 'uk.co.threefi.connect.http.HttpSinkConnector',
  'http.api.url': 'https://h/in',
};

testTable(thomaskwscott, ROWS, BASE);

const read = (keys: Keys) => connectorOf({ ...BASE, ...keys });
const said = (keys: Keys, key: string): string => {
  const { outcome, reasons, became } = explainTexts({ ...BASE, ...keys }).get(key)!;
  return `${outcome}: ${[...reasons, ...became].join('; ')}`;
};

test('thomaskwscott: each key that is written is explained', () => {
  const written = Object.fromEntries(Object.values(thomaskwscott.keys).map(({ key }) => [key, '7']));
  const explained = explainTexts({ ...BASE, ...written });
  for (const { key } of Object.values(thomaskwscott.keys)) {
    const { outcome, reasons } = explained.get(key)!;
    assert.ok(outcome === 'honoured' || reasons.length > 0, `${key} is ${outcome} and nothing is said`);
  }
});

test('thomaskwscott: what is done in another way says so', () => {
  assert.match(
    said({ 'max.retries': '2' }, 'max.retries'),
    /^differs: .*waited out.*http\.response\.retry\.max\.attempts=3/,
  );
  assert.match(said({ 'retry.backoff.ms': '9' }, 'retry.backoff.ms'), /^differs: is the first pause/);
  assert.match(said({ headers: 'X-A:b:c' }, 'headers'), /^differs: holds a value with colons.*\(X-A\)/);
  assert.match(
    said({ headers: 'X-A' }, 'headers'),
    /holds as its 1\. item what is no header: name:value; it is left out/,
  );
  assert.match(said({ 'http.api.url': 'https://h/${key}' }, 'http.api.url'), /^differs: takes the key for one part/);
  assert.match(said({ 'batch.max.size': '5' }, 'batch.max.size'), /^differs: fills requests across polls/);
  assert.match(said({ 'batch.key.pattern': '${key}' }, 'batch.key.pattern'), /^ignored: batch\.max\.size is 1/);
  assert.match(said({ 'batch.suffix': '] ' }, 'batch.suffix'), /goes without the blanks at its ends/);
  assert.match(said({ 'regex.separator': ';' }, 'regex.separator'), /^ignored: regex\.patterns holds nothing/);
});

test('thomaskwscott: keys of its forks are refused', () => {
  for (const key of [
    'response.topic',
    'response.producer.acks',
    'salesforce.authentication.root',
    'batch.body.prefix',
  ]) {
    const lines = faultLines({ connector: { ...BASE, [key]: 'x' } });
    assert.match(lines.join('\n'), new RegExp(`^unsupported \\S+ ${key.replaceAll('.', '\\.')} is of a fork`));
  }
});

test('thomaskwscott: full, simple and short names of the class', () => {
  for (const name of namesOf(thomaskwscott.classes[0]!)) {
    const { batch } = read({ 'connector.class': name, 'batch.seperator': ';', 'batch.max.size': '2' });
    assert.deepEqual([batch.format, batch.separator], ['joined', ';'], name);
  }
});

test('thomaskwscott: keys of ours beside theirs win', () => {
  const keys = {
    'batch.max.size': '5',
    'batch.seperator': ';',
    'batch.separator': '\\\\n',
    'batch.linger.ms': '60000',
  };
  const { batch } = read(keys);
  assert.deepEqual([batch.maxRecords, batch.separator, batch.lingerMs], [5, '\n', 60_000]);
  assert.match(said(keys, 'batch.seperator'), /is overruled by batch\.separator, which stands beside it/);
});

test('thomaskwscott: texts and bytes are sent as they came, all else as Java writes it', () => {
  const written = (converter: string | null) => read({ 'value.converter': converter }).values.written;
  assert.deepEqual(
    [
      'org.apache.kafka.connect.storage.StringConverter',
      'org.apache.kafka.connect.converters.ByteArrayConverter',
      'org.apache.kafka.connect.json.JsonConverter',
      null,
    ].map(written),
    ['json', 'json', 'java', 'java'],
  );
  assert.equal(read({}).values.onNull, 'ignore');
});

test('thomaskwscott: variables of the environment, and the command line', () => {
  const env = { TAILRACE_CONNECTOR_C_BATCH_MAX_SIZE: '6', TAILRACE_CONNECTOR_REQUEST_METHOD: 'put' };
  const { batch, http } = connectorOf(BASE, { env, overrides: ['max.retries=1'] });
  assert.deepEqual([batch.maxRecords, http.method, http.attempts?.mostRetried], [6, 'PUT', 2]);
  const lines = faultLines({ connector: BASE, overrides: ['headers=X-Key:geheim'] });
  assert.match(lines.join('\n'), /^forbidden command line headers is secret/);
});

test('thomaskwscott: a secret from a config provider is never shown', () => {
  const keys = { ...BASE, headers: 'Authorization:${env:PASSWORD}' };
  const worker = {
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  };
  const rest = { worker, env: { PASSWORD: 'Bearer geheim' } };
  const explained = explainTexts(keys, rest);
  assert.equal(explained.get('headers')?.outcome, 'honoured');
  assert.doesNotMatch(JSON.stringify([...explained]), /geheim/);
  const { headers } = parse({ connector: keys, ...rest }).connectors[0]!.http;
  assert.equal(headers['authorization']?.reveal(), 'Bearer geheim');
});

test('thomaskwscott: a typo is told with the key that it may stand for', () => {
  const lines = faultLines({ connector: { ...BASE, 'batch.max.sise': '5' } });
  assert.match(lines.join('\n'), /^unknown .*batch\.max\.sise .*did you mean batch\.max\.size/);
});
