import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { numbered } from '../fixtures.ts';
import { oauthRig } from '../rig.ts';

describe('the sink with OAuth 2.0 over sockets', () => {
  for (const mode of ['header', 'body'] as const) {
    it(`gets a token with the client in the ${mode}, and posts with it`, async t => {
      const rig = await oauthRig(t, {}, mode);
      await rig.deliver(numbered(2));
      assert.equal(rig.endpoint.requests[0]!.headers.authorization, 'Bearer token-1');
      assert.equal(rig.endpoint.tokens!.issued, 1);
    });
  }

  it('renews once when the token was revoked under eight deliveries', async t => {
    const rig = await oauthRig(t);
    await rig.deliver(numbered(1));
    rig.endpoint.tokens!.revoke();
    await Promise.all(Array.from({ length: 8 }, () => rig.deliver(numbered(3))));
    assert.equal(rig.endpoint.tokens!.issued, 2);
    assert.ok(rig.endpoint.count <= 1 + 16);
    assert.equal(rig.sink.state.state, 'ok');
  });

  it('parks on a second 401, and recovers when the endpoint accepts its tokens again', async t => {
    const rig = await oauthRig(t);
    const tokens = rig.endpoint.tokens!;
    const bad = { status: 200, body: JSON.stringify({ access_token: 'unknown', token_type: 'bearer' }) };
    tokens.answers.push(bad, bad, bad, bad);
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    assert.deepEqual(running.verdicts, []);
    assert.deepEqual(await running.end, { kind: 'done' });
    await rig.heard('endpoint-recovered');
    assert.deepEqual(rig.endpoint.requests.at(-1)!.headers.authorization, 'Bearer token-1');
  });

  it('parks on 403, and probes with a fresh token', async t => {
    const rig = await oauthRig(t);
    rig.endpoint.answers.push({ status: 403 }, { status: 403 }, { status: 403 });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.equal(rig.endpoint.tokens!.issued, 4);
  });

  it('fails fast where the user asked for it', async t => {
    const rig = await oauthRig(t, { authFailFast: true });
    rig.endpoint.answers.push({ status: 403 });
    const { kind } = await rig.start(numbered(1)).end;
    assert.equal(kind, 'fatal');
  });

  it('parks on a client that is not known, and says nothing secret', async t => {
    const rig = await oauthRig(t);
    rig.endpoint.tokens!.answers.push({ status: 401, body: '{"error":"invalid_client","hint":"canary"}' });
    const running = rig.start(numbered(1));
    await rig.heard('endpoint-parked');
    const { state } = rig.sink;
    assert.ok(state.state === 'ok' || /invalid_client/.test(state.reason));
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.ok(!JSON.stringify(rig.facts).includes('canary'));
    assert.ok(!JSON.stringify(rig.facts).includes('token-1'));
  });
});
