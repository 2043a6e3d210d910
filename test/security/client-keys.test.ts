import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import type { ClientProperties, Config } from '../../config/types.ts';
import { type Keys, textsOf } from '../config/written.ts';
import { faultsOrConfig, folder, program, SINK, WORKER } from './program.ts';

const DEAD_LETTERS: Keys = { 'errors.deadletterqueue.topic.name': 'dlq' };
const ROLES = ['consumer', 'producer', 'admin'] as const;

/** Keys that run code, load libraries, replace brokers or take offsets out of our hands: Java's names and librdkafka's. */
const DENIED: readonly string[] = [
  ...['plugin.library.paths', 'sasl.kerberos.kinit.cmd', 'ssl.engine.location', 'ssl.engine.id', 'ssl.providers'],
  ...['security.providers', 'ssl.provider', 'ssl.engine.factory.class', 'interceptors', 'interceptor.classes'],
  ...['sasl.login.class', 'sasl.client.callback.handler.class', 'test.mock.num.brokers', 'test.mock.broker.rtt'],
  ...['open_cb', 'socket_cb', 'closesocket_cb', 'log_cb', 'rebalance_cb', 'dr_msg_cb', 'oauthbearer_token_refresh_cb'],
  ...['default_topic_conf', 'opaque', 'offset.store.path', 'offset.store.method', 'enable.auto.offset.store'],
  ...['ssl_engine_callback_data', 'ssl_key', 'ssl_certificate', 'ssl_ca', 'resolve_cb', 'background_event_cb'],
  ...['sasl.oauthbearer.config', 'sasl.oauthbearer.jwks.endpoint.url', 'sasl.oauthbearer.assertion.file', 'log_level'],
];

/** How a key could be spelled to pass by a list: as a properties file has it. */
const SPELLINGS: readonly ((key: string) => string)[] = [
  key => key,
  key => key.toUpperCase(),
  key => key[0]!.toUpperCase() + key.slice(1),
  key => `${key}\\ `,
  key => `\\ ${key}`,
  key => `${key}\\t`,
  key => `.${key}`,
  key => key.replace('.', '..'),
  key => key.replaceAll('.', '_'),
  key => key.replaceAll('_', '.'),
  key => `${key}\\u200b`,
  key => key.replace('s', '\\u017f'),
  key => `override.${key}`,
];

function clientsOf(config: Config): readonly ClientProperties[] {
  return config.connectors.flatMap(({ kafka }) => [kafka.consumer, kafka.producer, kafka.admin]);
}

/** Refused, or at least not handed to a client under any spelling. */
function assertKeptOut(written: Parameters<typeof textsOf>[0], key: string, what: string): void {
  const { config } = faultsOrConfig(textsOf(written));
  if (config === null) return;
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const given = clientsOf(config).flatMap(({ global, topic }) => Object.entries({ ...global, ...topic }));
  assert(!given.some(([name, value]) => plain(name) === plain(key) && value === 'planted'), what);
}

test('S1: a key that runs code is refused in every spelling, for every client, from file, environment and command line', () => {
  for (const key of DENIED) {
    for (const role of ROLES) {
      for (const spell of SPELLINGS) {
        const inWorker = `${role}.${spell(key)}`;
        const inConnector = `${role}.override.${spell(key)}`;
        const refused = faultsOrConfig(textsOf({ connector: { ...DEAD_LETTERS, [inConnector]: 'planted' } }));
        assert.equal(refused.config, null, inConnector);
        const ofWorker = { worker: { [inWorker]: 'planted' }, connector: DEAD_LETTERS };
        assert.equal(faultsOrConfig(textsOf(ofWorker)).config, null, inWorker);
      }
      const part = key.toUpperCase().replaceAll(/[._]/g, '_');
      const variables = {
        [`TAILRACE_WORKER_${role.toUpperCase()}_${part}`]: 'planted',
        [`TAILRACE_CONNECTOR_C_${role.toUpperCase()}_OVERRIDE_${part}`]: 'planted',
        [`TAILRACE_CONNECTOR_${role.toUpperCase()}_OVERRIDE_${part}`]: 'planted',
      };
      for (const [variable, value] of Object.entries(variables)) {
        const { faults } = faultsOrConfig(textsOf({ connector: DEAD_LETTERS, env: { [variable]: value } }));
        assert(
          faults.some(fault => fault.key === variable || fault.key === key),
          variable,
        );
      }
      for (const override of [`${role}.${key}=planted`, `${role}.override.${key}=planted`, `${key}=planted`]) {
        const { config } = faultsOrConfig(textsOf({ connector: DEAD_LETTERS, overrides: [override] }));
        assert.equal(config, null, override);
      }
    }
    for (const spell of SPELLINGS) {
      assertKeptOut({ worker: { [spell(key)]: 'planted' }, connector: DEAD_LETTERS }, key, `worker: ${spell(key)}`);
      const bare = { connector: { ...DEAD_LETTERS, [spell(key)]: 'planted' } };
      assert.equal(faultsOrConfig(textsOf(bare)).config, null, `connector: ${spell(key)}`);
    }
  }
});

test('S1: keys of clients that there will not be are refused all the same', () => {
  for (const key of [...DENIED, 'no.such.key']) {
    for (const role of ['producer', 'admin']) {
      const { config } = faultsOrConfig(textsOf({ connector: { [`${role}.override.${key}`]: 'planted' } }));
      assert.equal(config, null, `${role} ${key}`);
      assert.equal(faultsOrConfig(textsOf({ worker: { [`${role}.${key}`]: 'planted' } })).config, null, key);
    }
  }
});

test('S1: JSON files, placeholders and a policy that allows all open no way around', () => {
  const base = { name: 'c', 'connector.class': 'HttpSink', topics: 't', 'http.url': 'https://a/', ...DEAD_LETTERS };
  for (const key of DENIED) {
    const config = { ...base, [`consumer.override.${key}`]: 'planted' };
    for (const text of [JSON.stringify(config), JSON.stringify({ name: 'c', config })]) {
      const texts = textsOf({ worker: { 'connector.client.config.override.policy': 'All' } });
      const refused = faultsOrConfig({ ...texts, connectors: [{ name: 'sink.json', text }] });
      assert.equal(refused.config, null, key);
    }
  }
  const provider = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVarConfigProvider' };
  const fromProvider = textsOf({
    worker: provider,
    connector: { 'consumer.override.plugin.library.paths': '\u0024{env:PLANTED}' },
    env: { PLANTED: 'planted' },
  });
  assert.equal(faultsOrConfig(fromProvider).config, null);
});

test('S1: of all that the client knows, these keys alone name something that it opens', () => {
  const types = readFileSync(new URL('../../../node_modules/node-rdkafka/config.d.ts', import.meta.url), 'utf8');
  const known = new Set([...types.matchAll(/^\s*"([\w.]+)"\?:/gm)].map(([, name]) => name!));
  assert(known.size > 150, `${known.size}`);
  const opens = /location|path|cmd|_cb$|dir|lib|plugin|engine|interceptor|mock|store|keytab|file|class|provider/;
  const allowed = [...known].filter(name => opens.test(name) && CLIENT_KEYS.some(({ key }) => key === name));
  assert.deepEqual(allowed.sort(), [
    'https.ca.location',
    'sasl.kerberos.keytab',
    'ssl.ca.location',
    'ssl.certificate.location',
    'ssl.crl.location',
    'ssl.key.location',
    'ssl.keystore.location',
    'ssl.keystore.password',
  ]);
});

test('S1: run ends before a client exists that would run the command', async t => {
  const at = folder(t);
  const proof = join(at, 'planted');
  const kerberos = [
    'consumer.override.security.protocol=SASL_PLAINTEXT',
    'consumer.override.sasl.mechanism=GSSAPI',
    'consumer.override.sasl.kerberos.service.name=kafka',
    'consumer.override.sasl.kerberos.principal=p;touch\u0024{IFS}planted',
    `consumer.override.sasl.kerberos.kinit.cmd=touch ${proof}`,
    `consumer.override.plugin.library.paths=${proof}.so`,
  ];
  writeFileSync(join(at, 'w.properties'), WORKER);
  writeFileSync(join(at, 's.properties'), `${SINK}${kerberos.join('\n')}\n`);
  const { code, err } = await program(at, ['run', 'w.properties', 's.properties']);
  assert.equal(code, 3, err);
  for (const key of ['sasl.kerberos.kinit.cmd', 'plugin.library.paths', 'sasl.kerberos.principal']) {
    assert.match(err, new RegExp(`consumer\\.override\\.${key.replaceAll('.', '\\.')} `));
  }
  assert(!existsSync(proof) && !existsSync(join(at, 'planted')));
});
