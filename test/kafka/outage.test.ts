import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAuthorizationServer } from '../support/oidc.ts';
import { assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import type { Answer } from './collector.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const MAX_POLL_INTERVAL_MS = 10_000;
const OUTAGE_MS = 2.5 * MAX_POLL_INTERVAL_MS;
const PARTITIONS = 4;

await kafkaSuite('an endpoint that is away', '4', ground => {
  test('an outage longer than max.poll.interval.ms: still a member, nothing parked, nothing twice', async t => {
    const { node, collector } = ground;
    await node.createTopic('outage', PARTITIONS);
    await node.createTopic('outage-dlq', 1);
    const records = sampleRecords(PARTITIONS, 6000);
    await node.produce('outage', records);
    const sink = sinkFile('outage', 'outage', collector.url, {
      'consumer.override.max.poll.interval.ms': String(MAX_POLL_INTERVAL_MS),
      'consumer.override.session.timeout.ms': '6000',
      'consumer.override.heartbeat.interval.ms': '1000',
      'batch.max.bytes': '65536',
      'buffer.max.bytes': '262144',
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'outage-dlq',
      'errors.deadletterqueue.topic.replication.factor': '1',
    });
    const program = await startProgram(workerFile(node), sink);
    await collector.when('a start', ({ distinct }) => distinct >= 2000);

    const ways: readonly Answer[] = [
      { status: 503 },
      'drop',
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 502 },
    ];
    collector.script(({ number }) => ways[number % ways.length]!);
    const before = collector.distinct;
    await new Promise(resolve => setTimeout(resolve, OUTAGE_MS));
    assert.equal(collector.distinct, before, 'nothing was confirmed during the outage');
    const { connectors } = await program.health();
    assert.equal(connectors[0]!.tasks[0]!.state, 'RUNNING');
    const refusals = collector.refusals;

    collector.script();
    await collector.when('all records', ({ distinct }) => distinct === records.length);
    const rebalances = program.log.filter(
      ({ event }) => event === 'partitions-assigned' || event === 'partitions-revoked',
    );
    assert.equal(rebalances.length, 1, `one assignment and no more:\n${rebalances.map(({ msg }) => msg).join('\n')}`);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(`${OUTAGE_MS} ms of outage, ${refusals} requests refused; ${auditLine(result)}`);
    assertExactlyOnce(result);
    assert.equal((await node.readAll('outage-dlq')).length, 0, 'nothing was parked');
    const ends = [...(await node.watermarks('outage'))].map(([partition, { high }]) => [partition, high]);
    assert.deepEqual([...(await node.committed(groupOf('outage'), 'outage'))], ends);
  });

  test('a client secret that is no longer good: sending stops and says so, nothing is lost or parked', async t => {
    const { node, collector } = ground;
    const server = await startAuthorizationServer();
    t.after(() => server.close());
    await node.createTopic('rotation', PARTITIONS);
    await node.createTopic('rotation-dlq', 1);
    const records = sampleRecords(PARTITIONS, 1000);
    await node.produce('rotation', records);
    collector.script(async ({ headers }) => {
      await new Promise(answer => setTimeout(answer, 20));
      const fault = await server.check(headers['authorization'] as string | undefined);
      return fault === null ? { status: 200 } : { status: 401 };
    });
    const secret = server.clientSecret;
    const sink = sinkFile('rotation', 'rotation', collector.url, {
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'rotation-dlq',
      'http.auth.type': 'oauth2',
      'oauth2.token.url': server.tokenUrl,
      'oauth2.client.id': server.clientId,
      'oauth2.client.secret': secret,
    });
    const program = await startProgram(workerFile(node), sink);
    await collector.when('a start', ({ distinct }) => distinct >= 1000);
    server.rotateSecret('another');
    await server.revokeAll();
    const line = await program.logged('a word on it', ({ event }) => event === 'endpoint-parked');
    t.diagnostic(line.msg);
    const { ready, message } = await program.health();
    assert.equal(ready, false);
    t.diagnostic(message);
    const before = collector.distinct;

    server.rotateSecret(secret);
    await collector.when('all records', ({ distinct }) => distinct === records.length);
    assert.ok(before < records.length, 'it had stopped on the way');
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
    assert.equal((await node.readAll('rotation-dlq')).length, 0, 'nothing was parked');
    assert.ok(!JSON.stringify(program.log).includes(secret), 'no secret in the log');
  });
});
