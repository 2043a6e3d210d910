import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Keys } from '../written.ts';
import { type In, requestsOf } from './requests.ts';

/** Method and address (path and query alone, or nothing for those of the base), body, and headers (null: not there); or an error. */
export type ExpectedRow =
  | readonly [line: string, body: string, headers?: Readonly<Record<string, string | null>>]
  | RegExp;

export interface RequestRow {
  /** What it shows, and in brackets where the other sink does it: class and method. */
  readonly what: string;
  readonly keys: Keys;
  readonly records: readonly In[];
  readonly requests: readonly ExpectedRow[];
}

/** Records in, requests out, over all of our own way but Kafka and the network. */
export function testRequests(name: string, base: Keys, rows: readonly RequestRow[]): void {
  for (const { what, keys, records, requests } of rows) {
    test(`${name}: ${what}`, async () => {
      const made = await requestsOf({ ...base, ...keys }, records);
      const told = made.map(one => ('error' in one ? one.error : `${one.line} ${one.body}`));
      assert.equal(made.length, requests.length, told.join('\n'));
      for (const [i, expected] of requests.entries()) {
        const one = made[i]!;
        if (expected instanceof RegExp) {
          assert.ok('error' in one, told[i]);
          assert.match(one.error, expected);
          continue;
        }
        assert.ok(!('error' in one), told[i]);
        const [line, body, headers = {}] = expected;
        const [method, path = '/in'] = line.split(' ');
        assert.deepEqual([one.line, one.body], [`${method} http://h${path}`, body]);
        for (const [header, value] of Object.entries(headers)) assert.equal(one.headers[header] ?? null, value, header);
      }
    });
  }
  test(`${name}: there are rows enough`, () => assert.ok(rows.length >= 25));
}

export const texts = (...values: readonly string[]): readonly In[] =>
  values.map((value, i) => ({ key: `k${i}`, value }));

export function struct(fields: readonly object[], payload: object): string {
  return JSON.stringify({ schema: { type: 'struct', optional: false, fields }, payload });
}
