import type { Keys } from '../../config/written.ts';
import { type RequestRow, struct, testRequests, texts } from './request-table.ts';

const STRING = 'org.apache.kafka.connect.storage.StringConverter';
const CONTENT = 'connect.http.request.content';
const BASE: Keys = {
  'connector.class': 'io.lenses.streamreactor.connect.http.sink.HttpSinkConnector',
  'connect.http.endpoint': 'http://h/in',
  [CONTENT]: '{{value}}',
  'key.converter': STRING,
  'value.converter': STRING,
};
const MAPS: Keys = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const SCHEMAS: Keys = { ...MAPS, 'value.converter.schemas.enable': 'true' };
const JSON_KEYS: Keys = {
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
};
const COUNT: Keys = { 'connect.http.batch.count': '10' };
const LOOP: Keys = { ...COUNT, [CONTENT]: '[{{#message}}{{value}},{{/message}}]' };
const NULLS = 'connect.http.null.payload.handler';

// [render]: TemplateRenderer.render; [loop]: TemplateWithInnerLoop; [simple]: SimpleTemplate; [headers]: HttpSinkConfig.extractHeaders,
// RecordRenderer.renderHeaders; [tidy]: JsonTidy; [batch]: RecordsQueueBatcher; [fun]: HttpSinkTest; [ours]: where the promise is ours.
const ROWS: readonly RequestRow[] = [
  {
    what: 'a text without tags, for each record [fun static string template]',
    keys: { [CONTENT]: 'My Static Content Template' },
    records: texts('a', 'b'),
    requests: [
      ['POST', 'My Static Content Template', { 'content-type': 'application/json' }],
      ['POST', 'My Static Content Template'],
    ],
  },
  {
    what: 'the value as it is [fun dynamic string template]',
    keys: {},
    records: texts('My First Record'),
    requests: [['POST', 'My First Record']],
  },
  {
    what: 'a field of a map [fun json message fields]',
    keys: { ...MAPS, [CONTENT]: 'product: {{value.product}}' },
    records: [{ value: '{"id":1,"product":"myOrder product"}' }],
    requests: [['POST', 'product: myOrder product']],
  },
  {
    what: 'a field of a Struct [fun avro message fields]',
    keys: { ...SCHEMAS, [CONTENT]: '<id>{{value.id}}</id>' },
    records: [{ value: struct([{ field: 'id', type: 'int32' }], { id: 7 }) }],
    requests: [['POST', '<id>7</id>']],
  },
  {
    what: 'the whole of a JSON text [fun whole json message]',
    keys: { [CONTENT]: 'whole product message: {{value}}' },
    records: texts('{"id":1,"created":null}'),
    requests: [['POST', 'whole product message: {"id":1,"created":null}']],
  },
  {
    what: 'records of a batch in a loop, tidied [fun batched dynamic string template]',
    keys: { ...COUNT, [CONTENT]: '{"data":[{{#message}}{{value}},{{/message}}]}', 'connect.http.json.tidy': 'true' },
    records: texts('{"id":1}', '{"id":2}'),
    requests: [['POST', '{"data":[{"id":1},{"id":2}]}']],
  },
  {
    what: 'without tidying each has what the loop has [loop]',
    keys: LOOP,
    records: texts('1', '2'),
    requests: [['POST', '[1,2,]']],
  },
  {
    what: 'before and behind a loop nothing is filled in [loop]',
    keys: { ...COUNT, [CONTENT]: '{{topic}}:{{#message}}{{value}};{{/message}}{{key}}' },
    records: texts('1', '2'),
    requests: [['POST', '{{topic}}:1;2;{{key}}']],
  },
  {
    what: 'a loop of several tags, with blanks and line ends [loop]',
    keys: { ...COUNT, [CONTENT]: '<m>{{#message}}\\n  <r k="{{ key }}">{{ VALUE }}</r>{{/message}}\\n</m>' },
    records: texts('1', '2'),
    requests: [['POST', '<m>\n  <r k="k0">1</r>\n  <r k="k1">2</r>\n</m>']],
  },
  {
    what: 'tidying keeps the blanks between records [tidy]',
    keys: { ...COUNT, [CONTENT]: '{"a": [{{#message}} {{value}}, {{/message}} ] }', 'connect.http.json.tidy': 'true' },
    records: texts('1', '2'),
    requests: [['POST', '{"a": [ 1,  2 ] }']],
  },
  {
    what: 'a batch is full at its count [batch]',
    keys: { ...LOOP, 'connect.http.batch.count': '2' },
    records: texts('1', '2', '3'),
    requests: [
      ['POST', '[1,2,]'],
      ['POST', '[3,]'],
    ],
  },
  {
    what: 'a batch is full with the record that reaches its bytes [ours: batch stops before it]',
    keys: { ...LOOP, 'connect.http.batch.size': '8' },
    records: texts('111', '222', '333'),
    requests: [
      ['POST', '[111,222,]'],
      ['POST', '[333,]'],
    ],
  },
  {
    what: 'without a loop each record has a request, whatever the count [ours: simple drops the others]',
    keys: COUNT,
    records: texts('1', '2'),
    requests: [
      ['POST', '1'],
      ['POST', '2'],
    ],
  },
  {
    what: 'where a record stands [render]',
    keys: { [CONTENT]: '{{topic}} {{partition}} {{offset}} {{timestamp}}' },
    records: texts('a'),
    requests: [['POST', 'orders 3 0 1700000000000']],
  },
  {
    what: 'the key, and a header [render]',
    keys: { [CONTENT]: '{{key}}={{header.trace.id}}' },
    records: [
      {
        key: 'k',
        value: 'v',
        headers: [
          ['trace.id', 'one'],
          ['trace.id', 'two'],
        ],
      },
    ],
    requests: [['POST', 'k=two']],
  },
  {
    what: 'fields of keys, of elements and of names with slashes [render]',
    keys: { ...MAPS, ...JSON_KEYS, [CONTENT]: '{{key.id}} {{value.list.1.n}} {{value.a/b}}' },
    records: [{ key: '{"id":"x"}', value: '{"list":[{},{"n":2}],"a/b":"s"}' }],
    requests: [['POST', 'x 2 s']],
  },
  {
    what: 'what stands in braces of ours is text [render]',
    keys: { [CONTENT]: '${value} $${key} {{value}}' },
    records: texts('a'),
    requests: [['POST', '${value} $${key} a']],
  },
  {
    what: 'a dollar sign before a tag is one [render]',
    keys: { ...MAPS, [CONTENT]: 'costs ${{value.price}}, $$${{value.price}}' },
    records: [{ value: '{"price":3}' }],
    requests: [['POST', 'costs $3, $$$3']],
  },
  {
    what: 'what a record has not is its error [render: ErrorNullPayloadHandler; ours: the task drops the poll]',
    keys: { ...MAPS, [CONTENT]: '{{value.a}}' },
    records: [{ value: '{"a":1}' }, { value: '{"b":1}' }, { value: '{"a":null}' }, { value: '{"a":2}' }],
    requests: [
      ['POST', '1'],
      /it has no \$\{value:\/a\}, which its body is made of/,
      /it has no \$\{value:\/a\}/,
      ['POST', '2'],
    ],
  },
  {
    what: 'a record without a value, whose body is made of it [render]',
    keys: {},
    records: [{ value: null }],
    requests: [/it has no \$\{value\}, which its body is made of/],
  },
  {
    what: 'a record without a value, whose body is not made of it [render]',
    keys: { [CONTENT]: 'gone: {{key}}' },
    records: [{ key: 'k', value: null }],
    requests: [['POST', 'gone: k']],
  },
  {
    what: 'null in the place of nothing [render: NullLiteralNullPayloadHandler]',
    keys: { [NULLS]: 'null', [CONTENT]: '{"v":{{value}}}' },
    records: [{ value: null }],
    requests: [['POST', '{"v":null}']],
  },
  {
    what: 'nothing in the place of nothing [render: EmptyStringNullPayloadHandler]',
    keys: { [NULLS]: 'empty', [CONTENT]: '<{{value}}>' },
    records: [{ value: null }, { value: 'a' }],
    requests: [
      ['POST', '<>'],
      ['POST', '<a>'],
    ],
  },
  {
    what: 'a text in the place of nothing [render: CustomNullPayloadHandler]',
    keys: { [NULLS]: 'custom', [`${NULLS}.custom`]: '{"none": "50%|x"}' },
    records: [{ value: null }],
    requests: [['POST', '{"none": "50%|x"}']],
  },
  {
    what: 'headers with tags in their values, and the JSON content type beside [headers]',
    keys: { 'connect.http.request.headers': 'X-Key:{{key}} of {{topic}} , X-Url: http://x:1/' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-key': 'k0 of orders', 'x-url': 'http://x:1/', 'content-type': 'application/json' }]],
  },
  {
    what: 'a content type of one’s own [headers]',
    keys: { 'connect.http.request.headers': 'content-type:text/xml; charset=utf-8' },
    records: texts('<a/>'),
    requests: [['POST', '<a/>', { 'content-type': 'text/xml; charset=utf-8' }]],
  },
  {
    what: 'headers of records, which those that are written go before [headers: combineHeaders]',
    keys: { 'connect.http.copy.message.headers': 'true', 'connect.http.request.headers': 'X-A:mine' },
    records: [
      {
        value: 'a',
        headers: [
          ['X-A', 'theirs'],
          ['X-B', 'one'],
          ['X-N', null],
        ],
      },
    ],
    requests: [['POST', 'a', { 'x-a': 'mine', 'x-b': 'one', 'x-n': null }]],
  },
  {
    what: 'records with other headers have another request [ours: loop puts all of them into one]',
    keys: { ...LOOP, 'connect.http.request.headers': 'X-Key:{{key}}' },
    records: texts('1', '2'),
    requests: [
      ['POST', '[1,]', { 'x-key': 'k0' }],
      ['POST', '[2,]', { 'x-key': 'k1' }],
    ],
  },
  {
    what: 'tags in the address, one part each [render; ours: escaped]',
    keys: {
      ...MAPS,
      'connect.http.method': 'put',
      'connect.http.endpoint': 'http://h/{{topic}}/{{value.id}}?k={{key}}',
    },
    records: [{ key: 'a b', value: '{"id":"x/y"}' }],
    requests: [['PUT /orders/x%2Fy?k=a%20b', '{"id":"x/y"}']],
  },
  {
    what: 'each record goes to its own address [ours: loop takes that of the first]',
    keys: { ...LOOP, 'connect.http.endpoint': 'http://h/{{key}}' },
    records: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ],
    requests: [
      ['POST /a', '[1,2,]'],
      ['POST /b', '[3,]'],
    ],
  },
];

testRequests('lenses', BASE, ROWS);
