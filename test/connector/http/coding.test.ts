import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import type { CodingConfig, Compression } from '../../../config/types.ts';
import { TransportError } from '../../../connector/errors.ts';
import { isAvailable } from '../../../connector/http/coding/codecs.ts';
import { acceptedCodings, createCompress, decodeAnswer } from '../../../connector/http/coding/coding.ts';
import type { HttpRequest, HttpResponse } from '../../../connector/ports.ts';
import { Scope } from '../../../connector/scope.ts';
import { answer } from './fixtures.ts';

const CODECS = (['gzip', 'deflate', 'br', 'zstd'] as const).filter(isAvailable);
/** The fastest, the default one and the best, as far as a test's time goes. */
const LEVELS = { gzip: [1, 6, 9], deflate: [1, 9], br: [0, 2, 11], zstd: [1, 3, 19] };
const MOST = 65_536;

function coding(codec: Compression, level = 1, minBytes = 0): CodingConfig {
  return { requests: { codec, level, minBytes }, compressedAnswers: false };
}

function request(body: Buffer): HttpRequest {
  return { method: 'POST', url: new URL('http://endpoint.test/'), headers: { 'x-own': 'a' }, body };
}

function encoded(body: Buffer, ...codings: string[]): HttpResponse {
  return { ...answer(200), headers: { 'content-encoding': codings, date: 'x' }, body };
}

async function decode(given: HttpResponse, most = MOST): Promise<HttpResponse> {
  return decodeAnswer(given, most, new Scope());
}

/** What repeats itself, as records do, and what does not. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 900 }))
    .map(([bytes, times]) => Buffer.concat(Array<Uint8Array>(times).fill(bytes))),
);

describe('compressed requests', () => {
  for (const codec of CODECS) {
    it(`hold in ${codec} what was given, byte for byte`, async () => {
      await fc.assert(
        fc.asyncProperty(bodies, fc.constantFrom(...LEVELS[codec]), async (body, level) => {
          const given = request(Buffer.from(body));
          const sent = await createCompress(coding(codec, level))!(given, new Scope());
          if (sent === given) return;
          assert.equal(sent.headers['content-encoding'], codec);
          assert.ok(sent.body.length < body.length);
          const back = await decode(encoded(sent.body, codec));
          assert.ok(back.body.equals(body));
          assert.deepEqual([back.complete, back.headers], [true, { date: 'x' }]);
        }),
        { numRuns: 60 },
      );
    });

    it(`hold in ${codec} bodies of several pieces`, async () => {
      const body = Buffer.alloc(1_000_000, randomBytes(20_000));
      const sent = await createCompress(coding(codec))!(request(body), new Scope());
      assert.ok((await decode(encoded(sent.body, codec), body.length)).body.equals(body));
      const { body: cut, complete } = await decode(encoded(sent.body, codec), 500_000);
      assert.deepEqual([cut.equals(body.subarray(0, 500_000)), complete], [true, false]);
    });
  }

  it('keep what else the request is, and the body that was given', async () => {
    const given = request(Buffer.from('[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]'));
    const copy = Buffer.from(given.body);
    const sent = await createCompress(coding('gzip'))!(given, new Scope());
    assert.deepEqual(
      [sent.method, sent.url, sent.headers],
      ['POST', given.url, { 'x-own': 'a', 'content-encoding': 'gzip' }],
    );
    assert.ok(given.body.equals(copy));
    assert.deepEqual(given.headers, { 'x-own': 'a' });
  });

  it('go as they are where they are small, or would not become smaller', async () => {
    const compress = createCompress(coding('gzip', 9, 100))!;
    const small = request(Buffer.alloc(99, 'a'));
    const large = request(Buffer.alloc(100, 'a'));
    const noise = request(randomBytes(50_000));
    assert.equal(await compress(small, new Scope()), small);
    assert.notEqual(await compress(large, new Scope()), large);
    assert.equal(await compress(noise, new Scope()), noise);
    const nothing = request(Buffer.alloc(0));
    assert.equal(await createCompress(coding('br'))!(nothing, new Scope()), nothing);
  });

  it('are given up with their signal, before, while and after they wait', async () => {
    const compress = createCompress(coding('br', 11))!;
    const body = Buffer.alloc(4_000_000, randomBytes(100_000));
    const gone = new Scope();
    gone.abort();
    const scopes = [gone, ...Array.from({ length: 20 }, () => new Scope())];
    const running = Promise.allSettled(scopes.map(scope => compress(request(body), scope)));
    await new Promise(setImmediate);
    for (const scope of scopes) scope.abort();
    for (const result of await running) {
      assert.ok(result.status === 'rejected' && result.reason instanceof TransportError);
      assert.deepEqual([result.reason.code, result.reason.ambiguous], ['ABORTED', false]);
    }
    const next = await createCompress(coding('gzip'))!(request(Buffer.alloc(5_000)), new Scope());
    assert.equal(next.headers['content-encoding'], 'gzip', 'nothing holds the pool');
  });
});

describe('encoded answers', () => {
  it('are asked for as the runtime knows them, and not unless it was said', () => {
    assert.equal(acceptedCodings({ requests: null, compressedAnswers: false }), 'identity');
    assert.equal(acceptedCodings({ requests: null, compressedAnswers: true }), CODECS.join(', '));
  });

  it('are, whatever they hold, decoded or left alone, and within their bound', async () => {
    const names = fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'x-gzip', 'identity', 'what', '', '__proto__');
    const whole = bodies.map(body => [zlib.gzipSync(body), zlib.deflateSync(body), zlib.brotliCompressSync(body)]);
    const damaged = fc
      .tuple(whole, fc.nat({ max: 2 }), fc.nat(), fc.nat({ max: 255 }))
      .map(([all, which, at, byte]) => {
        const bytes = Buffer.from(all[which]!);
        bytes[at % bytes.length] = byte;
        return bytes.subarray(0, 1 + (at % bytes.length) + (byte % 9));
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(names, { maxLength: 4 }),
        fc.oneof(bodies, damaged),
        fc.integer({ min: 1, max: 5_000 }),
        async (codings, body, most) => {
          const given = encoded(body, ...codings);
          const decoded = await decode(given, most);
          if (decoded === given || decoded.body === given.body) return;
          assert.ok(decoded.body.length <= most);
          assert.equal(decoded.headers['content-encoding'], undefined);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are incomplete where they were cut before they came here', async () => {
    const bytes = zlib.gzipSync(randomBytes(2_000), { level: 0 });
    const { body, complete } = await decode({ ...encoded(bytes.subarray(0, 1_500), 'gzip'), complete: false });
    assert.deepEqual([body.length > 1_000, complete], [true, false]);
    const fine = await decode({ ...encoded(bytes, 'gzip'), complete: false });
    assert.deepEqual([fine.body.length, fine.complete], [2_000, false]);
  });

  it('are not waited for by an attempt that is over', async () => {
    const scope = new Scope();
    const decoding = decodeAnswer(encoded(zlib.gzipSync(Buffer.alloc(30_000_000)), 'gzip'), 100_000_000, scope);
    scope.abort();
    await assert.rejects(
      async () => decoding,
      error => error instanceof TransportError && error.ambiguous,
    );
  });

  if (!isAvailable('zstd')) return;
  it('of zstd may use the window of the web (RFC 9659), and no larger one', {
    skip: !isAvailable('zstd'),
  }, async () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync(body: Buffer, options: object): Buffer };
    const [windowLog, text] = [101, Buffer.alloc(20_000_000, randomBytes(1_000))];
    const compress = (log: number) => zstdCompressSync(text, { params: { [windowLog]: log } });
    assert.equal((await decode(encoded(compress(23), 'zstd'), text.length)).body.length, text.length);
    const large = encoded(compress(27), 'zstd');
    assert.equal(await decode(large, text.length), large);
  });
});
