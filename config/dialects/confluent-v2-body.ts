import { batches, bodies, replacements } from './confluent-body.ts';
import { fillIn } from './confluent-request.ts';
import { type Api, inWordsOf } from './confluent-v2-api.ts';
import { isBodiless, namesIn } from './confluent-v2-request.ts';
import { differs, fault, ignored, type Statement, set } from './dialect.ts';
import { escaped } from './texts.ts';

const OF_BODIES = [
  ...['request.body.format', 'batch.json.as.array', 'batch.prefix', 'batch.suffix', 'batch.separator'],
  ...['regex.patterns', 'regex.replacements', 'regex.separator', 'http.request.body', 'batch.key.pattern'],
];

/** What the requests of an API hold. */
export function* contents(api: Api): Iterable<Statement> {
  const { values, key } = api;
  if (isBodiless(api)) {
    yield* OF_BODIES.map(rest =>
      ignored(key(rest), `${key('http.request.method')} is ${values.method}: requests have no body`),
    );
    yield set('batch.format', 'single', key('http.request.method'));
    if (values.batchSize > 1) yield differs(key('max.batch.size'), 'is 1: a request without a body is of one record');
    return;
  }
  yield* inWordsOf(api, batches(api.peer));
  if (values.body === '') yield* inWordsOf(api, bodies(api.peer));
  else yield* templated(api);
}

/** A text of its own in the place of each record. */
function* templated(api: Api): Iterable<Statement> {
  const { values, key } = api;
  const from = key('http.request.body');
  const isJson = values.bodyFormat === 'JSON';
  const isArray = isJson && values.asArray;
  if (isJson && !isArray && values.batchSize > 1) {
    const what = `can be false with ${key('max.batch.size')}=1 alone`;
    yield fault('conflict', key('batch.json.as.array'), what);
  }
  yield set('batch.format', 'joined', from);
  if (isArray) {
    yield set('batch.prefix', '[', key('batch.json.as.array'));
    yield set('batch.suffix', ']', key('batch.json.as.array'));
    yield set('batch.separator', ',', key('batch.json.as.array'));
  } else {
    yield set('batch.prefix', escaped(values.prefix), key('batch.prefix'));
    yield set('batch.suffix', escaped(values.suffix), key('batch.suffix'));
    yield set('batch.separator', escaped(values.separator), key('batch.separator'));
  }
  yield set('http.body.template', fillIn(values.body).text, from);
  const written = [values.headers, values.sensitiveHeaders].flatMap(text => namesIn(text, values.headerSeparator));
  if (isJson && !written.includes('content-type')) {
    yield set('http.headers.Content-Type', 'application/json', key('request.body.format'));
  }
  yield* inWordsOf(api, replacements(api.peer));
}
