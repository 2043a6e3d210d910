import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutTinyproxy, startTinyproxy } from '../support/tinyproxy.ts';
import type { Delivery } from './collector.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';
import { committedToEnd } from './until.ts';

const DLQ = {
  'errors.tolerance': 'all',
  'errors.deadletterqueue.topic.replication.factor': '1',
  'errors.deadletterqueue.context.headers.enable': 'true',
};

/** Actions and documents of a bulk request, in pairs. */
function documentsOf({
  body,
}: Delivery): readonly { readonly id: string; readonly document: { readonly n: number } }[] {
  const lines = body
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  return Array.from({ length: lines.length / 2 }, (_, i) => ({
    id: (lines[2 * i]!['index'] as { _id: string })._id,
    document: lines[2 * i + 1] as { n: number },
  }));
}

const NO_PROXY = await skipWithoutTinyproxy();

await kafkaSuite('requests', '4', ground => {
  test('a bulk API: what is put off comes again, what is refused is parked, the others are confirmed, all in order', async () => {
    const { node, collector } = ground;
    const COUNT = 200;
    const indexed: string[] = [];
    let busy = 2;
    collector.script(delivery => {
      const items = documentsOf(delivery).map(({ id, document }) => {
        if (document.n === 50) return { index: { _id: id, status: 400, error: { type: 'mapper_parsing_exception' } } };
        if (document.n === 20 && busy-- > 0) return { index: { _id: id, status: 429, error: { type: 'busy' } } };
        indexed.push(id);
        return { index: { _id: id, status: 201 } };
      });
      const errors = items.some(({ index }) => index.status > 299);
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ took: 1, errors, items }),
      };
    });
    await node.createTopic('documents', 1);
    await node.createTopic('documents-dlq', 1);
    const records: NewRecord[] = Array.from({ length: COUNT }, (_, n) => ({
      partition: 0,
      value: JSON.stringify({ n }),
    }));
    await node.produce('documents', records);
    const program = await startProgram(
      workerFile(node),
      sinkFile('bulk', 'documents', collector.url, {
        'batch.format': 'ndjson',
        'http.body.json': '{"index": {"_index": "${topic}", "_id": "${record.id}"}}\n${value}',
        'http.response.records': 'bulk',
        'errors.deadletterqueue.topic.name': 'documents-dlq',
        'errors.deadletterqueue.response.headers.enable': 'true',
        ...DLQ,
      }),
    );
    await committedToEnd(node, groupOf('bulk'), 'documents');
    assert.equal(await program.stop(), 0);
    const expected = Array.from({ length: COUNT }, (_, n) => `documents-0-${n}`).filter(id => id !== 'documents-0-50');
    assert.deepEqual([...indexed].sort(), [...expected].sort(), 'each once');
    const [letter, ...others] = await node.readAll('documents-dlq');
    assert.deepEqual([String(letter?.value), others.length], ['{"n":50}', 0]);
    const headers = Object.assign({}, ...(letter?.headers ?? [])) as Record<string, Buffer>;
    assert.equal(String(headers['__tailrace.response.record.status']), '400');
    assert.match(String(headers['__tailrace.response.record.body']), /mapper_parsing_exception/);
  });

  test('a proxy that does not know the user parks the connector; once it does, everything arrives', {
    skip: NO_PROXY,
  }, async t => {
    const { node, collector } = ground;
    const proxy = await startTinyproxy({ user: 'worker', password: 'another' });
    const port = Number(proxy.url.port);
    await node.createTopic('proxied', 2);
    const records: NewRecord[] = Array.from({ length: 100 }, (_, n) => ({
      partition: n % 2,
      value: JSON.stringify({ id: n }),
    }));
    await node.produce('proxied', records);
    const program = await startProgram(
      workerFile(node),
      sinkFile('proxied', 'proxied', collector.url, {
        'http.proxy.url': `http://127.0.0.1:${port}`,
        'http.proxy.username': 'worker',
        'http.proxy.password': 'canary-word',
      }),
    );
    const parked = await program.logged('the proxy refuses us', ({ event }) => event === 'endpoint-parked');
    assert.match(String(parked.msg), /the proxy 127\.0\.0\.1:\d+/);
    assert.equal(collector.requests, 0);
    await proxy.stop();
    const mended = await startTinyproxy({ user: 'worker', password: 'canary-word', port });
    t.after(() => mended.stop());
    await collector.when('all of them', ({ distinct }) => distinct === records.length);
    await committedToEnd(node, groupOf('proxied'), 'proxied');
    assert.equal(await program.stop(), 0);
    assert.ok(!JSON.stringify(program.log).includes('canary-word'));
  });
});
