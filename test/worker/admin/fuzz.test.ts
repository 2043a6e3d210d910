import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { asking } from './asking.ts';
import { configuration, startScriptedWorker } from './running-worker.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly takesBody: boolean;
  readonly statuses: readonly number[];
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** That the path and the method mean; null: none. */
  readonly operation: Operation | null;
}

interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Whatever may be answered to anything, beside what an operation declares. */
const OF_ANY = [400, 403, 404, 405, 406, 411, 413, 414, 415, 417, 431];

function operationsIn(text: string): readonly Operation[] {
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Record<string, never>>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] as never, requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      query: (parameters as { in: string; name: string }[]).filter(each => each.in === 'query').map(each => each.name),
      takesBody: requestBody !== undefined,
      statuses: Object.keys(responses as unknown as object).map(Number),
    })),
  );
}

function send(url: string, { method, path, headers, body }: Sent): Promise<Got | null> {
  return new Promise(resolve => {
    const options = { method, path, agent: false as const, headers };
    const sent = httpRequest(url, options, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => (text += String(chunk)));
      response.on('error', () => resolve(null));
      response.on('end', () =>
        resolve({ status: response.statusCode!, type: String(response.headers['content-type'] ?? ''), text }),
      );
    });
    sent.on('error', () => resolve(null));
    sent.end(body ?? undefined);
  });
}

const NAMES = fc.oneof(
  fc.constantFrom(
    'c',
    'd',
    'none',
    '0',
    '-1',
    '..',
    '%00',
    '%2e%2e',
    'a%2Fb',
    '%zz',
    '%ff',
    ';a=b',
    'root',
    '__proto__',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map(text => encodeURIComponent(text.toWellFormed())),
);
const METHODS = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'REPORT',
);
const VALUES = fc.oneof(
  fc.constantFrom('true', 'TRUE', 'status', 'info', 'cluster', '', '%', 'x'.repeat(500)),
  fc.webFragments(),
);
const KEYS = [
  'name',
  'config',
  'initial_state',
  'connector.class',
  'topics',
  'topics.regex',
  'tasks.max',
  'http.url',
  'level',
  'offsets',
];
const KEY = fc.oneof(
  fc.constantFrom(...KEYS, 'transforms', 'errors.tolerance', '__proto__', ''),
  fc.string({ unit: 'binary' }),
);
const SCALAR = fc.oneof(
  fc.constantFrom(
    'c',
    'tailrace.HttpSink',
    'orders',
    'PAUSED',
    'bogus',
    'http://localhost:9/in',
    'DEBUG',
    '[hidden]',
    '${file:/x:y}',
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt().map(String),
  fc.boolean(),
  fc.constant(null),
);
const OFFSET = fc.record(
  {
    partition: fc.oneof(fc.record({ kafka_topic: SCALAR, kafka_partition: SCALAR }, { requiredKeys: [] }), SCALAR),
    offset: fc.oneof(fc.record({ kafka_offset: SCALAR }), SCALAR),
  },
  { requiredKeys: [] },
);
const FLAT = fc.dictionary(KEY, SCALAR, { maxKeys: 8 });
const GOOD = fc.record({ 'tasks.max': SCALAR, 'batch.max.records': SCALAR }).map(changes => configuration(changes));
const BODIES = fc.oneof(
  fc.constant(null),
  fc.oneof(FLAT, GOOD).map(value => JSON.stringify(value)),
  fc.record({ name: SCALAR, config: fc.oneof(FLAT, GOOD), initial_state: SCALAR }).map(value => JSON.stringify(value)),
  fc.record({ offsets: fc.array(OFFSET, { maxLength: 4 }) }).map(value => JSON.stringify(value)),
  fc.json(),
  fc.json().map(text => text.slice(0, -1)),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(
    '[',
    '{"a":',
    '\u0000',
    '\ufeff{}',
    '{"a":1}{"a":2}',
    '"\\ud800"',
    '1e999999',
    `[${'['.repeat(5_000)}`,
  ),
);
const TYPES = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json',
  'application/json;charset=utf-16',
  'text/plain',
  'x',
  '',
);
const HEADERS = fc.dictionary(
  fc.constantFrom(
    'accept',
    'origin',
    'sec-fetch-site',
    'authorization',
    'expect',
    'host',
    'x-http-method-override',
    'range',
    'if-match',
  ),
  fc.constantFrom(
    '*/*',
    'text/html',
    'application/json',
    'null',
    'https://evil.example',
    'cross-site',
    'Basic eDp5',
    '100-continue',
    'localhost',
    ';;;=,,',
    '',
  ),
  { maxKeys: 2 },
);

function requests(operations: readonly Operation[]): fc.Arbitrary<Sent> {
  return fc
    .record({
      of: fc.constantFrom(...operations),
      method: fc.option(METHODS, { freq: 4 }),
      names: fc.array(NAMES, { minLength: 2, maxLength: 2 }),
      elsewhere: fc.option(
        fc.webPath().map(path => `/${path}`),
        { freq: 10 },
      ),
      query: fc.dictionary(
        fc.constantFrom('expand', 'expand[]', 'includeTasks', 'onlyFailed', 'connectorsOnly', 'scope', 'forward', '%'),
        VALUES,
        {
          maxKeys: 3,
        },
      ),
      slash: fc.constantFrom('', '', '', '/', '//'),
      body: BODIES,
      type: TYPES,
      headers: HEADERS,
    })
    .map(({ of, method, names, elsewhere, query, slash, body, type, headers }) => {
      let at = 0;
      const own = of.path.replaceAll(/\{\w+\}/g, () => names[at++]!);
      const asked = Object.entries(query)
        .map(([name, value]) => `${name}=${value}`)
        .join('&');
      const bytes = body === null ? null : Buffer.from(body as string);
      const path = `${elsewhere ?? own}${slash}${asked === '' ? '' : `?${asked}`}`.replaceAll(/[^!-~]/g, '');
      return {
        method: method ?? of.method,
        path: path.startsWith('/') ? path : `/${path}`,
        headers: {
          ...(type === '' || bytes === null ? {} : { 'content-type': type }),
          ...(bytes === null ? {} : { 'content-length': String(bytes.byteLength) }),
          ...headers,
        },
        body: bytes,
        operation: method === null && elsewhere === null ? of : null,
      };
    });
}

test('whatever is sent, no answer is 5xx but those that its operation declares, and the worker lives', {
  timeout: 240_000,
}, async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  const operations = operationsIn((await ask('GET', '/openapi.json')).text);
  assert.equal(operations.length, 33);
  await ask('POST', '/connectors', { name: 'c', config: configuration() });
  await ask('POST', '/connectors', {
    name: 'd',
    config: configuration({ topics: 'others' }),
    initial_state: 'STOPPED',
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(requests(operations), async sent => {
      const got = await send(url, sent);
      // A request that Node's own parser refuses has its answer and its end in one.
      if (got === null) return;
      answered += 1;
      const declared = sent.operation?.statuses ?? operations.flatMap(({ statuses }) => statuses);
      assert.ok([...declared, ...OF_ANY, 200].includes(got.status), `${got.status} ${got.text}`);
      if (got.status >= 400 && got.status !== 503 && sent.method !== 'HEAD') {
        assert.equal(got.type, 'application/json');
        const { error_code, message } = JSON.parse(got.text);
        assert.deepEqual([error_code, typeof message], [got.status, 'string']);
        assert.doesNotMatch(message, /at \S+ \(|node:internal|HTTP 500 Internal/, got.text);
      }
    }),
    { numRuns: 1_500, endOnFailure: true },
  );
  assert.ok(answered > 1_000, String(answered));
  assert.equal((await ask('GET', '/connectors')).status, 200);
});
