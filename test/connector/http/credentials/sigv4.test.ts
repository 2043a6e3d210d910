import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Secret } from '../../../../config/secret.ts';
import type { AwsKeys, SigV4Config } from '../../../../config/types.ts';
import { type SigningOptions, sign } from '../../../../connector/http/credentials/sigv4.ts';
import type { HttpRequest } from '../../../../connector/ports.ts';
import { MemoryFiles } from '../../../support/small-files.ts';
import { answer, Bench, numbered } from '../fixtures.ts';
import { FOREVER, REQUEST, refusalOf, setup } from './authorization.ts';
import { EXAMPLE, VECTORS } from './sigv4-vectors.ts';

const KEYS: AwsKeys = {
  accessKeyId: EXAMPLE.accessKeyId,
  secretAccessKey: new Secret(EXAMPLE.secretAccessKey),
  sessionToken: null,
};
const OPTIONS: SigningOptions = {
  region: EXAMPLE.region,
  service: EXAMPLE.service,
  at: EXAMPLE.at,
  withChecksum: false,
};
const FILE = { file: '/aws', profile: 'default' };

function requestTo(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { ...REQUEST, url: new URL(url), ...changes };
}

describe('AWS Signature Version 4', () => {
  for (const { name, method, query = [], path = '/', headers = {}, body = '', sessionToken, signature } of VECTORS) {
    it(`signs as AWS published it: ${name}`, async () => {
      const search = query.map(pair => pair.map(encodeURIComponent).join('=')).join('&');
      const request = requestTo(`https://${EXAMPLE.host}${path}?${search}`, {
        method,
        headers,
        body: Buffer.from(body),
      });
      const keys = { ...KEYS, sessionToken: sessionToken === undefined ? null : new Secret(sessionToken) };
      const { authorization } = (await sign(request, keys, OPTIONS)).headers;
      assert.match(
        authorization!,
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, /,
      );
      assert.equal(/Signature=(\w+)$/.exec(authorization!)?.[1], signature);
    });
  }

  it('sends what it signed: no host of its own, the hash of the body, the date', async () => {
    const request = requestTo('https://api.test:8443/in', { headers: { 'content-type': 'application/json' } });
    const signed = await sign(request, KEYS, { ...OPTIONS, withChecksum: true });
    assert.equal(signed.headers['host'], undefined, 'the client writes it by the URL, with its port');
    assert.equal(signed.headers['x-amz-content-sha256'], createHash('sha256').update(request.body).digest('hex'));
    assert.equal(signed.headers['x-amz-date'], '20150830T123600Z');
    assert.match(signed.headers['authorization']!, /SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,/);
    assert.deepEqual(request.headers, { 'content-type': 'application/json' }, 'what was given is not changed');
    assert.equal(signed.body, request.body);
  });

  it('leaves unsigned what proxies may change', async () => {
    const headers = { 'accept-encoding': 'identity', traceparent: '00-1', 'user-agent': 'x', 'x-own': '1' };
    const signed = await sign(requestTo('https://api.test/', { headers }), KEYS, OPTIONS);
    assert.match(signed.headers['authorization']!, /SignedHeaders=host;x-amz-date;x-own,/);
    assert.equal(signed.headers['traceparent'], '00-1', 'they are sent all the same');
  });

  it('is of its own headers, whatever a record brings', async () => {
    const brought = {
      authorization: 'evil',
      date: 'Mon, 01 Jan 2001 00:00:00 GMT',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-amz-date': '20010101T000000Z',
      'x-amz-security-token': 'evil',
    };
    const options = { ...OPTIONS, withChecksum: true };
    const plain = await sign(requestTo('https://api.test/'), KEYS, options);
    const hostile = await sign(requestTo('https://api.test/', { headers: brought }), KEYS, options);
    assert.deepEqual(hostile.headers, plain.headers);
  });

  const spellings: [name: string, url: string, sent: string][] = [
    ['a plus sign', 'https://a.test/x+y?a=b+c', 'https://a.test/x%2By?a=b%2Bc'],
    ['brackets and quotes', "https://a.test/(x)'*!?k=(v)'*!", 'https://a.test/%28x%29%27%2A%21?k=%28v%29%27%2A%21'],
    ['what is encoded already', 'https://a.test/a%20b%2Fc?x=%26%3d', 'https://a.test/a%20b%2Fc?x=%26%3D'],
    ['a percent sign that begins nothing', 'https://a.test/100%?p=5%', 'https://a.test/100%25?p=5%25'],
    ['a name without a value', 'https://a.test/?delete', 'https://a.test/?delete='],
    ['a name twice', 'https://a.test/?a=2&a=1&b', 'https://a.test/?a=2&a=1&b='],
  ];
  for (const [name, url, sent] of spellings) {
    it(`spells anew: ${name}`, async () => {
      assert.equal((await sign(requestTo(url), KEYS, OPTIONS)).url.href, sent);
    });
  }

  it('encodes a path twice but for S3, whose keys are paths', async () => {
    const signature = async (service: string, url: string) =>
      (await sign(requestTo(url), KEYS, { ...OPTIONS, service })).headers['authorization'];
    assert.notEqual(await signature('s3', 'https://a.test/a//b'), await signature('s3', 'https://a.test/a/b'));
    assert.equal(await signature('es', 'https://a.test/a//b'), await signature('es', 'https://a.test/a/b'));
  });

  it('signs anything that an address can hold, and what it sends is spelled as it was signed (property)', async () => {
    const part = fc.string({ unit: 'binary', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(part, part, part, async (path, name, value) => {
        const url = new URL('https://a.test/');
        url.pathname = path;
        url.searchParams.append(name, value);
        const once = await sign(requestTo(url.href), KEYS, OPTIONS);
        const again = await sign(requestTo(once.url.href), KEYS, OPTIONS);
        assert.equal(again.url.href, once.url.href);
        assert.equal(again.headers['authorization'], once.headers['authorization']);
        assert.equal(once.url.origin, 'https://a.test');
      }),
      { numRuns: 200 },
    );
  });
});

const CONFIG: SigV4Config = { type: 'sigv4', region: 'eu-west-1', service: 'execute-api', keys: KEYS };

function profile(id: string, more = ''): string {
  return `[default]\naws_access_key_id = ${id}\naws_secret_access_key = canary-${id}\n${more}`;
}

describe('keys of AWS', () => {
  it('come from a file, and are read again when it changes and after a refusal', async () => {
    const files = new MemoryFiles();
    files.put('/aws', profile('AKONE'));
    const { credentials, clock } = setup(() => 'silence', { ...CONFIG, keys: FILE }, files);
    const next = async () => {
      const { headers } = await (await credentials.authorize(FOREVER)).apply(REQUEST);
      return [/Credential=(\w+)/.exec(headers['authorization']!)![1], headers['x-amz-security-token'] ?? null];
    };
    assert.deepEqual(await next(), ['AKONE', null]);
    files.put('/aws', profile('AKTWO', 'aws_session_token = session\n'));
    assert.deepEqual(await next(), ['AKONE', null], 'looked at every two seconds at most');
    await clock.advance(2_000);
    assert.deepEqual(await next(), ['AKTWO', 'session']);
    const used = await credentials.authorize(FOREVER);
    files.put('/aws', profile('AKTHREE'));
    assert.equal(credentials.invalidate(used, null), true);
    assert.deepEqual(await next(), ['AKTHREE', null], 'at once after a refusal');
    assert.deepEqual(credentials.state, { ageMs: 0, expiresInMs: null, refreshes: 3, failures: 0, lastFailure: null });
  });

  it('that are written do not change: a refusal parks at once', async () => {
    const { credentials } = setup(() => 'silence', CONFIG);
    const used = await credentials.authorize(FOREVER);
    assert.equal(await credentials.authorize(FOREVER), used, 'the same object as long as the keys serve');
    assert.equal(credentials.invalidate(used, null), false);
    assert.equal(credentials.state, null);
  });

  it("dates signatures by the endpoint's clock once ours is seen to differ, and says so", async () => {
    const { credentials, clock, facts } = setup(() => 'silence', CONFIG);
    const dateOf = async () =>
      (await (await credentials.authorize(FOREVER)).apply(REQUEST)).headers['x-amz-date']!.replace(/\D/g, '');
    const theirs = clock.wall() + 900_000;
    const used = await credentials.authorize(FOREVER);
    assert.equal(credentials.invalidate(used, clock.wall() + 60_000), false, 'within what AWS takes');
    assert.equal(credentials.invalidate(used, theirs), true);
    assert.equal(await dateOf(), new Date(theirs).toISOString().slice(0, 19).replace(/\D/g, ''));
    assert.equal(credentials.invalidate(await credentials.authorize(FOREVER), theirs), false, 'once');
    const far = setup(() => 'silence', CONFIG);
    const first = await far.credentials.authorize(FOREVER);
    assert.equal(far.credentials.invalidate(first, far.clock.wall() + 10 * 86_400_000), false, 'no clock to go by');
    assert.deepEqual(facts, [{ kind: 'clock-skewed', skewMs: 900_000 }]);
  });

  const faults: [name: string, text: string, reason: RegExp][] = [
    ['no such profile', '[other]\n', /has no profile \[default\]/],
    ['no secret', '[default]\naws_access_key_id=canary\n', /lacks aws_secret_access_key/],
    ['no id', '[default]\naws_secret_access_key=canary\n', /lacks aws_access_key_id/],
    ['an id with a blank', '[default]\naws_access_key_id=can ary\naws_secret_access_key=canary\n', /that is none/],
    ['a token beyond ASCII', `${profile('AK')}aws_session_token=canär\n`, /aws_session_token that is none/],
    ['nothing', '', /has no profile/],
    ['keys before any section', 'aws_access_key_id=canary\n', /has no profile/],
  ];
  for (const [name, text, reason] of faults) {
    it(`park where the file has ${name}, and tell nothing of it`, async () => {
      const files = new MemoryFiles();
      files.put('/aws', text);
      const { credentials, facts } = setup(() => 'silence', { ...CONFIG, keys: FILE }, files);
      const error = await refusalOf(credentials.authorize(FOREVER));
      assert.match(error.message, reason);
      assert.equal(error.retriable, false);
      assert.doesNotMatch(JSON.stringify([error.message, facts]), /canar/);
    });
  }

  const forms: [name: string, text: string][] = [
    ['comments', `# [default]\n; x\n${profile('AK # mine')}`],
    ['a byte order mark and line ends of Windows', `\ufeff${profile('AK').replaceAll('\n', '\r\n')}`],
    ['the form of ~/.aws/config', profile('AK').replace('[default]', '[profile default]')],
    ['capitals and no blanks', '[default]\nAWS_ACCESS_KEY_ID=AK\nAWS_SECRET_ACCESS_KEY=s=s==\n'],
    ['another profile before and behind', `[a]\naws_access_key_id=NO\n${profile('AK')}[b]\naws_access_key_id=NO\n`],
    ['nested settings', `[default]\ns3 =\n  aws_access_key_id = NO\n${profile('AK').slice('[default]\n'.length)}`],
  ];
  for (const [name, text] of forms) {
    it(`are found in a file with ${name}`, async () => {
      const files = new MemoryFiles();
      files.put('/aws', text);
      const { credentials } = setup(() => 'silence', { ...CONFIG, keys: FILE }, files);
      const { headers } = await (await credentials.authorize(FOREVER)).apply(REQUEST);
      assert.match(headers['authorization']!, /Credential=AK\//);
    });
  }
});

describe('a sink that signs', () => {
  it('signs each request anew, compressed as it goes, and reads the keys again after a 403', async () => {
    const bench = new Bench((_, count) => answer(count === 1 ? 403 : 200), {
      http: {
        auth: { ...CONFIG, keys: FILE },
        authRenewStatuses: [
          [401, 401],
          [403, 403],
        ],
        coding: { requests: { codec: 'gzip', level: 1, minBytes: 1 }, compressedAnswers: false },
      },
    });
    bench.files.put('/aws', profile('AKONE'));
    const running = bench.start(numbered(200));
    bench.clock.timer(0, () => bench.files.put('/aws', profile('AKTWO')));
    // Compression runs in the pool, beside the virtual clock.
    assert.deepEqual(await running.end, { kind: 'done' });
    const { requests } = bench.transport;
    assert.equal(requests.length, 2);
    for (const { headers, body } of requests) {
      assert.equal(headers['x-amz-content-sha256'], createHash('sha256').update(body).digest('hex'));
      assert.match(headers['authorization']!, /SignedHeaders=[^,]*content-encoding/);
      assert.equal(JSON.parse(gunzipSync(body).toString()).length, 200);
    }
  });

  it('sends nothing of what was detached while it was signed', async () => {
    for (const all of [false, true]) {
      const bench = new Bench(() => answer(200), { http: { auth: CONFIG } });
      const batch = numbered(1, 1);
      const wall = bench.clock.wall.bind(bench.clock);
      // Asked for the date of the signature.
      bench.clock.wall = () => {
        batch.items[0]!.detached = true;
        batch.items[1]!.detached = all;
        return wall();
      };
      const running = bench.start(batch);
      assert.deepEqual(await running.end, { kind: 'done' });
      const [request] = bench.transport.requests;
      assert.deepEqual(bench.transport.requests.length, all ? 0 : 1);
      if (all) continue;
      assert.deepEqual(JSON.parse(request!.body.toString()), [1]);
      assert.equal(request!.headers['x-amz-content-sha256'], createHash('sha256').update(request!.body).digest('hex'));
    }
  });

  it('gives a request up that is aborted while it is signed', async () => {
    const bench = new Bench(() => answer(200), { http: { auth: CONFIG } });
    const controller = new AbortController();
    const wall = bench.clock.wall.bind(bench.clock);
    bench.clock.wall = () => {
      controller.abort();
      return wall();
    };
    assert.deepEqual(await bench.start(numbered(1), controller.signal).end, { kind: 'aborted' });
  });

  it('parks when the keys are refused for good', async () => {
    const bench = new Bench(() => answer(403), { http: { auth: CONFIG, authRenewStatuses: [[403, 403]] } });
    bench.start(numbered(1));
    await bench.clock.settle();
    assert.equal(bench.sink.state.state, 'parked');
    assert.equal(bench.transport.requests.length, 1);
    await bench.sink.close();
  });
});
