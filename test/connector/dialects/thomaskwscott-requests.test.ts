import type { Keys } from '../../config/written.ts';
import { type RequestRow, struct, testRequests, texts } from './request-table.ts';

const STRING = 'org.apache.kafka.connect.storage.StringConverter';
const BASE: Keys = {
  'connector.class': 'uk.co.threefi.connect.http.HttpSinkConnector',
  'http.api.url': 'http://h/in',
  'key.converter': STRING,
  'value.converter': STRING,
};
const MAPS: Keys = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const SCHEMAS: Keys = { ...MAPS, 'value.converter.schemas.enable': 'true' };
const MANY: Keys = { 'batch.max.size': '10' };
const PROXY: Keys = {
  ...MANY,
  'batch.prefix': '{"records":[',
  'batch.suffix': ']}',
  'regex.patterns': '^~$',
  'regex.replacements': '{"value":~}',
};

// [write], [send], [build]: HttpApiWriter.write, sendBatch, buildRecord; [config]: HttpSinkConfig; [jdk]: HttpURLConnection;
// [put]: HttpSinkTask.put; [rst]: docs_build/sink_connector.rst. [ours]: where the promise is ours.
const ROWS: readonly RequestRow[] = [
  {
    what: 'one text, one request, as it is [build]',
    keys: {},
    records: texts('Message 1', 'grün'),
    requests: [
      ['POST', 'Message 1', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['POST', 'grün'],
    ],
  },
  {
    what: 'a PUT without a Content-Type has none [jdk]',
    keys: { 'request.method': 'put' },
    records: texts('a'),
    requests: [['PUT', 'a', { 'content-type': null }]],
  },
  {
    what: 'a DELETE has its body, and a form’s Content-Type [send; jdk]',
    keys: { 'request.method': 'DELETE', ...MANY },
    records: texts('a', 'b'),
    requests: [['DELETE', 'a,b', { 'content-type': 'application/x-www-form-urlencoded' }]],
  },
  {
    what: 'headers between bars [send]',
    keys: { headers: 'Content-Type:application/json|Accept:*/*' },
    records: texts('{}'),
    requests: [['POST', '{}', { 'content-type': 'application/json', accept: '*/*' }]],
  },
  {
    what: 'a value with colons goes as it is [ours: send cuts it]',
    keys: { headers: 'X-Time:12:30:00' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-time': '12:30:00' }]],
  },
  {
    what: 'nothing is filled in in headers [send]',
    keys: { headers: 'X-Key:${key}' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-key': '${key}' }]],
  },
  {
    what: 'what is no header is left out [send]',
    keys: { headers: 'nothing|X-A:1' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-a': '1' }]],
  },
  {
    what: 'of two headers with one name the last counts [jdk setRequestProperty]',
    keys: { headers: 'X-A:1|x-a:2' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-a': '2' }]],
  },
  {
    what: 'key and topic in the address [send]',
    keys: { 'http.api.url': 'http://h/${topic}/${key}?k=${key}' },
    records: texts('a'),
    requests: [['POST /orders/k0?k=k0', 'a']],
  },
  {
    what: 'a record without a key has nothing in its place [send]',
    keys: { 'http.api.url': 'http://h/x/${key}' },
    records: [{ value: 'a' }],
    requests: [['POST /x/', 'a']],
  },
  {
    what: 'each record goes to its own address [ours: send takes that of the first]',
    keys: { ...MANY, 'http.api.url': 'http://h/x/${key}' },
    records: texts('a', 'b'),
    requests: [
      ['POST /x/k0', 'a'],
      ['POST /x/k1', 'b'],
    ],
  },
  {
    what: 'a key is one part of the address [ours]',
    keys: { 'http.api.url': 'http://h/x/${key}' },
    records: [{ key: 'a/b c', value: 'v' }],
    requests: [['POST /x/a%2Fb%20c', 'v']],
  },
  {
    what: 'other words in braces are text, as a URL has it [send]',
    keys: { 'http.api.url': 'http://h/${value}' },
    records: texts('a'),
    requests: [['POST /%24%7Bvalue%7D', 'a']],
  },
  {
    what: 'records between commas [send; config batch.seperator]',
    keys: MANY,
    records: texts('a', 'b', 'c'),
    requests: [['POST', 'a,b,c']],
  },
  {
    what: 'prefix, suffix and separator, once each [send]',
    keys: { ...MANY, 'batch.prefix': '[', 'batch.suffix': ']', 'batch.seperator': ';' },
    records: texts('1', '2'),
    requests: [['POST', '[1;2]']],
  },
  {
    what: 'one record has prefix and suffix too [send]',
    keys: { 'batch.prefix': '[', 'batch.suffix': ']' },
    records: texts('1', '2'),
    requests: [
      ['POST', '[1]'],
      ['POST', '[2]'],
    ],
  },
  {
    what: 'blanks at the ends do not count, a line end neither [config: ConfigDef trims]',
    keys: { ...MANY, 'batch.seperator': '\\n', 'batch.prefix': ' < ' },
    records: texts('1', '2'),
    requests: [['POST', '<12']],
  },
  {
    what: 'a backslash is one [send]',
    keys: { ...MANY, 'batch.seperator': '\\\\n' },
    records: texts('1', '2'),
    requests: [['POST', '1\\n2']],
  },
  {
    what: 'a batch is full at its size [write]',
    keys: { 'batch.max.size': '2' },
    records: texts('1', '2', '3'),
    requests: [
      ['POST', '1,2'],
      ['POST', '3'],
    ],
  },
  {
    what: 'records with another batch key have another request [write]',
    keys: { ...MANY, 'batch.key.pattern': '${topic}/${key}' },
    records: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ],
    requests: [
      ['POST', '1,2'],
      ['POST', '3'],
    ],
  },
  {
    what: 'the example of its documentation: records of a REST proxy [rst]',
    keys: PROXY,
    records: texts('{"foo1":"bar1"}', '{"foo2":"bar2"}'),
    requests: [['POST', '{"records":[{"value":{"foo1":"bar1"}},{"value":{"foo2":"bar2"}}]}']],
  },
  {
    what: 'replacements one after the other, with groups, and nothing where there are too few [build]',
    keys: { 'regex.patterns': '(\\\\w+)@\\\\w+~o', 'regex.replacements': '<$1>' },
    records: texts('bob@home'),
    requests: [['POST', '<bb>']],
  },
  {
    what: 'key and topic in replacements [build]',
    keys: { 'regex.patterns': '^~$', 'regex.replacements': '${key}: ~ of ${topic}' },
    records: [{ key: 'k', value: 'v' }, { value: 'w' }],
    requests: [
      ['POST', 'k: v of orders'],
      ['POST', ': w of orders'],
    ],
  },
  {
    what: 'a map as its toString [build]',
    keys: MAPS,
    records: [{ value: '{"id": 7, "name": "x", "price": 1.50, "tags": [1, "a"]}' }],
    requests: [['POST', '{price=1.5, name=x, id=7, tags=[1, a]}']],
  },
  {
    what: 'a Struct as its toString [build]',
    keys: SCHEMAS,
    records: [{ value: struct([{ field: 'f1', type: 'string' }], { f1: 'value1' }) }],
    requests: [['POST', 'Struct{f1=value1}']],
  },
  {
    what: 'a string, a number and a boolean as toString [build]',
    keys: MAPS,
    records: [{ value: '"abc"' }, { value: '1.50' }, { value: 'true' }],
    requests: [
      ['POST', 'abc'],
      ['POST', '1.5'],
      ['POST', 'true'],
    ],
  },
  {
    what: 'a record without a value is left out [send of 5.4]',
    keys: MANY,
    records: [{ value: '1' }, { value: null }, { value: '2' }],
    requests: [['POST', '1'], /no value: ignore/, ['POST', '2']],
  },
  {
    what: 'a separator that is a regular expression for one text [send: String.split]',
    keys: { headers: 'X-A:1;;X-B:2', 'header.separator': '\\\\;\\\\;' },
    records: texts('a'),
    requests: [['POST', 'a', { 'x-a': '1', 'x-b': '2' }]],
  },
];

testRequests('thomaskwscott', BASE, ROWS);
