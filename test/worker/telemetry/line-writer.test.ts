import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineWriter, type Write } from '../../../worker/telemetry/line-writer.ts';
import { createManualClock } from '../manual-clock.ts';

/** A file descriptor whose every write the test answers. */
function createDescriptor() {
  const calls: { text: string; done: Parameters<Write>[2]; size: number }[] = [];
  const write: Write = (_fd, data, done) => {
    calls.push({ text: data.toString(), size: data.byteLength, done });
  };
  return {
    write,
    calls,
    take(): void {
      const call = calls.shift()!;
      call.done(null, call.size);
    },
    fail(code: string): void {
      calls.shift()!.done(Object.assign(new Error(code), { code }), 0);
    },
  };
}

test('lines keep their order and those that wait are written together', () => {
  const descriptor = createDescriptor();
  const writer = createLineWriter(1, createManualClock(), descriptor.write);
  for (const line of ['a\n', 'b\n', 'c\n']) writer.write(line);
  assert.deepEqual(
    descriptor.calls.map(call => call.text),
    ['a\n'],
  );
  descriptor.take();
  assert.deepEqual(
    descriptor.calls.map(call => call.text),
    ['b\nc\n'],
  );
});

test('what a partial write left over is written next', () => {
  const descriptor = createDescriptor();
  const writer = createLineWriter(1, createManualClock(), descriptor.write);
  writer.write('abcdef\n');
  descriptor.calls.shift()!.done(null, 2);
  assert.equal(descriptor.calls[0]!.text, 'cdef\n');
});

test('once the reader is gone every line is dropped and counted, and nothing throws', () => {
  const descriptor = createDescriptor();
  const writer = createLineWriter(1, createManualClock(), descriptor.write);
  writer.write('a\n');
  writer.write('b\n');
  writer.write('c\n');
  descriptor.fail('EPIPE');
  writer.write('d\n');
  assert.equal(descriptor.calls.length, 0);
  assert.equal(writer.dropped, 4);
});

test('a full disk costs lines, but not those after it', () => {
  const descriptor = createDescriptor();
  const writer = createLineWriter(1, createManualClock(), descriptor.write);
  writer.write('a\n');
  descriptor.fail('ENOSPC');
  writer.write('b\n');
  assert.equal(descriptor.calls[0]!.text, 'b\n');
  assert.equal(writer.dropped, 1);
});

test('a reader that stands still costs memory up to the limit, then lines', () => {
  const descriptor = createDescriptor();
  const writer = createLineWriter(1, createManualClock(), descriptor.write);
  const line = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 2000; i++) writer.write(line);
  assert.equal(writer.dropped, 2000 - 1024);
  descriptor.take();
  descriptor.take();
  writer.write('again\n');
  assert.equal(descriptor.calls[0]!.text, 'again\n');
});

test('a busy pipe is tried again later', () => {
  const descriptor = createDescriptor();
  const clock = createManualClock();
  const writer = createLineWriter(1, clock, descriptor.write);
  writer.write('a\n');
  descriptor.fail('EAGAIN');
  assert.equal(descriptor.calls.length, 0);
  clock.advance(1000);
  assert.equal(descriptor.calls[0]!.text, 'a\n');
  assert.equal(writer.dropped, 0);
});

test('flush ends when all is out', async () => {
  const descriptor = createDescriptor();
  const clock = createManualClock();
  const writer = createLineWriter(1, clock, descriptor.write);
  await writer.flush(1000);
  writer.write('a\n');
  const flushed = writer.flush(1000);
  descriptor.take();
  await flushed;
  assert.equal(clock.timers, 0);
});

test('flush ends at its deadline when the reader stands still', async () => {
  const descriptor = createDescriptor();
  const clock = createManualClock();
  const writer = createLineWriter(1, clock, descriptor.write);
  writer.write('a\n');
  const flushed = writer.flush(1000);
  clock.advance(1000);
  await flushed;
  assert.equal(descriptor.calls.length, 1);
});
