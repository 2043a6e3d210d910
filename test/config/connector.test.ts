import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemFiles } from '../../config/source/files.ts';
import { createAuthority } from '../support/certificates.ts';
import { assertFault, connectorOf, faultLines, faultsOf, type Keys, parse, textsOf } from './written.ts';

const OAUTH2: Keys = {
  'http.auth.type': 'oauth2',
  'oauth2.token.url': 'https://login.example.org/token',
  'oauth2.client.id': 'id',
  'oauth2.client.secret': 'secret',
};

test('worker: the defaults', () => {
  assert.deepEqual(parse().worker, {
    bootstrapServers: ['kafka:9092'],
    rest: {
      listeners: [{ protocol: 'http', host: '127.0.0.1', port: 8083 }],
      adminListeners: null,
      tls: null,
      adminTls: null,
      advertised: { host: null, port: null },
      usersFile: null,
      readers: [],
      allowInsecureWrites: false,
      cors: null,
      responseHeaders: [],
      topicTracking: { enabled: true, reset: true },
    },
    offsetFlushIntervalMs: 5000,
    offsetFlushTimeoutMs: 5000,
    taskShutdownGracefulTimeoutMs: 5000,
    logLevel: 'info',
    reader: 'auto',
    admin: {
      global: { 'bootstrap.servers': 'kafka:9092', 'client.id': 'connector-worker-adminclient' },
      topic: {},
    },
    stateFile: null,
    metricNames: 'exporter',
    traces: null,
  });
});

test('worker: a listener beyond loopback starts, with a remark until it is said to be meant', () => {
  const remarks = (worker: Record<string, string>) =>
    parse({ worker }).notices.filter(notice => notice.includes('lets other machines read'));
  for (const [listeners, hosts] of [
    ['http://0.0.0.0:8083', '0.0.0.0'],
    ['http://:8083', '0.0.0.0'],
    ['http://[::]:1', '::'],
    ['http://127.0.0.1:1,http://10.0.0.1:2,http://worker.example:3', '10.0.0.1, worker.example'],
  ] as const) {
    const [remark, ...more] = remarks({ listeners });
    assert.deepEqual(more, []);
    assert.match(remark!, /listeners lets other machines .*listeners\.allow\.insecure\.remote=true/);
    assert(remark!.includes(` on ${hosts},`), remark);
    assert.deepEqual(remarks({ listeners, 'listeners.allow.insecure.remote': 'true' }), []);
  }
  const own = 'http://127.1:8083,http://LOCALHOST.:1,http://[::ffff:127.0.0.1]:2,http://[::1]:3,http://127.9.9.9:4';
  assert.deepEqual(remarks({ listeners: own }), []);
  const [listener] = parse({ worker: { listeners: 'http://0.0.0.0:8083' } }).worker.rest.listeners;
  assert.deepEqual(listener, { protocol: 'http', host: '0.0.0.0', port: 8083 });
});

test('worker: the override policies, by full, simple and short name', () => {
  const key = 'connector.client.config.override.policy';
  const full = (name: string) => `org.apache.kafka.connect.connector.policy.${name}ConnectorClientConfigOverridePolicy`;
  const connector = {
    'consumer.override.security.protocol': 'SSL',
    'consumer.override.fetch.min.bytes': '2',
    'producer.override.linger.ms': '1',
  };
  const refused = (policy: string, worker: Keys = {}) =>
    faultsOf(textsOf({ worker: { [key]: policy, ...worker }, connector })).map(fault => `${fault.code} ${fault.key}`);
  const [security, fetch, linger] = Object.keys(connector).map(name => `forbidden ${name}`);
  for (const all of ['All', 'all', full('All')]) assert.deepEqual(refused(all), []);
  for (const none of ['None', full('None')]) assert.deepEqual(refused(none), [security, fetch, linger]);
  for (const principal of ['Principal', 'PrincipalConnectorClientConfigOverridePolicy']) {
    assert.deepEqual(refused(principal), [fetch, linger]);
  }
  const allowlist = { 'connector.client.config.override.allowlist': 'fetch.min.bytes, linger.ms' };
  assert.deepEqual(refused('Allowlist', allowlist), [security]);
  assert.match(parse({ worker: allowlist }).notices.join(), /override\.allowlist has no effect: .*policy is All/);
  assertFault({ worker: { [key]: 'x.Y' } }, 'unsupported', key, /^must be All, None, Principal, Allowlist/);
});

for (const name of ['tailrace.HttpSink', 'tailrace.HttpSinkConnector', 'HttpSink', 'HttpSinkConnector']) {
  test(`connector: the class ${name} is known`, () => {
    assert.equal(connectorOf({ 'connector.class': name }).connectorClass, name);
  });
}

test('connector: another class is refused with the one there is', () => {
  const key = 'connector.class';
  assertFault(
    { connector: { [key]: 'io.aiven.HttpSinkConnector' } },
    'unsupported',
    key,
    /^is io\.aiven\.HttpSinkConnector, which is not a connector .*: known is tailrace\.HttpSink, also as /,
  );
});

test('connector: exactly one of topics and topics.regex', () => {
  assertFault({ connector: { topics: null } }, 'missing', 'topics', /or topics\.regex/);
  assertFault({ connector: { topics: ' , ' } }, 'missing', 'topics', /required/);
  assertFault({ connector: { 'topics.regex': 'a' } }, 'conflict', 'topics.regex', /exclude each other/);
  assert.deepEqual(connectorOf({ topics: 'b, a,b ,' }).topics, ['b', 'a']);
});

test('connector: what stands in the file and nothing asks for is noticed', () => {
  const notices = (connector: Keys) => parse({ connector }).notices.join('\n');
  assert.match(
    notices({ 'batch.envelope.prefix': '[' }),
    /batch\.envelope\.prefix has no effect: batch\.format is array$/,
  );
  assert.equal(notices({ 'batch.envelope.prefix': '[', 'batch.format': 'envelope' }), '');
  const deadLetters = { 'errors.deadletterqueue.context.headers.enable': 'true' };
  assert.match(
    notices(deadLetters),
    /errors\.deadletterqueue\.context.* has no effect: no errors\.deadletterqueue\.topic\.name is written/,
  );
  assert.equal(notices({ ...deadLetters, 'errors.deadletterqueue.topic.name': 'dlq' }), '');
  assert.match(notices({ 'producer.override.acks': '1' }), /producer\.override\.acks has no effect/);
  const password = { 'http.ssl.key.password': 'x' };
  assert.match(
    notices({ ...password, 'http.url': 'http://127.0.0.1/' }),
    /http\.ssl\.key\.password has no effect: no address is https/,
  );
  assert.match(notices(password), /has no effect: there is no private key/);
});

test('connector: tasks, where they run, and how often they start again', () => {
  const { tasksMax, isolation, restart } = parse({
    worker: { 'task.isolation': 'process' },
    connector: { 'tasks.max': '4', 'errors.restart.max': '-1', 'errors.restart.backoff.ms': '5' },
  }).connectors[0]!;
  assert.deepEqual([tasksMax, isolation, restart], [4, 'process', { max: null, backoffMs: 5, backoffMaxMs: 60_000 }]);
  const inline = { worker: { 'task.isolation': 'process' }, connector: { 'task.isolation': 'inline' } };
  assert.equal(parse(inline).connectors[0]!.isolation, 'inline');
  assertFault({ connector: { 'tasks.max': '0' } }, 'invalid', 'tasks.max', /from 1/);
  const max = 'errors.restart.backoff.max.ms';
  assertFault({ connector: { [max]: '999' } }, 'conflict', max, /must not be below errors.restart.backoff.ms, 1000/);
});

test('connector: a dead letter topic that the connector reads is refused', () => {
  const key = 'errors.deadletterqueue.topic.name';
  assertFault({ connector: { topics: 'a,b', [key]: 'b' } }, 'conflict', key, /would come back/);
  assertFault(
    { connector: { topics: null, 'topics.regex': 'a.*', [key]: 'a-dlq' } },
    'conflict',
    key,
    /would come back/,
  );
  assert.equal(connectorOf({ topics: null, 'topics.regex': 'a', [key]: 'a-dlq' }).errors.deadLetterTopic, 'a-dlq');
  assert.equal(connectorOf({ topics: null, 'topics.regex': 'a|b', [key]: 'ab' }).errors.deadLetterTopic, 'ab');
  assert.equal(connectorOf({ topics: 'a', [key]: '' }).errors.deadLetterTopic, null);
});

test('connector: limits that contradict each other', () => {
  const cases: readonly (readonly [Keys, string])[] = [
    [{ 'delivery.drain.timeout.ms': '45000' }, 'delivery.drain.timeout.ms'],
    [
      { 'delivery.drain.timeout.ms': '6000', 'consumer.override.session.timeout.ms': '6000' },
      'delivery.drain.timeout.ms',
    ],
    [{ 'delivery.max.uncommitted.records': '499' }, 'delivery.max.uncommitted.records'],
    [{ 'buffer.max.bytes': '1048575' }, 'buffer.max.bytes'],
    [{ 'retry.backoff.ms': '60001' }, 'retry.backoff.ms'],
    [{ 'batch.format': 'envelope', 'batch.max.bytes': '15' }, 'batch.max.bytes'],
  ];
  for (const [connector, key] of cases) assertFault({ connector }, 'conflict', key, /./);
  assert.equal(connectorOf({ 'delivery.drain.timeout.ms': '44999' }).delivery.drainTimeoutMs, 44_999);
  assert.equal(connectorOf({ 'batch.format': 'envelope', 'batch.max.bytes': '16' }).batch.maxBytes, 16);
});

test('connector: a drain that outlasts max.poll.interval.ms is named too', () => {
  const limits = { 'consumer.session.timeout.ms': '4000', 'consumer.max.poll.interval.ms': '5000' };
  const faults = faultLines({ worker: limits });
  assert.equal(faults.length, 2);
  assert.match(faults[0]!, /delivery\.drain\.timeout\.ms must be below the consumer's session\.timeout\.ms, 4000/);
  assert.match(faults[1]!, /delivery\.drain\.timeout\.ms must be below the consumer's max\.poll\.interval\.ms, 5000/);
});

test('connector: connecting takes no longer than the attempt', () => {
  assert.equal(connectorOf({ 'http.timeout.ms': '3000' }).http.connectTimeoutMs, 3000);
});

test('connector: headers are held in lower case, their values secret', () => {
  const { headers } = connectorOf({ 'http.headers.X-Key': ' a: b=c ', 'http.headers.Content-Type': 'text/plain' }).http;
  assert.deepEqual(Object.keys(headers), ['x-key', 'content-type']);
  assert.equal(headers['x-key']!.reveal(), 'a: b=c');
});

test('connector: headers that break a request, or that the client sets itself, are refused', () => {
  for (const name of ['Content-Length', 'host', 'TRANSFER-ENCODING', 'Connection', 'upgrade', 'expect']) {
    assertFault({ connector: { [`http.headers.${name}`]: 'x' } }, 'forbidden', `http.headers.${name}`, /take it out/);
  }
  assertFault({ connector: { 'http.headers.a(b': 'x' } }, 'invalid', 'http.headers.a(b', /not a name/);
  assertFault({ connector: { 'http.headers.A': 'x\\r\\ny: z' } }, 'invalid', 'http.headers.A', /no line ends/);
  assertFault(
    { connector: { 'http.headers.A': '1', 'http.headers.a': '2' } },
    'conflict',
    'http.headers.a',
    /keep one/,
  );
});

test('connector: an authorization header only where nothing else writes it', () => {
  const key = 'http.headers.Authorization';
  assert.equal(connectorOf({ [key]: 'Token x' }).http.headers['authorization']!.reveal(), 'Token x');
  assertFault({ connector: { ...OAUTH2, [key]: 'Token x' } }, 'conflict', key, /http\.auth\.type/);
});

test('connector: each kind of credentials', () => {
  const basic = { 'http.auth.type': 'basic', 'http.auth.username': 'u', 'http.auth.password': 'p:w' };
  const { auth } = connectorOf(basic).http;
  assert(auth.type === 'basic');
  assert.deepEqual([auth.username, auth.password.reveal()], ['u', 'p:w']);
  const bearer = connectorOf({ 'http.auth.type': 'bearer', 'http.auth.bearer.token': 't' }).http.auth;
  assert.equal(bearer.type === 'bearer' && bearer.token.reveal(), 't');
  const oauth2 = connectorOf({ ...OAUTH2, 'oauth2.scope': 'a b', 'oauth2.client.auth.mode': 'body' }).http.auth;
  assert(oauth2.type === 'oauth2');
  assert.deepEqual(
    [oauth2.tokenUrl.href, oauth2.clientId, oauth2.scope, oauth2.clientAuth.mode],
    ['https://login.example.org/token', 'id', 'a b', 'body'],
  );
});

test('connector: credentials that are incomplete, or written for another kind, are refused', () => {
  for (const key of ['oauth2.token.url', 'oauth2.client.id', 'oauth2.client.secret']) {
    assertFault(
      { connector: { ...OAUTH2, [key]: null } },
      'missing',
      key,
      /required with (?:http\.auth\.type=oauth2|oauth2\.client\.auth\.mode=header)/,
    );
  }
  assertFault({ connector: { ...OAUTH2, 'oauth2.client.secret': ' ' } }, 'missing', 'oauth2.client.secret', /required/);
  const forgotten = { ...OAUTH2, 'http.auth.type': null };
  for (const fault of faultLines({ connector: forgotten }))
    assert.match(fault, /^conflict .* write http\.auth\.type=oauth2/);
  assert.equal(faultLines({ connector: forgotten }).length, 3);
  const basic = { 'http.auth.type': 'basic', 'http.auth.username': 'a:b', 'http.auth.password': 'x' };
  assertFault({ connector: basic }, 'invalid', 'http.auth.username', /colon/);
  const bearer = { 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'a b' };
  assertFault({ connector: bearer }, 'invalid', 'http.auth.bearer.token', /without blanks/);
});

test('connector: a shared environment may hold credentials that a connector does not use', () => {
  assert.equal(connectorOf({}, { env: { TAILRACE_CONNECTOR_OAUTH2_CLIENT_SECRET: 's' } }).http.auth.type, 'none');
});

test('connector: credentials over plain http are noticed, except on this machine', () => {
  const notices = (connector: Keys) => parse({ connector: { ...OAUTH2, ...connector } }).notices;
  assert.deepEqual(notices({}), []);
  assert.deepEqual(notices({ 'http.url': 'http://[::1]:1/', 'oauth2.token.url': 'http://localhost/' }), []);
  assert.match(notices({ 'http.url': 'http://a/' }).join(), /http\.url is not https/);
  assert.match(notices({ 'oauth2.token.url': 'http://a/' }).join(), /oauth2\.token\.url is not https/);
});

test('connector: certificates and keys are read, and tried', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-tls-'));
  t.after(() => rm(directory, { recursive: true }));
  const authority = await createAuthority(directory);
  const [mine, other] = [await authority.issue('mine'), await authority.issue('other')];
  const mutual = {
    'http.ssl.ca.location': authority.certificatePath,
    'http.ssl.certificate.location': mine.certificatePath,
    'http.ssl.key.location': mine.keyPath,
  };
  const { tls } = connectorOf(mutual, { files: systemFiles }).http;
  assert.equal(tls.ca, await readFile(authority.certificatePath, 'utf8'));
  assert.equal(tls.certificate, mine.certificate);
  assert.equal(tls.key!.reveal(), mine.key);

  const refused = (keys: Keys, code: string, key: string, message: RegExp) =>
    assertFault({ connector: { ...mutual, ...keys }, files: systemFiles }, code, key, message);
  refused({ 'http.ssl.key.location': other.keyPath }, 'invalid', 'http.ssl.key.location', /no certificate for its/);
  refused({ 'http.ssl.key.location': null }, 'missing', 'http.ssl.certificate.location', /other half/);
  refused({ 'http.ssl.certificate.location': null }, 'missing', 'http.ssl.key.location', /other half/);
  refused({ 'http.ssl.ca.location': join(directory, 'none') }, 'unreadable', 'http.ssl.ca.location', /no such file/);
  refused(
    { 'http.ssl.ca.location': join(directory, 'mine.ext') },
    'invalid',
    'http.ssl.ca.location',
    /no PEM certificate/,
  );
});

const CONVERTER = 'value.converter';
const SCHEMAS = 'value.converter.schemas.enable';
const JSON_CLASS = 'org.apache.kafka.connect.json.JsonConverter';
const STRING_CLASS = 'org.apache.kafka.connect.storage.StringConverter';

for (const [name, worker, connector, kind] of [
  ['none', {}, {}, 'json'],
  ["the connector's", { [CONVERTER]: STRING_CLASS }, { [CONVERTER]: JSON_CLASS, [SCHEMAS]: 'false' }, 'json'],
  ["the worker's", { [CONVERTER]: STRING_CLASS }, {}, 'string'],
  ["the worker's, with its sub-keys", { [CONVERTER]: JSON_CLASS, [SCHEMAS]: 'FALSE' }, {}, 'json'],
  ['a simple name', {}, { [CONVERTER]: 'StringConverter', 'value.converter.converter.encoding': 'utf8' }, 'string'],
  ['a name without its suffix', {}, { [CONVERTER]: 'Json', [SCHEMAS]: 'false' }, 'json'],
  ['no converter but its switch', {}, { [SCHEMAS]: 'false' }, 'json'],
] as const) {
  test(`converter: ${name} counts`, () => {
    assert.equal(connectorOf(connector, { worker }).valueConverter.kind, kind);
    assert.deepEqual(parse({ worker, connector }).notices, []);
  });
}

for (const [name, worker, connector, schemas] of [
  ["Connect's default", {}, { [CONVERTER]: JSON_CLASS }, true],
  ["Connect's default in the worker file", { [CONVERTER]: JSON_CLASS }, {}, true],
  ['what is written', {}, { [CONVERTER]: JSON_CLASS, [SCHEMAS]: 'false' }, false],
  ['no converter', {}, {}, false],
  ['no converter, and the switch', {}, { [SCHEMAS]: 'true' }, true],
  ["not the worker's switch", { [CONVERTER]: JSON_CLASS, [SCHEMAS]: 'false' }, { [CONVERTER]: JSON_CLASS }, true],
] as const) {
  test(`converter: schemas inside the values are by ${name}`, () => {
    const { valueConverter } = connectorOf(connector, { worker });
    assert.ok(valueConverter.kind === 'json');
    assert.equal(valueConverter.schemas, schemas);
  });
}

test('converter: the sub-keys of the JSON converter', () => {
  const { keyConverter } = connectorOf({
    'key.converter': JSON_CLASS,
    'key.converter.schemas.enable': 'true',
    'key.converter.schema.content': '{"type":"int8"}',
    'key.converter.schemas.cache.size': '7',
    'key.converter.decimal.format': 'numeric',
    'key.converter.replace.null.with.default': 'false',
  });
  assert.deepEqual(keyConverter, {
    kind: 'json',
    schemas: true,
    schemaContent: '{"type":"int8"}',
    schemasCacheSize: 7,
    decimalFormat: 'NUMERIC',
    replaceNullWithDefault: false,
  });
});

for (const [name, kind] of [
  ['org.apache.kafka.connect.converters.ByteArrayConverter', 'bytes'],
  ['ByteArray', 'bytes'],
  ['org.apache.kafka.connect.converters.ShortConverter', 'short'],
  ['IntegerConverter', 'integer'],
  ['Long', 'long'],
  ['FloatConverter', 'float'],
  ['DoubleConverter', 'double'],
  ['BooleanConverter', 'boolean'],
  ['String', 'string'],
] as const) {
  test(`converter: ${name} is known for keys, values and headers`, () => {
    const { keyConverter, valueConverter, headerConverter } = connectorOf({
      'key.converter': name,
      'value.converter': name,
      'header.converter': name,
    });
    assert.deepEqual([keyConverter.kind, valueConverter.kind, headerConverter.kind], [kind, kind, kind]);
  });
}

test('converter: SimpleHeaderConverter is one for headers alone', () => {
  const simple = 'org.apache.kafka.connect.storage.SimpleHeaderConverter';
  assert.deepEqual(connectorOf({ 'header.converter': simple }).headerConverter, { kind: 'simple' });
  assertFault({ connector: { 'key.converter': simple } }, 'unsupported', 'key.converter', /known are/);
});

test("converter: a switch without its converter is noticed where the worker's converter counts", () => {
  const worker = { [CONVERTER]: JSON_CLASS, [SCHEMAS]: 'false' };
  const { notices } = parse({ worker, connector: { [SCHEMAS]: 'true' } });
  assert.match(notices.join(), /^sink\.properties: value\.converter\.schemas\.enable has no effect/);
});

test("converter: a switch in the environment is the worker's", () => {
  const env = { TAILRACE_WORKER_VALUE_CONVERTER_SCHEMAS_ENABLE: 'false' };
  assert.deepEqual(parse({ worker: { [CONVERTER]: JSON_CLASS }, env }).notices, []);
});

test('converter: others are refused by name', () => {
  const refuse = (name: string, message: RegExp) =>
    assertFault({ connector: { [CONVERTER]: name } }, 'unsupported', CONVERTER, message);
  refuse('io.confluent.connect.avro.AvroConverter', /reads Avro with a schema registry.* known are .*JsonConverter/);
  refuse('io.confluent.connect.json.JsonSchemaConverter', /reads JSON Schema with a schema registry/);
  refuse('io.confluent.connect.protobuf.ProtobufConverter', /reads Protobuf with a schema registry/);
  refuse('toString', /known are/);
  const key = { 'key.converter': 'io.confluent.connect.avro.AvroConverter' };
  assertFault({ connector: key }, 'unsupported', 'key.converter', /write key\.converter=.*ByteArrayConverter/);
  const klingon = { [CONVERTER]: STRING_CLASS, 'value.converter.converter.encoding': 'KLINGON-8' };
  assertFault({ connector: klingon }, 'invalid', 'value.converter.converter.encoding', /UTF-8/);
});

for (const [file, key, message] of [
  ['connector', 'consumer.max.poll.records', /consumer\.override/],
  ['connector', 'producer.acks', /producer\.override/],
  ['connector', 'bootstrap.servers', /worker file/],
  ['connector', 'value.converter.schema.registry.url', /Confluent/],
  ['connector', 'config.providers.file.class', /worker file/],
  ['worker', 'rest.extension.classes', /JVM extensions/],
  ['worker', 'topics', /connector file/],
  ['worker', 'transforms.a.type', /connector file/],
] as const) {
  test(`load: ${key} in a ${file} file is refused by name`, () => {
    assertFault({ [file]: { [key]: 'x' } }, 'unsupported', key, message);
  });
}

test('load: a refused key without a value asks for nothing', () => {
  assert.deepEqual(parse({ worker: { 'config.providers': '' }, connector: { transforms: ' ' } }).notices, []);
});

test('load: keys without a meaning here are accepted, with one notice a reason', () => {
  const worker = {
    'plugin.path': '/usr/share/java',
    'plugin.discovery': 'service_load',
    'offset.storage.file.filename': '/tmp/connect.offsets',
    'group.id': 'connect-cluster',
    'config.storage.topic': 'connect-configs',
    'status.storage.partitions': '5',
    'metric.reporters': 'x.JmxReporter',
    'metrics.num.samples': '3',
    'topic.creation.enable': 'true',
    'internal.key.converter': JSON_CLASS,
    'internal.key.converter.schemas.enable': 'false',
    'rest.port': '1',
    'key.converter.schema.registry.url': 'http://r',
  };
  const connector = {
    'errors.retry.timeout': '-1',
    'errors.retry.delay.max.ms': '1',
    'config.action.reload': 'none',
  };
  const notices = parse({ worker, connector }).notices;
  for (const [file, keys] of [
    ['worker', worker],
    ['sink', connector],
  ] as const) {
    for (const key of Object.keys(keys)) {
      const lines = notices.filter(line => line.startsWith(`${file}.properties: `) && line.includes(key));
      assert.equal(lines.length, 1, key);
      assert.match(lines[0]!, /ha(s|ve) no effect: \S/);
    }
  }
  const together = notices.find(line => line.includes('plugin.path'));
  assert.equal(together, 'worker.properties: plugin.path, plugin.discovery have no effect: it is of the JVM');
});
