import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './program.ts';

const FOLDER = join(ROOT, 'test/security');
const NUMBERS = Array.from({ length: 28 }, (_, index) => `S${index + 1}`);

/** The numbers that the titles of a file's tests begin with. */
function numbersOf(file: string): readonly string[] {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const titles = [...text.matchAll(/\btest\(\s*['`]([^'`]*)/g)].map(([, title]) => title!);
  assert(titles.length > 0, file);
  return titles.flatMap(title => {
    const numbers = /^(S\d+(?:, S\d+)*): /.exec(title)?.[1];
    assert(numbers !== undefined, `${file}: "${title}" begins with no number`);
    return numbers.split(', ');
  });
}

/** The rows of the table in the document: what each number is about, and where it is tested. */
function rows(): readonly (readonly [number: string, what: string, where: string])[] {
  const text = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const lines = text.split('\n').filter(line => /^\| S\d+ \|/.test(line));
  return lines.map(line => {
    const [number, what, where] = line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim());
    return [number!, what!, where!];
  });
}

test('S1, S28: every number has a test, and a row that says where it is', () => {
  const files = readdirSync(FOLDER).filter(file => file.endsWith('.test.ts') && file !== 'list.test.ts');
  const tested = new Map(files.map(file => [file, new Set(numbersOf(file))]));
  assert.deepEqual(
    rows().map(([number]) => number),
    NUMBERS,
  );
  for (const [number, what, where] of rows()) {
    assert(what !== '' && where !== '', number);
    const holding = files.filter(file => tested.get(file)!.has(number));
    assert(holding.length > 0, `${number} has no test`);
    const named = [...where.matchAll(/`([\w-]+\.test\.ts)`/g)].map(([, file]) => file!);
    assert.deepEqual([...named].sort(), [...holding].sort(), number);
  }
  const strange = [...tested.values()].flatMap(numbers => [...numbers]).filter(number => !NUMBERS.includes(number));
  assert.deepEqual(strange, []);
});
