import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import { assertFault, connectorOf, type Keys, parse } from './written.ts';

const KEY = 'http.request.compression';
const hasZstd = 'createZstdCompress' in zlib;

function codingOf(keys: Keys) {
  return connectorOf(keys).http.coding;
}

describe('compression', () => {
  it('is none, and asks for none, unless that was written', () => {
    assert.deepEqual(codingOf({}), { requests: null, compressedAnswers: false });
    assert.deepEqual(codingOf({ [KEY]: 'none', 'http.response.compression.enabled': 'true' }), {
      requests: null,
      compressedAnswers: true,
    });
  });

  it('has a level that its codec has', () => {
    const levels = { gzip: [1, 9, 1], deflate: [1, 9, 1], br: [0, 11, 2], ...(hasZstd && { zstd: [1, 22, 1] }) };
    for (const [codec, [least, most, fallback]] of Object.entries(levels)) {
      const level = `${KEY}.level`;
      assert.deepEqual(codingOf({ [KEY]: codec.toUpperCase() }).requests, { codec, level: fallback, minBytes: 1024 });
      for (const good of [least!, most!]) {
        assert.equal(codingOf({ [KEY]: codec, [level]: String(good) }).requests!.level, good);
      }
      for (const bad of [least! - 1, most! + 1]) {
        const expected = bad < 0 || bad > 22 ? /^must be / : new RegExp(`^must be from ${least} to ${most} with`);
        assertFault({ connector: { [KEY]: codec, [level]: String(bad) } }, 'invalid', level, expected);
      }
    }
  });

  it('of zstd is refused where the runtime has none', () => {
    if (hasZstd) assert.equal(codingOf({ [KEY]: 'zstd' }).requests!.codec, 'zstd');
    else assertFault({ connector: { [KEY]: 'zstd' } }, 'unsupported', KEY, /Node 22\.15 or later/);
    assertFault({ connector: { [KEY]: 'snappy' } }, 'invalid', KEY, /must be none, gzip, deflate, br or zstd/);
  });

  it('may be of any size on', () => {
    assert.equal(codingOf({ [KEY]: 'gzip', [`${KEY}.min.bytes`]: '0' }).requests!.minBytes, 0);
    assertFault({ connector: { [`${KEY}.min.bytes`]: '-1' } }, 'invalid', `${KEY}.min.bytes`, /whole number from 0/);
  });

  it('contradicts a header of the user’s own, and another one has no effect', () => {
    const header = 'http.headers.Content-Encoding';
    assertFault({ connector: { [KEY]: 'br', [header]: 'gzip' } }, 'conflict', header, /compression=br/);
    assert.equal(connectorOf({ [header]: 'gzip' }).http.headers['content-encoding']!.reveal(), 'gzip');
    assert.match(
      parse({ connector: { 'http.headers.Accept-Encoding': 'br' } }).notices.join(),
      /Accept-Encoding has no effect: http\.response\.compression\.enabled says/,
    );
  });

  it('has keys that are noticed where it is none', () => {
    const idle = { [`${KEY}.level`]: '3', [`${KEY}.min.bytes`]: '3' };
    assert.match(
      parse({ connector: idle }).notices.join(),
      /level, .*min\.bytes have no effect: .*compression is none/,
    );
    assert.deepEqual(parse({ connector: { ...idle, [KEY]: 'gzip' } }).notices, []);
  });
});
