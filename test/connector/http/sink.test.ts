import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransportError } from '../../../connector/errors.ts';
import { answer, Bench, numbered, numbersOf, recordsOf } from './fixtures.ts';

describe('the HTTP sink', () => {
  it('delivers a batch with one request', async () => {
    const bench = new Bench(() => answer(200));
    const { verdicts, end } = await bench.deliver(numbered(3, 2));
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2, 3, 4]);
    assert.deepEqual(bench.transport.requests.map(numbersOf), [[0, 1, 2, 3, 4]]);
  });

  it('waits an outage out and sends the very same bytes again', async () => {
    const failures = [answer(503), new TransportError('cut', 'ECONNRESET', true, true), answer(500), answer(429)];
    const bench = new Bench((_, count) => failures[count - 1] ?? answer(200));
    const { end } = await bench.deliver(numbered(3));
    assert.deepEqual(end, { kind: 'done' });
    assert.equal(bench.transport.requests.length, 5);
    for (const request of bench.transport.requests) assert.equal(request.body.toString(), '[0,1,2]');
  });
});
