import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { destinationAt, FLAG_FAULT, FLAG_OVERSIZE, valueAt } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';

const TEXT_KEYS = { 'key.converter': 'StringConverter' };
const TEXTS = { 'value.converter': 'StringConverter' };

function pathOf(keys: Keys, now: () => number = () => 0) {
  const config = connectorOf({ 'http.url': 'https://h/in', ...TEXT_KEYS, ...keys });
  const transforms = createTransforms(config.transforms, () => 0);
  return createRecordPath(config, bodyFormat(config.batch), transforms, now);
}

interface Options {
  readonly keys?: Keys;
  readonly now?: () => number;
}

function replaced(patterns: string, replacements: string, records: readonly RecordLike[], options: Options = {}) {
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\');
  const path = pathOf(
    {
      'batch.format': 'single',
      ...TEXTS,
      'http.body.replace.patterns': escaped(patterns),
      'http.body.replace.replacements': escaped(replacements),
      ...options.keys,
    },
    options.now,
  );
  const block = path.convert(buildBlock(records));
  return {
    block,
    needs: path.needs,
    texts: records.map((_, i) => ((block.flags[i]! & FLAG_FAULT) === 0 ? valueAt(block, i)!.toString() : null)),
    errors: records.map((_, i) => block.errors?.get(i)?.message),
  };
}

describe('replacements in bodies', () => {
  it('are made one after the other, in what the one before has made', () => {
    const { texts, block } = replaced('^~$~a(.)~"', '{"v":"~"}~$1$1~\'', [{ value: 'abc' }, { value: '' }]);
    assert.deepEqual(texts, ["{'v':'bbc'}", "{'v':''}"]);
    assert.equal(originalValueAt(block, 0)!.toString(), 'abc');
  });

  it('see values as they would be sent: JSON, raw strings, Java’s texts, what a template makes', () => {
    const record = { key: Buffer.from('k'), value: '{"a": "x"}' };
    const json = { 'value.converter': null };
    const of = (value: string, keys: Keys) => replaced('"~=', '\\$~:', [{ ...record, value }], { keys }).texts[0];
    assert.equal(of('{"a": "x"}', json), '{$a$: $x$}');
    assert.equal(of('"x=\\""', { ...json, 'behavior.on.string.values': 'raw' }), 'x:$');
    assert.equal(of('{"a": "x"}', { ...json, 'http.body.values': 'java' }), '{a:x}');
    assert.equal(of('{"a": "x"}', { ...json, 'http.body.template': '${key}="${value:/a}"' }), 'k:$x$');
    assert.equal(of('{"a": "x"}', { ...json, 'http.body.json': '{"k":"${key}"}' }), '{$k$:$k$}');
  });

  it('put in what macros find as it is, and nothing for what a record has not', () => {
    const records = [
      { topic: 't1', key: Buffer.from('a$1\\'), value: '<X>' },
      { topic: 't2', key: null, value: 'XX' },
    ];
    const { texts, needs } = replaced('X', '${topic}:${key}:${header:h|none}:${value}', records);
    assert.deepEqual(texts, ['<t1:a$1\\:none:<X>>', 't2::none:XXt2::none:XX']);
    assert.deepEqual([needs.keys, needs.headers], [true, true]);
  });

  it('see keys and topics that transforms have made', () => {
    const keys = {
      'value.converter': null,
      transforms: 'k,r',
      'transforms.k.type': 'org.apache.kafka.connect.transforms.ValueToKey',
      'transforms.k.fields': 'id',
      'transforms.r.type': 'org.apache.kafka.connect.transforms.RegexRouter',
      'transforms.r.regex': '.*',
      'transforms.r.replacement': 'other',
    };
    const { texts } = replaced('^', '${topic} ${key:/id} ', [{ topic: 't', value: '{"id":7}' }], { keys });
    assert.deepEqual(texts, ['other 7 {"id":7}']);
  });

  it('leave nulls and what is refused alone', () => {
    const json = { keys: { 'value.converter': null } };
    assert.deepEqual(replaced('.', 'x', [{ value: null }, { value: 'nope' }, { value: '12' }], json).texts, [
      null,
      null,
      'xx',
    ]);
    const sent = { keys: { 'behavior.on.null.values': 'send' } };
    assert.deepEqual(replaced('^', 'x', [{ value: null }], sent).texts, ['x']);
  });

  it('take what is no UTF-8 for U+FFFD, as StringConverter does in Java', () => {
    const value = Buffer.from([0x61, 0xff, 0x62]);
    for (const format of ['single', 'joined']) {
      const { texts, block } = replaced('a', 'é', [{ value }], { keys: { 'batch.format': format } });
      assert.deepEqual(texts, ['é\ufffdb']);
      assert.deepEqual(originalValueAt(block, 0), value);
    }
  });

  it('count as long as they leave a text', () => {
    const keys = { 'batch.max.bytes': '6' };
    const { texts, errors, block } = replaced('a', 'éé', [{ value: 'a' }, { value: 'aa' }, { value: 'aaaaaaa' }], {
      keys,
    });
    assert.deepEqual(texts, ['éé', null, null]);
    assert.equal(block.flags[1]! & FLAG_FAULT, FLAG_OVERSIZE);
    // One that is too large before is not looked through.
    assert.equal(block.flags[2]! & FLAG_FAULT, FLAG_OVERSIZE);
    assert.equal(valueAt(block, 2)!.toString(), 'aaaaaaa');
    assert.deepEqual(errors, [undefined, undefined, undefined]);
  });

  it('make no text of any length: one that outgrows a request is that record’s error, and the next goes on', () => {
    const grow = Array.from({ length: 40 }, () => '.');
    const { texts, errors } = replaced(grow.join('~'), grow.map(() => '$0$0').join('~'), [
      { value: 'ab' },
      { value: '' },
    ]);
    assert.deepEqual(texts, [null, '']);
    assert.match(errors[0]!, /make more than 1048576 characters of it/);
  });

  it('take no time of any length either', () => {
    let clock = 0;
    const now = () => clock++;
    const options = { keys: { 'http.body.replace.timeout.ms': '100' }, now };
    const { texts, errors } = replaced('a', 'b', [{ value: 'a'.repeat(200) }, { value: 'aa' }], options);
    assert.deepEqual(texts, [null, 'bb']);
    assert.match(errors[0]!, /take more than http\.body\.replace\.timeout\.ms=100 for it/);
  });

  it('with the real clock an expression of quadratic time ends', { timeout: 60_000 }, () => {
    const keys = { 'http.body.replace.timeout.ms': '50' };
    const value = 'a'.repeat(1_000_000);
    const { errors } = replaced('a.*#|a', 'b', [{ value }], { keys, now: () => performance.now() });
    assert.match(errors[0]!, /an expression that looks far ahead/);
  });
});

describe('batch.key', () => {
  const parts = (keys: Keys, records: readonly RecordLike[]) => {
    const block = pathOf(keys).convert(buildBlock(records));
    return records.map((_, i) => block.destinations?.of[i]);
  };
  const record = (key: string | null, topic = 't') => ({
    topic,
    key: key === null ? null : Buffer.from(key),
    value: '{"a":1}',
  });

  it('parts records for which its macros stand for different texts, and no others', () => {
    const keys = { 'batch.key': 'k-${key}' };
    assert.deepEqual(
      parts(keys, [record('a'), record('b'), record('a'), record(null), record(''), record(null)]),
      [0, 1, 0, 2, 3, 2],
    );
    assert.deepEqual(parts({ 'batch.key': '${topic}' }, [record('a'), record('b'), record('a', 'u')]), [0, 0, 1]);
    assert.deepEqual(parts({ 'batch.key': 'all' }, [record('a'), record('b')]), [undefined, undefined]);
  });

  it('changes nothing of the request', () => {
    const block = pathOf({ 'batch.key': '${key}' }).convert(buildBlock([record('a'), record('b')]));
    const [a, b] = [destinationAt(block, 0)!, destinationAt(block, 1)!];
    assert.notEqual(a, b);
    assert.deepEqual({ ...a, url: a.url.href }, { ...b, url: b.url.href });
    assert.deepEqual([a.url.href, a.headers, a.ofRecord], ['https://h/in', {}, false]);
  });

  it('parts no deletions, which go alone', () => {
    const keys = {
      'batch.key': '${key}',
      'http.url': 'https://h/${topic}/${key}',
      'behavior.on.null.values': 'delete',
    };
    const block = pathOf(keys).convert(buildBlock([{ ...record('a'), value: null }, record('a')]));
    assert.deepEqual([destinationAt(block, 0)!.bodiless, destinationAt(block, 1)!.bodiless], [true, false]);
  });
});
