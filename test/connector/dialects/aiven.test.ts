import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordLike } from '../../../connector/block-builder.ts';
import { HEADERS, RETRIES, TOKENS } from './aiven-requests.ts';
import { BODIES, type Row, VALUES } from './aiven-rows.ts';
import { deliver, type Sent } from './sent.ts';

/** The least that Aiven's sink needs; `value.converter` may be written beside it. */
const PLAIN = {
  'connector.class': 'io.aiven.kafka.connect.http.HttpSinkConnector',
  'http.url': 'https://endpoint.test/send-data-here',
  'http.authorization.type': 'none',
  'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
};
const USUAL: Omit<Sent, 'body'> = { line: 'POST https://endpoint.test/send-data-here', headers: {} };

function asRecord(record: Row['records'][number]): RecordLike {
  return record === null || typeof record === 'string' || Buffer.isBuffer(record) ? { value: record } : record;
}

/** Of a request that a row names in part, the other parts are as they were. */
function completed(expected: Row['sent'][number], actual: Sent | undefined): Partial<Sent> {
  return typeof expected === 'string' ? { ...USUAL, body: expected } : { ...actual, ...expected };
}

async function check(row: Row): Promise<void> {
  const { keys = {}, records, sent, tokenRequests, errors = {} } = row;
  const outcome = await deliver({ ...PLAIN, ...keys }, records.map(asRecord), row);
  assert.deepEqual(
    outcome.sent,
    sent.map((each, i) => completed(each, outcome.sent[i])),
  );
  if (tokenRequests !== undefined) {
    const wanted = tokenRequests.map((each, i) => ({ ...outcome.tokens[i], ...each }));
    assert.deepEqual(outcome.tokens, wanted);
  }
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
