import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../config/load.ts';
import { destinationAt, FLAG_FAULT } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { createEncoder } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { itemOf } from '../http/fixtures.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../config/examples/', import.meta.url));

/** What an example makes of one record: where it goes, with which headers of its own, and the body. */
function requestOf(name: string, record: Omit<RecordLike, 'key'> & { readonly key: string | null }) {
  const { connectors } = loadConfig({
    workerFile: `${EXAMPLES}worker.properties`,
    connectorFiles: [`${EXAMPLES}${name}.properties`],
    env: {},
    overrides: [],
  });
  const config = connectors[0]!;
  const encoder = createEncoder(config.batch);
  const path = createRecordPath(config, encoder.format, [], () => 0);
  const key = record.key === null ? null : Buffer.from(record.key);
  const block = path.convert(buildBlock([{ ...record, key }], { separator: encoder.format.separator }));
  assert.equal(block.flags[0]! & FLAG_FAULT, 0, block.errors?.get(0)?.message);
  const destination = destinationAt(block, 0);
  const body = encoder.encode([{ item: itemOf(block), start: 0, end: 1 }]).toString();
  const { method, url, headers } = destination ?? { method: config.http.method, url: config.http.url, headers: {} };
  return { request: `${method} ${url.href}`, headers, body };
}

test('Orion: the headers that say whose a notification is, and whatever it holds', () => {
  const fiware = [
    ['Fiware-Service', Buffer.from('s1')],
    ['Fiware-Servicepath', Buffer.from('/subservA')],
    ['Ngsiv2-AttrsFormat', Buffer.from('custom')],
    ['other', Buffer.from('no')],
  ] as const;
  const headers = {
    'fiware-service': 's1',
    'fiware-servicepath': '/subservA',
    'ngsiv2-attrsformat': 'custom',
    'content-type': 'application/json',
  };
  for (const value of ['{ "A": "10" }', 'id: E1, S: s1, SS: /subservA, token: fgm', 'null', '']) {
    assert.deepEqual(requestOf('orion-notifications', { key: null, value, headers: fiware }), {
      request: 'POST https://consumer.example.org/notify',
      headers,
      body: value,
    });
  }
});

test('MinIO: by bucket, with what tells a repetition', () => {
  const record = {
    s3: { bucket: { name: 'images' }, object: { key: '2026%2Fmy+photo.jpg', sequencer: '15C3249451E12784' } },
  };
  const value = JSON.stringify({
    EventName: 's3:ObjectCreated:Put',
    Key: 'images/2026/my photo.jpg',
    Records: [record],
  });
  const { request, body } = requestOf('minio-notifications', { key: 'images/2026/my photo.jpg', value });
  assert.equal(request, 'POST https://collector.example.org/buckets/images');
  assert.deepEqual(JSON.parse(body), {
    id: '2026%2Fmy+photo.jpg#15C3249451E12784',
    event: 's3:ObjectCreated:Put',
    key: 'images/2026/my photo.jpg',
    record,
  });
});

test('Hermes: by category, the event as it was written', () => {
  const value = JSON.stringify({ evcategory: 'base', eventtype: 'modified', objpkey: 'U1' }, null, 4);
  assert.deepEqual(requestOf('hermes-events', { topic: 'hermes', key: 'base', value, offset: 7 }), {
    request: 'POST https://directory.example.org/hermes/base',
    headers: { 'x-event-type': 'modified', 'x-record': 'hermes-0-7' },
    body: value,
  });
});

test('a bulk API: an action before each document', () => {
  const { request, body } = requestOf('bulk-index', {
    topic: 'orders',
    key: null,
    value: '{"total": 1.50}',
    offset: 3,
  });
  assert.equal(request, 'POST https://search.example.org:9200/_bulk');
  assert.equal(body, '{"index":{"_index":"orders","_id":"orders-0-3"}}\n{"total": 1.50}\n');
});

test('a webhook per record: put at its key, or deleted there', () => {
  assert.deepEqual(requestOf('webhook-per-record', { key: 'a/b', value: '{"name":"x"}' }), {
    request: 'PUT https://api.example.org/customers/a%2Fb',
    headers: {},
    body: '{"name":"x"}',
  });
  assert.equal(
    requestOf('webhook-per-record', { key: 'a/b', value: null }).request,
    'DELETE https://api.example.org/customers/a%2Fb',
  );
});
