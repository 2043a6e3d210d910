import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAuthorizationServer } from '../support/oidc.ts';
import { assertExactlyOnce, audit, auditLine, idsOf, PAYLOAD, sampleRecords } from './audit.ts';
import type { KafkaLine } from './jars.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

const LINES: readonly KafkaLine[] = ['4', '3.9'];
const TOPICS = ['clicks', 'orders', 'views'];
const PARTITIONS = 2;
const PER_PARTITION = 2000;

for (const line of LINES) {
  await kafkaSuite('end to end', line, ground => {
    test('three topics reach an endpoint behind OAuth2, once each, bytes unchanged; SIGTERM ends with 0', async t => {
      const { node, collector } = ground;
      const server = await startAuthorizationServer({ tokenLifetime: 4 });
      t.after(() => server.close());
      const bodies: string[] = [];
      collector.script(async ({ headers, body, number }) => {
        const fault = await server.check(headers['authorization'] as string | undefined, server.scope);
        if (fault !== null) return { status: 401, headers: { 'www-authenticate': `Bearer error="${fault}"` } };
        if (number <= 3) bodies.push(body.toString());
        return { status: 202, body: '{"accepted":true}' };
      });
      const produced: string[] = [];
      const produce = async (first: number): Promise<void> => {
        for (const [index, topic] of TOPICS.entries()) {
          const records = sampleRecords(PARTITIONS, PER_PARTITION, { first, base: index * PARTITIONS });
          await node.produce(topic, records);
          produced.push(...idsOf(records));
        }
      };
      for (const topic of TOPICS) await node.createTopic(topic, PARTITIONS);
      await produce(0);
      const sink = sinkFile('e2e', TOPICS.join(', '), collector.url, {
        'http.headers.X-Source': 'kafka',
        'http.auth.type': 'oauth2',
        'oauth2.token.url': server.tokenUrl,
        'oauth2.client.id': server.clientId,
        'oauth2.client.secret': server.clientSecret,
        'oauth2.scope': server.scope,
      });
      const program = await startProgram(workerFile(node), sink);
      await collector.when('the first half', ({ distinct }) => distinct === produced.length);

      await server.revokeAll();
      await produce(PER_PARTITION);
      await collector.when(
        'the second half, after the token was revoked',
        ({ distinct }) => distinct === produced.length,
      );
      const code = await program.stop();

      const result = audit(produced, collector.journal);
      t.diagnostic(
        `Kafka ${node.version}: ${auditLine(result)}; ${collector.requests} requests, ${server.tokensIssued} tokens`,
      );
      assertExactlyOnce(result);
      assert.equal(code, 0, 'exit code');
      assert.ok(
        bodies.every(body => body.includes(PAYLOAD)),
        'the bytes of a record arrive as they were produced',
      );
      assert.ok(server.tokensIssued >= 2, 'the revoked token was replaced');
      assert.ok(collector.refusals >= 1, 'the revoked token was refused');
      for (const topic of TOPICS) {
        const ends = [...(await node.watermarks(topic))].map(([partition, { high }]) => [partition, high]);
        assert.deepEqual([...(await node.committed(groupOf('e2e'), topic))], ends, `${topic} is committed to its end`);
      }
      const log = program.log.map(entry => JSON.stringify(entry)).join('\n');
      assert.ok(!log.includes(server.clientSecret), 'no secret in the log');
    });
  });
}
