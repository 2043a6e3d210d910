import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CLIENT_KEYS } from '../../../config/kafka/keys.ts';
import { REFUSED_CLIENT_KEYS, refusedClientKey } from '../../../config/kafka/refused.ts';
import { FAMILIES, IGNORED_KEYS } from '../../../config/schema/connect-keys.ts';
import { editDistance, nearest } from '../../../config/schema/nearest.ts';
import { schemas } from '../../../config/schema/schema.ts';
import { faultsOf, textsOf } from '../written.ts';

/** The whole table, as the definition has it. */
function plainDistance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, table[i - 2]![j - 2]! + 1);
      table[i]![j] = cost;
    }
  }
  return table[a.length]![b.length]!;
}

test('nearest: a distance is that of the whole table, or one more than its limit', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab.'), maxLength: 12 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
      const distance = plainDistance(a, b);
      assert.equal(editDistance(a, b), distance);
      assert.equal(editDistance(a, b, limit), Math.min(distance, limit + 1));
    }),
    { numRuns: 3000 },
  );
});

test('nearest: the word itself is no candidate, in another case it is', () => {
  assert.equal(nearest('topics', ['topics']), null);
  assert.equal(nearest('topics', ['topics', 'topic']), 'topic');
  assert.equal(nearest('Topics', ['topics']), 'topics');
});

/** Every key that is known in some place, with one fault of spelling in it, in each kind of file. */
test('nearest: what is proposed is another key than the one written, and would be accepted', () => {
  const names = [
    ...CLIENT_KEYS.map(({ key }) => key),
    ...REFUSED_CLIENT_KEYS.map(({ pattern }) => pattern.replaceAll('*', 'x')),
    ...Object.values(schemas).flatMap(table => Object.values<{ key: string }>(table).map(({ key }) => key)),
    ...Object.values(IGNORED_KEYS).flatMap(keys => keys.map(({ key }) => key.replace('*', 'x'))),
  ];
  const prefixes = ['', 'consumers.', ...[...FAMILIES.worker, ...FAMILIES.connector].map(({ prefix }) => prefix)];
  const spoilt = fc
    .tuple(fc.constantFrom(...prefixes), fc.constantFrom(...names), fc.nat(60), fc.constantFrom('', 'x', 'é', '.', '_'))
    .map(([prefix, name, at, sign]) => {
      const key = prefix + name;
      return key.slice(0, at % key.length) + sign + key.slice((at % key.length) + 1);
    });
  let proposed = 0;
  fc.assert(
    fc.property(spoilt, fc.constantFrom('worker', 'connector'), fc.boolean(), (key, kind, onCommandLine) => {
      const place = onCommandLine ? { overrides: [`${key}=1`] } : { [kind]: { [key]: '1' } };
      for (const { message, key: faulty } of faultsOf(textsOf(place))) {
        const near = /did you mean (.*)\?$/.exec(message)?.[1];
        if (near === undefined) continue;
        proposed++;
        assert.notEqual(near, faulty);
        const bare = near.replace(/^(?:consumer|producer|admin)\.(?:override\.)?/, '');
        assert.equal(refusedClientKey(bare), undefined, message);
        // There the prefix is left out, since the key has it.
        if (message.startsWith('is not a client key of the')) continue;
        const again = onCommandLine ? { overrides: [`${near}=1`] } : { [kind]: { [near]: '1' } };
        const same = faultsOf(textsOf(again)).filter(fault => fault.key === near);
        const refused = same.filter(({ code }) => code === 'unknown' || code === 'forbidden');
        assert.deepEqual(refused, [], `${key}: ${message}`);
      }
    }),
    { numRuns: 1500 },
  );
  assert(proposed > 50);
});
