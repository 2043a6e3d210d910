import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { destinationAt, FLAG_FAULT, FLAG_OVERSIZE, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { bodyFormat, createEncoder } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';

const SINGLE = { 'batch.format': 'single' };
const RAW = { ...SINGLE, 'behavior.on.string.values': 'raw' };
const JAVA = { ...SINGLE, 'http.body.values': 'java' };
const WITH_SCHEMAS = { 'value.converter.schemas.enable': 'true' };
const TEXTS = { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' };
/** A chain that changes nothing, so that values go through the pipeline. */
const UNTOUCHED = {
  transforms: 't',
  'transforms.t.type': 'org.apache.kafka.connect.transforms.InsertHeader',
  'transforms.t.header': 'h',
  'transforms.t.value.literal': 'x',
};
const HOIST = {
  transforms: 't',
  'transforms.t.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
  'transforms.t.field': 'line',
};

function written(keys: Keys, ...values: readonly (string | Buffer | null)[]) {
  const config = connectorOf({ 'http.url': 'https://h/in', ...keys });
  const path = createRecordPath(
    config,
    bodyFormat(config.batch),
    createTransforms(config.transforms, () => 0),
    () => 0,
  );
  const block = path.convert(buildBlock(values.map(value => ({ value }))));
  return {
    block,
    texts: values.map((_, i) => ((block.flags[i]! & FLAG_FAULT) === 0 ? valueAt(block, i)!.toString() : null)),
    urls: values.map((_, i) => destinationAt(block, i)?.url.pathname),
    errors: values.map((_, i) => block.errors?.get(i)?.message),
  };
}

function underSchema(schema: object, payload: string): string {
  return `{"schema":${JSON.stringify(schema)},"payload":${payload}}`;
}

const ORDER = {
  type: 'struct',
  fields: [
    { type: 'int32', field: 'id' },
    { type: 'string', field: 'name', optional: true },
    { type: 'bytes', field: 'raw', optional: true },
  ],
};

describe('a string that is sent raw', () => {
  const values = ['"abc"', ' "a\\"b\\n\\u00e9\\ud83d\\ude00" ', '""', '"\\ud800"', '{"a":"b"}', '12', '["a"]', 'true'];
  const texts = ['abc', 'a"b\né😀', '', '\ufffd', '{"a":"b"}', '12', '["a"]', 'true'];

  it('is its text, and nothing else is changed', () => {
    const { texts: sent, block } = written(RAW, ...values);
    assert.deepEqual(sent, texts);
    assert.equal(originalValueAt(block, 0)!.toString(), '"abc"');
    assert.deepEqual(written({ ...RAW, 'batch.format': 'joined' }, ...values).texts, texts);
    assert.deepEqual(written(SINGLE, ...values).texts, values);
  });

  it('is so behind transforms and under schemas too', () => {
    assert.deepEqual(written({ ...RAW, ...UNTOUCHED }, ...values).texts, texts);
    const typed = [
      underSchema({ type: 'string' }, '"a\\"b"'),
      underSchema(ORDER, '{"id":1,"name":"x"}'),
      underSchema({ type: 'bytes' }, '"AQI="'),
      underSchema({ type: 'double' }, '1'),
    ];
    const { texts: sent } = written({ ...RAW, ...WITH_SCHEMAS }, ...typed);
    // Bytes are no string, though their JSON is one.
    assert.deepEqual(sent, ['a"b', '{"id":1,"name":"x","raw":null}', '"AQI="', '1.0']);
  });

  it('leaves nulls, what is refused and texts of StringConverter as they are', () => {
    assert.deepEqual(written(RAW, null, 'null', 'nope', '"ok"').texts, [null, null, null, 'ok']);
    assert.deepEqual(written({ ...RAW, ...TEXTS }, '"abc"').texts, ['"abc"']);
    assert.deepEqual(written({ ...RAW, 'behavior.on.text.values': 'quote' }, 'a"b').texts, ['a"b']);
  });

  it('counts as long as its text is', () => {
    const keys = { ...RAW, 'batch.max.bytes': '4' };
    const { texts: sent, block } = written(keys, '"\\u0041bcd"', '"abcde"');
    assert.deepEqual(sent, ['Abcd', null]);
    assert.equal(block.flags[1]! & FLAG_FAULT, FLAG_OVERSIZE);
  });

  it('is one to macros, which look into it where it is JSON', () => {
    const url = { 'http.url': 'https://h/${value:/id|none}/${value}' };
    assert.deepEqual(written({ ...RAW, ...url }, '"abc"', '{"id":7}', '"{\\"id\\":8}"').urls, [
      '/none/abc',
      '/7/%7B%22id%22%3A7%7D',
      '/8/%7B%22id%22%3A8%7D',
    ]);
  });
});

describe('values as Java writes them', () => {
  it('without schemas: maps, lists, numbers, texts', () => {
    const { texts } = written(JAVA, '{"b":1,"a":[1.0,null,"x",1e10]}', '"abc"', '12345678901234567890', 'true', 'null');
    assert.deepEqual(texts, ['{a=[1.0, null, x, 1.0E10], b=1}', 'abc', '-6101065172474983726', 'true', null]);
  });

  it('under schemas: a Struct without its nulls, bytes in base64', () => {
    const typed = [
      underSchema(ORDER, '{"id":1,"name":"x"}'),
      underSchema(ORDER, '{"id":2,"raw":"AQI="}'),
      underSchema({ type: 'int64', name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }, '1700000000123'),
    ];
    const { texts, block } = written({ ...JAVA, ...WITH_SCHEMAS }, ...typed);
    assert.deepEqual(texts, ['Struct{id=1,name=x}', 'Struct{id=2,raw=AQI=}', 'Tue Nov 14 22:13:20 UTC 2023']);
    assert.equal(originalValueAt(block, 0)!.toString(), typed[0]);
  });

  it('what transforms make of texts and bytes; these themselves stay as they are', () => {
    const bytes = { 'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter' };
    assert.deepEqual(written({ ...JAVA, ...TEXTS, ...HOIST }, 'a b').texts, ['Struct{line=a b}']);
    assert.deepEqual(written({ ...JAVA, ...bytes, ...HOIST }, Buffer.from([1, 2])).texts, ['Struct{line=AQI=}']);
    assert.deepEqual(written({ ...JAVA, ...TEXTS }, '"a"').texts, ['"a"']);
    assert.deepEqual(written({ ...JAVA, ...bytes }, Buffer.from('"a"')).texts, ['"a"']);
  });

  it('macros see the JSON that they stand for', () => {
    const url = { 'http.url': 'https://h/${value:/id|none}/${value:/name|-}' };
    const typed = [underSchema(ORDER, '{"id":1,"name":"x"}'), underSchema(ORDER, '{"id":2}')];
    const { urls, texts } = written({ ...JAVA, ...WITH_SCHEMAS, ...url }, ...typed);
    assert.deepEqual(urls, ['/1/x', '/2/-']);
    assert.deepEqual(texts, ['Struct{id=1,name=x}', 'Struct{id=2}']);
    assert.deepEqual(written({ ...JAVA, ...url }, '{"id":1}', 'null', 'nope', '"s"').urls, [
      '/1/-',
      '/1/-',
      '/1/-',
      '/none/-',
    ]);
    assert.deepEqual(written({ ...JAVA, ...TEXTS, ...url }, '{"id":1}', 'x').urls, ['/1/-', '/none/-']);
    assert.deepEqual(written({ ...JAVA, ...TEXTS, ...HOIST, 'http.url': 'https://h/${value:/line}' }, 'x').urls, [
      '/x',
    ]);
  });

  it('what has no JSON is that record’s error where macros look for it', () => {
    const mismatch = underSchema({ ...ORDER, fields: [{ type: 'int32', field: 'id' }] }, '{"id":{}}');
    const { texts } = written({ ...JAVA, ...WITH_SCHEMAS }, mismatch, underSchema(ORDER, '{"id":1}'));
    assert.deepEqual(texts, ['Struct{id=0}', 'Struct{id=1}']);
    const long = `{"id":1${'0'.repeat(1_000)}}`;
    assert.deepEqual(written(JAVA, long, '1').errors, [
      'Number value length (1001) exceeds the maximum allowed (1000)',
      undefined,
    ]);
  });

  it('a joined body is text', () => {
    const config = connectorOf({ ...JAVA, 'batch.format': 'joined' });
    assert.equal(createEncoder(config.batch).contentType, 'text/plain; charset=utf-8');
  });
});
