import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkedBody } from '../../../../connector/http/transport/chunked-body.ts';

/** What comes out of bytes that came in pieces, and how many were used. */
function decode(pieces: readonly Buffer[]): { clean: Buffer; used: number; done: boolean } {
  const body = new ChunkedBody();
  const out: Buffer[] = [];
  let used = 0;
  for (const piece of pieces) {
    const taken = body.take(piece);
    out.push(taken.clean);
    used += taken.used;
  }
  return { clean: Buffer.concat(out), used, done: body.done };
}

/** Strict RFC 9112, without extensions: what `ChunkedBody` itself is to write. */
function strict(bytes: Buffer): Buffer {
  const data: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    assert.match(bytes.toString('latin1', at, end), /^[0-9a-f]+$/);
    if (size === 0) {
      assert.equal(bytes.toString('latin1', end), '\r\n\r\n');
      return Buffer.concat(data);
    }
    data.push(bytes.subarray(end + 2, end + 2 + size));
    assert.equal(bytes.toString('latin1', end + 2 + size, end + 4 + size), '\r\n');
    at = end + 4 + size;
  }
}

const chunk = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  pad: fc.constantFrom('', ' ', '  \t', ';a=b', '; x="y;z"'),
  line: fc.constantFrom('\r\n', '\n'),
});

describe('a chunked body', () => {
  it('is the same data in strict form, however it was written and cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(chunk), cuts, fc.constantFrom('', 'x: y\r\n', 'x: y\nz: 1\n'), (chunks, steps, trailer) => {
        const written = Buffer.concat([
          ...chunks.flatMap(({ data, pad, line }) => [
            Buffer.from(`${data.length.toString(16)}${pad}${line}`),
            Buffer.from(data),
            Buffer.from(line),
          ]),
          Buffer.from(`0\r\n${trailer}\r\nBEHIND`),
        ]);
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < written.length; i++) {
          const step = steps[i % steps.length]!;
          pieces.push(written.subarray(at, at + step));
          at += step;
        }
        const { clean, used, done } = decode(pieces);
        assert.ok(done);
        assert.equal(used, written.length - 'BEHIND'.length);
        assert.deepEqual(strict(clean), Buffer.concat(chunks.map(({ data }) => Buffer.from(data))));
      }),
      { numRuns: 500 },
    );
  });

  it('is not done before its last byte', () => {
    const written = Buffer.from('2\r\n{}\r\n0\r\nx: y\r\n\r\n');
    for (let length = 0; length < written.length; length++) {
      assert.equal(decode([written.subarray(0, length)]).done, false, String(length));
    }
    assert.equal(decode([written]).done, true);
  });

  it('keeps nothing of a million small chunks', () => {
    const body = new ChunkedBody();
    const read = Buffer.from('1\r\nx\r\n'.repeat(10_000));
    for (let i = 0; i < 100; i++) assert.ok(body.take(read).clean.length < 10_010, 'all of one read in one chunk');
  });
});
