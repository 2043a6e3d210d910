import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../../../connector/http/answers/bounded-json.ts';

describe('JSON of a foreign server', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom('', '\ufeff'), (text, mark) => {
        assert.deepEqual(parseJson(Buffer.from(mark + text), 100_000), JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('is nothing when it is damaged', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.nat(255), (text, at, byte) => {
        const bytes = Buffer.from(text);
        bytes[at % bytes.length] = byte;
        let expected: unknown;
        try {
          expected = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
        } catch {
          expected = undefined;
        }
        assert.deepEqual(parseJson(bytes, 100_000), expected);
      }),
      { numRuns: 1000 },
    );
  });

  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const bounds: [name: string, text: string, taken: boolean][] = [
    ['64 levels', nested(64), true],
    ['65 levels', nested(65), false],
    ['brackets in a text', `["${'['.repeat(1000)}"]`, true],
    ['brackets behind an escaped quote', `["\\"${'['.repeat(1000)}"]`, true],
    ['brackets behind a backslash', `["\\\\",${nested(64)}]`, false],
    ['ten values', '[1,2,3,4,5,6,7,8,9,0]', true],
    ['eleven values', '[1,2,3,4,5,6,7,8,9,0,1]', false],
    ['ten objects', `[${'{},'.repeat(5).slice(0, -1)}]`, true],
    ['commas in a text', `"${','.repeat(1000)}"`, true],
    ['a number of 1,000 digits', '9'.repeat(1000), true],
    ['a number of 1,001 digits', '9'.repeat(1001), false],
    ['a text without end', '"abc', false],
    ['only a quote', '"', false],
    ['nothing', '', false],
  ];
  for (const [name, text, taken] of bounds) {
    it(`${taken ? 'is read' : 'is nothing'}: ${name}`, () => {
      assert.equal(
        parseJson(Buffer.from(text), name.startsWith('ten') || name.startsWith('eleven') ? 10 : 70) !== undefined,
        taken,
      );
    });
  }
});
