import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASSIGNOR, kafkaConfig, startMember } from '../support/broker.ts';
import { AUTHORIZER, allow, USERS } from './access.ts';
import { commit } from './asking.ts';
import { sampleRecords } from './audit.ts';
import { checkOf, checkText } from './checked.ts';
import { deleteBefore } from './deleting.ts';
import type { KafkaNode } from './node.ts';
import type { Properties } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule';

/** What all clients of a worker log in with as carol. */
function login(password: string = USERS.carol): Properties {
  const keys = {
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config': `${MODULE} required username="carol" password="${password}";`,
  };
  const roles = ['', 'consumer.', 'producer.', 'admin.'];
  return Object.fromEntries(roles.flatMap(role => Object.entries(keys).map(([key, value]) => [role + key, value])));
}

/** What `kafka-acls.sh` is called with. */
function argumentsOf(line: string): string[] {
  const [tool, ...args] = line.split(' ');
  assert.equal(tool, 'kafka-acls.sh');
  return args;
}

await kafkaSuite(
  'check',
  '4',
  ground => {
    const asCarol = (password?: string) => workerFile(ground.node, login(password), 'LOGIN');

    async function topicFor(name: string, partitions = 2): Promise<string> {
      await ground.node.createTopic(name, partitions);
      await allow(ground.node, 'carol', ['Read'], { topic: name });
      await allow(ground.node, 'carol', ['Read'], { group: groupOf(name) });
      return name;
    }

    test('all is green, and nothing was sent, committed or left behind', async () => {
      const { node, collector } = ground;
      await topicFor('green', 3);
      await node.produce('green', sampleRecords(3, 40));
      await node.createTopic('green-letters', 1);
      await allow(node, 'carol', ['Write'], { topic: 'green-letters' });
      const more = { 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': 'green-letters' };
      const sink = sinkFile('green', 'green', collector.url, more);
      const { code, ok, findings, of, all } = await checkOf(asCarol(), sink);
      assert.deepEqual([code, ok, all('failed'), all('warning')], [0, true, [], []], JSON.stringify(findings, null, 1));
      assert.match(of('brokers')[0]!.text, /^1 broker, Kafka 4\.\d or later, cluster \S{22}$/);
      assert.equal(of('topics', 'green')[0]!.text, '3 partitions');
      assert.deepEqual(
        all('ok').filter(one => one.startsWith('acl')),
        ['acl topic green', 'acl group connect-green', 'acl topic green-letters'],
      );
      assert.deepEqual(of('lag', 'green')[0]!.facts['lag'], 120);
      assert.equal(
        of('lag', 'green')[0]!.text,
        '120 records wait in 3 partitions; nothing is committed: reading begins at the earliest ones',
      );
      assert.equal(of('dead letters', 'green-letters')[0]!.text, '1 partition');
      assert.match(of('group')[0]!.text, /^there is no such group yet/);
      assert.equal(collector.requests, 0);
      assert.equal((await node.committed(groupOf('green'), 'green')).size, 0);
      const text = await checkText(asCarol(), sink);
      assert.equal(text.code, 0);
      assert.match(text.out, /^✓ brokers {8}localhost:\d+: 1 broker, /m);
      assert.match(text.out, /\n\d+ ok, 0 warnings, 0 failed, 1 skipped\n$/);
      assert.ok(!text.out.includes(USERS.carol) && !JSON.stringify(findings).includes(USERS.carol));
    });

    test('--send-one sends the newest record that may be read, once, and leaves no trace in Kafka', async () => {
      const { node, collector } = ground;
      for (const topic of ['newest', 'void']) await topicFor(topic, 3);
      await node.produce('newest', sampleRecords(3, 5));
      const [newest] = await node.produce('newest', sampleRecords(1, 1, { base: 1, first: 900 }));
      await node.produceTransactions('newest', [
        { end: 'abort', records: sampleRecords(1, 2, { base: 2, first: 950 }) },
      ]);
      const committed = { 'consumer.override.isolation.level': 'read_committed' };
      const sink = sinkFile('newest', 'void,newest', collector.url, committed);
      const { code, of } = await checkOf(asCarol(), sink, ['--send-one']);
      const [sent] = of('endpoint');
      assert.deepEqual([code, sent!.outcome], [0, 'ok'], JSON.stringify(sent));
      assert.match(
        sent!.text,
        new RegExp(`^newest-0 offset ${newest!.offset}: 1 record in 1 request: confirmed \\(200, `),
      );
      assert.deepEqual([collector.requests, collector.journal], [1, ['1:900']]);
      assert.equal((await node.committed(groupOf('newest'), 'newest')).size, 0);
      const groups = await node.java('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
        '--bootstrap-server',
        node.bootstrap(),
        '--list',
      ]);
      assert.ok(!groups.split('\n').includes(groupOf('newest')), groups);
      const empty = await checkOf(asCarol(), sinkFile('void', 'void', collector.url), ['--send-one']);
      assert.deepEqual([empty.code, empty.of('endpoint')[0]!.text], [0, 'void: no record that could be sent']);
      assert.equal(collector.requests, 1);
    });

    test('a group whose members share partitions in another way', async t => {
      const { node, collector } = ground;
      await topicFor('shared', 2);
      const settings = { 'partition.assignment.strategy': ASSIGNOR.cooperative };
      const config = kafkaConfig(node.bootstrap(), groupOf('shared'), settings);
      await startMember(t, { config, topics: ['shared'] });
      const { code, of } = await checkOf(asCarol(), sinkFile('shared', 'shared', collector.url));
      const [group] = of('group');
      assert.deepEqual([code, group!.outcome], [5, 'failed'], JSON.stringify(group));
      assert.match(
        group!.text,
        /^Stable, 1 member: .*; they share partitions by cooperative-sticky, and this connector by range$/,
      );
    });

    test('the portable reader says what it can not tell, and the rest', async () => {
      const { node, collector } = ground;
      await topicFor('portable', 2);
      await node.produce('portable', sampleRecords(2, 10));
      const worker = { ...asCarol(), reader: 'portable' };
      const { code, of, all } = await checkOf(worker, sinkFile('portable', 'portable', collector.url), ['--send-one']);
      assert.deepEqual([code, all('failed')], [0, []]);
      assert.deepEqual([of('lag', 'portable')[0]!.facts['lag'], of('endpoint')[0]!.outcome], [20, 'ok']);
      assert.match(of('group')[0]!.text, /portable reader/);
      assert.equal(of('acl', 'topic portable')[0]!.outcome, 'skipped');
      assert.equal(collector.requests, 1);
    });

    test('a broker that stands still costs no more than the time that a step has, and many topics few lines', async () => {
      const { node, collector } = ground;
      for (let i = 0; i < 30; i++) await node.createTopic(`many-${i}`, 2);
      const { topics: _, ...sink } = sinkFile('many', '', collector.url, { 'topics.regex': 'many-[0-9]+' });
      const many = await checkOf(workerFile(node), sink);
      assert.deepEqual(
        [many.code, many.of('topics').map(({ subject, text }) => `${subject}: ${text}`)],
        [0, ['30 of 30: 60 partitions']],
      );
      process.kill(node.pid!, 'SIGSTOP');
      try {
        const { code, of } = await checkOf(workerFile(node), sink, ['--timeout', '2s']);
        assert.equal(code, 5);
        assert.match(of('brokers')[0]!.text, /did not answer in time|within 2000 ms/);
      } finally {
        process.kill(node.pid!, 'SIGCONT');
      }
    });

    test('a wrong password has its own sentence', async () => {
      const { code, of, all } = await checkOf(
        asCarol('canary-wrong'),
        sinkFile('wrong', 'wrong', ground.collector.url),
      );
      assert.equal(code, 5);
      const [found] = of('brokers');
      assert.match(found!.text, /^Kafka refused the credentials \(.*SASL/);
      assert.equal(found!.advice, 'check sasl.mechanism, sasl.jaas.config and the password');
      assert.ok(!JSON.stringify(found).includes('canary'));
      assert.deepEqual(
        all('failed').filter(one => !one.startsWith('brokers')),
        [],
      );
      for (const area of ['topics', 'group', 'lag'] as const)
        assert.match(of(area)[0]!.text, /since brokers of \S+ failed$/);
    });

    test('TLS to a listener without it, and none to one that wants it', async () => {
      const { node, collector } = ground;
      const sink = sinkFile('tls', 'tls', collector.url);
      const trust = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': node.authority.certificatePath };
      const secured = Object.fromEntries(
        Object.entries({ 'security.protocol': 'SSL', ...trust }).flatMap(([key, value]) => [
          [key, value],
          [`consumer.${key}`, value],
        ]),
      );
      const plain = await checkOf(workerFile(node, secured), sink, ['--timeout', '5s']);
      assert.equal(plain.code, 5);
      assert.match(plain.of('tls')[0]!.text, /does not speak TLS|cut the connection|closed/);
      const wanted = await checkOf(workerFile(node, {}, 'MTLS'), sink, ['--timeout', '5s']);
      assert.equal(wanted.code, 5);
      assert.equal(wanted.of('brokers')[0]!.outcome, 'failed');
      const nobody = await checkOf(workerFile(node, secured, 'MTLS'), sink, ['--timeout', '5s']);
      assert.match(`${nobody.of('tls')[0]!.text} ${nobody.of('tls')[0]!.advice}`, /certificate/);
    });

    test('a missing right on topic, group and dead letter topic: the line that gives it, which does', async () => {
      const { node, collector } = ground;
      for (const topic of ['rights', 'rights-letters']) await node.createTopic(topic, 1);
      const more = { 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': 'rights-letters' };
      const sink = sinkFile('rights', 'rights', collector.url, more);
      const bare = await checkOf(asCarol(), sink);
      assert.equal(bare.code, 5);
      const missing = bare.of('acl').filter(({ outcome }) => outcome === 'failed');
      assert.deepEqual(
        missing.map(({ text }) => text),
        [
          'this user may not READ the topic rights',
          'this user may not READ the group connect-rights',
          'this user may not WRITE the topic rights-letters',
        ],
      );
      const server = `--bootstrap-server ${node.bootstrap('LOGIN')} --add --allow-principal User:carol`;
      assert.deepEqual(
        missing.map(({ advice }) => advice),
        [
          `kafka-acls.sh ${server} --operation Read --topic rights`,
          `kafka-acls.sh ${server} --operation Read --group connect-rights`,
          `kafka-acls.sh ${server} --operation Write --topic rights-letters`,
        ],
      );
      for (const { advice } of missing) await run(node, advice!);
      const granted = await checkOf(asCarol(), sink);
      assert.deepEqual([granted.code, granted.all('failed')], [0, []], JSON.stringify(granted.findings, null, 1));
    });

    test('one who may only look at a topic is told what is missing to read it', async () => {
      await ground.node.createTopic('looked-at', 1);
      await allow(ground.node, 'carol', ['Describe'], { topic: 'looked-at' });
      const { of } = await checkOf(asCarol(), sinkFile('looked-at', 'looked-at', ground.collector.url));
      assert.deepEqual(
        [of('topics', 'looked-at')[0]!.outcome, of('acl', 'topic looked-at')[0]!.outcome],
        ['ok', 'failed'],
      );
      assert.match(of('acl', 'topic looked-at')[0]!.advice!, /--operation Read --topic looked-at$/);
    });

    test('a topic that is not there, and an expression that matches none', async () => {
      const { node, collector } = ground;
      const missing = await checkOf(workerFile(node), sinkFile('missing', 'no-such-topic', collector.url));
      assert.equal(missing.code, 5);
      const [found] = missing.of('topics', 'no-such-topic');
      assert.deepEqual([found!.text, found!.advice], ['the topic does not exist', 'create it, or correct its name']);
      const { topics: _, ...regex } = sinkFile('none', '', collector.url, { 'topics.regex': 'nothing-is-called-so.*' });
      const none = await checkOf(workerFile(node), regex);
      assert.deepEqual(
        [none.code, none.of('topics')[0]!.subject, none.of('topics')[0]!.text],
        [5, 'topics.regex=nothing-is-called-so.*', 'it matches no topic that this user may see'],
      );
    });

    test('a dead letter topic that would have to be created', async () => {
      const { node, collector } = ground;
      await topicFor('unmade', 1);
      const more = { 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': 'unmade-letters' };
      const three = await checkOf(workerFile(node), sinkFile('unmade', 'unmade', collector.url, more));
      const [tooMany] = three.of('dead letters', 'unmade-letters');
      assert.equal(tooMany!.outcome, 'failed');
      assert.match(tooMany!.text, /replication factor of 3, and the cluster has 1 broker$/);
      const one = { ...more, 'errors.deadletterqueue.topic.replication.factor': '1' };
      const fine = await checkOf(workerFile(node), sinkFile('unmade', 'unmade', collector.url, one));
      assert.equal(fine.of('dead letters', 'unmade-letters')[0]!.outcome, 'ok');
      assert.equal(fine.code, 0, JSON.stringify(fine.findings, null, 1));
    });

    test('lag, and offsets outside of the log on either side', async () => {
      const { node, collector } = ground;
      await node.createTopic('outside', 3);
      await node.produce('outside', sampleRecords(3, 100));
      const commitAt = async (...offsets: readonly (readonly [partition: number, offset: number])[]): Promise<void> => {
        for (const [partition, offset] of offsets) {
          await commit(node.bootstrap(), groupOf('outside'), { topic: 'outside', partition, offset });
        }
      };
      await commitAt([0, 10], [1, 70], [2, 500]);
      const { 'consumer.override.auto.offset.reset': _, ...sink } = sinkFile('outside', 'outside', collector.url);
      await deleteBefore(node, 'outside', 0, 50);
      const { code, of } = await checkOf(workerFile(node), sink);
      const [lag] = of('lag', 'outside');
      assert.deepEqual([code, lag!.outcome, lag!.facts['lag']], [5, 'failed', 50 + 30]);
      assert.match(
        lag!.text,
        /partition 0 has committed 10, and its log begins at 50: 40 records are gone; 2 has committed 500, and its log ends at 100$/,
      );
      assert.match(lag!.advice!, /tailrace offsets reset/);
      const told = await checkOf(workerFile(node), sinkFile('outside', 'outside', collector.url));
      assert.deepEqual([told.code, told.of('lag')[0]!.outcome], [0, 'warning']);
      await commitAt([0, 60], [2, 100]);
      const mended = await checkOf(workerFile(node), sink);
      assert.deepEqual([mended.code, mended.of('lag')[0]!.facts['lag']], [0, 40 + 30]);
    });
  },
  { properties: AUTHORIZER, users: USERS },
);

await kafkaSuite('check', '3.9', ground => {
  test('all is green', async () => {
    const { node, collector } = ground;
    await node.createTopic('green', 3);
    await node.produce('green', sampleRecords(3, 40));
    const { code, of, all } = await checkOf(workerFile(node), sinkFile('green', 'green', collector.url), [
      '--send-one',
    ]);
    assert.deepEqual([code, all('failed'), all('warning')], [0, [], []]);
    assert.match(of('brokers')[0]!.text, /^1 broker, Kafka 3\.9 or later, cluster \S{22}$/);
    assert.deepEqual([of('lag', 'green')[0]!.facts['lag'], collector.requests], [120, 1]);
  });
});

async function run(node: KafkaNode, line: string): Promise<void> {
  const args = argumentsOf(line);
  // Who gives rights logs in as somebody else.
  args[args.indexOf('--bootstrap-server') + 1] = node.bootstrap();
  await node.java('org.apache.kafka.tools.AclCommand', args);
}
