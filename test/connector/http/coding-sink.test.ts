import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CodingConfig } from '../../../config/types.ts';
import { createCompress, decodeAnswer } from '../../../connector/http/coding/coding.ts';
import { Scope } from '../../../connector/scope.ts';
import { type Arrived, Endpoint, recordsOf as recordsIn } from '../../support/endpoint.ts';
import { skipWithoutNginx, startNginx } from '../../support/nginx.ts';
import { batchConfig, batchOf, blockOf, itemOf, numbered, recordsOf } from './fixtures.ts';
import { oauthRig, rigFor, SinkRig } from './rig.ts';
import { FOREVER, transportFor } from './wire.ts';

const GZIP: CodingConfig = { requests: { codec: 'gzip', level: 1, minBytes: 0 }, compressedAnswers: true };
/** Takes many turns of the loop for a large body. */
const SLOW: CodingConfig = { requests: { codec: 'br', level: 9, minBytes: 0 }, compressedAnswers: false };

function unzipped(request: Arrived): unknown[] {
  assert.equal(request.headers['content-encoding'], 'gzip');
  assert.equal(request.headers['content-length'], String(request.body.length));
  return recordsIn({ headers: request.headers, body: gunzipSync(request.body) });
}

/** A record as JSON, of about so many bytes. */
function record(id: number, bytes: number): string {
  const noise = randomBytes(Math.ceil(bytes / 4)).toString('hex');
  return JSON.stringify({ id, noise, again: noise });
}

describe('a sink that compresses', () => {
  it('sends each body compressed, of many at a time', async t => {
    const rig = await rigFor(t, { http: { coding: GZIP } });
    const values = Array.from({ length: 60 }, (_, i) => record(i, 10 + ((i * 7919) % 40_000)));
    await Promise.all(values.map(value => rig.deliver(batchOf([itemOf(blockOf([value, value]))]))));
    const arrived = rig.endpoint.requests.flatMap(unzipped) as { id: number }[];
    const expected = values.flatMap(value => [JSON.parse(value), JSON.parse(value)] as { id: number }[]);
    assert.deepEqual(
      arrived.sort((a, b) => a.id - b.id),
      expected,
    );
    assert.equal(rig.endpoint.requests[0]!.headers['accept-encoding']!.startsWith('gzip, deflate, br'), true);
  });

  it('repeats a refused body in the same form, and parts of it in theirs', async t => {
    const coding = { ...GZIP, requests: { ...GZIP.requests!, minBytes: 12 } };
    const rig = await rigFor(t, { http: { coding } });
    rig.endpoint.answers.push({ status: 503 }, { status: 413 });
    assert.deepEqual(recordsOf(await rig.deliver(zeros(40)), 'delivered').length, 40);
    const [first, second, ...halves] = rig.endpoint.requests.map(request => unzipped(request).length);
    assert.deepEqual([first, second, halves], [40, 40, [20, 20]]);
  });

  it('does not send what was detached while it was compressed', async t => {
    const rig = await rigFor(t, { http: { coding: SLOW } });
    const [kept, lost] = [itemOf(blockOf([record(1, 700_000)])), itemOf(blockOf([record(2, 700_000)]))];
    const running = rig.start(batchOf([lost, kept], batchConfig()));
    await new Promise(setImmediate);
    lost.detached = true;
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual([running.verdicts.map(({ item }) => item), rig.endpoint.count], [[kept], 1]);
  });

  it('sends nothing when all was detached while it was compressed', async t => {
    const rig = await rigFor(t, { http: { coding: SLOW } });
    const lost = itemOf(blockOf([record(2, 700_000)]));
    const running = rig.start(batchOf([lost]));
    await new Promise(setImmediate);
    lost.detached = true;
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual([running.verdicts, rig.endpoint.count], [[], 0]);
  });

  it('gives an attempt up at its deadline, and a delivery with the sink', async t => {
    const rig = await rigFor(t, { http: { coding: SLOW, timeoutMs: 1 } });
    const running = rig.start(batchOf([itemOf(blockOf([record(1, 4_000_000)]))]));
    await rig.heard('request-failed', 2);
    const failed = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact] : []));
    assert.deepEqual([failed[0]!.code, failed[0]!.ambiguous, failed[0]!.class], ['DEADLINE_EXCEEDED', false, 'retry']);
    await rig.sink.close();
    assert.deepEqual(await running.end, { kind: 'aborted' });
    assert.equal(rig.endpoint.count, 0);
  });

  it('says with a 415 or a 400 that the body was compressed', async t => {
    const rig = await rigFor(t, { http: { coding: GZIP } });
    rig.endpoint.answers.push({ status: 400 }, { status: 415 });
    const running = rig.start(zeros(30));
    await rig.heard('endpoint-parked');
    const reasons = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact.reason] : []));
    for (const reason of reasons) assert.match(reason, /http\.request\.compression/);
    assert.equal(reasons.length, 2);
    await running.end;
  });

  it('understands tokens that come compressed', async t => {
    const rig = await oauthRig(t);
    const body = gzipSync(JSON.stringify({ access_token: 'abc', token_type: 'bearer' }));
    rig.endpoint.tokens!.answers.push({ headers: { 'content-encoding': 'gzip' }, body });
    rig.endpoint.answers.push({});
    rig.start(numbered(1));
    await rig.endpoint.arrived(1);
    assert.equal(rig.endpoint.requests[0]!.headers.authorization, 'Bearer abc');
  });
});

function zeros(records: number) {
  return batchOf([itemOf(blockOf(Array<string>(records).fill('0')))]);
}

describe('compression through nginx', async () => {
  const skip = await skipWithoutNginx();
  const GZIPPING = 'gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;';

  it('reaches what is behind it, and its own compressed answers are read', { skip }, async t => {
    const page = '<html><body>Log in</body></html>'.repeat(10);
    const body = JSON.stringify({ ok: true, text: 'x'.repeat(500) });
    const behind = await new Endpoint({ script: () => ({ body }) }).start();
    const nginx = await startNginx(`${GZIPPING} location / { proxy_pass ${behind.url.origin}; }`);
    t.after(async () => {
      await nginx.stop();
      await behind.close();
    });
    const url = new URL(`http://127.0.0.1:${nginx.port}/in`);
    const rig = new SinkRig(url, { http: { coding: GZIP } });
    t.after(() => rig.sink.close());
    await rig.deliver(batchOf([itemOf(blockOf([record(1, 20_000), record(2, 200)]))]));
    assert.deepEqual(
      (unzipped(behind.requests[0]!) as { id: number }[]).map(({ id }) => id),
      [1, 2],
    );

    const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const sent = await createCompress(GZIP)!({ method: 'POST', url, headers, body: Buffer.alloc(9_000) }, new Scope());
    const answer = await transportFor(t).send(sent, { signal: FOREVER, maxResponseBytes: 65_536 });
    assert.equal(answer.headers['content-encoding'], 'gzip');
    const decoded = await decodeAnswer(answer, 65_536, FOREVER);
    assert.deepEqual([decoded.body.toString(), decoded.complete], [body, true]);

    behind.answers.push({ body: page });
    const running = rig.start(zeros(3));
    await rig.heard('endpoint-parked');
    assert.match(rig.sink.state.state === 'parked' ? rig.sink.state.reason : '', /web page/);
    await running.end;
  });
});
