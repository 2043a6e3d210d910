import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordLike } from '../../../connector/block-builder.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { sendOut } from '../../support/sent-out.ts';
import { answer } from '../http/fixtures.ts';

/** A record of a topic as Kafka has it; texts are UTF-8. */
export interface In {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
  readonly timestamp?: number;
}

/** Method and address (path and query alone, or nothing for those of the base), body, and headers (null: not there); or an error. */
export type ExpectedRow =
  | readonly [line: string, body: string, headers?: Readonly<Record<string, string | null>>]
  | RegExp;

export interface RequestRow {
  /** What it shows, and in brackets where the other sink does it or where that is told. */
  readonly what: string;
  readonly keys?: Keys;
  readonly records: readonly In[];
  readonly requests: readonly ExpectedRow[];
}

const TP = { topic: 'orders', partition: 3 };

/**
 * Records in, requests out, over all of our own way but Kafka and the network.
 * @param home path of the base's address
 */
export function testRequests(name: string, base: Keys, rows: readonly RequestRow[], home = '/in'): void {
  for (const { what, keys, records, requests } of rows) {
    test(`${name}: ${what}`, async () => {
      const connector = connectorOf({
        topics: TP.topic,
        'http.url': null,
        'errors.tolerance': 'all',
        ...base,
        ...keys,
      });
      const { steps, committable } = await sendOut(connector, records.map(asRecord), () => answer(200));
      const told = steps.map(step =>
        'error' in step ? step.error : `${step.method} ${step.url.href} ${step.body.toString()}`,
      );
      assert.equal(steps.length, requests.length, told.join('\n'));
      assert.equal(committable, records.length);
      for (const [i, expected] of requests.entries()) {
        const step = steps[i]!;
        if (expected instanceof RegExp) {
          assert.ok('error' in step, told[i]);
          assert.match(step.error, expected);
          continue;
        }
        assert.ok(!('error' in step), told[i]);
        const [line, body, headers = {}] = expected;
        const [method, path = home] = line.split(' ');
        assert.deepEqual(
          [`${step.method} ${step.url.href}`, step.body.toString()],
          [`${method} http://h${path}`, body],
        );
        for (const [header, value] of Object.entries(headers))
          assert.equal(step.headers[header] ?? null, value, header);
      }
    });
  }
  test(`${name}: there are rows enough`, () => assert.ok(rows.length >= 25));
}

function asRecord({ key = null, value, headers = [], timestamp = 1_700_000_000_000 }: In): RecordLike {
  return {
    ...TP,
    timestamp,
    key: typeof key === 'string' ? Buffer.from(key) : key,
    value,
    headers: headers.map(([name, text]) => [name, text === null ? null : Buffer.from(text)] as const),
  };
}

export const texts = (...values: readonly (string | null)[]): readonly In[] =>
  values.map((value, i) => ({ key: `k${i}`, value }));

export function struct(fields: readonly object[], payload: object): string {
  return JSON.stringify({ schema: { type: 'struct', optional: false, fields }, payload });
}
