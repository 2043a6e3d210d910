import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnswerBody } from '../../../connector/answer.ts';
import type { Verdict } from '../../../connector/batch.ts';
import { keepBody } from '../../../connector/http/answers/kept-body.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import { answer, Bench, numbered } from './fixtures.ts';

const OAUTH2 = oauth2Config({
  tokenUrl: new URL('http://endpoint.test/token'),
  id: 'id',
  secret: 's3cret',
  mode: 'header',
});
const clear = (text: string): string => text;
const ALL = { success: true, error: true, maxBytes: 1_000, mask: clear };

function bodyOf(verdict: Verdict | undefined): AnswerBody | undefined {
  return verdict?.kind === 'delivered' ? verdict.answer.body : verdict?.error.answer?.body;
}

describe('what reports have of an answer', () => {
  it('is its body, one for all records of a request', async () => {
    const bench = new Bench(() => answer(200, '{"ok":\n true}'), { bodies: ALL });
    const { verdicts } = await bench.deliver(numbered(3, 2));
    const [first, second] = verdicts.map(bodyOf);
    assert.deepEqual(first, { text: '{"ok":\n true}', cut: false, bytes: 26 });
    assert.equal(first, second);
  });

  it('is nothing where only the others are asked for', async () => {
    for (const status of [200, 400]) {
      for (const success of [true, false]) {
        const bench = new Bench(() => answer(status, 'text'), { bodies: { ...ALL, success, error: !success } });
        const { verdicts } = await bench.deliver(numbered(1));
        assert.equal(bodyOf(verdicts[0])?.text, success === (status === 200) ? 'text' : undefined);
      }
    }
    const bench = new Bench(() => answer(200, 'text'));
    const { verdicts } = await bench.deliver(numbered(1));
    assert.equal(bodyOf(verdicts[0]), undefined);
  });

  it('has neither secrets nor the token that the request carried', async () => {
    const bench = new Bench(
      ({ url, headers }) =>
        url.pathname === '/token'
          ? answer(200, '{"access_token":"t0k3n-canary"}')
          : answer(200, `you sent ${headers['authorization']} and hunter22`),
      { http: { auth: OAUTH2 }, bodies: { ...ALL, mask: text => text.replaceAll('hunter22', '[hidden]') } },
    );
    const { verdicts } = await bench.deliver(numbered(1));
    assert.equal(bodyOf(verdicts[0])?.text, 'you sent Bearer [hidden] and [hidden]');
  });

  it('never is a part of a token, wherever the text is cut', () => {
    const token = 't0k3n-canary';
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.nat(40),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (before, end, most, complete) => {
          const whole = `${'.'.repeat(before)}${token}${'.'.repeat(20)}`;
          const body = complete ? whole : whole.slice(0, before + end);
          const kept = keepBody({ ...answer(200, body), complete }, most, clear, [`Bearer ${token}`])!;
          assert.ok(!/t0|t0k|-canary/.test(kept.text), kept.text);
          assert.ok(Buffer.byteLength(kept.text) <= most);
          if (kept.cut === false) assert.equal(kept.text, whole.replace(token, '[hidden]'));
        },
      ),
    );
  });

  it('is of whole characters', () => {
    const kept = keepBody(answer(200, '\u{1f600}'.repeat(10)), 10, clear, [])!;
    assert.deepEqual([kept.text, kept.cut], ['\u{1f600}'.repeat(2), true]);
  });

  it('is nothing of a body in a coding that is not known', () => {
    assert.equal(keepBody(answer(200, 'x', { 'content-encoding': 'compress' }), 10, clear, []), undefined);
  });
});
