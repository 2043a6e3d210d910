import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { destinationAt, FLAG_FAULT, FLAG_FILTERED, valueAt } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../../config/written.ts';

type Written = Omit<RecordLike, 'key'> & { readonly key?: Buffer | string | null };

function asRecord({ key = null, ...rest }: Written): RecordLike {
  return { ...rest, key: typeof key === 'string' ? Buffer.from(key) : key };
}

/** What becomes of records under a connector file with these keys, in the words of a test. */
function routed(keys: Keys, ...written: readonly Written[]) {
  const records = written.map(asRecord);
  const config = connectorOf({ 'http.url': 'https://h/in', ...keys });
  const transforms = createTransforms(config.transforms, () => 0);
  const path = createRecordPath(config, bodyFormat(config.batch), transforms, () => 0);
  const block = path.convert(buildBlock(records));
  return {
    block,
    needs: path.needs,
    urls: records.map((_, i) => destinationAt(block, i)?.url.href.replace('https://h', '')),
    methods: records.map((_, i) => destinationAt(block, i)?.method),
    headers: records.map((_, i) => destinationAt(block, i)?.headers),
    values: records.map((_, i) => valueAt(block, i)?.toString()),
    errors: records.map((_, i) => block.errors?.get(i)?.message),
    flags: records.map((_, i) => block.flags[i]! & (FLAG_FAULT | FLAG_FILTERED)),
  };
}

const TEXT_KEYS = { 'key.converter': 'org.apache.kafka.connect.storage.StringConverter' };
const TEXTS = { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' };
const JSON_KEYS = {
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
};

describe('addresses', () => {
  it('one of everything that a record has', () => {
    const url =
      'https://h/${topic}/${partition}/${offset}/${key}/${value:/a/0}?t=${timestamp}&h=${header:X}&id=${record.id}';
    const record = {
      topic: 'orders',
      partition: 3,
      offset: 9_007_199_254_740_991,
      timestamp: 1_700_000_000_000,
      key: 'k',
      headers: [
        ['x', Buffer.from('one')],
        ['X', Buffer.from('two')],
      ] as const,
      value: '{"a":[1.50]}',
    };
    const { urls, needs } = routed({ ...TEXT_KEYS, 'http.url': url }, record);
    assert.deepEqual(urls, ['/orders/3/9007199254740991/k/1.50?t=1700000000000&h=two&id=orders-3-9007199254740991']);
    assert.deepEqual([needs.keys, needs.headers], [true, true]);
  });

  it('everything that is not unreserved is escaped, in paths and in queries', () => {
    const keys = [
      'a/b?c#d',
      'é€😀',
      "'()*!",
      '%2e%2E',
      '\r\nHost: x',
      '\0',
      ' ',
      '\\..\\',
      '//evil.example/',
      '@evil',
      ':80',
      '\ud800',
    ];
    const { urls, errors } = routed(
      { ...TEXT_KEYS, 'http.url': 'https://h/a/${key}?q=${key}' },
      ...keys.map((key, offset) => ({ offset, key, value: '1' })),
    );
    assert.deepEqual(
      errors,
      keys.map(() => undefined),
    );
    assert.deepEqual(
      urls.map(url => url!.slice(3).split('?q=')[0]),
      [
        'a%2Fb%3Fc%23d',
        '%C3%A9%E2%82%AC%F0%9F%98%80',
        '%27%28%29%2A%21',
        '%252e%252E',
        '%0D%0AHost%3A%20x',
        '%00',
        '%20',
        '%5C..%5C',
        '%2F%2Fevil.example%2F',
        '%40evil',
        '%3A80',
        '%EF%BF%BD',
      ],
    );
    for (const url of urls) assert.equal(url!.split('?q=')[1], url!.slice(3).split('?q=')[0]);
  });

  it('what would be a step to another path is the record’s error', () => {
    const keys = ['.', '..', '...', '.a'];
    const { errors, urls } = routed(
      { ...TEXT_KEYS, 'http.url': 'https://h/a/${key}' },
      ...keys.map(key => ({ key, value: '1' })),
    );
    assert.match(errors[0]!, /\. or \.\./);
    assert.match(errors[1]!, /\. or \.\./);
    assert.deepEqual(urls.slice(2), ['/a/...', '/a/.a']);
    const dots = routed({ ...TEXT_KEYS, 'http.url': 'https://h/a/.${key}' }, { key: '.', value: '1' });
    assert.match(dots.errors[0]!, /\. or \.\./);
  });

  it('what a record has not has a default, or is its error; so is an empty part of a path', () => {
    const { errors, urls } = routed(
      { ...TEXT_KEYS, 'http.url': 'https://h/${key|none}/${value:/id}?q=${header:x|}' },
      { key: null, value: '{"id":""}' },
      { key: '', value: '{"id":null}' },
      { key: null, value: '{"id":7}' },
      { key: '', value: '{}' },
    );
    assert.deepEqual(urls[2], '/none/7?q=');
    for (const i of [0, 1, 3])
      assert.match(
        errors[i]!,
        /it has no \$\{value:\/id\}, which its address is made of; a default would serve: \$\{value:\/id\|…\}/,
      );
  });

  it('an address that is too long is the record’s error, and not told', () => {
    const { errors } = routed({ ...TEXT_KEYS, 'http.url': 'https://h/${key}' }, { key: 'x'.repeat(9_000), value: '1' });
    assert.match(errors[0]!, /^its address would have 9001 characters/);
  });

  it('keys as their converter has them: numbers, objects, and what is within', () => {
    const records = ['7', '"text"', '{"id":"a b","n":1e2}', 'true'].map(key => ({ key, value: '1' }));
    assert.deepEqual(routed({ ...JSON_KEYS, 'http.url': 'https://h/${key}' }, ...records).urls, [
      '/7',
      '/text',
      '/%7B%22id%22%3A%22a%20b%22%2C%22n%22%3A1e2%7D',
      '/true',
    ]);
    const within = routed({ ...JSON_KEYS, 'http.url': 'https://h/${key:/id|none}/${key:/n|0}' }, ...records);
    assert.deepEqual(within.urls, ['/none/0', '/none/0', '/a%20b/1e2', '/none/0']);
    const bytes = routed({ 'http.url': 'https://h/${key}' }, { key: Buffer.from([0xff, 0xfe]), value: '1' });
    assert.deepEqual(bytes.urls, ['/%2F%2F4%3D']);
    const texts = routed({ ...TEXT_KEYS, 'http.url': 'https://h/${key:/id|none}' }, ...records, {
      key: '{"id":',
      value: '1',
    });
    assert.deepEqual(texts.urls, ['/none', '/none', '/a%20b', '/none', '/none']);
  });

  it('values that are texts: as they are, and as JSON where they are that', () => {
    const records = ['{"id":"a"}', 'no json', '"{\\"id\\":1}"'].map(value => ({ value }));
    for (const format of ['single', 'array']) {
      const { urls } = routed(
        { ...TEXTS, 'batch.format': format, 'http.url': 'https://h/${value:/id|none}' },
        ...records,
      );
      assert.deepEqual(urls, ['/a', '/none', '/none'], format);
      const whole = routed({ ...TEXTS, 'batch.format': format, 'http.url': 'https://h/${value}' }, ...records);
      assert.deepEqual(
        whole.urls,
        ['/%7B%22id%22%3A%22a%22%7D', '/no%20json', '/%22%7B%5C%22id%5C%22%3A1%7D%22'],
        format,
      );
    }
  });

  it('what transforms have made of a record decides', () => {
    const chain = {
      transforms: 'key,route,header',
      'transforms.key.type': 'org.apache.kafka.connect.transforms.ValueToKey',
      'transforms.key.fields': 'id',
      'transforms.route.type': 'org.apache.kafka.connect.transforms.RegexRouter',
      'transforms.route.regex': '(.*)',
      'transforms.route.replacement': 'new-$1',
      'transforms.header.type': 'org.apache.kafka.connect.transforms.InsertHeader',
      'transforms.header.header': 'X-Made',
      'transforms.header.value.literal': 'yes',
    };
    const { urls, headers, block, errors } = routed(
      {
        ...chain,
        'http.url': 'https://h/${topic}/${key:/id}/${record.id}/${header:x-made}',
        'http.headers.forward': 'x-*',
      },
      { topic: 't', offset: 4, key: 'old', value: '{"id":"n"}', headers: [['X-Old', Buffer.from('1')]] },
    );
    assert.deepEqual([urls, errors], [['/new-t/n/t-0-4/yes'], [undefined]]);
    assert.deepEqual(headers, [{ 'x-old': '1', 'x-made': 'yes' }]);
    assert.equal(block.transformed, undefined);
    assert.equal(block.keys?.bytes.toString(), 'old');
  });

  it('equal destinations are one object, over blocks too; a million of them are forgotten again', () => {
    const config = connectorOf({ ...TEXT_KEYS, 'http.url': 'https://h/${key}' });
    const path = createRecordPath(config, bodyFormat(config.batch), [], () => 0);
    const of = (key: string) => destinationAt(path.convert(buildBlock([asRecord({ key, value: '1' })])), 0);
    const first = of('same');
    assert.equal(of('same'), first);
    const thousand = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
    const convert = (end: string) =>
      path.convert(buildBlock(thousand.map(key => asRecord({ key: key + end, value: '1' }))));
    for (let i = 0; i < 5; i++) convert('');
    assert.equal(of('same'), first);
    for (let i = 0; i < 10; i++) convert(`-${i}`);
    assert.notEqual(of('same'), first);
    assert.deepEqual(of('same'), first);
  });
});

describe('headers', () => {
  it('of a template: encoded where a header can not hold it, left out where there is nothing', () => {
    const { headers } = routed(
      {
        ...TEXT_KEYS,
        'http.headers.X-Key': 'k=${key}',
        'http.headers.X-Id': '${value:/id|none}',
        'http.headers.Y': '$${key}',
      },
      { key: 'plain text', value: '{"id":1}' },
      { key: 'a\r\nX-Evil: 1', value: '{"id":"é"}' },
      { key: null, value: '{}' },
      { key: ' pad ', value: '{"id":""}' },
    );
    assert.deepEqual(headers, [
      { 'x-key': 'k=plain text', 'x-id': '1' },
      { 'x-key': 'k=a%0D%0AX-Evil: 1', 'x-id': '%C3%A9' },
      { 'x-id': 'none' },
      { 'x-key': 'k=%20pad%20' },
    ]);
  });

  it('forwarded by name and pattern, the last of several, configured ones first', () => {
    const record = {
      value: '1',
      headers: [
        ['Fiware-Service', Buffer.from('old')],
        ['fiware-service', Buffer.from('s1')],
        ['Fiware-Servicepath', Buffer.from('/a')],
        ['FIWARE-EMPTY', Buffer.alloc(0)],
        ['fiware-null', null],
        ['Fiware-Set', Buffer.from('record')],
        ['X-Trace', Buffer.from([0xff, 0x00])],
        ['X-Other', Buffer.from('no')],
        ['fiware bad name', Buffer.from('no')],
        ['Content-Type', Buffer.from('text/evil')],
        ['Transfer-Encoding', Buffer.from('chunked')],
        ['Host', Buffer.from('evil')],
      ] as const,
    };
    const keys = { 'http.headers.Fiware-Set': 'file', 'http.headers.forward': 'Fiware-*,x-trace' };
    const { headers, needs } = routed(keys, record);
    assert.deepEqual(headers, [{ 'fiware-service': 's1', 'fiware-servicepath': '/a', 'x-trace': '/wA=' }]);
    assert.deepEqual([needs.keys, needs.headers], [false, true]);
    const all = routed({ 'http.headers.forward': '*' }, record);
    assert.deepEqual(Object.keys(all.headers[0]!), [
      'fiware-service',
      'fiware-servicepath',
      'fiware-set',
      'x-trace',
      'x-other',
    ]);
    assert.deepEqual(routed({ 'http.headers.forward': 'content-type' }, record).headers, [
      { 'content-type': 'text/evil' },
    ]);
  });

  it('too many of them are the record’s error', () => {
    const headers = [['x-a', Buffer.alloc(9_000, 'a')]] as const;
    const { errors } = routed({ 'http.headers.forward': 'x-*' }, { value: '1', headers });
    assert.match(errors[0]!, /headers would have 9003 characters/);
  });
});

describe('bodies', () => {
  it('JSON keeps types, texts within strings are escaped, nothing is null', () => {
    const template =
      '{"v":"${value:/a}","t":"<${value:/a}>","k":"${key}","o":${offset},"h":"${header:x}","d":"${value:/no|5}","e":"${value:/no|none}"}';
    const make = (value: string, key: string | null = 'k"\\\n') =>
      routed(
        { ...TEXT_KEYS, 'http.body.json': template },
        { key, value, offset: 3, headers: [['x', Buffer.from('1')]] },
      ).values[0];
    const rest = ',"k":"k\\"\\\\\\n","o":3,"h":"1","d":5,"e":"none"}';
    assert.equal(make('{"a":1.0}'), `{"v":1.0,"t":"<1.0>"${rest}`);
    assert.equal(make('{"a":"x\\"\\u00e9"}'), `{"v":"x\\"\\u00e9","t":"<x\\"\\u00e9>"${rest}`);
    assert.equal(
      make('{"a":{"b":[1,\r\n"\\n"]}}'),
      `{"v":{"b":[1,  "\\n"]},"t":"<{\\"b\\":[1,\\r\\n\\"\\\\n\\"]}>"${rest}`,
    );
    assert.equal(make('{"a":null}', null), '{"v":null,"t":"<null>","k":null,"o":3,"h":"1","d":5,"e":"none"}');
    assert.equal(make('{"a":true}'), `{"v":true,"t":"<true>"${rest}`);
  });

  it('texts that are JSON are looked into, and stay strings as a whole', () => {
    const keys = { ...TEXTS, 'http.body.json': '{"all":"${value}","id":"${value:/id}"}' };
    assert.deepEqual(routed(keys, { value: '{"id":1}' }, { value: 'text' }).values, [
      '{"all":"{\\"id\\":1}","id":1}',
      '{"all":"text","id":null}',
    ]);
  });

  it('a bulk action before each document', () => {
    const keys = { 'batch.format': 'ndjson', 'http.body.json': '{"index":{"_id":"${record.id}"}}\\n${value}' };
    const { values, block } = routed(
      keys,
      { topic: 't', offset: 1, value: '{"a":\n1}' },
      { topic: 't', offset: 2, value: '2' },
    );
    assert.deepEqual(values, ['{"index":{"_id":"t-0-1"}}\n{"a": 1}', '{"index":{"_id":"t-0-2"}}\n2']);
    assert.equal(originalValueAt(block, 0)?.toString(), '{"a":\n1}');
  });

  it('texts', () => {
    const keys = {
      ...TEXTS,
      ...TEXT_KEYS,
      'batch.format': 'single',
      'http.body.template': '${key}: "${value}" ${value:/a} $${x}',
    };
    assert.deepEqual(routed(keys, { key: 'k', value: '{"a":"\\n"}' }, { key: null, value: '' }).values, [
      'k: "{"a":"\\n"}" \n ${x}',
      'null: "" null ${x}',
    ]);
  });

  it('what a record has not may be its error, in texts and in JSON, within strings and without', () => {
    const fail = { 'behavior.on.missing.fields': 'fail' };
    const records = ['{"a":1}', '{"a":null}', '{}', '{"a":"x"}'].map(value => ({ value }));
    for (const [keys, made] of [
      [{ 'batch.format': 'single', 'http.body.template': '<${value:/a}>' }, ['<1>', '<x>']],
      [{ 'http.body.json': '[${value:/a}]' }, ['[1]', '["x"]']],
      [{ 'http.body.json': '{"t":"<${value:/a}>"}' }, ['{"t":"<1>"}', '{"t":"<x>"}']],
    ] as const) {
      const { errors, values, flags } = routed({ ...keys, ...fail }, ...records);
      const why =
        /^it has no \$\{value:\/a\}, which its body is made of, and behavior\.on\.missing\.fields=fail; a default would serve: \$\{value:\/a\|…\}$/;
      for (const i of [1, 2]) assert.match(errors[i]!, why);
      assert.deepEqual([values[0], values[3]], made);
      assert.deepEqual([errors[0], errors[3], flags[0], flags[3]], [undefined, undefined, 0, 0]);
    }
  });

  it('a default serves where what is missing would be an error', () => {
    const keys = {
      'batch.format': 'single',
      'http.body.template': '${value:/a|}${key|none}',
      'behavior.on.missing.fields': 'fail',
    };
    const { errors, values } = routed({ ...TEXT_KEYS, ...keys }, { value: '{}' });
    assert.deepEqual([errors, values], [[undefined], ['none']]);
  });

  it('what is missing is an error behind replacements too, and spoils no other record', () => {
    const keys = {
      'batch.format': 'joined',
      'http.body.template': '<${value:/a}>',
      'behavior.on.missing.fields': 'fail',
      'http.body.replace.patterns': '[<>]',
      'http.body.replace.replacements': '|',
    };
    const { errors, values } = routed(keys, { value: '{"a":1}' }, { value: '{}' }, { value: '{"a":2}' });
    assert.deepEqual([values[0], values[2]], ['|1|', '|2|']);
    assert.match(errors[1]!, /^it has no \$\{value:\/a\}/);
  });

  it('what counts is the size of what is sent', () => {
    const keys = { 'batch.max.bytes': '20', 'http.body.json': '{"a":"${value:/a}"}' };
    const big = `{"a":1,"rest":"${'x'.repeat(100)}"}`;
    const { values, flags } = routed(
      keys,
      { value: big },
      { value: '{"a":"0123456789"}' },
      { value: '{"a":"01234567890"}' },
    );
    assert.deepEqual(values, ['{"a":1}', '{"a":"0123456789"}', '{"a":"01234567890"}']);
    assert.deepEqual(flags, [0, 0, 8]);
  });
});

describe('records without a value', () => {
  const REMOVE = { ...TEXT_KEYS, 'behavior.on.null.values': 'delete' };

  it('are deleted where the address says', () => {
    const keys = { ...REMOVE, 'http.url': 'https://h/things/${key}' };
    const { methods, urls, values, flags, block } = routed(
      keys,
      { key: 'a', value: '1' },
      { key: 'b', value: null },
      { key: 'c', value: 'null' },
    );
    assert.deepEqual(methods, ['POST', 'DELETE', 'DELETE']);
    assert.deepEqual(urls, ['/things/a', '/things/b', '/things/c']);
    assert.deepEqual(values, ['1', '', 'null']);
    assert.deepEqual(flags, [0, 0, 0]);
    assert.deepEqual(
      [1, 2].map(i => originalValueAt(block, i)?.toString()),
      [undefined, 'null'],
    );
  });

  it('at another address than the others are sent to', () => {
    const keys = { ...REMOVE, 'http.url': 'https://h/bulk', 'http.delete.url': 'https://h/things/${key}' };
    const { urls, errors } = routed(
      keys,
      { key: 'a', value: '1' },
      { key: 'b', value: null },
      { key: null, value: null },
    );
    assert.deepEqual(urls.slice(0, 2), ['/bulk', '/things/b']);
    assert.match(errors[2]!, /it has no \$\{key\}/);
  });

  it('are none of a route’s business otherwise', () => {
    const { flags, block } = routed(
      { ...TEXT_KEYS, 'http.url': 'https://h/${key}' },
      { key: 'a', value: null },
      { key: 'b', value: '1' },
    );
    assert.deepEqual(flags, [1, 0]);
    assert.equal(block.destinations?.table.length, 1);
  });
});

it('records that are refused or dropped already keep their reason', () => {
  const { errors, flags } = routed(
    { ...TEXT_KEYS, 'http.url': 'https://h/${key}' },
    { key: null, value: '{' },
    { key: null, value: '1' },
  );
  assert.deepEqual(flags, [2, 2]);
  assert.equal(errors[0], undefined);
  assert.match(errors[1]!, /no \$\{key\}/);
});

it('a topic in the address is looked up once a run', () => {
  const { block, urls } = routed(
    { 'http.url': 'https://h/${topic}' },
    { topic: 'a', value: '1' },
    { topic: 'a', value: '2' },
    { topic: 'b', value: '3' },
  );
  assert.deepEqual(urls, ['/a', '/a', '/b']);
  assert.deepEqual([...block.destinations!.of], [0, 0, 1]);
});

it('a method without a body sends one record each, of any size', () => {
  const keys = { 'http.method': 'GET', 'http.url': 'https://h/${value:/a}', 'batch.max.bytes': '10' };
  const { block, flags } = routed(keys, { value: '{"a":"0123456789"}' });
  assert.deepEqual([destinationAt(block, 0)!.bodiless, flags], [true, [0]]);
});

it('nobody pays who asks for nothing', () => {
  const { block, needs } = routed({}, { value: '1' });
  assert.equal(block.destinations, undefined);
  assert.deepEqual(needs, { keys: false, headers: false, json: true, members: null, quotedUpTo: null });
});
