import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../../../config/secret.ts';
import { isHeaderSafe } from '../../../../connector/http/credentials/header-safety.ts';
import { MemoryFiles } from '../../../support/small-files.ts';
import { answer, Bench, numbered } from '../fixtures.ts';
import { FOREVER, nextHeader, refusalOf, setup } from './authorization.ts';

const AUTH = { type: 'bearer-file', path: '/token' } as const;

function withFile(text: string | null) {
  const files = new MemoryFiles();
  if (text !== null) files.put('/token', text);
  return setup(() => 'silence', AUTH, files);
}

describe('a bearer token in a file', () => {
  it('is read once, looked at every two seconds at most, and read again when it has changed', async () => {
    const { credentials, files, clock, facts } = withFile('one\n');
    const all = await Promise.all(Array.from({ length: 20 }, () => nextHeader(credentials)));
    assert.deepEqual(new Set(all), new Set(['Bearer one']));
    assert.deepEqual([files.reads, files.looks], [1, 1], 'one look for all who wait');
    await clock.advance(10_000);
    assert.equal(await nextHeader(credentials), 'Bearer one');
    assert.deepEqual([files.reads, files.looks], [1, 2]);
    files.put('/token', 'two');
    assert.equal(await nextHeader(credentials), 'Bearer one');
    await clock.advance(2_000);
    assert.equal(await nextHeader(credentials), 'Bearer two');
    assert.equal(facts.filter(({ kind }) => kind === 'token-refreshed').length, 2);
  });

  it('is the same object as long as the file is the same: its headers are made once', async () => {
    const { credentials, clock } = withFile('one');
    const first = await credentials.authorize(FOREVER);
    await clock.advance(60_000);
    assert.equal(await credentials.authorize(FOREVER), first);
  });

  for (const [name, spoil] of Object.entries<(files: MemoryFiles) => void>({
    missing: files => files.remove('/token'),
    empty: files => files.put('/token', ' \n'),
    'half written': files => files.put('/token', 'tw\no'),
    unreadable: files => (files.failure = 'this user may not read it'),
  })) {
    it(`serves on with the last good one while the file is ${name}, until that is refused`, async () => {
      const { credentials, files, clock, facts } = withFile('one');
      const used = await credentials.authorize(FOREVER);
      spoil(files);
      await clock.advance(2_000);
      assert.equal(await credentials.authorize(FOREVER), used);
      assert.match(credentials.state?.lastFailure ?? '', /^no credentials in \/token: /);
      assert.equal(credentials.invalidate(used, null), true);
      const error = await refusalOf(credentials.authorize(FOREVER));
      assert.deepEqual([error.retriable, error.code], [false, 'TOKEN_UNUSABLE']);
      files.failure = null;
      files.put('/token', 'two');
      assert.equal(await nextHeader(credentials), 'Bearer two', 'at once, since nothing else is there');
      assert.equal(credentials.state?.lastFailure, null);
      assert.ok(facts.some(({ kind }) => kind === 'token-failed'));
    });
  }

  it('is not looked at with every request while it can not be read', async () => {
    const { credentials, files, clock } = withFile('one');
    await credentials.authorize(FOREVER);
    files.failure = 'reading it fails';
    for (let ms = 0; ms < 60_000; ms += 500) {
      await clock.advance(500);
      await credentials.authorize(FOREVER);
    }
    assert.ok(files.looks > 3 && files.looks < 10, String(files.looks));
  });

  it('that was dropped while it was looked at is read anew', async () => {
    const { credentials, files, clock } = withFile('one');
    const used = await credentials.authorize(FOREVER);
    await clock.advance(2_000);
    const waiting = nextHeader(credentials);
    credentials.invalidate(used, null);
    assert.equal(await waiting, 'Bearer one');
    assert.equal(files.reads, 2);
  });

  it('that hangs holds nobody beyond his own time, and one look at a time is under way', async () => {
    const { credentials, files } = withFile('one');
    let looks = 0;
    files.stamp = () => {
      looks++;
      return new Promise(() => {});
    };
    for (let time = 0; time < 3; time++) {
      const controller = new AbortController();
      const waiting = refusalOf(credentials.authorize(controller.signal));
      controller.abort();
      assert.equal((await waiting).code, 'ABORTED');
    }
    assert.equal(looks, 1);
  });

  it('of any content: what is sent is a header, or nothing is (property)', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.stringMatching(/^[\x20-\x7e]{1,30}\r?\n?$/),
      fc.constantFrom('a\r\nx-evil: 1', 'a\0b', '\ufefftoken', 'a'.repeat(20_000), 'tökén'),
    );
    await fc.assert(
      fc.asyncProperty(text, async content => {
        const { credentials, facts } = withFile(content);
        try {
          const header = await nextHeader(credentials);
          assert.match(header!, /^Bearer [\x21-\x7e]+$/);
          assert.ok(isHeaderSafe(header!.slice('Bearer '.length)));
        } catch (error) {
          assert.match((error as Error).message, /^no credentials in \/token: it (?:is empty|holds no token)/);
          if (content.trim().length > 12) assert.ok(!JSON.stringify(facts).includes(content.trim()));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('renews a sink after a 401, parks it without a file, and opens it when there is one', async () => {
    const bench = new Bench(({ headers }) => answer(headers['authorization'] === 'Bearer good' ? 200 : 401), {
      http: { auth: AUTH },
    });
    const running = bench.start(numbered(2));
    await bench.clock.advance(100);
    const { state } = bench.sink;
    assert.equal(state.state, 'parked');
    assert.match(state.state === 'parked' ? state.reason : '', /\/token: there is no such file/);
    assert.equal(bench.transport.requests.length, 0);
    bench.files.put('/token', 'stale');
    await bench.clock.advance(60_000);
    assert.ok(bench.transport.requests.length > 1);
    bench.files.put('/token', 'good');
    assert.deepEqual(await bench.clock.run(running.end), { kind: 'done' });
    assert.equal(bench.sink.state.state, 'ok');
    assert.equal(bench.sink.state.credentials?.refreshes !== 0, true);
  });
});

describe('an API key', () => {
  const key = (place: 'header' | 'query', name: string, value: string) =>
    ({ type: 'apikey', in: place, name, value: new Secret(value) }) as const;

  it('goes as a header', async () => {
    const bench = new Bench(() => answer(200), { http: { auth: key('header', 'x-api-key', 'ApiKey a b') } });
    await bench.deliver(numbered(1));
    const [request] = bench.transport.requests;
    assert.equal(request!.headers['x-api-key'], 'ApiKey a b');
    assert.equal(request!.headers['authorization'], undefined);
  });

  const queries: [url: string, name: string, value: string, sent: string][] = [
    ['http://a.test/in', 'key', 'v', 'http://a.test/in?key=v'],
    ['http://a.test/in?', 'key', 'v', 'http://a.test/in?key=v'],
    ['http://a.test/in?x=%20a+b', 'k k', 'a&b=c#d é/', 'http://a.test/in?x=%20a+b&k%20k=a%26b%3Dc%23d%20%C3%A9%2F'],
    ['http://a.test', 'key', '\ud800\r\nx', 'http://a.test/?key=%EF%BF%BD%0D%0Ax'],
  ];
  for (const [url, name, value, sent] of queries) {
    it(`goes into the query of ${url}, which stays as it is written`, async () => {
      const bench = new Bench(() => answer(200), { http: { url: new URL(url), auth: key('query', name, value) } });
      await bench.deliver(numbered(1));
      assert.equal(bench.transport.requests[0]!.url.href, sent);
    });
  }

  it('is told nowhere, whatever fails, and parks at once when it is refused', async () => {
    for (const place of ['header', 'query'] as const) {
      const bench = new Bench(
        (_, count) =>
          [answer(401), answer(403), answer(500), new Error('canary'), answer(200)][count - 1] ?? answer(200),
        { http: { auth: key(place, 'key', 'canary-key') } },
      );
      await bench.deliver(numbered(1));
      assert.doesNotMatch(JSON.stringify([bench.facts, bench.sink.state]), /canary/);
      const [first] = bench.factsOf('endpoint-parked');
      assert.match(first!.reason, /answered 401/);
    }
  });
});
