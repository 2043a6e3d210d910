import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeSpans } from '../../../worker/traces/otlp.ts';
import { MOST_BYTES, MOST_SPANS, SPANS_AT_ONCE, SpanQueue } from '../../../worker/traces/span-queue.ts';

function entry(links: number) {
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: null,
    traceState: null,
    flags: 1,
    startMs: 0,
    durationMs: 1,
    method: 'POST',
    attributes: {},
    fixed: { 'url.full': `https://example.org/${'x'.repeat(200)}` },
    links: Array.from({ length: links }, (_, i) => `00-${'c'.repeat(32)}-${String(i + 1).padStart(16, '0')}-01`),
    droppedLinks: 0,
    error: null,
  };
  return { span, common: {} };
}

test('takes as many spans as it may, and fewer where each has many links', () => {
  for (const links of [0, 128]) {
    const queue = new SpanQueue();
    let taken = 0;
    while (queue.push(entry(links))) taken += 1;
    assert.equal(queue.length, taken);
    if (links === 0) assert.equal(taken, MOST_SPANS);
    else assert.ok(taken * encodeSpans([entry(links)], {}, '1').length < 1.1 * MOST_BYTES, String(taken));
    const sizes: number[] = [];
    while (queue.length > 0) sizes.push(queue.take().length);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      taken,
    );
    assert.ok(
      sizes.every(size => size > 0 && size <= SPANS_AT_ONCE),
      String(sizes),
    );
    assert.ok(queue.push(entry(links)), 'what was taken gives room');
  }
});

test('an export is no larger than receivers take', () => {
  const queue = new SpanQueue();
  for (let i = 0; i < 1_000; i++) queue.push(entry(128));
  assert.ok(encodeSpans(queue.take(), {}, '1').length < 2_000_000);
});
