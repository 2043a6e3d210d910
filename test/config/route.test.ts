import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

test('route: nothing asks for one', () => {
  for (const keys of [{}, { 'http.headers.X': 'a $ {b}' }, { 'http.method': 'PUT' }, { 'http.headers.forward': '' }]) {
    assert.equal(connectorOf(keys).http.route, null, JSON.stringify(keys));
  }
});

test('route: each thing that depends on the record asks for one', () => {
  const ways: readonly Keys[] = [
    { 'http.url': 'https://h/${topic}' },
    { 'http.headers.X': '${key}' },
    { 'http.headers.forward': 'X-*' },
    { 'http.body.json': '{"a":1}' },
    { 'batch.format': 'single', 'http.body.template': 'x' },
    { 'http.method': 'GET' },
    { 'http.request.body': 'never' },
    { 'behavior.on.null.values': 'delete', 'http.delete.url': 'https://collector.example.org/${key}' },
  ];
  for (const keys of ways) assert.notEqual(connectorOf(keys).http.route, null, JSON.stringify(keys));
});

test('route: literals of headers stay secret, and show in no rendering', () => {
  const { http } = connectorOf({ 'http.headers.X-Api': 'canary-${key}' });
  assert.ok(!JSON.stringify(http).includes('canary'));
  assert.deepEqual(http.headers, {});
});

test('route: a header whose macros are escaped is one of all requests', () => {
  assert.equal(connectorOf({ 'http.headers.X': 'a$${key}' }).http.headers['x']?.reveal(), 'a${key}');
});

test('route: the address that is told has a dash for each macro', () => {
  assert.equal(connectorOf({ 'http.url': 'https://H/a/${key}?b=${topic}' }).http.url.href, 'https://h/a/-?b=-');
});

test('route: methods without a body, and the word that says otherwise', () => {
  assert.equal(connectorOf({ 'http.method': 'DELETE' }).http.route?.bodiless, true);
  assert.equal(connectorOf({ 'http.method': 'DELETE', 'http.request.body': 'always' }).http.route, null);
});

const FAULTS: readonly (readonly [keys: Keys, code: string, key: string, message: RegExp])[] = [
  [{ 'http.url': 'https://${key}/' }, 'invalid', 'http.url', /before its path/],
  [{ 'http.url': 'https://h/${nope}' }, 'invalid', 'http.url', /not known/],
  [{ 'http.headers.X': '${header}' }, 'invalid', 'http.headers.X', /names none/],
  [{ 'http.headers.X': '${topic}\\n' + 'x' }, 'invalid', 'http.headers.X', /no line ends/],
  [{ 'http.headers.forward': 'Fiware-*,Host' }, 'forbidden', 'http.headers.forward', /names host/],
  [{ 'http.headers.forward': 'a b' }, 'invalid', 'http.headers.forward', /names of headers/],
  [{ 'http.headers.forward': '*-id' }, 'invalid', 'http.headers.forward', /names of headers/],
  [
    { 'http.headers.forward': 'authorization', 'http.auth.type': 'bearer', 'http.auth.bearer.token': 't' },
    'conflict',
    'http.headers.forward',
    /names authorization/,
  ],
  [{ 'http.body.json': '{"a":}' }, 'invalid', 'http.body.json', /must be JSON/],
  [
    { 'http.body.json': '1', 'batch.format': 'single', 'http.body.template': 'x' },
    'conflict',
    'http.body.template',
    /exclude each other/,
  ],
  [
    { 'http.body.json': '1', 'behavior.on.missing.fields': 'skip' },
    'invalid',
    'behavior.on.missing.fields',
    /must be null or fail/,
  ],
  [{ 'http.body.template': '${key}' }, 'conflict', 'http.body.template', /batch.format=array can not hold/],
  [{ 'http.body.json': '1\\n2' }, 'conflict', 'http.body.json', /makes 2 JSON texts/],
  [{ 'behavior.on.null.values': 'delete' }, 'conflict', 'behavior.on.null.values', /delete the same for every record/],
  [
    { 'behavior.on.null.values': 'delete', 'http.url': 'https://h/${topic}' },
    'conflict',
    'behavior.on.null.values',
    /delete the same for every record/,
  ],
  [
    { 'behavior.on.null.values': 'delete', 'http.delete.url': 'https://other/${key}' },
    'conflict',
    'http.delete.url',
    /scheme, host and port of http.url/,
  ],
];

for (const [keys, code, key, message] of FAULTS) {
  test(`route, refused: ${JSON.stringify(keys)}`, () => assertFault({ connector: keys }, code, key, message));
}

test('route: what a joined body holds is what its template makes', () => {
  const content = (keys: Keys) => connectorOf({ 'batch.format': 'joined', ...keys }).batch.content;
  const texts = { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' };
  assert.deepEqual(
    [content(texts), content({ ...texts, 'http.body.json': '1' }), content({ 'http.body.template': 'x' }), content({})],
    ['text', 'json', 'text', 'json'],
  );
});

test('route: what is left over is told', () => {
  const notes = (keys: Keys) => parse({ connector: keys }).notices.join('\n');
  assert.match(notes({ 'http.delete.url': 'https://collector.example.org/${key}' }), /http\.delete\.url.*not delete/);
  assert.match(notes({ 'http.method': 'GET', 'http.body.json': '1' }), /http\.body\.json.*no body/);
});

const PROVIDERS: Keys = {
  'config.providers': 'env',
  'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
};

test('route: placeholders of providers are filled in, and hold no macros; macros are no placeholders', () => {
  const { connectors, notices } = parse({
    worker: PROVIDERS,
    env: { BASE: 'v1', TOKEN: 'a${key}$b' },
    connector: {
      'http.url': 'https://h/${env:BASE}/${header:X|none}',
      'http.headers.X': '${env:TOKEN}',
      'http.headers.Y': '${value:/a}',
    },
  });
  const { http } = connectors[0]!;
  assert.deepEqual(
    http.route?.url?.path.map(part => (typeof part === 'string' ? part : part.kind)),
    ['/v1/', 'header'],
  );
  assert.equal(http.headers['x']?.reveal(), 'a${key}$b');
  assert.deepEqual(Object.keys(http.route?.headers ?? {}), ['y']);
  assert.deepEqual(
    notices.filter(notice => /placeholder|provider/.test(notice)),
    [],
  );
});

test('route: a provider that is not known is a fault where the value may be secret, and told once', () => {
  const lines = faultLines({ worker: PROVIDERS, connector: { 'http.headers.X': '${nosuch:a}' } });
  assert.deepEqual(lines.length, 1);
  assert.match(lines[0]!, /no provider is called so/);
});

test('missing fields: what becomes of them where a body is made of them', () => {
  const of = (keys: Keys) => connectorOf(keys).http.route?.body?.onMissing;
  assert.equal(of({ 'http.body.json': '{"a":"${value:/a}"}' }), 'null');
  assert.equal(of({ 'http.body.json': '{"a":"${value:/a}"}', 'behavior.on.missing.fields': 'fail' }), 'fail');
  const text = { 'batch.format': 'single', 'http.body.template': '${key}', 'behavior.on.missing.fields': 'fail' };
  assert.equal(of(text), 'fail');
});
