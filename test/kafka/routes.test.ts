import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Collector, Delivery } from './collector.ts';
import { type ExactRecord, produceExactly } from './exactly.ts';
import type { NewRecord } from './producing.ts';
import { startProgram } from './program.ts';
import { groupOf, sinkFile, workerFile } from './sink.ts';
import { kafkaSuite } from './suite.ts';

/** Keeps what comes, and confirms it. */
function keep(collector: Collector): Delivery[] {
  const kept: Delivery[] = [];
  collector.script(delivery => {
    kept.push(delivery);
    return { status: 204 };
  });
  return kept;
}

const lineOf = ({ method, path, body }: Delivery): string => `${method} ${path} ${body}`;

await kafkaSuite('routes', '4', ground => {
  test("Orion's notifications: null keys, Fiware headers, a body and an address of their own", async t => {
    const { node, collector } = ground;
    const kept = keep(collector);
    await node.createTopic('orion', 1);
    const notification = (service: string, id: string, temperature: string): NewRecord => ({
      partition: 0,
      key: null,
      headers: [
        ['Fiware-Service', service],
        ['Fiware-Servicepath', '/a'],
        ['Fiware-Correlator', 'c; cbnotif=1'],
        ['Ngsiv2-AttrsFormat', 'normalized'],
      ],
      value: `{"subscriptionId":"s","data":[{"id":"${id}","type":"Room","temperature":{"type":"Number","value":${temperature}}}]}`,
    });
    await node.produce('orion', [
      notification('s1', 'Room1', '23.50'),
      notification('s1', 'Room 2/é', '12345678901234567890'),
      notification('s2', 'Room3', 'null'),
    ]);
    const program = await startProgram(
      workerFile(node),
      sinkFile('orion', 'orion', collector.url, {
        'http.url': `${collector.url}/\${header:Fiware-Service}/\${value:/data/0/id}?t=\${topic}`,
        'http.headers.forward': 'Fiware-*',
        'http.headers.Content-Type': '${header:X-Content|application/json; charset=utf-8}',
        'http.headers.X-Record': '${record.id}',
        'http.body.json':
          '{"id":"${value:/data/0/id}","t":${value:/data/0/temperature/value},"at":"${topic}/${partition}","key":"${key}"}',
      }),
    );
    await collector.when('three notifications', () => kept.length === 3);
    assert.deepEqual(kept.map(lineOf), [
      'POST /in/s1/Room1?t=orion [{"id":"Room1","t":23.50,"at":"orion/0","key":null}]',
      'POST /in/s1/Room%202%2F%C3%A9?t=orion [{"id":"Room 2/é","t":12345678901234567890,"at":"orion/0","key":null}]',
      'POST /in/s2/Room3?t=orion [{"id":"Room3","t":null,"at":"orion/0","key":null}]',
    ]);
    const { headers } = kept[0]!;
    assert.deepEqual(
      [
        'fiware-service',
        'fiware-servicepath',
        'fiware-correlator',
        'ngsiv2-attrsformat',
        'content-type',
        'x-record',
      ].map(name => headers[name]),
      ['s1', '/a', 'c; cbnotif=1', undefined, 'application/json; charset=utf-8', 'orion-0-0'],
    );
    t.diagnostic(`${collector.requests} requests`);
    assert.equal(await program.stop(), 0);
    assert.deepEqual([...(await node.committed(groupOf('orion'), 'orion'))], [[0, 3]]);
  });

  test("Orion's texts and empty notifications go as they are, each with its content type", async () => {
    const { node, collector } = ground;
    const kept = keep(collector);
    await node.createTopic('sub_E1', 1);
    // By Java, since node-rdkafka writes a value of no bytes as null.
    const custom = (value: string, ...headers: readonly (readonly [string, string])[]): ExactRecord => ({
      partition: 0,
      timestamp: 1_700_000_000_000,
      key: null,
      headers: [['Fiware-Servicepath', '/'] as const, ['Ngsiv2-AttrsFormat', 'custom'] as const, ...headers].map(
        ([name, text]) => [name, Buffer.from(text)] as const,
      ),
      value: Buffer.from(value),
    });
    await produceExactly(node, 'sub_E1', [
      custom('{ "A": "10" }'),
      custom('id: E1, S: s1, SS: /subservA, token: fgm', ['Content-Type', 'text/plain']),
      custom('null'),
      custom(''),
      custom('grün \u0000 "\n'),
    ]);
    const program = await startProgram(
      workerFile(node),
      sinkFile('orion-texts', 'sub_E1', collector.url, {
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'batch.format': 'single',
        'behavior.on.empty.values': 'send',
        'http.headers.Content-Type': '${header:Content-Type|application/json}',
        'http.headers.forward': 'Fiware-*,Ngsiv2-AttrsFormat',
      }),
    );
    await collector.when('five notifications', () => kept.length === 5);
    assert.deepEqual(
      kept.map(({ headers, body }) => [headers['content-type'], headers['fiware-servicepath'], body.toString()]),
      [
        ['application/json', '/', '{ "A": "10" }'],
        ['text/plain', '/', 'id: E1, S: s1, SS: /subservA, token: fgm'],
        ['application/json', '/', 'null'],
        ['application/json', '/', ''],
        ['application/json', '/', 'grün \u0000 "\n'],
      ],
    );
    assert.equal(await program.stop(), 0);
    assert.deepEqual([...(await node.committed(groupOf('orion-texts'), 'sub_E1'))], [[0, 5]]);
  });

  test('a compacted topic: values are put, tombstones deleted, in the order of the partition', async () => {
    const { node, collector } = ground;
    const kept = keep(collector);
    await node.createTopic('things', 1);
    const put = (key: string, value: string | null): NewRecord => ({ partition: 0, key, value });
    await node.produce('things', [
      put('a', '{"v":1}'),
      put('b', '{"v":2}'),
      put('a', null),
      put('a', '{"v":3}'),
      put('b', null),
    ]);
    const program = await startProgram(
      workerFile(node),
      sinkFile('things', 'things', collector.url, {
        'http.url': `${collector.url}/\${key}`,
        'http.method': 'PUT',
        'batch.format': 'single',
        'behavior.on.null.values': 'delete',
      }),
    );
    await collector.when('all of them', () => kept.length === 5);
    assert.deepEqual(kept.map(lineOf), [
      'PUT /in/a {"v":1}',
      'PUT /in/b {"v":2}',
      'DELETE /in/a ',
      'PUT /in/a {"v":3}',
      'DELETE /in/b ',
    ]);
    assert.equal(kept[2]!.headers['content-type'], undefined);
    assert.equal(await program.stop(), 0);
    assert.deepEqual([...(await node.committed(groupOf('things'), 'things'))], [[0, 5]]);
  });

  test('a thousand destinations of four partitions: each record at its own, in order, once', async () => {
    const { node, collector } = ground;
    const PER_PARTITION = 1_000;
    const seen = new Map<string, number[]>();
    let records = 0;
    collector.script(({ path, body }) => {
      for (const { p, n, d } of JSON.parse(body.toString()) as { p: number; n: number; d: number }[]) {
        assert.equal(path, `/in/d${d}`);
        const of = seen.get(String(p)) ?? [];
        seen.set(String(p), of);
        of.push(n);
        records++;
      }
      return { status: 200 };
    });
    await node.createTopic('spread', 4);
    const produced = [0, 1, 2, 3].flatMap(p =>
      Array.from({ length: PER_PARTITION }, (_, n) => {
        const d = (n * 7 + p) % 1_000;
        return { partition: p, key: `d${d}`, value: JSON.stringify({ p, n, d }) };
      }),
    );
    await node.produce('spread', produced);
    const program = await startProgram(
      workerFile(node),
      sinkFile('spread', 'spread', collector.url, { 'http.url': `${collector.url}/\${key}` }),
    );
    await collector.when('all of them', () => records >= produced.length, 120_000);
    assert.equal(records, produced.length);
    for (const of of seen.values())
      assert.deepEqual(
        of,
        Array.from({ length: PER_PARTITION }, (_, n) => n),
      );
    assert.equal(await program.stop(), 0);
  });
});
