import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { createDefinitions, InvalidConnectorError, type SentProperties } from '../../config/define.ts';
import type { ConfigInfos } from '../../config/definitions/config-infos.ts';
import { KAFKA_KEYS } from '../../config/definitions/kafka-keys.ts';
import { DIALECTS } from '../../config/dialects/choose.ts';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import { schemas } from '../../config/schema/schema.ts';
import { isCredential } from '../../config/secrecy.ts';
import { SINK, workerBase } from './base.ts';

const WORKER = {
  'config.providers': 'env,open',
  'config.providers.env.class': 'EnvVarConfigProvider',
  'config.providers.env.param.allowlist.pattern': 'GIVEN',
  'config.providers.open.class': 'EnvVarConfigProvider',
};
const CANARY = 'c4n4ry';
const PLANTED = new RegExp(`${CANARY}\\d+x`);
const definitions = createDefinitions({ base: workerBase(WORKER, { GIVEN: `${CANARY}-given` }), version: '1.2.3' });

function row(infos: ConfigInfos, name: string) {
  const found = infos.configs.filter(({ value }) => value.name === name);
  assert.equal(found.length, 1, name);
  return found[0]!;
}

describe('validate', () => {
  it('lists every key of ours once, each with its definition', () => {
    const infos = definitions.validate('HttpSink', SINK);
    assert.equal(infos.error_count, 0);
    const names = infos.configs.map(({ value }) => value.name);
    assert.deepEqual([...new Set(names)], names);
    for (const { key } of Object.values<{ key: string }>(schemas.connector)) {
      if (!/^(?:key|value|header)\.converter\./.test(key)) assert(names.includes(key), key);
    }
    assert.deepEqual(row(infos, 'http.method'), {
      definition: {
        name: 'http.method',
        type: 'STRING',
        required: false,
        default_value: 'POST',
        importance: 'LOW',
        documentation: schemas.connector.httpMethod.doc,
        group: 'HTTP endpoint',
        width: 'MEDIUM',
        display_name: 'HTTP method',
        dependents: [],
        order: 2,
      },
      value: {
        name: 'http.method',
        value: 'POST',
        recommended_values: schemas.connector.httpMethod.recommended,
        errors: [],
        visible: true,
      },
    });
    assert(schemas.connector.httpMethod.recommended.includes('PUT'));
    assert.deepEqual(row(infos, 'buffer.max.bytes').definition?.type, 'LONG');
  });

  it('numbers the keys of each group without a gap, and gives each of ours a group, a name and words', () => {
    for (const plugin of definitions.plugins.filter(({ type }) => type === 'sink')) {
      const orders = new Map<string, number>();
      const kafkas = new Set(KAFKA_KEYS.map(({ name }) => name));
      for (const key of definitions.definitions(plugin.class)!.filter(({ name }) => !kafkas.has(name))) {
        assert.match(key.display_name, /^[\p{Lu}\d]/u, key.name);
        assert(key.group !== null && key.documentation !== '', key.name);
        const id = `${key.group} ${key.order}`;
        orders.set(id, (orders.get(id) ?? 0) + 1);
      }
      for (const id of orders.keys()) {
        const [, group, order] = /^(.*) (\d+)$/.exec(id)!;
        assert(order === '1' || orders.has(`${group} ${Number(order) - 1}`), `${plugin.class}: ${id}`);
      }
    }
  });

  it('has each vendor’s keys by its class, none of ours required beside them', () => {
    for (const dialect of DIALECTS) {
      const [className] = dialect.classes;
      const infos = definitions.validate(className!, { name: 'c', topics: 'a', 'connector.class': className! });
      const names = new Set(infos.configs.map(({ value }) => value.name));
      for (const { key } of Object.values(dialect.keys)) assert(names.has(key), `${className} ${key}`);
      const required = infos.configs.flatMap(({ definition }) => (definition?.required ? [definition.name] : []));
      const theirs = new Set(Object.values(dialect.keys).map(({ key }) => key));
      for (const name of required) assert(theirs.has(name) || name === 'name' || name === 'connector.class', name);
    }
  });

  it('says at its key what is wrong, and at the end what has no definition', () => {
    const infos = definitions.validate('tailrace.HttpSink', {
      ...SINK,
      'http.url': null,
      'http.timeout.ms': 'soon',
      'no.such.key': 'x',
      'consumer.override.max.poll.records': '5',
      'consumer.override.sasl.jaas.config': 'x',
      'consumer.override.enable.auto.commit': 'true',
    });
    assert.match(
      infos.configs.flatMap(({ value }) => value.errors).join(),
      /consumer\.override\.enable\.auto\.commit is refused: offsets/,
    );
    assert.deepEqual(row(infos, 'http.url').value.errors, [
      'Null value can not be supplied as the configuration value.',
    ]);
    assert.match(
      row(infos, 'http.timeout.ms').value.errors.join(),
      /^Invalid value soon for configuration http\.timeout\.ms: Not a number of type INT/,
    );
    const stray = row(infos, 'no.such.key');
    assert.equal(stray.definition, null);
    assert.equal(stray.value.value, null);
    assert.equal(row(infos, 'consumer.override.max.poll.records').definition?.display_name, 'max.poll.records');
    assert.equal(row(infos, 'consumer.override.sasl.jaas.config').value.value, '[hidden]');
    const count = infos.configs.reduce((sum, { value }) => sum + value.errors.length, 0);
    assert.equal(infos.error_count, count);
  });

  it('misses what is required in Kafka Connect’s words', () => {
    const { 'http.url': _url, ...rest } = SINK;
    assert.deepEqual(row(definitions.validate('HttpSink', rest), 'http.url').value.errors, [
      'Missing required configuration "http.url" which has no default value.',
    ]);
  });

  it('shows a placeholder, and hides what is secret', () => {
    const infos = definitions.validate('HttpSink', {
      ...SINK,
      'http.url': 'https://c.example/${env:GIVEN}',
      'tasks.max': '${env:GIVEN}',
      'http.auth.type': 'basic',
      'http.auth.username': '${env:GIVEN}',
      'http.auth.password': 'hush',
    });
    assert.equal(row(infos, 'http.auth.username').value.value, '${env:GIVEN}');
    assert.equal(row(infos, 'http.auth.password').value.value, '[hidden]');
    assert.match(
      row(infos, 'tasks.max').value.errors[0]!,
      /^Invalid value \$\{env:GIVEN\} for configuration tasks\.max/,
    );
    assert(!JSON.stringify(infos).includes(CANARY));
  });

  it('takes a class by any of its names, and no other than the one that is asked for', () => {
    for (const name of ['HttpSink', 'tailrace.HttpSink', 'HttpSinkConnector', 'tailrace.HttpSinkConnector']) {
      assert.equal(definitions.validate('HttpSink', { ...SINK, 'connector.class': name }).error_count, 0, name);
      assert.equal(
        definitions.validate(name, { ...SINK, 'connector.class': 'tailrace.HttpSink' }).error_count,
        0,
        name,
      );
    }
    const refuse = (plugin: string, properties: SentProperties, message: RegExp) =>
      assert.throws(
        () => definitions.validate(plugin, properties),
        error => error instanceof InvalidConnectorError && message.test(error.message),
      );
    refuse('Other', SINK, /^Included connector type tailrace\.HttpSink does not match request type Other$/);
    refuse('tailrace.HttpSink', { ...SINK, 'connector.class': 'HttpSink' }, /does not match request type/);
    refuse('HttpSink', {}, /^Connector config \{\} contains no connector type$/);
    refuse(
      'Nope',
      { 'connector.class': 'Nope' },
      /^Failed to find any class that implements Connector and which name matches Nope/,
    );
    refuse(
      'HttpSink',
      { topics: 'a', 'http.auth.password': 'hush', strange: 'hush' },
      /^Connector config \{topics=a, http\.auth\.password=\[hidden\], strange=\[hidden\]\} contains no connector type$/,
    );
  });
});

test('plugins: every class that a connector may name, by all of its names', () => {
  const types = definitions.plugins.map(({ type }) => type);
  assert.deepEqual([...new Set(types)], ['sink', 'transformation', 'predicate', 'converter', 'header_converter']);
  for (const plugin of definitions.plugins) assert(definitions.definitions(plugin.class) !== null, plugin.class);
  for (const name of ['Json', 'JsonConverter', 'RegexRouter', 'TopicNameMatches', 'HttpSink']) {
    assert(definitions.definitions(name) !== null, name);
  }
  assert.equal(definitions.definitions('org.example.Unknown'), null);
  assert.equal(definitions.definitions('InsertField$Value'), null);
  assert.equal(definitions.plugins[0]!.version, '1.2.3');
});

const KEYS: readonly string[] = [
  ...KAFKA_KEYS.map(({ name }) => name),
  ...Object.values<{ key: string }>(schemas.connector).map(({ key }) => key),
  ...DIALECTS.flatMap(({ keys }) => Object.values(keys).map(({ key }) => key)),
  ...CLIENT_KEYS.flatMap(({ key }) => [
    `consumer.override.${key}`,
    `producer.override.${key}`,
    `admin.override.${key}`,
  ]),
  ...['http.headers.X-Api-Key', 'http.headers.X', 'oauth2.parameters.client_secret', 'endpoints.a.http.auth.password'],
  ...['transforms.a.type', 'transforms.a.predicate', 'transforms.a.negate', 'predicates.p.type', 'transforms.a.spec'],
];
const ALIASES = ['transforms', 'predicates', 'endpoints'];
const CLASSES = [
  'tailrace.HttpSink',
  'HttpSinkConnector',
  ...DIALECTS.flatMap(({ classes }) => classes),
  'Nope',
  '',
  ' ',
];

/** A secret of its own in each key that may hold one, typos of it included; anything in all others. */
const property = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...KEYS) },
      fc.constantFrom('__proto__', 'constructor', 'http.auth.passwrd', 'htp.headers.Authorization', '', 'a\u0000b'),
      fc.string({ maxLength: 30 }),
    ),
    fc.oneof(
      fc.constantFrom(
        'true',
        '1',
        '0',
        '-1',
        'none',
        'a',
        'a,b',
        '',
        '[hidden]',
        '${env:GIVEN}',
        '${open:GIVEN}',
        'oauth2',
        'basic',
      ),
      fc.constantFrom(
        'x${env:GIVEN}y',
        'http://h/${topic}',
        '{"a":1}',
        '(',
        'Json',
        'Filter',
        'SASL_SSL',
        'PLAIN',
        'dlq',
      ),
      fc.string({ maxLength: 40, unit: 'binary' }),
      fc.constant(null),
    ),
    fc.boolean(),
    fc.nat(99),
  )
  .map(([key, value, planted, number]) => {
    const isSecret = isCredential(key) || /passwrd|Authorization/.test(key);
    if (isSecret && planted) return [key, `${CANARY}${number}x`] as const;
    // Keys and groups are called by these: a name is shown, whoever gave it.
    return [key, ALIASES.includes(key) ? (value?.replaceAll(/\$\{\w+:GIVEN\}/g, 'a') ?? null) : value] as const;
  });

const properties = fc
  .record({
    base: fc.constantFrom<SentProperties>(SINK, {}, { name: 'c', topics: 'a' }),
    className: fc.option(fc.constantFrom(...CLASSES), { nil: undefined }),
    more: fc.array(property, { maxLength: 12 }),
  })
  .map(({ base, className, more }): SentProperties => {
    const sent = { ...base, ...(className !== undefined && { 'connector.class': className }) };
    return Object.fromEntries([...Object.entries(sent), ...more]);
  });

test('define and validate: nothing but their own errors, and no secret in any', () => {
  fc.assert(
    fc.property(properties, sent => {
      const told: unknown[] = [];
      const run: unknown[] = [];
      for (const ask of [
        () => {
          const { config, ...said } = definitions.define(sent, []);
          run.push(config);
          return [config.properties, said];
        },
        () => definitions.validate(sent['connector.class'] ?? 'HttpSink', sent),
      ]) {
        try {
          told.push(ask());
        } catch (error) {
          assert(error instanceof InvalidConnectorError, String(error));
          told.push(error.message, error.stack);
        }
      }
      assert(!JSON.stringify(told).includes(CANARY), JSON.stringify(told));
      // What a provider gave for a key that holds no secret is what the connector runs with: no secret that was sent is in there.
      assert.doesNotMatch(JSON.stringify(run), PLANTED);
    }),
    { numRuns: 400 },
  );
});
