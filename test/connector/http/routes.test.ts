import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Batch, Verdict } from '../../../connector/batch.ts';
import { Batcher } from '../../../connector/batcher.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { SliceQueue } from '../../../worker/task/order/slice-queue.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { Endpoint } from '../../support/endpoint.ts';
import { SinkRig } from './rig.ts';

const TEXT_KEYS: Keys = { 'key.converter': 'org.apache.kafka.connect.storage.StringConverter' };

interface Produced {
  readonly key: string;
  readonly value: string | null;
  readonly headers?: RecordLike['headers'];
}

/** Records over the whole way from a block to a real socket, one request after another. */
async function route(t: TestContext, keys: Keys, records: readonly Produced[], endpoint?: Endpoint) {
  const server = endpoint ?? (await new Endpoint().start());
  const { origin } = server.url;
  const filled = Object.fromEntries(
    Object.entries({ ...TEXT_KEYS, ...keys }).map(([key, value]) => [key, value!.replace('ORIGIN', origin)]),
  );
  const config = connectorOf(filled);
  const format = bodyFormat(config.batch);
  const path = createRecordPath(config, format, [], () => 0);
  const rig = new SinkRig(server.url, {
    http: { ...config.http, retryBackoffMs: 1, retryBackoffMaxMs: 10 },
    batch: config.batch,
  });
  t.after(async () => {
    await rig.sink.close();
    if (endpoint === undefined) await server.close();
  });
  const tp = { topic: 'events', partition: 0 };
  const written = records.map(({ key, value, headers = [] }, offset) => ({
    ...tp,
    offset,
    key: Buffer.from(key),
    value,
    headers,
  }));
  const block = path.convert(buildBlock(written, { separator: format.separator }));
  const lane = new SliceQueue();
  lane.push(block, { start: 0, end: block.count, first: 0 }, tp, 0);
  const batcher = new Batcher(format, 0);
  const verdicts: Verdict[] = [];
  for (let batch: Batch | null = take(); batch !== null; batch = take()) verdicts.push(...(await rig.deliver(batch)));
  function take(): Batch | null {
    return lane.records === 0 ? null : batcher.take([lane], 0);
  }
  const shown = server.requests.map(({ method, path, headers, body }) => ({
    method,
    path,
    headers,
    body: body.toString(),
  }));
  return { requests: shown, verdicts };
}

const lineOf = ({ method, path, body }: { method: string; path: string; body: string }): string =>
  `${method} ${path} ${body}`;

describe('routes over sockets', () => {
  it('a request for each change of the address', async t => {
    const records = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b/..?', value: '3' },
      { key: 'a', value: '4' },
    ];
    const { requests, verdicts } = await route(t, { 'http.url': 'ORIGIN/k/${key}?t=${topic}' }, records);
    assert.deepEqual(requests.map(lineOf), [
      'POST /k/a?t=events [1,2]',
      'POST /k/b%2F..%3F?t=events [3]',
      'POST /k/a?t=events [4]',
    ]);
    assert.deepEqual(
      verdicts.map(({ kind, start, end }) => [kind, start, end]),
      [
        ['delivered', 0, 2],
        ['delivered', 2, 3],
        ['delivered', 3, 4],
      ],
    );
  });

  it('deletes have no body, no content type, and one record', async t => {
    const keys = { 'http.url': 'ORIGIN/k/${key}', 'behavior.on.null.values': 'delete', 'http.headers.X-Key': '${key}' };
    const { requests } = await route(t, keys, [
      { key: 'a', value: '1' },
      { key: 'a', value: null },
      { key: 'a', value: null },
    ]);
    assert.deepEqual(requests.map(lineOf), ['POST /k/a [1]', 'DELETE /k/a ', 'DELETE /k/a ']);
    assert.equal(requests[0]!.headers['content-type'], 'application/json');
    assert.equal(requests[1]!.headers['content-type'], undefined);
    assert.equal(requests[1]!.headers['x-key'], 'a');
    assert.equal(requests[1]!.headers['transfer-encoding'], undefined);
  });

  it('GET asks once a record', async t => {
    const { requests } = await route(t, { 'http.method': 'GET', 'http.url': 'ORIGIN/q?id=${value:/id}' }, [
      { key: '', value: '{"id":1}' },
      { key: '', value: '{"id":1}' },
    ]);
    assert.deepEqual(requests.map(lineOf), ['GET /q?id=1 ', 'GET /q?id=1 ']);
  });

  it('a content type for each record, forwarded headers, a body of the template', async t => {
    const keys = {
      'http.url': 'ORIGIN/in',
      'http.headers.Content-Type': '${header:kind|application/json}',
      'http.headers.forward': 'Fiware-*',
      'batch.format': 'single',
      'http.body.template': '<${value:/a}>',
    };
    const { requests } = await route(t, keys, [
      {
        key: '',
        value: '{"a":1}',
        headers: [
          ['kind', Buffer.from('text/plain')],
          ['Fiware-Service', Buffer.from('s1')],
        ],
      },
      { key: '', value: '{"a":"x"}' },
    ]);
    assert.deepEqual(
      requests.map(({ headers, body }) => [headers['content-type'], headers['fiware-service'], body]),
      [
        ['text/plain', 's1', '<1>'],
        ['application/json', undefined, '<x>'],
      ],
    );
  });

  it('an answer that splits a request leaves its parts at their address', async t => {
    const endpoint = await new Endpoint({
      script: ({ body }) => ({ status: body.toString().includes('bad') ? 400 : 200 }),
    }).start();
    t.after(() => endpoint.close());
    const values = ['1', '2', '"bad"', '4'];
    const { requests, verdicts } = await route(
      t,
      { 'http.url': 'ORIGIN/${key}' },
      values.map(value => ({ key: 'k', value })),
      endpoint,
    );
    assert.deepEqual(requests.map(lineOf), [
      'POST /k [1,2,"bad",4]',
      'POST /k [1,2]',
      'POST /k ["bad",4]',
      'POST /k ["bad"]',
      'POST /k [4]',
    ]);
    assert.deepEqual(
      verdicts.filter(({ kind }) => kind === 'rejected').map(({ start }) => start),
      [2],
    );
  });
});

describe('answers where records decide the address', () => {
  const keys = { 'http.url': 'ORIGIN/k/${key}', 'behavior.on.null.values': 'delete' };

  for (const status of [404, 410]) {
    it(`${status} is the record's error, or says that it is gone already`, async t => {
      const endpoint = await new Endpoint({
        script: ({ path }) => (path === '/k/no' ? { status, body: '<html></html>' } : {}),
      }).start();
      t.after(() => endpoint.close());
      const { verdicts } = await route(
        t,
        keys,
        [
          { key: 'yes', value: '1' },
          { key: 'no', value: '2' },
          { key: 'no', value: null },
          { key: 'yes', value: '4' },
        ],
        endpoint,
      );
      assert.deepEqual(
        verdicts.map(({ kind, start }) => [kind, start]),
        [
          ['delivered', 0],
          ['rejected', 1],
          ['delivered', 2],
          ['delivered', 3],
        ],
      );
    });
  }

  it('what else is refused of a deletion is repeated, or rejected, as of any request', async t => {
    let count = 0;
    const endpoint = await new Endpoint({ script: () => ({ status: [503, 400, 200][count++]! }) }).start();
    t.after(() => endpoint.close());
    const { verdicts, requests } = await route(
      t,
      keys,
      [
        { key: 'a', value: null },
        { key: 'a', value: '1' },
      ],
      endpoint,
    );
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['DELETE', 'DELETE', 'POST'],
    );
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      ['rejected', 'delivered'],
    );
  });

  it('rules about bodies ask nothing of the answer to a deletion', async t => {
    const endpoint = await new Endpoint({
      script: ({ method }) => (method === 'DELETE' ? { status: 204 } : { status: 200, body: '{"ok":true}' }),
    }).start();
    t.after(() => endpoint.close());
    const ruled = { ...keys, 'http.response.success.when': '/ok == true' };
    const { verdicts } = await route(
      t,
      ruled,
      [
        { key: 'a', value: '1' },
        { key: 'a', value: null },
      ],
      endpoint,
    );
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      ['delivered', 'delivered'],
    );
  });
});
