import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordLike } from '../../../connector/block-builder.ts';
import type { HttpRequest } from '../../../connector/ports.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { type Answers, sendOut } from '../../support/sent-out.ts';
import { answer } from '../http/fixtures.ts';
import { HEADERS, RETRIES, TOKENS } from './aiven-exchange-rows.ts';
import { BODIES, type Row, type Sent, VALUES } from './aiven-rows.ts';

/** The least that Aiven's sink needs; `value.converter` may be written beside it. */
const PLAIN: Keys = {
  'connector.class': 'io.aiven.kafka.connect.http.HttpSinkConnector',
  'http.url': 'https://endpoint.test/send-data-here',
  'http.authorization.type': 'none',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
};
const TOKEN_HOST = 'auth.test';
const USUAL: Omit<Sent, 'body'> = { line: 'POST https://endpoint.test/send-data-here', headers: {} };

function asRecord(record: Row['records'][number]): RecordLike {
  return record === null || typeof record === 'string' || Buffer.isBuffer(record) ? { value: record } : record;
}

/** What a table expects of one request, which is all of it but what every client has its own. */
function shown({ method, url, headers, body }: HttpRequest): Sent {
  const { 'user-agent': _, 'accept-encoding': __, ...told } = headers;
  return { line: `${method} ${url.href}`, headers: told, body: body.toString() };
}

/** The scripted answers of the endpoint, and those of the token endpoint. */
function answersOf({ statuses = [200], tokens = [{ access_token: 't' }] }: Row): Answers {
  const [next, nextToken] = [statuses.values(), tokens.values()];
  return ({ url }) => {
    if (url.host === TOKEN_HOST) return answer(200, JSON.stringify(nextToken.next().value ?? tokens.at(-1)));
    return answer(next.next().value ?? statuses.at(-1)!);
  };
}

/** Of a request that a row names in part, the other parts are as they were. */
function completed(expected: Row['sent'][number], actual: Sent | undefined): Partial<Sent> {
  return typeof expected === 'string' ? { ...USUAL, body: expected } : { ...actual, ...expected };
}

async function check(row: Row): Promise<void> {
  const { keys = {}, records, sent, tokenRequests, errors = {}, elapsedMs } = row;
  const connector = connectorOf({ ...PLAIN, ...keys });
  const outcome = await sendOut(connector, records.map(asRecord), answersOf(row));
  const [requests, tokens] = [outcome.requests.map(shown), outcome.tokens.map(shown)];
  assert.deepEqual(
    requests,
    sent.map((each, i) => completed(each, requests[i])),
  );
  if (tokenRequests !== undefined) {
    const wanted = tokenRequests.map((each, i) => ({ ...tokens[i], ...each }));
    assert.deepEqual(tokens, wanted);
  }
  assert.equal(outcome.committable, records.length);
  if (elapsedMs !== undefined) assert.equal(outcome.elapsedMs, elapsedMs);
  assert.deepEqual(Object.keys(outcome.errors), Object.keys(errors));
  for (const [offset, expected] of Object.entries(errors)) {
    const said = outcome.errors[Number(offset)]!;
    if (typeof expected === 'string') assert.equal(said, expected);
    else assert.match(said, expected);
  }
}

for (const [what, rows] of Object.entries({
  'bodies of texts': BODIES,
  'values and converters': VALUES,
  'addresses and headers': HEADERS,
  'token requests': TOKENS,
  'answers and retries': RETRIES,
})) {
  describe(`Aiven's sink, record in and request out: ${what}`, () => {
    for (const row of rows) it(row.name, () => check(row));
  });
}

it('the table is as long as it is to be, each row with its place in the sources', () => {
  const rows = [...BODIES, ...VALUES, ...HEADERS, ...TOKENS, ...RETRIES];
  assert(rows.length >= 60);
  for (const { name, source } of rows) assert.match(source, /^[A-Z]\w+\./, name);
});
