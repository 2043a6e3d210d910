import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { OAuth2Config } from '../../../../config/types.ts';
import { oauth2Config } from '../../../support/oauth2.ts';
import { type RawAnswer, RawEndpoint } from '../../../support/raw-endpoint.ts';
import { numbered, recordsOf } from '../fixtures.ts';
import { SinkRig } from '../rig.ts';

/**
 * What becomes of a delivery when the token endpoint first answers this, and then gives a good token: it is sent with the
 * `token` at once; it `waits` and asks again; or it `parks`, since only a change of something mends it, and a probe finds it mended.
 */
type Verdict = { readonly token: string } | 'waits' | 'parks';

interface Row {
  readonly name: string;
  readonly answer: RawAnswer;
  readonly verdict: Verdict;
  /** What the user is told. */
  readonly reason?: RegExp;
  readonly answers?: Partial<OAuth2Config['answer']>;
}

const JSON_TYPE = 'content-type: application/json\r\n';
const CANARY = 'canary-token';

function whole(body: string | Buffer, status = '200 OK', headers = JSON_TYPE): RawAnswer {
  const bytes = Buffer.from(body as string);
  const head = Buffer.from(`HTTP/1.1 ${status}\r\n${headers}content-length: ${bytes.length}\r\n\r\n`);
  return { bytes: Buffer.concat([head, bytes]) };
}

function json(value: unknown, status?: string, headers?: string): RawAnswer {
  return whole(JSON.stringify(value), status, headers);
}

const GOOD = { access_token: 'good', token_type: 'Bearer', expires_in: 3600 };
const UNUSABLE = /holds no usable token/;
const ROWS: readonly Row[] = [
  { name: 'a token', answer: json(GOOD), verdict: { token: 'good' } },
  { name: 'a token and nothing else', answer: json({ access_token: 'good' }), verdict: { token: 'good' } },
  {
    name: 'a token in chunks',
    answer: {
      bytes: `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n18\r\n{"access_token":"good"}\n\r\n0\r\n\r\n`,
    },
    verdict: { token: 'good' },
  },
  {
    name: 'a token until the connection ends',
    answer: { bytes: 'HTTP/1.1 200 OK\r\n\r\n{"access_token":"good"}', afterwards: 'end' },
    verdict: { token: 'good' },
  },
  { name: 'a token with 201', answer: json(GOOD, '201 Created'), verdict: { token: 'good' } },
  { name: 'a token as text', answer: json(GOOD, '200 OK', 'content-type: text/plain\r\n'), verdict: { token: 'good' } },
  {
    name: 'a token that was compressed',
    answer: whole(gzipSync(JSON.stringify(GOOD)), '200 OK', `${JSON_TYPE}content-encoding: gzip\r\n`),
    verdict: { token: 'good' },
  },
  {
    name: 'an interim answer first',
    answer: { bytes: Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), json(GOOD).bytes as Buffer]) },
    verdict: { token: 'good' },
  },
  { name: 'expires_in as a text', answer: json({ ...GOOD, expires_in: '3600' }), verdict: { token: 'good' } },
  { name: 'expires_in below zero', answer: json({ ...GOOD, expires_in: -1 }), verdict: { token: 'good' } },
  {
    name: 'expires_in beyond all',
    answer: whole('{"access_token":"good","expires_in":1e999}'),
    verdict: { token: 'good' },
  },
  {
    name: 'expires_in in milliseconds',
    answer: json({ ...GOOD, expires_in: 86_399_998 }),
    verdict: { token: 'good' },
    answers: { mayBeMilliseconds: true },
  },
  {
    name: 'an id_token',
    answer: json({ id_token: 'good' }),
    verdict: { token: 'good' },
    answers: { tokenField: 'id_token' },
  },
  {
    name: 'a token deep within',
    answer: json({ data: [{ t: 'good' }] }),
    verdict: { token: 'good' },
    answers: { tokenField: '/data/0/t' },
  },
  { name: 'no id_token', answer: json(GOOD), verdict: 'waits', reason: UNUSABLE, answers: { tokenField: 'id_token' } },
  {
    name: 'a web page',
    answer: whole(`<html>${CANARY}</html>`, '200 OK', 'content-type: text/html\r\n'),
    verdict: 'waits',
    reason: UNUSABLE,
  },
  { name: 'nothing', answer: whole(''), verdict: 'waits', reason: UNUSABLE },
  { name: 'half a text', answer: whole(`{"access_token":"${CANARY}`), verdict: 'waits', reason: UNUSABLE },
  {
    name: 'half an answer',
    answer: {
      bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"access_token":"canary-token"}',
      afterwards: 'close',
    },
    verdict: 'waits',
    reason: /closed the connection/,
  },
  { name: 'a list', answer: json([GOOD]), verdict: 'waits', reason: UNUSABLE },
  { name: 'null', answer: json(null), verdict: 'waits', reason: UNUSABLE },
  { name: 'a token that is a number', answer: json({ access_token: 7 }), verdict: 'waits', reason: UNUSABLE },
  { name: 'an empty token', answer: json({ access_token: '' }), verdict: 'waits', reason: UNUSABLE },
  {
    name: 'a token with a line end',
    answer: json({ access_token: `${CANARY}\r\nx-evil: 1` }),
    verdict: 'waits',
    reason: UNUSABLE,
  },
  {
    name: 'a token of 20,000 characters',
    answer: json({ access_token: 'c'.repeat(20_000) }),
    verdict: 'waits',
    reason: UNUSABLE,
  },
  {
    name: 'more than is read',
    answer: json({ more: 'x'.repeat(300_000), ...GOOD }),
    verdict: 'waits',
    reason: UNUSABLE,
  },
  { name: 'a tower of brackets', answer: whole('['.repeat(100_000)), verdict: 'waits', reason: UNUSABLE },
  {
    name: 'what was compressed and is damaged',
    answer: whole(gzipSync(JSON.stringify(GOOD)).subarray(0, 12), '200 OK', 'content-encoding: gzip\r\n'),
    verdict: 'waits',
    reason: UNUSABLE,
  },
  {
    name: 'a token of another kind',
    answer: json({ ...GOOD, token_type: 'mac' }),
    verdict: 'parks',
    reason: /no bearer tokens/,
  },
  {
    name: 'a refusal of the client',
    answer: json({ error: 'invalid_client', error_description: CANARY }, '401 Unauthorized'),
    verdict: 'parks',
    reason: /401 \(invalid_client\): check oauth2\.token\.url, client id, secret and scope/,
  },
  {
    name: 'a refusal with 200',
    answer: json({ error: 'invalid_scope' }),
    verdict: 'parks',
    reason: /200 \(invalid_scope\)/,
  },
  {
    name: 'a refusal of the target',
    answer: json({ error: 'invalid_target' }, '400 Bad Request'),
    verdict: 'parks',
    reason: /400 \(invalid_target\)/,
  },
  {
    name: 'an error that nobody knows',
    answer: json({ error: CANARY }, '400 Bad Request'),
    verdict: 'parks',
    reason: /answered 400: check/,
  },
  {
    name: '404',
    answer: whole('gone', '404 Not Found'),
    verdict: 'parks',
    reason: /answered 404: check oauth2\.token\.url/,
  },
  {
    name: 'a redirect',
    answer: whole('', '302 Found', `location: http://127.0.0.1:1/${CANARY}\r\n`),
    verdict: 'parks',
    reason: /answered 302/,
  },
  {
    name: '429',
    answer: whole('', '429 Too Many Requests', 'retry-after: 0\r\n'),
    verdict: 'waits',
    reason: /answered 429$/,
  },
  { name: '503', answer: whole('', '503 Service Unavailable'), verdict: 'waits', reason: /answered 503$/ },
  {
    name: 'a pause',
    answer: json({ error: 'temporarily_unavailable' }, '400 Bad Request'),
    verdict: 'waits',
    reason: /temporarily_unavailable/,
  },
  {
    name: 'no HTTP',
    answer: { bytes: `SSH-2.0-${CANARY}\r\n`, afterwards: 'end' },
    verdict: 'parks',
    reason: /can’t be read as HTTP/,
  },
  {
    name: 'a cut',
    answer: { bytes: '', afterwards: 'close' },
    verdict: 'waits',
    reason: /no token: .*c(?:ut|losed) the connection/,
  },
];

/** The first token request gets the answer, all later ones a good token. */
async function run({ answer, verdict, reason, answers = {} }: Row): Promise<void> {
  const field = answers.tokenField ?? 'access_token';
  const fine = field.startsWith('/') ? { data: [{ t: 'later' }] } : { [field]: 'later' };
  const login = await new RawEndpoint(count => (count === 1 ? answer : json(fine))).start();
  const endpoint = await new RawEndpoint(() => ({ bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' })).start();
  const plain = oauth2Config({ tokenUrl: login.url, id: 'id', secret: 'canary-secret' });
  const auth = { ...plain, answer: { ...plain.answer, ...answers } };
  const rig = new SinkRig(endpoint.url, { http: { auth } });
  try {
    const running = rig.start(numbered(3));
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 2], 'no record is burnt');
    const failures = rig.facts.flatMap(fact => (fact.kind === 'token-failed' ? [fact.reason] : []));
    const parked = rig.facts.some(({ kind }) => kind === 'endpoint-parked');
    assert.equal(parked, verdict === 'parks');
    assert.equal(failures.length, typeof verdict === 'object' ? 0 : 1);
    assert.equal(login.requests, typeof verdict === 'object' ? 1 : 2);
    assert.equal(endpoint.requests, 1, 'nothing is sent without a token');
    if (reason !== undefined) assert.match(failures[0]!, reason);
    assert.doesNotMatch(JSON.stringify([rig.facts, rig.sink.state]), /canary/);
    assert.equal(rig.sink.state.credentials?.refreshes, 1);
  } finally {
    await rig.sink.close();
    await Promise.all([login.close(), endpoint.close()]);
  }
}

describe('what a token endpoint answers, byte for byte', () => {
  for (const row of ROWS) {
    const verdict = typeof row.verdict === 'object' ? 'is taken' : row.verdict;
    it(`${verdict}: ${row.name}`, () => run(row));
  }

  it('holds a delivery no longer than http.timeout.ms when it hangs, and repeats it', { timeout: 60_000 }, async () => {
    const never = new Promise(() => {});
    const login = await new RawEndpoint(count => (count === 1 ? { ...json(GOOD), after: never } : json(GOOD))).start();
    const endpoint = await new RawEndpoint(() => ({ bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' })).start();
    const auth = oauth2Config({ tokenUrl: login.url, id: 'id', secret: 's' });
    const rig = new SinkRig(endpoint.url, { http: { auth, timeoutMs: 500 } });
    assert.equal((await rig.deliver(numbered(1))).length, 1);
    const [failure] = rig.facts.flatMap(fact => (fact.kind === 'token-failed' ? [fact.reason] : []));
    assert.match(failure!, /no token within 500 ms/);
    await rig.sink.close();
    await Promise.all([login.close(), endpoint.close()]);
  });
});
