import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, auditLine, idsOf, recordId, sampleRecords } from './audit.ts';
import type { Codec, NewRecord, Transaction } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

await kafkaSuite('what a log can hold', '4', ground => {
  test('compressed batches: gzip, snappy, lz4, zstd', async t => {
    const { node, collector } = ground;
    const codecs: readonly Codec[] = ['gzip', 'snappy', 'lz4', 'zstd', 'none'];
    await node.createTopic('codecs', codecs.length);
    const records = sampleRecords(codecs.length, 500);
    for (const [partition, compression] of codecs.entries()) {
      const own = records.filter(record => record.partition === partition);
      await node.produce('codecs', own, { compression });
    }
    const program = await startProgram(workerFile(node), sinkFile('codecs', 'codecs', collector.url));
    await collector.when('all records', ({ distinct }) => distinct === records.length);
    assert.equal(await program.stop(), 0);
    const result = audit(idsOf(records), collector.journal);
    t.diagnostic(auditLine(result));
    assertExactlyOnce(result);
  });

  for (const isolation of ['read_committed', null] as const) {
    const what =
      isolation === null ? 'as in Kafka Connect, all are read by default' : 'read_committed leaves out aborted ones';
    test(`transactions: ${what}`, async t => {
      const { node, collector } = ground;
      const topic = `transactions-${isolation ?? 'default'}`;
      await node.createTopic(topic, 2);
      const records = sampleRecords(2, 400);
      const transactions: Transaction[] = [];
      for (let at = 0; at < records.length; at += 40) {
        transactions.push({ records: records.slice(at, at + 40), end: (at / 40) % 2 === 0 ? 'commit' : 'abort' });
      }
      await node.produceTransactions(topic, transactions);
      const visible = transactions
        .filter(({ end }) => isolation === null || end === 'commit')
        .flatMap(each => each.records);
      const override = isolation === null ? {} : { 'consumer.override.isolation.level': isolation };
      const sink = sinkFile(topic, topic, collector.url, override);
      for (const life of ['first', 'second']) {
        const program = await startProgram(workerFile(node), sink);
        if (life === 'first') await collector.when('all visible', ({ distinct }) => distinct === visible.length);
        else await program.logged('an assignment', ({ event }) => event === 'partitions-assigned');
        assert.equal(await program.stop(), 0);
      }
      const result = audit(idsOf(visible), collector.journal);
      t.diagnostic(auditLine(result));
      assertExactlyOnce(result);
    });
  }

  test('a compacted topic with gaps and tombstones is read to its end', async t => {
    const { node, collector } = ground;
    const config = { 'cleanup.policy': 'compact', 'segment.ms': '200', 'min.cleanable.dirty.ratio': '0.01' };
    await node.createTopic('compacted', 1, { ...config, 'delete.retention.ms': '60000' });
    const keys = 20;
    const rounds = 30;
    for (let round = 0; round < rounds; round++) {
      const records: NewRecord[] = [];
      for (let key = 0; key < keys; key++) {
        const id = recordId(0, round * keys + key);
        records.push({ partition: 0, key: `key-${key}`, value: `{"id":"${id}"}` });
      }
      if (round === 10) records.push({ partition: 0, key: 'gone', value: null });
      await node.produce('compacted', records);
      await new Promise(resolve => setTimeout(resolve, 60));
    }
    const count = keys * rounds + 1;
    let left = count;
    for (let tries = 0; left >= count / 2 && tries < 60; tries++) {
      await new Promise(resolve => setTimeout(resolve, 500));
      left = (await node.readAll('compacted')).length;
    }
    assert.ok(left < count / 2, `the log was compacted (${left} records are left)`);

    const sink = sinkFile('compacted', 'compacted', collector.url, { 'behavior.on.null.values': 'ignore' });
    const program = await startProgram(workerFile(node), sink);
    const last = recordId(0, rounds * keys - 1);
    await collector.when('the last record', ({ journal }) => journal.includes(last));
    assert.equal(await program.stop(), 0);
    // Compaction goes on meanwhile: what must be there is the newest value of each key.
    const newest = Array.from({ length: keys }, (_, key) => recordId(0, (rounds - 1) * keys + key));
    const result = audit(collector.journal, collector.journal);
    t.diagnostic(`${count} written, ${left} left when the worker began; ${auditLine(result)}`);
    assertExactlyOnce(result);
    assert.deepEqual(
      newest.filter(id => !collector.journal.includes(id)),
      [],
      'the newest value of each key',
    );
    assert.ok(collector.distinct <= left, 'there were gaps');
    const high = (await node.watermarks('compacted')).get(0)!.high;
    assert.equal((await node.committed(groupOf('compacted'), 'compacted')).get(0), high);
  });
});
