import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordLike } from '../../../connector/block-builder.ts';
import type { HttpRequest } from '../../../connector/ports.ts';
import { systemClock } from '../../../worker/clock.ts';
import { BATCH_ENDPOINT, ENDPOINT, KEY_FILE, PRIVATE_KEY } from '../../config/dialects/adobe-rows.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { NO_FILES } from '../../support/files.ts';
import { sendOut } from '../../support/sent-out.ts';
import { takes } from './adobe-answers.ts';
import { EXCHANGES, type Exchange } from './adobe-rows.ts';

const USUAL: Keys = {
  'connector.class': 'com.adobe.platform.streaming.sink.impl.AEPSinkConnector',
  'http.url': null,
  'aep.endpoint': ENDPOINT,
  'errors.tolerance': 'all',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const files = { ...NO_FILES, read: (path: string) => (path === KEY_FILE ? PRIVATE_KEY : NO_FILES.read(path)) };

function recordOf(record: Exchange['records'][number]): RecordLike {
  return typeof record === 'string' || record === null || Buffer.isBuffer(record) ? { value: record } : record;
}

describe('what a file of Adobe’s sink sends', () => {
  it('is told in forty rows and more', () => assert.ok(EXCHANGES.length >= 40));

  for (const {
    source,
    what,
    keys = {},
    records,
    answers = takes,
    bodies,
    url,
    headers = {},
    tokens = [],
    errors = {},
  } of EXCHANGES) {
    it(`${what} (${source})`, async () => {
      const plain = keys['value.converter'] === undefined ? {} : { 'value.converter.schemas.enable': null };
      const connector = connectorOf({ ...USUAL, ...plain, ...keys }, { files });
      const isSigned = keys['aep.connection.auth.token.type'] === 'jwt_token';
      const sent = await sendOut(connector, records.map(recordOf), answers, ...(isSigned ? [systemClock] : []));
      assert.deepEqual(
        sent.requests.map(({ body }) => body.toString()),
        bodies,
      );
      for (const post of sent.requests) {
        assert.deepEqual([post.method, post.url.href], ['POST', url ?? BATCH_ENDPOINT]);
        const { 'user-agent': _, 'accept-encoding': __, authorization, ...told } = post.headers;
        const { authorization: token, ...rest } = headers;
        if (keys['aep.connection.auth.enabled'] === 'true') assert.match(authorization ?? '', /^Bearer token-\d$/);
        if (token !== undefined) assert.equal(authorization, token);
        assert.deepEqual(told, { 'content-type': 'application/json', ...rest });
      }
      assert.deepEqual(Object.keys(sent.errors), Object.keys(errors));
      for (const [offset, error] of Object.entries(errors)) assert.match(sent.errors[Number(offset)]!, error);
      assert.equal(sent.delivered.length, records.length - Object.keys(errors).length);
      assert.equal(sent.committable, records.length);
      assertTokens(sent.tokens, tokens);
    });
  }
});

function assertTokens(asked: readonly HttpRequest[], expected: NonNullable<Exchange['tokens']>): void {
  assert.deepEqual(
    asked.map(({ url }) => url.href),
    expected.map(([url]) => url),
  );
  for (const [i, [, form]] of expected.entries()) {
    const { method, headers, body } = asked[i]!;
    assert.equal(method, 'POST');
    assert.match(headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    const told = Object.fromEntries(new URLSearchParams(body.toString()));
    assert.deepEqual(Object.keys(told).sort(), Object.keys(form).sort());
    for (const [name, value] of Object.entries(form)) {
      if (typeof value === 'string') assert.equal(told[name], value, name);
      else assert.match(told[name]!, value, name);
    }
  }
}
