import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { Authority, Identity } from '../support/certificates.ts';
import { assertExactlyOnce, audit, idsOf, sampleRecords } from './audit.ts';
import { type Program, type Properties, startProgram } from './program.ts';
import { KAFKA_USER, type Listener } from './properties.ts';
import { sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const LOGIN_MODULES = {
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
} as const;

await kafkaSuite('secured listeners, by the keys of the Java client', '4', ground => {
  /** What a Kafka Connect worker file has for its consumers. */
  const forConsumers = (properties: Properties): Properties =>
    Object.fromEntries(Object.entries(properties).map(([key, value]) => [`consumer.${key}`, value]));

  const sasl = (mechanism: keyof typeof LOGIN_MODULES, password: string): Properties => ({
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': `${LOGIN_MODULES[mechanism]} required username="${KAFKA_USER.username}" password="${password}";`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': ground.node.authority.certificatePath,
  });

  let topics = 0;
  async function run(listener: Listener, worker: Properties): Promise<{ program: Program; produced: string[] }> {
    const topic = `secured-${++topics}`;
    await ground.node.createTopic(topic, 1);
    const records = sampleRecords(1, 100, { base: topics });
    await ground.node.produce(topic, records);
    const program = await startProgram(
      workerFile(ground.node, worker, listener),
      sinkFile(topic, topic, ground.collector.url),
    );
    return { program, produced: idsOf(records) };
  }

  async function assertDelivers(listener: Listener, worker: Properties): Promise<void> {
    const { program, produced } = await run(listener, worker);
    const mine = (): string[] => ground.collector.journal.filter(id => produced.includes(id));
    await ground.collector.when('all records', () => mine().length >= produced.length, 30_000);
    assert.equal(await program.stop(), 0);
    assertExactlyOnce(audit(produced, mine()));
  }

  for (const mechanism of ['SCRAM-SHA-512', 'PLAIN'] as const) {
    test(`SASL_SSL with ${mechanism} and a PEM trust store`, () =>
      assertDelivers('SASL', forConsumers(sasl(mechanism, KAFKA_USER.password))));
  }

  test('dead letters over SASL_SSL, their topic created there', async () => {
    const login = sasl('SCRAM-SHA-512', KAFKA_USER.password);
    const clients = ['consumer', 'producer', 'admin'].flatMap(client =>
      Object.entries(login).map(([key, value]) => [`${client}.${key}`, value]),
    );
    await ground.node.createTopic('secured-parcels', 1);
    await ground.node.produce('secured-parcels', [{ key: 'bad', value: 'no json' }, ...sampleRecords(1, 10)]);
    const sink = sinkFile('secured-parcels', 'secured-parcels', ground.collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'secured-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
    });
    const program = await startProgram(workerFile(ground.node, Object.fromEntries(clients), 'SASL'), sink);
    await ground.collector.when('the good ones', ({ distinct }) => distinct === 10, 30_000);
    assert.equal(await program.stop(), 0);
    const letters = await ground.node.readAll('secured-dlq');
    assert.deepEqual(
      letters.map(({ key, value }) => [String(key), String(value)]),
      [['bad', 'no json']],
    );
  });

  test('mutual TLS with PEM files', () =>
    assertDelivers(
      'MTLS',
      forConsumers({
        'security.protocol': 'SSL',
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': ground.node.authority.certificatePath,
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': ground.node.client.storePath,
      }),
    ));

  test('mutual TLS with PEM texts', () =>
    assertDelivers(
      'MTLS',
      forConsumers({
        'security.protocol': 'SSL',
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.certificates': ground.node.authority.certificate,
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.certificate.chain': ground.node.client.certificate,
        'ssl.keystore.key': ground.node.client.key,
      }),
    ));

  for (const type of ['JKS', 'PKCS12'] as const) {
    test(`mutual TLS with stores of the type ${type}`, () => {
      const { trust, key } = storesOf(type, ground.node.authority, ground.node.client);
      return assertDelivers(
        'MTLS',
        forConsumers({
          'security.protocol': 'SSL',
          'ssl.truststore.type': type,
          'ssl.truststore.location': trust,
          'ssl.truststore.password': STORE_PASSWORD,
          'ssl.keystore.type': type,
          'ssl.keystore.location': key,
          'ssl.keystore.password': STORE_PASSWORD,
        }),
      );
    });
  }

  test('a wrong password: one readable line without it, then quiet; SIGTERM still ends the worker', async t => {
    const { program } = await run('SASL', forConsumers(sasl('SCRAM-SHA-512', 'wrong-secret')));
    const line = await program.logged('a word on the password', isComplaint, 30_000);
    await new Promise(resolve => setTimeout(resolve, 3000));
    const complaints = program.log.filter(isComplaint);
    t.diagnostic(line.msg);
    assert.match(line.msg, /authenticat|password/i);
    assert.ok(complaints.length <= 5, `${complaints.length} lines in three seconds`);
    assert.ok(program.running, 'it goes on trying');
    assert.ok(!JSON.stringify(program.log).includes('wrong-secret'), 'no password in the log');
    const code = await program.stop();
    assert.ok(code === 0 || code === 4, `exit code ${code}`);
  });

  test('an unknown topic: one readable line that names it', async t => {
    const program = await startProgram(
      workerFile(ground.node),
      sinkFile('unknown', 'no-such-topic', ground.collector.url),
    );
    const line = await program.logged(
      'a word on the topic',
      ({ msg }) => isComplaint({ msg, level: 'warn' }) && msg.includes('no-such-topic'),
    );
    t.diagnostic(line.msg);
    await ground.node.createTopic('no-such-topic', 1);
    const records = sampleRecords(1, 10, { base: 900 });
    await ground.node.produce('no-such-topic', records);
    await ground.collector.when('records of the topic, once it exists', ({ journal }) => journal.includes('900:9'));
    assert.equal(await program.stop(), 0);
  });
});

const STORE_PASSWORD = 'store-password';

/** Beside the PEM files of the same authority and client; keytool comes with the Java that Kafka runs on. */
function storesOf(type: 'JKS' | 'PKCS12', authority: Authority, client: Identity): { trust: string; key: string } {
  const [trust, pkcs12, key] = ['trust', 'pkcs12', 'key'].map(name => `${client.storePath}.${name}.${type}`);
  const run = (command: string, ...args: readonly string[]) => execFileSync(command, args, { stdio: 'pipe' });
  const own = ['-inkey', client.keyPath, '-in', client.certificatePath, '-certfile', authority.certificatePath];
  run('openssl', 'pkcs12', '-export', ...own, '-name', 'client', '-out', pkcs12!, '-passout', `pass:${STORE_PASSWORD}`);
  const into = (file: string) => ['-storetype', type, '-keystore', file, '-storepass', STORE_PASSWORD, '-noprompt'];
  run('keytool', '-importcert', '-alias', 'ca', '-file', authority.certificatePath, ...into(trust!));
  const from = ['-srckeystore', pkcs12!, '-srcstoretype', 'PKCS12', '-srcstorepass', STORE_PASSWORD];
  const to = ['-destkeystore', key!, '-deststoretype', type, '-deststorepass', STORE_PASSWORD];
  run('keytool', '-importkeystore', ...from, ...to, '-noprompt');
  return { trust: trust!, key: key! };
}

function isComplaint({ level, msg }: { readonly level?: string; readonly msg: string }): boolean {
  return (level === 'warn' || level === 'error') && /authenticat|password|topic/i.test(msg);
}
