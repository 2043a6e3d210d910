import type { Keys } from '../../config/written.ts';
import { type RequestRow, struct, testRequests, texts } from './request-table.ts';

const STRING = 'org.apache.kafka.connect.storage.StringConverter';
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter';

const BASE: Keys = {
  'connector.class': 'io.confluent.connect.http.HttpSinkConnector',
  'http.api.url': 'http://h/api/messages',
  'key.converter': STRING,
  'value.converter': STRING,
};
const MAPS: Keys = { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'false' };
const SCHEMAS: Keys = { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'true' };
const JSON_BODY: Keys = { 'request.body.format': 'json' };

// Sources: [doc] docs.confluent.io, kafka-connectors/http/current (connector_config, overview) and cloud cc-http-sink;
// [tpl] the template of Confluent Cloud's HttpSink; [def] ConfigDef of 1.7.10; [seen] what kafka-docker-playground shows of
// HttpWriterImpl at work (requests and reports in its scripts); [guess] no source tells, and this is what we do.
const ROWS: readonly RequestRow[] = [
  {
    what: 'one text, one request, as it is [seen http_simple_auth]',
    keys: {},
    records: texts('Message 1', 'Message 2'),
    requests: [
      ['POST', 'Message 1'],
      ['POST', 'Message 2'],
    ],
  },
  {
    what: 'a text with signs beyond ASCII goes in UTF-8; its content type says so [guess]',
    keys: {},
    records: texts('grün €'),
    requests: [['POST', 'grün €', { 'content-type': 'text/plain; charset=utf-8' }]],
  },
  {
    what: 'a map as its toString, in the order of a HashMap [seen README: {complaint_type=Dirty car, …}]',
    keys: MAPS,
    records: [
      {
        value:
          '{"customer_name":"Ed", "complaint_type":"Dirty car", "trip_cost": 29.10, "new_customer": false, "number_of_rides": 22}',
      },
    ],
    requests: [
      ['POST', '{complaint_type=Dirty car, new_customer=false, trip_cost=29.1, customer_name=Ed, number_of_rides=22}'],
    ],
  },
  {
    what: 'a Struct as its toString [seen README: Struct{f1=value1}]',
    keys: SCHEMAS,
    records: [{ value: struct([{ field: 'f1', type: 'string' }], { f1: 'value1' }) }],
    requests: [['POST', 'Struct{f1=value1}']],
  },
  {
    what: 'a string of JsonConverter is a text without quotes [doc: value to a String]',
    keys: MAPS,
    records: [{ value: '"abc"' }],
    requests: [['POST', 'abc']],
  },
  {
    what: 'numbers and booleans as toString [doc]',
    keys: MAPS,
    records: [{ value: '1.50' }, { value: 'true' }, { value: '7' }],
    requests: [
      ['POST', '1.5'],
      ['POST', 'true'],
      ['POST', '7'],
    ],
  },
  {
    what: 'bytes as they are [guess: Java would write a place in memory]',
    keys: { 'value.converter': BYTES },
    records: [{ value: Buffer.from('{"a":1}') }],
    requests: [['POST', '{"a":1}']],
  },
  {
    what: 'json: one record stands in an array [seen: payload:["1"]; def: batch.json.as.array=true]',
    keys: { ...MAPS, ...JSON_BODY },
    records: [{ value: '{"count": -5106534569952410475}' }],
    requests: [['POST', '[{"count": -5106534569952410475}]', { 'content-type': 'application/json' }]],
  },
  {
    what: 'json: a text is a JSON string in an array [seen: payload:["1"]]',
    keys: JSON_BODY,
    records: texts('1', '{"a":1}'),
    requests: [
      ['POST', '["1"]'],
      ['POST', '["{\\"a\\":1}"]'],
    ],
  },
  {
    what: 'json: records between commas in an array [seen repro-107846]',
    keys: { ...MAPS, ...JSON_BODY, 'batch.max.size': '10' },
    records: texts('{"n":0}', '{"n":1}', '{"n":2}'),
    requests: [['POST', '[{"n":0},{"n":1},{"n":2}]']],
  },
  {
    what: 'json: without an array one record alone [doc batch.json.as.array]',
    keys: { ...MAPS, ...JSON_BODY, 'batch.json.as.array': 'false' },
    records: texts('{"n":0}', '{"n":1}'),
    requests: [
      ['POST', '{"n":0}'],
      ['POST', '{"n":1}'],
    ],
  },
  {
    what: 'json: without an array a text is a JSON string as well [guess, by the array’s]',
    keys: { ...JSON_BODY, 'batch.json.as.array': 'false' },
    records: texts('a "b"'),
    requests: [['POST', '"a \\"b\\""']],
  },
  {
    what: 'json: a Struct is an object without its schema [doc request.body.format]',
    keys: { ...SCHEMAS, ...JSON_BODY },
    records: [
      {
        value: struct(
          [
            { field: 'id', type: 'int32' },
            { field: 'name', type: 'string', optional: true },
          ],
          { id: 1, name: null },
        ),
      },
    ],
    requests: [['POST', '[{"id":1,"name":null}]']],
  },
  ...(['BASE64', 'NUMERIC'] as const).map(
    (format): RequestRow => ({
      what: `json.decimal.format=${format} [def]`,
      keys: { ...SCHEMAS, ...JSON_BODY, 'json.decimal.format': format },
      records: [
        {
          value: struct(
            [
              {
                field: 'd',
                type: 'bytes',
                name: 'org.apache.kafka.connect.data.Decimal',
                version: 1,
                parameters: { scale: '2' },
              },
            ],
            { d: 'BNI=' },
          ),
        },
      ],
      requests: [['POST', format === 'BASE64' ? '[{"d":"BNI="}]' : '[{"d":12.34}]']],
    }),
  ),
  {
    what: 'batches of texts: default separator, no prefix, no suffix [doc batch.*]',
    keys: { 'batch.max.size': '2' },
    records: texts('a', 'b', 'c'),
    requests: [
      ['POST', 'a,b'],
      ['POST', 'c'],
    ],
  },
  {
    what: 'batches of texts between prefix and suffix [doc batch.*]',
    keys: { 'batch.max.size': '3', 'batch.prefix': '[', 'batch.suffix': ']', 'batch.separator': '; ' },
    records: texts('1', '2', '3'),
    requests: [['POST', '[1; 2; 3]']],
  },
  {
    what: 'a line end as the separator [doc; a blank separator is kept here]',
    keys: { 'batch.max.size': '3', 'batch.separator': '\\n' },
    records: texts('1', '2'),
    requests: [['POST', '1\n2']],
  },
  {
    what: 'batch.seperator, the older name [def]',
    keys: { 'batch.max.size': '3', 'batch.seperator': '|' },
    records: texts('1', '2'),
    requests: [['POST', '1|2']],
  },
  {
    what: 'a batch of one has prefix and suffix too [doc: applied once at the beginning of the batch]',
    keys: { 'batch.prefix': '<', 'batch.suffix': '>' },
    records: texts('1'),
    requests: [['POST', '<1>']],
  },
  {
    what: 'records with other headers do not share a request [seen repro-107846; doc 1.5]',
    keys: { ...MAPS, ...JSON_BODY, 'batch.max.size': '10' },
    records: ['a', 'a', 'b', 'a'].map((value, i) => ({ value: `${i}`, headers: [['key', value]] })),
    requests: [
      ['POST', '[0,1]', { key: 'a' }],
      ['POST', '[2]', { key: 'b' }],
      ['POST', '[3]', { key: 'a' }],
    ],
  },
  {
    what: 'record headers are headers of the request; those of the file win [doc 1.5; the latter is a guess]',
    keys: { headers: 'X-Own: file' },
    records: [
      {
        value: 'v',
        headers: [
          ['MyHeader', 'one'],
          ['x-own', 'record'],
          ['authorization', 'never'],
        ],
      },
    ],
    requests: [['POST', 'v', { myheader: 'one', 'x-own': 'file', authorization: null }]],
  },
  {
    what: 'batch.key.pattern parts records by key [doc]',
    keys: { 'batch.max.size': '10', 'batch.key.pattern': '${key}' },
    records: ['a', 'a', 'b'].map((key, i) => ({ key, value: `${i}` })),
    requests: [
      ['POST', '0,1'],
      ['POST', '2'],
    ],
  },
  {
    what: 'a pattern without macros parts nothing [def: someKey]',
    keys: { 'batch.max.size': '10', 'batch.key.pattern': 'fixed' },
    records: ['a', 'b'].map((key, i) => ({ key, value: `${i}` })),
    requests: [['POST', '0,1']],
  },
  {
    what: 'topic and key in the address [doc template parameters]',
    keys: { 'http.api.url': 'http://h/api/messages/${topic}/${key}' },
    records: [{ key: 'k', value: 'v' }],
    requests: [['POST /api/messages/orders/k', 'v']],
  },
  {
    what: 'a key with a slash is one part of the path [differs: seen repro-key-http-uri sends api/messages]',
    keys: { 'http.api.url': 'http://h/${key}' },
    records: [{ key: 'api/messages', value: 'v' }],
    requests: [['POST /api%2Fmessages', 'v']],
  },
  {
    what: 'fields of the value in the address [doc: fields from the Kafka record; their syntax is a guess]',
    keys: { ...MAPS, ...JSON_BODY, 'http.api.url': 'http://h/order/${orderId}/customer/${customer.id}' },
    records: [{ value: '{"orderId":7,"customer":{"id":"c 1"}}' }],
    requests: [['POST /order/7/customer/c%201', '[{"orderId":7,"customer":{"id":"c 1"}}]']],
  },
  {
    what: 'fields of a Struct in the address, with its toString as the body',
    keys: { ...SCHEMAS, 'http.api.url': 'http://h/${f1}' },
    records: [{ value: struct([{ field: 'f1', type: 'string' }], { f1: 'value1' }) }],
    requests: [['POST /value1', 'Struct{f1=value1}']],
  },
  {
    what: 'a field that is not there is an error of its record [guess]',
    keys: { ...MAPS, 'http.api.url': 'http://h/${id}' },
    records: [{ value: '{"a":1}' }, { value: '{"id":1}' }],
    requests: [/\$\{value:\/id\}/, ['POST /1', '{id=1}']],
  },
  {
    what: 'records with other addresses do not share a request',
    keys: { 'http.api.url': 'http://h/${key}', 'batch.max.size': '10' },
    records: ['a', 'a', 'b'].map((key, i) => ({ key, value: `${i}` })),
    requests: [
      ['POST /a', '0,1'],
      ['POST /b', '2'],
    ],
  },
  {
    what: 'PUT and PATCH [doc request.method]',
    keys: { 'request.method': 'put' },
    records: texts('v'),
    requests: [['PUT', 'v']],
  },
  {
    what: 'headers between separators, values with colons [seen repro-92320]',
    keys: { headers: 'Content-Type: application/atom+xml;type=entry;charset=utf-8|X-Link: http://x:1' },
    records: texts('v'),
    requests: [
      ['POST', 'v', { 'content-type': 'application/atom+xml;type=entry;charset=utf-8', 'x-link': 'http://x:1' }],
    ],
  },
  {
    what: 'sensitive headers stand beside the others [tpl]',
    keys: { headers: 'A: 1', 'sensitive.headers': 'B: 2|Api-Key: x' },
    records: texts('v'),
    requests: [['POST', 'v', { a: '1', b: '2', 'api-key': 'x' }]],
  },
  {
    what: 'Basic credentials [seen http_basic_auth]',
    keys: { 'auth.type': 'BASIC', 'connection.user': 'admin', 'connection.password': 'password' },
    records: texts('v'),
    requests: [['POST', 'v', { authorization: `Basic ${Buffer.from('admin:password').toString('base64')}` }]],
  },
  {
    what: 'no credentials without a type [def auth.type=NONE]',
    keys: { 'connection.user': 'admin', 'connection.password': 'password' },
    records: texts('v'),
    requests: [['POST', 'v', { authorization: null }]],
  },
  {
    what: 'a record without a value is left out by default [doc behavior.on.null.values=ignore]',
    keys: { 'batch.max.size': '10' },
    records: [{ value: '1' }, { key: 'k', value: null }, { value: '2' }],
    requests: [['POST', '1'], /no value: ignore/, ['POST', '2']],
  },
  {
    what: 'fail: it is an error [doc]',
    keys: { 'behavior.on.null.values': 'fail' },
    records: [{ key: 'k', value: null }],
    requests: [/no value: fail/],
  },
  {
    what: 'delete: a DELETE of the address with the key behind [seen: the demo service deletes at /api/messages/{id}]',
    keys: { 'behavior.on.null.values': 'delete' },
    records: [
      { key: '1', value: 'v' },
      { key: '1', value: null },
    ],
    requests: [
      ['POST', 'v'],
      ['DELETE /api/messages/1', '', { 'content-type': null }],
    ],
  },
  {
    what: 'delete: an address that holds the key is the one',
    keys: { 'behavior.on.null.values': 'delete', 'http.api.url': 'http://h/${key}/x' },
    records: [{ key: '1', value: null }],
    requests: [['DELETE /1/x', '']],
  },
  {
    what: 'a deletion keeps its place in a batch [differs: deletes.send.in.order=false sends it at once]',
    keys: { 'behavior.on.null.values': 'delete', 'batch.max.size': '10' },
    records: [
      { key: '1', value: 'a' },
      { key: '1', value: null },
      { key: '1', value: 'b' },
    ],
    requests: [
      ['POST', 'a'],
      ['DELETE /api/messages/1', ''],
      ['POST', 'b'],
    ],
  },
  {
    what: 'JSON’s null is a record without a value [JsonConverter makes it null]',
    keys: MAPS,
    records: [{ value: 'null' }, { value: '1' }],
    requests: [/no value: ignore/, ['POST', '1']],
  },
  {
    what: 'replacements in each record, one after the other [doc regex.*]',
    keys: { 'regex.patterns': '^~$', 'regex.replacements': '{"v":~}', 'batch.max.size': '2' },
    records: texts('1', '2'),
    requests: [['POST', '{"v":1},{"v":2}']],
  },
  {
    what: 'replacements hold key, topic and groups [doc regex.replacements]',
    keys: { 'regex.patterns': '(\\\\d+)', 'regex.replacements': '${topic}-${key}-$1' },
    records: [{ key: 'k', value: 'n=12' }],
    requests: [['POST', 'n=orders-k-12']],
  },
  {
    what: 'replacements in what is JSON, within the array [doc: in the message sent]',
    keys: { ...MAPS, ...JSON_BODY, 'batch.max.size': '5', 'regex.patterns': '"old"', 'regex.replacements': '"new"' },
    records: texts('{"a":"old"}', '{"a":"x"}'),
    requests: [['POST', '[{"a":"new"},{"a":"x"}]']],
  },
  {
    what: 'replacements in the toString of a map, as users turn it into JSON [doc example]',
    keys: {
      ...MAPS,
      'regex.patterns': '^\\\\{~\\\\}$~=',
      'regex.replacements': '{"~"}~":"',
    },
    records: [{ value: '{"a":"x"}' }],
    requests: [['POST', '{"a":"x"}']],
  },
  {
    what: 'transforms stand in front [Kafka Connect]',
    keys: {
      ...MAPS,
      ...JSON_BODY,
      transforms: 'drop,add',
      'transforms.drop.type': 'org.apache.kafka.connect.transforms.DropHeaders',
      'transforms.drop.headers': 'MyHeader',
      'transforms.add.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
      'transforms.add.static.field': 'from',
      'transforms.add.static.value': 'kafka',
    },
    records: [{ value: '{"a":1}', headers: [['MyHeader', 'x']] }],
    requests: [['POST', '[{"a":1,"from":"kafka"}]', { myheader: null }]],
  },
  {
    what: 'Confluent Cloud: JSON by default, keys are texts in the address [tpl]',
    keys: {
      'connector.class': 'HttpSink',
      'key.converter': null,
      'value.converter': null,
      'request.body.format': 'json',
      'http.api.url': 'http://h/${key}',
    },
    records: [{ key: 'k', value: '{"a": 1}' }],
    requests: [['POST /k', '[{"a": 1}]']],
  },
  {
    what: 'Confluent Cloud: bytes [tpl; what is sent is a guess]',
    keys: {
      'connector.class': 'HttpSink',
      'key.converter': null,
      'value.converter': null,
      'input.data.format': 'BYTES',
    },
    records: [{ value: Buffer.from([0x7b, 0x7d]) }],
    requests: [['POST', '{}']],
  },
];

testRequests('confluent', BASE, ROWS, '/api/messages');
