import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransportError } from '../../../../connector/errors.ts';
import type { HttpResponse } from '../../../../connector/ports.ts';
import { Endpoint } from '../../../support/endpoint.ts';
import { endpointFor, FOREVER, failureOf, post, rawEndpointFor, transportFor } from '../wire.ts';

/** Far more than the kernel takes while nobody reads. */
const LARGE = Buffer.alloc(32_000_000, ' ');
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('the transport', () => {
  it('sends a request and gives the whole answer', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({
      status: 201,
      headers: { 'Content-Type': 'text/plain', 'x-id': '7', 'retry-after': ['1', '2'] },
      body: 'done',
    });
    const answer = await post(transportFor(t), new URL('?a=1', endpoint.url));
    assert.deepEqual([answer.status, answer.body.toString()], [201, 'done']);
    assert.equal(answer.headers['content-type'], 'text/plain');
    assert.deepEqual(answer.headers['retry-after'], ['1', '2']);
    assert.equal(answer.headers['x-id'], undefined, 'nobody looks at it');
    const [arrived] = endpoint.requests;
    assert.deepEqual([arrived!.method, arrived!.path, arrived!.body.toString()], ['POST', '/in?a=1', '[1]']);
    assert.equal(arrived!.headers['content-length'], '3');
    assert.equal(arrived!.headers['transfer-encoding'], undefined);
  });

  it('uses a connection again, and never more of them than may be in flight', async t => {
    const endpoint = await endpointFor(t);
    const transport = transportFor(t, {}, 3);
    await Promise.all(Array.from({ length: 20 }, () => post(transport, endpoint.url)));
    await post(transport, endpoint.url);
    assert.equal(endpoint.count, 21);
    assert.ok(endpoint.connections <= 3);
  });

  it('does not follow a redirect', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ status: 307, headers: { location: '/elsewhere' } });
    assert.equal((await post(transportFor(t), endpoint.url)).status, 307);
    assert.equal(endpoint.count, 1);
  });

  it('takes an answer of the largest size that is allowed', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ body: 'x'.repeat(1000) });
    assert.equal((await post(transportFor(t), endpoint.url)).body.length, 1000);
  });

  it('takes interim answers before the real one', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ raw: 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok' });
    const answer = await post(transportFor(t), endpoint.url);
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'ok']);
  });

  it('says whether all of the body has left: not while an endpoint that answered early still has to read it', async t => {
    const transport = transportFor(t);
    const endpoint = await endpointFor(t);
    assert.equal((await post(transport, endpoint.url, FOREVER, LARGE)).bodySent, true);
    const hasty = await rawEndpointFor(t, () => ({ read: 1, bytes: 'HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno' }));
    const early = await post(transport, hasty.url, FOREVER, LARGE);
    assert.deepEqual([early.status, early.bodySent], [404, false]);
    await transport.close();
  });

  it('takes no success before the request has left, and none at all when the connection is closed before', async t => {
    const transport = transportFor(t);
    for (const success of ['content-length: 2\r\n\r\nok', 'content-length: 0\r\n\r\n', '\r\nok']) {
      const bytes = `HTTP/1.1 200 OK\r\n${success}`;
      const partial = await rawEndpointFor(t, () => ({ read: 1_000_000, bytes, afterwards: 'shut' }));
      const error = await failureOf(post(transport, partial.url, FOREVER, LARGE));
      assert.deepEqual([error.code, error.ambiguous, error.retriable], ['ANSWERED_EARLY', true, true]);
      const rough = await rawEndpointFor(t, () => ({ read: 1_000_000, bytes, afterwards: 'close' }));
      const reset = await failureOf(post(transport, rough.url, FOREVER, LARGE));
      assert.match(reset.code, /^(ANSWERED_EARLY|ECONNRESET|EPIPE)$/);
      assert.deepEqual([reset.ambiguous, reset.retriable], [true, true]);
    }
    const chatty = await rawEndpointFor(t, () => ({ read: 1_000_000, bytes: OK, afterwards: 'read' }));
    const late = await post(transport, chatty.url, FOREVER, LARGE);
    assert.deepEqual([late.status, late.bodySent], [200, true]);
    assert.ok(chatty.received > LARGE.length / 2, 'it has read on behind its answer');
    const controller = new AbortController();
    const stuck = await rawEndpointFor(t, () => ({ read: 1, bytes: OK }));
    const failed = failureOf(post(transport, stuck.url, controller.signal, LARGE));
    await stuck.answered;
    controller.abort();
    assert.deepEqual([(await failed).code, (await failed).ambiguous], ['ABORTED', true]);
  });

  it('asks one connection about its own request, not those beside it', async t => {
    const transport = transportFor(t);
    let release: () => void = () => {};
    const stalled = new Promise<void>(resolve => (release = resolve));
    let requests = 0;
    const endpoint = await rawEndpointFor(t, () =>
      ++requests === 1 ? { read: 1, after: stalled, bytes: OK, afterwards: 'read' } : { bytes: OK },
    );
    const slow = post(transport, endpoint.url, FOREVER, LARGE);
    await endpoint.began;
    assert.equal((await post(transport, endpoint.url)).status, 200);
    release();
    assert.equal((await slow).status, 200);
  });

  it('takes nothing that a new connection says before it was asked', async t => {
    const transport = transportFor(t);
    const rude = await rawEndpointFor(t, () => ({ read: 0, bytes: OK }));
    const error = await failureOf(post(transport, rude.url));
    assert.deepEqual([error.code, error.ambiguous, error.retriable], ['ANSWERED_UNASKED', false, false]);
    assert.equal(rude.received, 0);
  });

  it('gives up a request that still waits for a connection, and never sends it', async t => {
    const endpoint = await endpointFor(t);
    let release: () => void = () => {};
    endpoint.answers.push({ after: new Promise<void>(resolve => (release = resolve)) });
    const transport = transportFor(t, {}, 1);
    const first = post(transport, endpoint.url);
    await endpoint.arrived(1);
    const controller = new AbortController();
    const waiting = failureOf(post(transport, endpoint.url, controller.signal));
    controller.abort();
    const error = await waiting;
    assert.deepEqual([error.code, error.ambiguous], ['ABORTED', false]);
    release();
    assert.equal((await first).status, 200);
    assert.equal((await post(transport, endpoint.url)).status, 200);
    assert.equal(endpoint.count, 2);
    assert.equal((await failureOf(post(transport, endpoint.url, AbortSignal.abort()))).ambiguous, false);
  });

  it('says when nothing listens, or a name does not exist', async t => {
    const endpoint = await new Endpoint().start();
    const { url } = endpoint;
    await endpoint.close();
    const refused = await failureOf(post(transportFor(t), url));
    assert.deepEqual([refused.code, refused.retriable, refused.ambiguous], ['ECONNREFUSED', true, false]);
    const unknown = await failureOf(post(transportFor(t), new URL('http://name.invalid/')));
    assert.match(unknown.code, /^(ENOTFOUND|EAI_AGAIN)$/);
    assert.deepEqual([unknown.retriable, unknown.ambiguous], [true, false]);
  });

  it('goes on when the endpoint comes back', async t => {
    const first = await new Endpoint().start();
    const transport = transportFor(t);
    assert.equal((await post(transport, first.url)).status, 200);
    const { url } = first;
    await first.close();
    await failureOf(post(transport, url));
    const second = await new Endpoint().start(Number(url.port));
    t.after(() => second.close());
    assert.equal((await post(transport, url)).status, 200);
  });

  it('meets a connection that the server has closed meanwhile with an error, not with a wait', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ cut: 'after' });
    const transport = transportFor(t, {}, 1);
    await post(transport, endpoint.url);
    const outcome = await post(transport, endpoint.url).catch((error: unknown) => error);
    assert.ok(outcome instanceof TransportError || (outcome as HttpResponse).status === 200);
  });

  it('refuses a header that would break the request, before anything is sent', async t => {
    const endpoint = await endpointFor(t);
    const headers = { 'x-one': 'a\r\nx-evil: 1' };
    const request = { method: 'POST', url: endpoint.url, headers, body: Buffer.from('1') };
    const error = await failureOf(transportFor(t).send(request, { signal: FOREVER, maxResponseBytes: 1 }));
    assert.deepEqual([error.code, error.retriable, error.ambiguous], ['UND_ERR_INVALID_ARG', false, false]);
    assert.equal(endpoint.count, 0);
  });

  it('fails what is under way, and everything later, once it is closed', async t => {
    const endpoint = await endpointFor(t);
    endpoint.answers.push({ after: new Promise(() => {}) });
    const transport = transportFor(t);
    const failed = failureOf(post(transport, endpoint.url));
    await endpoint.arrived(1);
    await transport.close();
    assert.equal((await failed).ambiguous, true);
    await failureOf(post(transport, endpoint.url));
    assert.equal(endpoint.count, 1);
  });
});
