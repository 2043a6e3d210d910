import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUTHORIZER, allow, disallow, loginAs, USERS } from './access.ts';
import { assertComplete, assertExactlyOnce, audit, auditLine, idsOf, sampleRecords } from './audit.ts';
import { arrived, hold } from './collector.ts';
import { type Program, startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd, until } from './until.ts';

/** A partition stops when it has delivered so many that are not committed. */
const CAP = 200;
const FIRST = 100;

await kafkaSuite(
  'rights that are taken away',
  '4',
  ground => {
    /** A worker that has delivered and committed the first records of two topics, as a user who may read both. */
    async function settled(name: string, operations: readonly string[]): Promise<Program> {
      const { node, collector } = ground;
      const topics = [`${name}-kept`, `${name}-denied`];
      for (const [base, topic] of topics.entries()) {
        await node.createTopic(topic, 1);
        await node.produce(topic, sampleRecords(1, FIRST, { base }));
        await allow(node, 'carol', operations, { topic });
      }
      await allow(node, 'carol', ['Read'], { group: groupOf(name) });
      const sink = sinkFile(name, topics.join(', '), collector.url, {
        'delivery.max.uncommitted.records': String(CAP),
        'batch.max.records': '50',
      });
      const program = await startProgram(workerFile(node, loginAs('carol'), 'LOGIN'), sink);
      await collector.when('the first records', ({ distinct }) => distinct === 2 * FIRST);
      for (const topic of topics) await committedToEnd(node, groupOf(name), topic);
      return program;
    }

    const ofBoth = (count: number, first = 0) => [0, 1].map(base => sampleRecords(1, count, { base, first }));

    for (const [what, name, operations] of [
      ['READ', 'read', ['Read', 'Describe']],
      ['READ, and with it DESCRIBE', 'both', ['Read']],
    ] as const) {
      test(`${what} on one topic: the other goes on, health says why; given back, it goes on by itself`, async t => {
        const { node, collector } = ground;
        const program = await settled(name, operations);
        await disallow(node, 'carol', ['Read'], { topic: `${name}-denied` });
        const [kept, denied] = ofBoth(5 * CAP, FIRST);
        await node.produce(`${name}-kept`, kept!);
        await node.produce(`${name}-denied`, denied!);
        await arrived(collector, 'the other topic', kept!);
        await committedToEnd(node, groupOf(name), `${name}-kept`);
        const { message } = await until('not ready', program.health, ({ ready }) => !ready, 15_000);
        t.diagnostic(message);
        assert.match(message, new RegExp(`${name}-denied`), 'it names the topic');
        assert.match(message, /authoriz|not allowed/i, 'and the reason');
        assert.ok(!collector.journal.includes('1:100'), 'what may not be read has not arrived');

        await allow(node, 'carol', ['Read'], { topic: `${name}-denied` });
        await arrived(collector, 'the topic that was denied', denied!);
        await committedToEnd(node, groupOf(name), `${name}-denied`);
        await until('good health', program.health, ({ ready, progressing }) => ready && progressing);
        assert.equal(await program.stop(), 0);
        const result = audit(idsOf([...ofBoth(FIRST).flat(), ...kept!, ...denied!]), collector.journal);
        t.diagnostic(auditLine(result));
        assertExactlyOnce(result);
      });
    }

    test('a commit that is refused for one topic: what the broker has stored of the other one counts', async t => {
      const { node, collector } = ground;
      const program = await settled('commit', ['Read', 'Describe']);
      const release = hold(collector);
      const [kept, denied] = ofBoth(5 * CAP, FIRST);
      await node.produce('commit-kept', kept!);
      await node.produce('commit-denied', denied!);
      // Records of both are with the endpoint, so that the next commit is about both.
      await collector.when('requests', ({ waiting }) => [0, 1].every(base => waiting.includes(`${base}:${FIRST}`)));
      await disallow(node, 'carol', ['Read'], { topic: 'commit-denied' });
      release();
      await arrived(collector, 'the other topic, beyond the cap', kept!);
      await committedToEnd(node, groupOf('commit'), 'commit-kept');
      const failed = program.log.filter(({ msg }) => /commit/i.test(msg) && /authoriz|not allowed/i.test(msg));
      t.diagnostic(failed[0]?.msg ?? 'no word on a refused commit');

      await allow(node, 'carol', ['Read'], { topic: 'commit-denied' });
      await arrived(collector, 'the topic that was denied', denied!);
      await committedToEnd(node, groupOf('commit'), 'commit-denied');
      await until('good health', program.health, ({ ready, progressing }) => ready && progressing);
      assert.equal(await program.stop(), 0);
      assertComplete(audit(idsOf([...ofBoth(FIRST).flat(), ...kept!, ...denied!]), collector.journal));
    });
  },
  { properties: AUTHORIZER, users: USERS },
);
