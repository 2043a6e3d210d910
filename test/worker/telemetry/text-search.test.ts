import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../../config/secret.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';
import { createTextSearch } from '../../../worker/telemetry/text-search.ts';

/** The same by looking for each of them at each place. */
function replaceSlowly(text: string, texts: readonly string[], by: string): string {
  let result = '';
  let covered = 0;
  for (let start = 0; start < text.length; start++) {
    const length = Math.max(0, ...texts.filter(one => text.startsWith(one, start)).map(one => one.length));
    if (length === 0) continue;
    if (start >= covered) result += text.slice(covered, start) + by;
    covered = Math.max(covered, start + length);
  }
  return result + text.slice(covered);
}

/** Few letters, so that texts begin alike, overlap and repeat; some are of more than one byte. */
const letters = fc.constantFrom('a', 'b', 'ä', '\u{1f512}', '\u6161');
const text = (minLength: number, maxLength: number) =>
  fc.array(letters, { minLength, maxLength }).map(all => all.join(''));

test('it finds what is found by looking for each at each place', () => {
  fc.assert(
    fc.property(fc.array(text(4, 8), { maxLength: 6 }), text(0, 60), (texts, within) => {
      assert.equal(createTextSearch(texts).replace(within, '#'), replaceSlowly(within, texts, '#'));
    }),
    { numRuns: 5_000 },
  );
});

test('of those that overlap nothing stays, beside each other each is replaced, the longest counts', () => {
  const { replace, longest } = createTextSearch(['abcd', 'cdef', 'abcdefgh']);
  assert.equal(longest, 8);
  assert.equal(replace('abcdef', '#'), '#');
  assert.equal(replace('abcdabcd', '#'), '##');
  assert.equal(replace('x abcdefgh x', '#'), 'x # x');
  assert.equal(createTextSearch([]).replace('abcd', '#'), 'abcd');
});

test("secrets come and go with what they belong to; one that is another's too stays", () => {
  const masking = createMasking([new Secret('of-the-worker')]);
  const shown = () => masking.mask('of-the-worker of-connector-a of-both');
  const removeA = masking.add([new Secret('of-connector-a'), new Secret('of-both')]);
  const removeB = masking.add([new Secret('of-both')]);
  assert.equal(shown(), '[hidden] [hidden] [hidden]');
  removeA();
  removeA();
  assert.equal(shown(), '[hidden] of-connector-a [hidden]');
  removeB();
  assert.equal(shown(), '[hidden] of-connector-a of-both');
  assert.deepEqual(
    masking.secrets().map(secret => secret.reveal()),
    ['of-the-worker'],
  );
});

test('how long a secret can be grows with one that comes later', () => {
  const masking = createMasking([]);
  const before = masking.longest;
  const remove = masking.add([new Secret('x'.repeat(before * 2))]);
  assert(masking.longest >= before * 2);
  remove();
  assert.equal(masking.longest, before);
});
