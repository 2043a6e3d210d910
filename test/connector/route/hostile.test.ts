import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { destinationAt, valueAt } from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { isReadAlike } from '../../support/json-values.ts';

const PIECES = [
  '/',
  '..',
  '.',
  '?',
  '#',
  '%2e',
  '%',
  '\\',
  '\r\n',
  '\n',
  '\0',
  ' ',
  '\t',
  ':',
  '@',
  '//evil',
  '${topic}',
  '"',
  "'",
  '{',
  '\u2028',
  'é',
  '😀',
  '\ud800',
  ';',
  ',',
  '&',
  '=',
];

const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map(parts => parts.join('')),
  fc.string({ unit: 'binary' }),
);
const bytes = fc.oneof(
  text.map(value => Buffer.from(value)),
  fc.uint8Array({ maxLength: 20 }).map(value => Buffer.from(value)),
);
const name = fc.oneof(
  fc.constantFrom('x-a', 'X-A', 'x-b', 'x- bad', 'x-\r\nevil', 'content-type', 'Host', 'x-é'),
  text,
);

/** Runs one record through a connector file. */
function pathOf(keys: Keys) {
  const config = connectorOf({ 'key.converter': 'org.apache.kafka.connect.storage.StringConverter', ...keys });
  const path = createRecordPath(config, bodyFormat(config.batch), [], () => 0);
  return (record: { key: Buffer | null; value: Buffer; headers: readonly (readonly [string, Buffer | null])[] }) => {
    const block = path.convert(buildBlock([record]));
    return {
      destination: destinationAt(block, 0),
      error: block.errors?.get(0)?.message ?? null,
      value: valueAt(block, 0),
      flags: block.flags[0]!,
    };
  };
}

test('no record changes where it goes, or how many parts its address has', () => {
  const run = pathOf({ 'http.url': 'https://good.example:8443/api/${key}/x${value:/v|none}/end?q=${header:x-a|}&z=1' });
  fc.assert(
    fc.property(
      fc.option(bytes),
      text,
      fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 3 }),
      (key, v, headers) => {
        const value = Buffer.from(JSON.stringify({ v }));
        const { destination, error } = run({ key, value, headers });
        if (destination === null || error !== null) {
          const what = key?.toString() ?? null;
          assert.ok(
            what === null || what === '' || what === '.' || what === '..' || error?.includes('would have'),
            error ?? 'no reason',
          );
          return;
        }
        const { url } = destination;
        assert.equal(url.origin, 'https://good.example:8443');
        assert.equal(url.username + url.password + url.hash, '');
        const parts = url.pathname.split('/');
        assert.deepEqual([parts.length, parts[1], parts[4]], [5, 'api', 'end']);
        assert.equal(decodeURIComponent(parts[2]!), key!.toString().toWellFormed());
        assert.equal(decodeURIComponent(parts[3]!), `x${v === '' ? 'none' : v.toWellFormed()}`);
        assert.equal(url.search.split('&').length, 2);
        assert.match(url.pathname + url.search, /^[!-~]+$/);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('no record puts a line end, another name or another framing into the headers', () => {
  const run = pathOf({
    'http.headers.X-Key': 'a ${key}',
    'http.headers.X-Value': '${value:/v}',
    'http.headers.forward': '*',
  });
  fc.assert(
    fc.property(
      fc.option(bytes),
      text,
      fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 5 }),
      (key, v, headers) => {
        const { destination } = run({ key, value: Buffer.from(JSON.stringify({ v })), headers });
        if (destination === null) return;
        for (const [header, value] of Object.entries(destination.headers)) {
          assert.match(header, /^[!#$%&'*+.^_`|~0-9a-z-]+$/);
          assert.match(value, /^[!-~](?:[ -~]*[!-~])?$/);
          assert.ok(
            !['host', 'content-length', 'transfer-encoding', 'connection', 'content-type'].includes(header),
            header,
          );
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

test('whatever a record holds, its body is the JSON of the template, on one line', () => {
  const run = pathOf({
    'batch.format': 'ndjson',
    'http.body.json':
      '{"key":"${key}","in":"<${key}|${value:/v}|${header:x-a}>","v":${value:/v},"h":"${header:x-a}","all":${value}}',
  });
  const json = fc
    .json({ maxDepth: 3 })
    .filter(isReadAlike)
    .map(value => JSON.parse(value) as unknown);
  fc.assert(
    fc.property(fc.option(bytes), json, fc.option(bytes), fc.nat(2), (key, v, header, indent) => {
      const headers = header === null ? [] : [['x-a', header] as const];
      const value = JSON.stringify({ v, rest: 1 }, null, indent).replaceAll('\n', '\r\n');
      const made = run({ key, value: Buffer.from(value), headers }).value!.toString();
      assert.ok(!/[\r\n]/.test(made), made);
      const parsed = JSON.parse(made) as Record<string, unknown>;
      assert.deepEqual(Object.keys(parsed), ['key', 'in', 'v', 'h', 'all']);
      assert.equal(parsed['key'], key?.toString().toWellFormed() ?? null);
      assert.deepEqual(parsed['v'], v);
      assert.deepEqual(parsed['all'], { v, rest: 1 });
      const keyText = key?.toString() ?? 'null';
      assert.ok(String(parsed['in']).startsWith(`<${keyText}|`), String(parsed['in']));
    }),
    { numRuns: 3_000 },
  );
});
