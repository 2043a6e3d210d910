import type { Keys } from '../../config/written.ts';
import { type RequestRow, testRequests, texts } from './request-table.ts';

const STRING = 'org.apache.kafka.connect.storage.StringConverter';
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

const BASE: Keys = {
  'connector.class': 'io.confluent.connect.http.sink.GenericHttpSinkConnector',
  'http.api.base.url': 'http://h',
  'api1.http.api.path': '/in',
  'api1.topics': 'orders',
  'key.converter': STRING,
  'value.converter': JSON_CONVERTER,
  'value.converter.schemas.enable': 'false',
};
const TEXTS: Keys = { 'value.converter': STRING, 'api1.request.body.format': 'STRING' };
const ARRAY: Keys = { 'api1.batch.json.as.array': 'true', 'api1.max.batch.size': '2' };

// Sources: [tpl] the template of Confluent Cloud's HttpSinkV2 (confluentinc/connect-migration-utility), [doc] the page of the
// connector, [play] scripts of kafka-docker-playground, [v1] as the first sink, of which its keys are (http_v1_to_v2_transformer.py);
// [guess] no source tells, and this is what we do.
const ROWS: readonly RequestRow[] = [
  {
    what: 'one record, one request, JSON without an array [tpl: max.batch.size=1, batch.json.as.array=false]',
    records: texts('{"a":1}', '{"a":2}'),
    requests: [
      ['POST', '{"a":1}', { 'content-type': 'application/json' }],
      ['POST', '{"a":2}'],
    ],
  },
  {
    what: 'JSON: a text is a JSON string [v1]',
    keys: { 'value.converter': STRING },
    records: texts('x'),
    requests: [['POST', '"x"']],
  },
  {
    what: 'STRING: a text is as it is [tpl]',
    keys: TEXTS,
    records: texts('x "y"'),
    requests: [['POST', 'x "y"', { 'content-type': 'text/plain; charset=utf-8' }]],
  },
  {
    what: 'STRING: a map as its toString [v1]',
    keys: { 'api1.request.body.format': 'string' },
    records: texts('{"b":1.50,"a":"x"}'),
    requests: [['POST', '{a=x, b=1.5}']],
  },
  {
    what: 'an array of as many as max.batch.size says [tpl]',
    keys: ARRAY,
    records: texts('{"a":1}', '{"a":2}', '{"a":3}'),
    requests: [
      ['POST', '[{"a":1},{"a":2}]', { 'content-type': 'application/json' }],
      ['POST', '[{"a":3}]'],
    ],
  },
  {
    what: 'texts between prefix, separator and suffix [tpl]',
    keys: { ...TEXTS, 'api1.max.batch.size': '3', 'api1.batch.prefix': '<', 'api1.batch.suffix': '>' },
    records: texts('a', 'b', 'c'),
    requests: [['POST', '<a,b,c>']],
  },
  {
    what: 'another separator [tpl]',
    keys: { ...TEXTS, 'api1.max.batch.size': '3', 'api1.batch.separator': '\\n' },
    records: texts('a', 'b'),
    requests: [['POST', 'a\nb']],
  },
  {
    what: 'batch.key.pattern parts records [tpl]',
    keys: { ...TEXTS, 'api1.max.batch.size': '9', 'api1.batch.key.pattern': '${key}' },
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
    what: 'topic and key in the path [doc: template variables]',
    keys: { 'api1.http.api.path': '/${topic}/${key}' },
    records: texts('{"a":1}'),
    requests: [['POST /orders/k0', '{"a":1}']],
  },
  {
    what: 'a field of the value in the path, escaped as one part [doc; guess: %2F]',
    keys: { 'api1.http.api.path': '/c/${customer.id}' },
    records: texts('{"customer":{"id":"a/b c"}}', '{"customer":{"id":7}}'),
    requests: [
      ['POST /c/a%2Fb%20c', '{"customer":{"id":"a/b c"}}'],
      ['POST /c/7', '{"customer":{"id":7}}'],
    ],
  },
  {
    what: 'a field that is missing is an error of the record [guess]',
    keys: { 'api1.http.api.path': '/c/${id}' },
    records: texts('{"a":1}', '{"id":1}'),
    requests: [/\$\{value:\/id\}/, ['POST /c/1', '{"id":1}']],
  },
  {
    what: 'path parameters: name:value between | [tpl]',
    keys: {
      'api1.http.api.path': '/v1/${tenant}/users/{user}',
      'api1.http.path.parameters': 'tenant:acme|user:${key}',
    },
    records: texts('{"a":1}'),
    requests: [['POST /v1/acme/users/k0', '{"a":1}']],
  },
  {
    what: 'path parameters between another separator, with a colon in a value [tpl]',
    keys: {
      'api1.http.api.path': '/${a}/${b}',
      'api1.http.path.parameters': 'a:x:y;b:${id}',
      'api1.http.path.parameters.separator': ';',
    },
    records: texts('{"id":5}'),
    requests: [['POST /x:y/5', '{"id":5}']],
  },
  {
    what: 'query parameters: name=value between & [tpl], templates in them [doc]',
    keys: { 'api1.http.request.parameters': 'src=kafka&t=${topic}&id=${id}' },
    records: texts('{"id":"a&b"}'),
    requests: [['POST /in?src=kafka&t=orders&id=a%26b', '{"id":"a&b"}']],
  },
  {
    what: 'query parameters behind a path that has some [guess]',
    keys: { 'api1.http.api.path': '/in?x=1', 'api1.http.request.parameters': 'y=a b' },
    records: texts('{"a":1}'),
    requests: [['POST /in?x=1&y=a%20b', '{"a":1}']],
  },
  {
    what: 'headers, and templates in them [tpl, doc]',
    keys: { 'api1.http.request.headers': 'Content-Type: text/x|X-K: ${key}|X-F: ${f}' },
    records: texts('{"f":"v"}'),
    requests: [['POST', '{"f":"v"}', { 'content-type': 'text/x', 'x-k': 'k0', 'x-f': 'v' }]],
  },
  {
    what: 'a sensitive header takes priority [tpl]',
    keys: { 'api1.http.request.headers': 'X-A: 1|X-B: 2', 'api1.http.request.sensitive.headers': 'x-a: 3' },
    records: texts('{"a":1}'),
    requests: [['POST', '{"a":1}', { 'x-a': '3', 'x-b': '2' }]],
  },
  {
    what: 'headers of the record are passed on [tpl: forward.kafka.headers=true]',
    records: [{ value: '{"a":1}', headers: [['trace', 't1']] }],
    requests: [['POST', '{"a":1}', { trace: 't1' }]],
  },
  {
    what: 'and not where it is false [tpl]',
    keys: { 'api1.forward.kafka.headers': 'false' },
    records: [{ value: '{"a":1}', headers: [['trace', 't1']] }],
    requests: [['POST', '{"a":1}', { trace: null }]],
  },
  {
    what: 'records with other headers do not share a request [v1 doc 1.5]',
    keys: ARRAY,
    records: [
      { value: '1', headers: [['t', 'a']] },
      { value: '2', headers: [['t', 'b']] },
    ],
    requests: [
      ['POST', '[1]'],
      ['POST', '[2]'],
    ],
  },
  {
    what: 'a body of its own [tpl: the custom payload instead of the record]',
    keys: { 'api1.http.request.body': '{"search_after":"${key}","of":"${topic}","n":${n}}' },
    records: texts('{"n":7}'),
    requests: [['POST', '{"search_after":"k0","of":"orders","n":7}', { 'content-type': 'application/json' }]],
  },
  {
    what: 'a body of its own is text [guess: nothing is escaped]',
    keys: { 'api1.http.request.body': 'k=${key}&x', 'api1.request.body.format': 'STRING' },
    records: [{ key: 'a"b', value: '{}' }],
    requests: [['POST', 'k=a"b&x', { 'content-type': 'text/plain; charset=utf-8' }]],
  },
  {
    what: 'bodies of their own in an array [guess]',
    keys: { ...ARRAY, 'api1.http.request.body': '{"k":"${key}"}' },
    records: texts('{}', '{}'),
    requests: [['POST', '[{"k":"k0"},{"k":"k1"}]', { 'content-type': 'application/json' }]],
  },
  {
    what: 'DELETE has no body; /${key} stands behind a path without macros [tpl]',
    keys: { 'api1.http.request.method': 'DELETE' },
    records: texts('{"a":1}'),
    requests: [['DELETE /in/k0', '', { 'content-type': null }]],
  },
  {
    what: 'DELETE of a path that holds the key [tpl]',
    keys: { 'api1.http.request.method': 'DELETE', 'api1.http.api.path': '/x/${key}/y' },
    records: texts('{"a":1}'),
    requests: [['DELETE /x/k0/y', '']],
  },
  {
    what: 'GET has no body [tpl: allow.get.request.body=false]',
    keys: { 'api1.http.request.method': 'GET', 'api1.max.batch.size': '5', ...{ 'api1.http.api.path': '/q/${key}' } },
    records: texts('{"a":1}', '{"a":2}'),
    requests: [
      ['GET /q/k0', ''],
      ['GET /q/k1', ''],
    ],
  },
  {
    what: 'GET with a body [tpl: allow.get.request.body=true]',
    keys: { 'api1.http.request.method': 'GET', 'api1.allow.get.request.body': 'true' },
    records: texts('{"a":1}'),
    requests: [['GET', '{"a":1}']],
  },
  {
    what: 'PUT and PATCH [tpl]',
    keys: { 'api1.http.request.method': 'PATCH' },
    records: texts('{"a":1}'),
    requests: [['PATCH', '{"a":1}']],
  },
  {
    what: 'a record without a value is left out [tpl: IGNORE]',
    records: texts('{"a":1}', null, '{"a":2}'),
    requests: [['POST', '{"a":1}'], /no value: ignore/, ['POST', '{"a":2}']],
  },
  {
    what: 'a record without a value is an error [tpl: FAIL]',
    keys: { 'api1.behavior.on.null.values': 'FAIL' },
    records: texts(null),
    requests: [/no value: fail/],
  },
  {
    what: 'a record without a value deletes what its key names [tpl: DELETE; v1: /${key}]',
    keys: { 'api1.behavior.on.null.values': 'DELETE', 'api1.http.request.parameters': 'a=1' },
    records: texts('{"a":1}', null),
    requests: [
      ['POST /in?a=1', '{"a":1}'],
      ['DELETE /in/k1?a=1', ''],
    ],
  },
  {
    what: 'replacements in the body, with macros [tpl]',
    keys: { ...TEXTS, 'api1.regex.patterns': '^~b', 'api1.regex.replacements': '${key}:~B' },
    records: texts('abc'),
    requests: [['POST', 'k0:aBc']],
  },
  {
    what: 'an API key in the query, and one in a header [tpl]',
    keys: { 'auth.type': 'API_KEY', 'api.key.location': 'QUERY', 'api.key.name': 'k', 'api.key.value': 'v' },
    records: texts('{"a":1}'),
    requests: [['POST /in?k=v', '{"a":1}']],
  },
  {
    what: 'an API key in a header [tpl: X-API-KEY]',
    keys: { 'auth.type': 'API_KEY', 'api.key.value': 'v' },
    records: texts('{"a":1}'),
    requests: [['POST', '{"a":1}', { 'x-api-key': 'v' }]],
  },
  {
    what: 'a bearer token [tpl]',
    keys: { 'auth.type': 'BEARER', 'bearer.token': 't' },
    records: texts('{"a":1}'),
    requests: [['POST', '{"a":1}', { authorization: 'Bearer t' }]],
  },
  {
    what: 'compressed answers are asked for, or not [play #7551: http.response.compression.enabled=true]',
    keys: { 'api1.http.response.compression.enabled': 'false' },
    records: texts('{"a":1}'),
    requests: [['POST', '{"a":1}', { 'accept-encoding': 'identity' }]],
  },
];

testRequests('confluent V2 sends', BASE, ROWS);
