import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { type Answer, Endpoint } from '../../support/endpoint.ts';
import { createCertificate } from './certificate.ts';
import { batchConfig, batchOf, blockOf, itemOf, numbered, recordsOf } from './fixtures.ts';
import { Rig, rigFor } from './rig.ts';

describe('the sink over sockets', () => {
  for (const format of ['array', 'ndjson', 'envelope'] as const) {
    it(`delivers ${format} bodies that the endpoint reads record by record`, async t => {
      const rig = await rigFor(t, { batch: { format } });
      const { separator } = bodyFormat(batchConfig({ format }));
      const values = ['{"a": 1}', '{\n"b":\r\n"ü"}', '[1,\n2]', '"x"'];
      const batch = batchOf([itemOf(blockOf(values, separator)), itemOf(blockOf(['5', '6'], separator), 1, 2)]);
      await rig.deliver(batch);
      assert.deepEqual(rig.endpoint.records, [{ a: 1 }, { b: 'ü' }, [1, 2], 'x', 6]);
    });
  }

  it('delivers single bodies', async t => {
    const rig = await rigFor(t, { batch: { format: 'single', maxRecords: 1 } });
    await rig.deliver(batchOf([itemOf(blockOf(['[1, 2]']))]));
    assert.equal(rig.endpoint.requests[0]!.body.toString(), '[1, 2]');
  });

  const troubles: [name: string, answers: Answer[]][] = [
    ['a burst of 5xx', [500, 502, 503, 504, 520, 599].map(status => ({ status }))],
    ['429 with Retry-After', [{ status: 429, headers: { 'retry-after': '0' } }]],
    ['connections cut before the answer', [{ cut: 'before' }, { cut: 'before' }]],
    ['a connection cut within the answer', [{ cut: 'within', body: 'x', headers: { 'content-length': '9' } }]],
    ['408, 425 and 499', [408, 425, 499].map(status => ({ status }))],
  ];
  for (const [name, answers] of troubles) {
    it(`gets through ${name} with every record delivered`, async t => {
      const rig = await rigFor(t);
      rig.endpoint.answers.push(...answers);
      const verdicts = await rig.deliver(numbered(3, 2));
      assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 1, 2, 3, 4]);
      assert.equal(rig.endpoint.count, answers.length + 1);
      assert.equal(new Set(rig.endpoint.requests.map(({ body }) => body.toString())).size, 1, 'the same bytes');
    });
  }

  it('cuts an answer that drips longer than the deadline, and tries again', async t => {
    const rig = await rigFor(t, { http: { timeoutMs: 100 } });
    rig.endpoint.answers.push({ endless: 10, body: 'x' }, { after: new Promise(() => {}) });
    await rig.deliver(numbered(1));
    const failed = rig.facts.filter(fact => fact.kind === 'request-failed');
    assert.deepEqual(
      failed.map(({ code, ambiguous }) => [code, ambiguous]),
      [
        ['DEADLINE_EXCEEDED', true],
        ['DEADLINE_EXCEEDED', true],
      ],
    );
  });

  it('waits for an endpoint that is not there yet', async t => {
    const first = await new Endpoint().start();
    const port = Number(first.url.port);
    const rig = new Rig(first, {});
    await first.close();
    const running = rig.start(numbered(2));
    await rig.heard('request-failed', 3);
    assert.equal(rig.sink.state.state, 'retrying');
    const second = await new Endpoint().start(port);
    t.after(async () => {
      await rig.sink.close();
      await second.close();
    });
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(second.records, [0, 1]);
  });

  it('sends the next request whole when bytes nobody asked for lie on the connection', async t => {
    const rig = await rigFor(t);
    const forged = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
    rig.endpoint.answers.push({ unsolicited: forged, unsolicitedAfter: Promise.resolve() }, { status: 400 });
    await rig.deliver(numbered(1));
    const verdicts = await rig.deliver(numbered(1));
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [0], 'the forged 200 confirmed nothing');
  });

  it('parks on a web page with status 200, and never follows a redirect', async t => {
    const elsewhere = await new Endpoint().start();
    t.after(() => elsewhere.close());
    for (const answer of [
      { body: '<!DOCTYPE html><html><title>Please log in</title></html>', headers: { 'content-type': 'text/html' } },
      { status: 308, headers: { location: elsewhere.url.href } },
    ]) {
      const rig = await rigFor(t);
      rig.endpoint.answers.push(answer, answer, answer);
      const running = rig.start(numbered(1));
      await rig.heard('endpoint-parked');
      assert.equal(rig.sink.state.state, 'parked');
      assert.deepEqual(running.verdicts, []);
      assert.deepEqual(await running.end, { kind: 'done' });
      assert.equal(rig.endpoint.count, 4);
    }
    assert.equal(elsewhere.count, 0);
  });

  it('parks on a certificate that it can not trust, with the reason', async t => {
    const { cert, key } = createCertificate();
    const rig = await rigFor(t, { endpoint: { tls: { cert, key } } });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.ok(state.state === 'parked');
    assert.match(state.reason, /^127\.0\.0\.1:\d+ shows a self-signed certificate/);
    assert.equal(rig.endpoint.count, 0);
    await rig.sink.close();
    assert.deepEqual(await running.end, { kind: 'aborted' });
  });

  it('settles a 207 record by record', async t => {
    const rig = await rigFor(t);
    const entry = (status: number): object => ({ status, message: 'canary' });
    rig.endpoint.answers.push(
      { status: 207, body: JSON.stringify({ responses: [200, 400, 503].map(entry) }) },
      { status: 207, body: JSON.stringify([entry(200)]) },
    );
    const verdicts = await rig.deliver(numbered(3));
    assert.deepEqual(recordsOf(verdicts, 'delivered'), [0, 2]);
    assert.deepEqual(recordsOf(verdicts, 'rejected'), [1]);
    assert.ok(!JSON.stringify(rig.facts).includes('canary'));
  });

  it('leaves out what was detached while it waited', async t => {
    const rig = await rigFor(t);
    const batch = numbered(2, 2);
    let go: () => void = () => {};
    rig.endpoint.answers.push({ status: 503, after: new Promise<void>(resolve => (go = resolve)) });
    const running = rig.start(batch);
    await rig.endpoint.arrived(1);
    batch.items[0]!.detached = true;
    go();
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(rig.endpoint.requests[1]!.body.toString(), '[2,3]');
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [2, 3]);
  });
});
