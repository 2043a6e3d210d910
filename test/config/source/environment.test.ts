import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, parseConfig } from '../../../config/load.ts';
import { identifierOf } from '../../../config/source/environment.ts';
import { faultsOf, parse, textsOf } from '../written.ts';

const ENVIRONMENT = {
  TAILRACE_WORKER_BOOTSTRAP_SERVERS: 'kafka:9092',
  TAILRACE_CONNECTOR_BATCH_LINGER_MS: '3',
  TAILRACE_CONNECTOR_ORDERS_CONNECTOR_CLASS: 'HttpSink',
  TAILRACE_CONNECTOR_ORDERS_TOPICS: 'orders',
  TAILRACE_CONNECTOR_ORDERS_HTTP_URL: 'https://orders.example.org/in',
  TAILRACE_CONNECTOR_ORDERS_HTTP_HEADERS_X_SOURCE: 'kafka',
  TAILRACE_CONNECTOR_ORDERS_EU_CONNECTOR_CLASS: 'HttpSink',
  TAILRACE_CONNECTOR_ORDERS_EU_NAME: 'Orders of Europe',
  TAILRACE_CONNECTOR_ORDERS_EU_TOPICS: 'orders-eu',
  TAILRACE_CONNECTOR_ORDERS_EU_HTTP_URL: 'https://eu.example.org/in',
  TAILRACE_CONNECTOR_ORDERS_EU_BATCH_LINGER_MS: '4',
};

test('environment: a worker and its connectors need no file', () => {
  const { worker, connectors } = loadConfig({ workerFile: null, connectorFiles: [], env: ENVIRONMENT, overrides: [] });
  assert.deepEqual(worker.bootstrapServers, ['kafka:9092']);
  assert.deepEqual(
    connectors.map(({ name, topics, http, batch, kafka }) => [
      name,
      topics,
      http.url.host,
      batch.lingerMs,
      kafka.groupId,
    ]),
    [
      ['orders', ['orders'], 'orders.example.org', 3, 'connect-orders'],
      ['Orders of Europe', ['orders-eu'], 'eu.example.org', 4, 'connect-Orders of Europe'],
    ],
  );
  assert.equal(connectors[0]!.http.headers['x-source']!.reveal(), 'kafka');
  assert.deepEqual(Object.keys(connectors[1]!.http.headers), []);
});

test('environment: faults name the variable that is wrong or missing', () => {
  const { TAILRACE_CONNECTOR_ORDERS_HTTP_URL: _, TAILRACE_WORKER_BOOTSTRAP_SERVERS: __, ...rest } = ENVIRONMENT;
  const env = { ...rest, TAILRACE_CONNECTOR_ORDERS_EU_BATCH_LINGER_MS: 'x' };
  const faults = faultsOf({ ...textsOf({ env }), worker: null, connectors: [] });
  assert.deepEqual(
    faults.map(({ code, file, key }) => [code, file, key]),
    [
      ['missing', 'environment', 'TAILRACE_WORKER_BOOTSTRAP_SERVERS'],
      ['missing', 'environment', 'TAILRACE_CONNECTOR_ORDERS_HTTP_URL'],
      ['invalid', 'environment', 'TAILRACE_CONNECTOR_ORDERS_EU_BATCH_LINGER_MS'],
    ],
  );
});

test('environment: nothing to run is a fault that says what to do, where nothing could come either', () => {
  const load = (env: Readonly<Record<string, string>>) =>
    loadConfig({
      workerFile: null,
      connectorFiles: [],
      env: { TAILRACE_WORKER_BOOTSTRAP_SERVERS: 'kafka:9092', ...env },
      overrides: [],
    });
  const silent = { TAILRACE_WORKER_LISTENERS: '' };
  const message = /TAILRACE_CONNECTOR_<ID>_CONNECTOR_CLASS is missing, and so is every connector file/;
  assert.throws(() => load(silent), message);
  assert.deepEqual(load({ ...silent, TAILRACE_WORKER_CONFIG_STORAGE_FILE: '/var/lib/t.json' }).connectors, []);
  assert.deepEqual(load({}).connectors, [], 'REST may bring connectors');
});

test("environment: an identifier chooses among connector files, and outranks every connector's variable", () => {
  assert.equal(identifierOf(' orders-to.http '), 'ORDERS_TO_HTTP');
  const { connectors, ...rest } = textsOf({});
  const named = (name: string) => ({ name, text: connectors[0]!.text.replace('name=c', `name=${name}`) });
  const env = {
    TAILRACE_CONNECTOR_BATCH_LINGER_MS: '1',
    TAILRACE_CONNECTOR_A_B_BATCH_LINGER_MS: '2',
    TAILRACE_CONNECTOR_A_BATCH_MAX_RECORDS: '3',
  };
  const config = parseConfig({ ...rest, env, connectors: [named('a'), named('a-b')] });
  assert.deepEqual(
    config.connectors.map(({ batch }) => [batch.lingerMs, batch.maxRecords]),
    [
      [1, 3],
      [2, 500],
    ],
  );
});

test('environment: a key of the file is found in any case', () => {
  const { connectors } = parse({
    connector: { 'http.headers.X-Trace': 'a' },
    env: { TAILRACE_CONNECTOR_C_HTTP_HEADERS_X_TRACE: 'b' },
  });
  assert.equal(connectors[0]!.http.headers['x-trace']!.reveal(), 'b');
});

test('environment: a value of a file that a variable replaces is noticed', () => {
  const { notices } = parse({
    connector: { 'batch.linger.ms': '1' },
    env: { TAILRACE_CONNECTOR_BATCH_LINGER_MS: '2' },
  });
  assert.deepEqual(notices, [
    'sink.properties: batch.linger.ms has no effect: TAILRACE_CONNECTOR_BATCH_LINGER_MS of the environment says otherwise',
  ]);
});

test('environment: variables that nothing answers to are noticed, those of a service called like us are not', () => {
  const env = {
    TAILRACE_HTTP_URL: 'x',
    TAILRACE_CONNECTOR_NOBODY_XYZ_ABC: 'x',
    TAILRACE_CONNECTOR_C_HTTP_TIMOUT_MS: '1',
    TAILRACE_WORKER_SERVICE_HOST: '10.0.0.1',
    TAILRACE_WORKER_PORT_8083_TCP_ADDR: '10.0.0.1',
    TAILRACE_REQUIRE_KAFKA: '1',
  };
  assert.deepEqual(parse({ env }).notices, [
    'environment: TAILRACE_HTTP_URL has no effect: it is not a key, did you mean TAILRACE_CONNECTOR_HTTP_URL?',
    'environment: TAILRACE_CONNECTOR_NOBODY_XYZ_ABC has no effect: it is no key of the worker or of a connector; the connectors here are C',
    'environment: TAILRACE_CONNECTOR_C_HTTP_TIMOUT_MS has no effect: it is not a key, did you mean TAILRACE_CONNECTOR_C_HTTP_TIMEOUT_MS?',
  ]);
});
