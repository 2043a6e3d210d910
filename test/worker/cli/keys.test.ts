import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { command, enter, KNOWN_CLASSES, refuses, SINK, takes, WORKER } from './real.ts';

const NAMED = ['w.properties', 's.properties'];
const sink = (...lines: readonly string[]) => ({
  'w.properties': WORKER,
  's.properties': `${SINK}${lines.join('\n')}\n`,
});
const placeholder = (inside: string) => `\${${inside}}`;

// Keys that are not known

for (const [line, fault] of [
  ['batch.max.recrods=1', 'batch.max.recrods is not a key of a connector file: did you mean batch.max.records?'],
  ['Http.Method=PUT', 'Http.Method is not a key of a connector file: did you mean http.method?'],
  ['http.method\\ =PUT', 'http.method\\u0020 is not a key of a connector file: did you mean http.method?'],
  ['\\u200bhttp.method=PUT', '\\u200bhttp.method is not a key of a connector file: did you mean http.method?'],
  [
    'max.poll.interval.ms=1',
    'max.poll.interval.ms is a key of the Kafka clients and needs a prefix here: write consumer.override.max.poll.interval.ms',
  ],
  [
    'fetch.min.bytes=1',
    'fetch.min.bytes is a key of the Kafka clients and needs a prefix here: write consumer.override.fetch.min.bytes',
  ],
  [
    'sasl.mechanism=PLAIN',
    'sasl.mechanism is a key of the Kafka clients and needs a prefix here: write consumer.override.sasl.mechanism',
  ],
  ['acks=all', 'acks is a key of the Kafka clients and needs a prefix here: write producer.override.acks'],
  [
    'max.poll.intervall.ms=1',
    'max.poll.intervall.ms is not a key of a connector file: did you mean consumer.override.max.poll.interval.ms?',
  ],
  ['interceptor.classes=X', 'interceptor.classes is refused: JVM interceptors can not be loaded'],
  [
    'consumers.override.plugin.library.paths=/x',
    'consumers.override.plugin.library.paths is not a key of a connector file: take it out, or see the reference for the ' +
      'keys there are',
  ],
  [
    'consumer.max.poll.records=5',
    'consumer.max.poll.records must be written `consumer.override.max.poll.records` in a connector file',
  ],
  [
    'consumer.override.enable.auto.commit=true',
    'consumer.override.enable.auto.commit is refused: offsets are committed by the worker, after their records were confirmed',
  ],
  ['bootstrap.servers=a:1', 'bootstrap.servers belongs into the worker file'],
  [
    'transforms=a\ntransforms.a=b\ntransforms.a.type=RegexRouter\ntransforms.a.regex=x\ntransforms.a.replacement=y',
    null,
  ],
] as const) {
  const faults = fault === null ? [6] : [5];
  const text = fault ?? 'transforms.a names a of transforms, and no key of it: write transforms.a.type';
  refuses(`the key ${JSON.stringify(line.split('=')[0])}`, {
    files: sink(line),
    code: 3,
    faults: faults.map(at => `s.properties:${at}: ${text}`),
  });
}

// Classes

refuses('the class of another connector', {
  files: sink('connector.class=org.example.JdbcSinkConnector'),
  code: 3,
  faults: [
    's.properties:5: connector.class is org.example.JdbcSinkConnector, which is not a connector that is known here: ' +
      KNOWN_CLASSES,
  ],
});
refuses('what is no class', {
  files: sink('connector.class=a secret, pasted'),
  code: 3,
  faults: [`s.properties:5: connector.class is not a connector that is known here: ${KNOWN_CLASSES}`],
});

// What steers a terminal

refuses('escapes of a terminal in a value', {
  files: sink('http.method=x\\u001b[2J\\u009b1m\\u202egpj'),
  code: 3,
  faults: ['s.properties:5: http.method must be POST, PUT, PATCH, DELETE or GET, not "x\\u001b[2J\\u009b1m\\u202egpj"'],
});
refuses('escapes of a terminal in the name of a file', {
  files: { 'w.properties': WORKER },
  named: ['w.properties', '\u001b]0;x\u0007\u0085'],
  code: 3,
  faults: ["\\u001b]0;x\\u0007\\u0085 can't be read: there is no such file"],
});
refuses('escapes of a terminal in a key', {
  files: sink('consumer.override.\\u001b[31m=1'),
  code: 3,
  faults: [
    's.properties:5: consumer.override.\\u001b[31m is not a client key of the consumer that is known here: take it out, or ' +
      'see the reference for the keys there are',
  ],
});
takes('a line end and a mark of direction in a text', {
  files: sink('batch.format=envelope', 'batch.envelope.prefix=[\\n\\u2066', 'tasks.max=2'),
  code: 0,
  remarks: [],
});

test('explain: nothing that it prints steers a terminal, and its JSON means what was written', async t => {
  const hostile = '\u001b[2J\u009b\u007f\u202e\u2066\u200b\u2028\u{e0041}';
  const text = `${SINK}consumer.override.client.id=a${hostile}b\n`;
  enter(t, { 'w.properties': WORKER, 's.properties': text });
  const unprintable = /[^\n\P{C}]|[\u2028\u2029]/u;
  const { out, code } = await command(['explain', ...NAMED]);
  assert.equal(code, 0);
  assert.doesNotMatch(out, unprintable);
  assert.match(out, /client\.id=a\\u001b\[2J\\u009b\\u007f/);
  const { out: json } = await command(['explain', '--json', ...NAMED]);
  assert.doesNotMatch(json, unprintable);
  const { configuration } = JSON.parse(json) as {
    configuration: { connectors: { c: { kafka: { consumer: { global: Record<string, string> } } } } };
  };
  assert.equal(configuration.connectors.c.kafka.consumer.global['client.id'], `a${hostile}b`);
});

// The environment and the command line

for (const [first, second] of [
  ['a', 'A'],
  ['a-b', 'a_b'],
] as const) {
  const id = first.toUpperCase().replace('-', '_');
  const files = {
    'w.properties': WORKER,
    's.properties': SINK.replace('name=c', `name=${first}`),
    't.properties': SINK.replace('name=c', `name=${second}`),
  };
  refuses(`a variable of the connectors ${first} and ${second}`, {
    files,
    env: { [`TAILRACE_CONNECTOR_${id}_HTTP_AUTH_BEARER_TOKEN`]: 't0k3n' },
    code: 3,
    faults: [
      `environment: TAILRACE_CONNECTOR_${id}_HTTP_AUTH_BEARER_TOKEN stands for the connectors of s.properties and t.properties ` +
        'alike: rename one of them, or write the key into its file',
    ],
  });
  takes(`the connectors ${first} and ${second} without variables`, { files, code: 0, remarks: [] });
}
takes('a name for every connector', {
  files: sink(),
  env: { TAILRACE_CONNECTOR_NAME: 'x' },
  code: 11,
  remarks: [
    "ignored   TAILRACE_CONNECTOR_NAME has no effect: one name can't serve several connectors, write " +
      'TAILRACE_CONNECTOR_<ID>_NAME',
  ],
});
for (const [override, fault] of [
  [
    'http.auth.pasword=x',
    'http.auth.pasword is not a known key, and http.auth.password is secret: write it into a file',
  ],
  [
    'http.auth.password=x',
    'http.auth.password is secret: command lines are visible to other users, use the file or the environment',
  ],
  [
    'max.poll.records=x',
    'max.poll.records is not a known key: write consumer.max.poll.records or consumer.override.max.poll.records',
  ],
  ['log.levle=x', 'log.levle is not a known key: did you mean log.level?'],
  ['a\u001b[2J=x', '(not shown) is not a known key'],
] as const) {
  refuses(`--override ${JSON.stringify(override)}`, {
    files: sink(),
    overrides: [override],
    code: 2,
    faults: [`command line: ${fault}`],
  });
}

// Config providers

const FILE = `${WORKER}config.providers=p\nconfig.providers.p.class=FileConfigProvider\n`;
const CONFINED = `${FILE}config.providers.p.param.allowed.paths=`;
const bearer = (inside: string) => `${SINK}http.auth.type=bearer\nhttp.auth.bearer.token=${placeholder(inside)}\n`;
const OUTSIDE = "its file lies outside of the provider's allowed.paths";

for (const [name, path] of [
  ['a path with ..', (directory: string) => `${directory}/in/../secrets`],
  ['a link that leads out', (directory: string) => `${directory}/in/link`],
  ['another directory that begins so', (directory: string) => `${directory}/in2`],
] as const) {
  test(`a provider's allowed paths: ${name} as a token is refused by run and explain, as a text it is kept`, async t => {
    const directory = enter(t, { secrets: 'key=t0k3n-v4lue\n', in2: 'key=t0k3n-v4lue\n' });
    mkdirSync('in');
    symlinkSync('../secrets', 'in/link');
    const written = placeholder(`p:${path(directory)}:key`);
    const worker = `${CONFINED}${directory}/in\n`;
    const write = (connector: string) => {
      writeFileSync('w.properties', worker, { mode: 0o600 });
      writeFileSync('s.properties', connector, { mode: 0o600 });
    };
    write(bearer(written.slice(2, -1)));
    const fault = `s.properties:6: http.auth.bearer.token holds ${written}: ${OUTSIDE}`;
    assert.deepEqual(await command(['run', ...NAMED]), {
      code: 3,
      out: '',
      err: `The configuration has 1 fault:\n  ${fault}\n`,
    });
    const explained = await command(['explain', ...NAMED]);
    assert.equal(explained.code, 3);
    assert(explained.out.includes(`  refused   ${fault}\n`));
    write(`${SINK}consumer.override.client.id=${written}\n`);
    const kept = await command(['explain', ...NAMED]);
    assert.equal(kept.code, 0);
    assert(kept.out.includes(`client.id=${written}; it keeps ${written} as text: ${OUTSIDE}\n`), kept.out);
  });
}

refuses('a provider whose file is a pipe', {
  files: { 'w.properties': FILE, 's.properties': bearer('p:pipe:key') },
  prepare: () => void execFileSync('mkfifo', ['pipe']),
  code: 3,
  faults: [
    `s.properties:6: http.auth.bearer.token holds ${placeholder('p:pipe:key')}: its file can't be read: it is a pipe, not a ` +
      'regular file',
  ],
});
refuses('a provider whose file has no such key', {
  files: { 'w.properties': FILE, 's.properties': bearer('p:secrets:none'), secrets: 'a=b\n' },
  named: NAMED,
  code: 3,
  faults: [`s.properties:6: http.auth.bearer.token holds ${placeholder('p:secrets:none')}: its file has no such key`],
});
refuses('a token without a provider', {
  files: { 'w.properties': WORKER, 's.properties': bearer('env:TOKEN') },
  code: 3,
  faults: [
    `s.properties:6: http.auth.bearer.token holds a placeholder ${placeholder('env:…')}, no provider is called so: name it in ` +
      'config.providers of the worker file',
  ],
});
takes('a connector file alone, whose providers the worker file would name', {
  files: { 's.properties': bearer('file:/run/secrets/x:token') },
  code: 0,
  remarks: [
    'honoured  s.properties:6: http.auth.bearer.token; it holds a placeholder of a provider, and no worker file was read ' +
      'that names it',
  ],
});
refuses('a connector file whose worker file is missing: its providers are not its fault', {
  files: { 's.properties': bearer('file:/run/secrets/x:token') },
  named: NAMED,
  code: 2,
  faults: ["w.properties can't be read: there is no such file"],
});
refuses('topics that are none', {
  files: sink('topics=a b'),
  code: 3,
  faults: [
    's.properties:5: topics must be topic names (at most 249 letters, digits, dots, underscores and hyphens each), not "a b"',
  ],
});
takes('a secret in a file that all may read', {
  files: { 'w.properties': WORKER, 's.properties': `${SINK}http.headers.X-Key=k3y\n` },
  prepare: () => chmodSync('s.properties', 0o644),
  code: 0,
  remarks: [
    'honoured  s.properties:5: http.headers.X-Key; it is a secret in a file that every user of this machine may read',
  ],
});

test('what a provider gave is nowhere shown: as name, topic, address, class, number or text, short or long', async t => {
  const given = {
    name: 'q7',
    topics: 'first-t0p1c,s2',
    url: 'HTTPS://Pr0vided.example.org:443/../in',
    linger: '77',
    bad: 'zz-bad',
    class: 'x9.Sink9',
    regex: 'pr0v.*',
    user: 'us3r-name',
    brokers: 'PLAINTEXT://h0st:9092, pr0v:1',
    jaas: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="us3r-name" password="pr0v";',
    codes: '200-277',
  };
  const secrets = Object.entries(given).map(([key, value]) => `${key}=${value}\n`);
  const of = (key: string) => placeholder(`p:secrets:${key}`);
  const good =
    `name=${of('name')}\nconnector.class=HttpSink\ntopics=${of('topics')}\nhttp.url=${of('url')}\n` +
    `batch.linger.ms=${of('linger')}\nconsumer.override.client.rack=${of('user')}\n`;
  const worker = FILE.replace('kafka:9092', of('brokers'));
  enter(t, { 'w.properties': worker, 't.properties': good, secrets: secrets.join('') });
  const leaks = new RegExp(
    ['\\bq7', 't0p1c', '\\bs2\\b', 'pr0v', '\\b77\\b', 'zz-bad', 'x9\\.', 'us3r', 'h0st', '277'].join('|'),
    'i',
  );
  const bad = {
    'http.method': 'bad',
    'connector.class': 'class',
    'batch.linger.ms': 'bad',
    'errors.tolerance': 'name',
  };
  for (const connector of [
    good,
    `${good.replace(/topics=.*/, `topics.regex=${of('regex')}`)}errors.deadletterqueue.topic.name=${of('bad')}\n`,
    ...Object.entries(bad).map(([key, value]) => `${good}${key}=${of(value)}\n`),
    `${good}transforms=a\ntransforms.a.type=${of('class')}\n`,
    `${good}consumer.override.security.protocol=SASL_SSL\nconsumer.override.sasl.mechanism=PLAIN\n` +
      `consumer.override.sasl.jaas.config=${of('jaas')}\nhttp.response.success.codes=${of('codes')}\n`,
    `${good}transforms=a\ntransforms.a.type=RegexRouter\ntransforms.a.regex=${of('regex')}\ntransforms.a.replacement=x\n`,
  ]) {
    writeFileSync('s.properties', connector);
    for (const argv of [
      ['explain', ...NAMED],
      ['explain', '--json', ...NAMED],
      ['run', ...NAMED, 't.properties'],
    ]) {
      const { out, err, code } = await command(argv);
      assert(code !== 70 && out + err !== '', connector);
      assert.doesNotMatch(out + err, leaks, connector);
    }
  }
});
