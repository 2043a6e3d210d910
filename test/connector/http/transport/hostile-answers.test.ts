import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TransportError } from '../../../../connector/errors.ts';
import type { HttpResponse } from '../../../../connector/ports.ts';
import type { Answer } from '../../../support/endpoint.ts';
import { endpointFor, failureOf, post, rawEndpointFor, transportFor } from '../wire.ts';

/** The same answer, framed by its length and by chunks. */
const ANSWERS = [
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ok"\r\n6\r\n:true}\r\n0\r\n\r\n',
];

describe('a hostile endpoint', () => {
  const broken: [name: string, answer: Answer, code: RegExp][] = [
    ['a connection cut before the answer', { cut: 'before' }, /^(UND_ERR_SOCKET|ECONNRESET)$/],
    [
      'a connection cut within the answer',
      { cut: 'within', body: '{"status"', headers: { 'content-length': '100' } },
      /^(UND_ERR_SOCKET|ECONNRESET)$/,
    ],
  ];
  for (const [name, answer, code] of broken) {
    it(`fails on ${name}, may have been received, and the next request is unharmed`, async t => {
      const endpoint = await endpointFor(t);
      endpoint.answers.push(answer);
      const transport = transportFor(t, {}, 1);
      const error = await failureOf(post(transport, endpoint.url));
      assert.match(error.code, code);
      assert.deepEqual([error.ambiguous, error.retriable], [true, true]);
      assert.equal((await post(transport, endpoint.url)).status, 200);
      assert.equal(endpoint.connections, 2, 'on a connection of its own');
    });
  }

  const stuck: [name: string, answer: Answer][] = [
    ['never answers', { after: new Promise(() => {}) }],
    ['begins an answer and falls silent', { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc' }],
    ['falls silent within the headers', { raw: 'HTTP/1.1 200 OK\r\nx-one: 1\r\n' }],
    ['drips', { endless: 5, body: 'x' }],
  ];
  for (const [name, answer] of stuck) {
    it(`gives a server up that ${name}, when the signal fires`, async t => {
      const endpoint = await endpointFor(t);
      endpoint.answers.push(answer);
      const transport = transportFor(t, {}, 1);
      const controller = new AbortController();
      const failed = failureOf(post(transport, endpoint.url, controller.signal));
      await endpoint.arrived(1);
      controller.abort();
      const error = await failed;
      assert.deepEqual([error.code, error.ambiguous], ['ABORTED', true]);
      assert.equal((await post(transport, endpoint.url)).status, 200, 'its connection is free again');
    });
  }

  it('does not take an answer that nobody asked for as the next one (CVE-2026-6733)', async t => {
    const endpoint = await endpointFor(t);
    let speak: () => void = () => {};
    const spoken = new Promise<void>(resolve => (speak = resolve));
    const forged = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
    endpoint.answers.push(
      { body: 'first', unsolicited: forged, unsolicitedAfter: spoken },
      { status: 500, body: 'real' },
    );
    const transport = transportFor(t, {}, 1);
    assert.equal((await post(transport, endpoint.url)).body.toString(), 'first');
    speak();
    await spoken;
    const next = await post(transport, endpoint.url).catch((error: unknown) => error);
    if (!(next instanceof TransportError)) assert.equal((next as HttpResponse).body.toString(), 'real');
  });

  it('does not take the second of two answers as the next one', async t => {
    const double = 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ raw: double }, { status: 500, body: 'real' });
    const transport = transportFor(t, {}, 1);
    const first = await post(transport, endpoint.url).catch((error: unknown) => error);
    if (!(first instanceof TransportError)) assert.equal((first as HttpResponse).body.toString(), '1');
    const next = await post(transport, endpoint.url);
    assert.equal(next.body.toString(), 'real');
  });

  it('does not hang on a peer that takes the request and says nothing more', async t => {
    const { url } = await rawEndpointFor(t, () => ({ bytes: '', afterwards: 'stall' }));
    const controller = new AbortController();
    const failed = failureOf(post(transportFor(t), url, controller.signal));
    setImmediate(() => controller.abort());
    assert.equal((await failed).code, 'ABORTED');
  });

  it('takes no answer that was cut short for a whole one, wherever it was cut', async t => {
    for (const whole of ANSWERS) {
      let length = 0;
      const { url } = await rawEndpointFor(t, () => ({ bytes: whole.slice(0, length), afterwards: 'end' }));
      const transport = transportFor(t);
      for (; length < whole.length; length++) await failureOf(post(transport, url));
      assert.equal((await post(transport, url)).body.toString(), '{"ok":true}');
    }
  });

  it('gives an answer or a failure to whatever bytes come, and keeps to what was framed', async t => {
    let bytes = Buffer.alloc(0);
    const { url } = await rawEndpointFor(t, () => ({ bytes, afterwards: 'end' }));
    const transport = transportFor(t);
    const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ANSWERS), damage, async (whole, hits) => {
        bytes = Buffer.from(whole);
        for (const [at, byte] of hits) bytes[Math.floor(at * (bytes.length - 1))] = byte;
        const outcome = await post(transport, url).catch((error: unknown) => error);
        if (outcome instanceof TransportError) assert.match(outcome.code, /^[A-Z][A-Z0-9_]+$/);
        else
          assert.ok((outcome as HttpResponse).status >= 200 && (outcome as HttpResponse).body.length <= bytes.length);
      }),
      { numRuns: 300 },
    );
  });
});
