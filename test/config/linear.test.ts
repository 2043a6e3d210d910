import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigTexts } from '../../config/build.ts';
import { Concealed } from '../../config/concealed.ts';
import { ConfigError } from '../../config/findings.ts';
import { parseConfig } from '../../config/load.ts';
import { printable } from '../../config/printable.ts';
import { splitVerbatim } from '../../config/schema/formats.ts';
import { nearest } from '../../config/schema/nearest.ts';
import { placeholdersIn } from '../../config/source/placeholders.ts';
import { textsOf } from './written.ts';

const MEGABYTE = 1_000_000;
/** What is quadratic takes minutes for a megabyte, what is linear a fraction of a second. */
const DEADLINE_MS = 10_000;

const DOLLAR = '\u0024';

const megabyteOf = (piece: string) => piece.repeat(Math.floor(MEGABYTE / piece.length));

/** Reads it to an end, in time: a configuration or a ConfigError. */
function read(texts: Partial<ConfigTexts> & { readonly sink?: string; readonly worker_?: string }, what: string): void {
  const { sink = '', worker_ = '', ...rest } = texts;
  const usual = textsOf({});
  const started = performance.now();
  try {
    parseConfig({
      ...usual,
      worker: { name: 'w', text: `${usual.worker!.text}${worker_}` },
      connectors: [{ name: 's', text: `${usual.connectors[0]!.text}${sink}` }],
      ...rest,
    });
  } catch (error) {
    assert(error instanceof ConfigError, `${what}: ${String(error).slice(0, 200)}`);
    assert(error.message.length < 2 * MEGABYTE, what);
  }
  assert(performance.now() - started < DEADLINE_MS, what);
}

/** What patterns begin with, repeat and wait for. */
const PIECES = [
  'a',
  ',',
  ' ,',
  '\\ ',
  `${DOLLAR}{a:`,
  'a.',
  '-1',
  '"a=',
  '[',
  '(a)*',
  'http://a@',
  '\\u0041',
  'a~',
  '(((a)+)+)+',
];

const OF_A_CONNECTOR = [
  ...['name', 'connector.class', 'topics', 'topics.regex', 'http.url', 'http.method', 'batch.max.records'],
  ...['http.response.success.codes', 'http.headers.X', 'http.auth.bearer.token', 'value.converter', 'transforms'],
  ...['http.response.success.when', 'http.response.failure.when.503', 'http.response.records.pointer'],
  ...['http.response.records.status.codes'],
  ...['http.body.replace.patterns', 'http.body.replace.replacements', 'batch.key'],
  ...['predicates', 'errors.deadletterqueue.topic.name', 'consumer.override.fetch.min.bytes', 'http.ssl.ca.location'],
];

for (const key of OF_A_CONNECTOR) {
  test(`linear: a megabyte as ${key}`, () => {
    // Replacements are looked at only beside a pattern.
    const beside =
      key === 'http.body.replace.replacements' ? 'batch.format=single\nhttp.body.replace.patterns=(a)\n' : '';
    for (const piece of PIECES) read({ sink: `${beside}${key}=${megabyteOf(piece)}\n` }, `${key} ${piece}`);
  });
}

for (const key of [
  'bootstrap.servers',
  'listeners',
  'config.providers',
  'connector.client.config.override.allowlist',
]) {
  test(`linear: a megabyte as ${key}`, () => {
    for (const piece of PIECES) read({ worker_: `${key}=${megabyteOf(piece)}\n` }, `${key} ${piece}`);
  });
}

for (const [name, lines] of [
  ['FileConfigProvider', 'param.allowed.paths'],
  ['EnvVarConfigProvider', 'param.allowlist.pattern'],
] as const) {
  test(`linear: a megabyte as ${lines} of a provider`, () => {
    const start = `config.providers=p\nconfig.providers.p.class=${name}\nconfig.providers.p.${lines}=`;
    for (const piece of PIECES) read({ worker_: `${start}${megabyteOf(piece)}\n` }, piece);
  });
}

const PACKAGE = 'org.apache.kafka.connect.transforms.';
for (const [type, key, others] of [
  ['RegexRouter', 'regex', { replacement: 'x' }],
  ['RegexRouter', 'replacement', { regex: '(a)' }],
  ['Cast$Value', 'spec', {}],
  ['ReplaceField$Value', 'renames', {}],
  ['ExtractField$Value', 'field', {}],
  ['InsertField$Value', 'static.field', { 'static.value': 'x' }],
  ['TimestampConverter$Value', 'format', { 'target.type': 'string' }],
  ['SetSchemaMetadata$Value', 'schema.version', {}],
] as const) {
  test(`linear: a megabyte as ${key} of ${type}`, () => {
    const rest = Object.entries(others).map(([name, value]) => `transforms.t.${name}=${value}\n`);
    const start = `transforms=t\ntransforms.t.type=${PACKAGE}${type}\n${rest.join('')}transforms.t.${key}=`;
    for (const piece of PIECES) read({ sink: `${start}${megabyteOf(piece)}\n` }, piece);
  });
}

test('linear: a megabyte as a key, of any family, in the environment and on the command line', () => {
  const prefixes = [
    '',
    'consumer.override.',
    'consumers.override.',
    'http.headers.',
    'transforms.',
    'config.providers.',
  ];
  for (const piece of ['a', 'a.', '-', 'param.', 'constructor.']) {
    const long = megabyteOf(piece);
    for (const prefix of prefixes) {
      read({ sink: `${prefix}${long}=1\n` }, prefix + piece);
      read({ worker_: `${prefix}${long}\\n=1\n` }, prefix + piece);
    }
    read({ overrides: [`${long}=1`] }, piece);
    for (const start of ['', 'WORKER_', 'CONNECTOR_', 'CONNECTOR_C_']) {
      read({ env: { [`TAILRACE_${start}${long.toUpperCase().replaceAll('.', '_')}`]: 'x' } }, start + piece);
    }
  }
});

test('linear: files of a megabyte of the same few bytes', () => {
  for (const piece of ['\\\n', 'a\\\n', '\\', '=', ' ', '\n', '\r', '#\n', 'a=\n', '\\u0041', 'k\\\n  =v\\\n', '\0']) {
    read({ sink: megabyteOf(piece) }, JSON.stringify(piece));
    read({ sink: `http.method=${megabyteOf(piece)}` }, JSON.stringify(piece));
  }
});

test('linear: JSON of a megabyte of the same few bytes', () => {
  for (const piece of ['"a":1,', '[', '{"a":', ' ', '\n', '1', '1.', '0e', '"', '\\"', '\\u0041', '[1],', '{},', '-']) {
    const long = megabyteOf(piece);
    for (const text of [`{${long}`, `{"a":${long}}`, `{"a":"${long}"}`, `{"name":"c","config":{${long}`]) {
      read({ connectors: [{ name: 's.json', text }] }, JSON.stringify(text.slice(0, 20)));
    }
  }
});

test('linear: ten thousand keys that are wrong, and as many values of a provider', () => {
  const keys = Array.from({ length: 9_900 }, (_, at) => `http.tiemout.ms.${at}=x\n`);
  read({ sink: keys.join('') }, 'unknown keys');
  const provider = 'config.providers=p\nconfig.providers.p.class=EnvVarConfigProvider\n';
  const env = Object.fromEntries(keys.map((_, at) => [`V${at}`, `value-${at}`]));
  const written = keys.map((_, at) => `batch.max.records.${at}=\${p:V${at}}\n`);
  read({ worker_: provider, sink: written.join(''), env }, 'unknown keys from a provider');
});

test('linear: a value that a provider multiplies ends at a bound', () => {
  const provider = 'config.providers=p\nconfig.providers.p.class=EnvVarConfigProvider\n';
  const sink = `consumer.override.client.id=${`${DOLLAR}{p:V}`.repeat(100_000)}\n`;
  const texts = textsOf({ env: { V: megabyteOf('v') } });
  assert.throws(
    () =>
      parseConfig({
        ...texts,
        worker: { name: 'w', text: texts.worker!.text + provider },
        connectors: [{ name: 's', text: texts.connectors[0]!.text + sink }],
      }),
    /client\.id is longer than 1048576 characters once it is filled in/,
  );
});

test('linear: the functions that all of it goes through', () => {
  const started = performance.now();
  for (const piece of [...PIECES, ' ', '\u001b', '\ud800', '\u{e0041}', `${DOLLAR}{`, `${DOLLAR}{a:b}`, '}']) {
    const long = megabyteOf(piece);
    printable(long);
    placeholdersIn(long);
    splitVerbatim(long);
    assert.equal(nearest(long, [`${long}x`]), null);
    const concealed = new Concealed();
    concealed.add(long, 'P');
    concealed.add('aaaa', 'Q');
    assert.equal(concealed.mask(long), 'P');
    concealed.mask(`x${long}`);
  }
  assert(performance.now() - started < 3 * DEADLINE_MS);
});
