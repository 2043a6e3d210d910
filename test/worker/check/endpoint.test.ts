import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Answer, Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { type Keys, look, outline, the } from './looking.ts';

async function endpointFor(t: TestContext, options: EndpointOptions = {}): Promise<Endpoint> {
  const endpoint = await new Endpoint(options).start();
  t.after(() => endpoint.close());
  return endpoint;
}

const JSON_VALUES = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};

async function send(endpoint: Endpoint, sample: string, keys: Keys = {}, timeoutMs = 5_000) {
  const findings = await look({ ...JSON_VALUES, 'http.url': endpoint.url.href, ...keys }, { send: sample, timeoutMs });
  return the(findings, 'endpoint');
}

describe('check: what a user wants to be sent', () => {
  it('goes through converter, transforms, route and encoder, byte for byte', async t => {
    const endpoint = await endpointFor(t);
    const keys = {
      transforms: 'source',
      'transforms.source.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
      'transforms.source.static.field': 'source',
      'transforms.source.static.value': 'kafka',
      'batch.max.records': '2',
      'http.headers.X-Topic': 'a',
    };
    const found = await send(endpoint, '\ufeff [ {"id": 1.0}, {"id":12345678901234567890} ,{"id":3}]\n', keys);
    assert.equal(found.outcome, 'ok', found.text);
    assert.match(found.text, /^3 records in 2 requests: confirmed \(200, [\d.]+ ms\)$/);
    assert.deepEqual(
      endpoint.requests.map(({ body }) => body.toString()),
      ['[{"id": 1.0,"source":"kafka"},{"id":12345678901234567890,"source":"kafka"}]', '[{"id":3,"source":"kafka"}]'],
    );
    assert.equal(endpoint.requests[0]!.headers['x-topic'], 'a');
  });

  it('may be one value, or one a line', async t => {
    const endpoint = await endpointFor(t);
    for (const sample of ['{"a":\n[1,2]}', '{"a":1}\r\n\n{"a":2}\n']) await send(endpoint, sample);
    assert.deepEqual(endpoint.records, [{ a: [1, 2] }, { a: 1 }, { a: 2 }]);
  });

  const refusals: readonly (readonly [answer: Answer, text: RegExp, advice: RegExp | null])[] = [
    [{ status: 503 }, /answered 503.* \(503, [\d.]+ ms; a worker sends it again, later\)$/, null],
    [
      { status: 404 },
      /404.*a worker sends nothing but one probe at a time\)$/,
      /there is nothing at this URL|http\.url/,
    ],
    [{ status: 401 }, /401.*a worker asks for other credentials and sends it again\)$/, /credentials/],
    [{ status: 413 }, /413.*a worker sends it in two halves\)$/, null],
    [{ status: 400, body: 'canary' }, /400.*a worker rejects the record that is at fault\)$/, null],
    [{ cut: 'before' }, /^127\.0\.0\.1:\d+ cut the connection|closed the connection/, null],
    [{ status: 200, body: 'half', headers: { 'content-length': '100' }, cut: 'within' }, /connection/, null],
    [{ raw: 'SSH-2.0-canary\r\n\r\n' }, /can’t be read as HTTP\/1\.1/, /is it an HTTP endpoint/],
  ];
  for (const [answer, text, advice] of refusals) {
    it(`is sent once, whatever comes: ${JSON.stringify(answer)}`, async t => {
      const endpoint = await endpointFor(t, { script: () => answer });
      const found = await send(endpoint, '[{"a":1},{"a":2}]', { 'delivery.max.in.flight': '4' });
      assert.equal(found.outcome, 'failed', found.text);
      assert.match(found.text, text);
      if (advice !== null) assert.match(`${found.text}: ${found.advice}`, advice);
      assert.equal(endpoint.count, 1);
      assert.doesNotMatch(JSON.stringify(found), /canary/);
    });
  }

  it('that has no answer is waited for no longer than a step', async t => {
    const endpoint = await endpointFor(t, { script: () => ({ after: new Promise(() => undefined) }) });
    const found = await send(endpoint, '{}', {}, 200);
    assert.deepEqual([found.outcome, endpoint.count], ['failed', 1]);
    assert.match(found.text, /gave no complete answer in time/);
    assert.match(found.advice!, /--timeout/);
  });

  it('that is confirmed in part says what was refused', async t => {
    const body = JSON.stringify([{ status: 200 }, { status: 422 }]);
    const endpoint = await endpointFor(t, {
      script: () => ({ status: 207, body, headers: { 'content-type': 'application/json' } }),
    });
    const found = await send(endpoint, '[{"a":1},{"a":2}]', { 'errors.tolerance': 'all' });
    assert.equal(found.outcome, 'failed', found.text);
    assert.match(found.text, /^1 of 2 records are not confirmed \(207, [\d.]+ ms\): .*422/);
    assert.equal(endpoint.count, 1);
  });

  it('that can not be sent is not', async t => {
    const endpoint = await endpointFor(t);
    const transform = {
      transforms: 'd',
      'transforms.d.type': 'org.apache.kafka.connect.transforms.ReplaceField$Value',
      'transforms.d.exclude': 'a',
    };
    const failing = await send(endpoint, '7', transform);
    assert.match(failing.text, /^a record can not be sent: /);
    assert.equal(failing.outcome, 'failed');
    const large = await send(endpoint, JSON.stringify('x'.repeat(5_000)), { 'batch.max.bytes': '1024' });
    assert.match(large.text, /does not fit into a request of batch\.max\.bytes=1024$/);
    const dropped = await send(endpoint, '{"a":1}', {
      transforms: 'f',
      'transforms.f.type': 'org.apache.kafka.connect.transforms.Filter',
    });
    assert.deepEqual(
      [dropped.outcome, dropped.text],
      ['warning', 'nothing was sent; 1 record dropped by a transform or as null'],
    );
    assert.equal(endpoint.count, 0);
  });

  it('goes to each of several endpoints, with the token that all have', async t => {
    const tokens = { clientId: 'c', clientSecret: 'canary-secret' };
    const endpoint = await endpointFor(t, { oauth2: tokens });
    const findings = await look(
      {
        ...JSON_VALUES,
        topics: 'orders,audits',
        'http.auth.type': 'oauth2',
        'oauth2.token.url': endpoint.tokenUrl.href,
        'oauth2.client.id': 'c',
        'oauth2.client.secret': 'canary-secret',
        endpoints: 'o,a',
        'endpoints.o.topics': 'orders',
        'endpoints.o.http.url': `${endpoint.url.origin}/orders`,
        'endpoints.a.topics': 'audits',
        'endpoints.a.http.url': `${endpoint.url.origin}/audits`,
      },
      { send: '{"a":1}' },
    );
    assert.deepEqual(outline(findings), ['tcp ok', 'token ok', 'endpoint ok', 'endpoint ok'], JSON.stringify(findings));
    assert.deepEqual(
      endpoint.requests.map(({ path }) => path),
      ['/orders', '/audits'],
    );
    assert.doesNotMatch(JSON.stringify(findings), /canary|token-\d/);
  });
});
