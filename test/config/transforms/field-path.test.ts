import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldPath } from '../../../config/transforms/field-path.ts';

for (const [path, steps] of [
  ['a', ['a']],
  ['a.b.c', ['a', 'b', 'c']],
  ['`a.b`.c', ['a.b', 'c']],
  ['a.`b.c`', ['a', 'b.c']],
  ['`a.b`', ['a.b']],
  ['a`b.c', ['a`b', 'c']],
  ['`a`b.c`.d', ['a`b.c', 'd']],
  ['`a\\`.b`.c', ['a`.b', 'c']],
  ['a.', ['a', '']],
  ['.a', ['', 'a']],
  ['``.a', ['', 'a']],
  ['', []],
] as const) {
  test(`field paths: ${path} has the steps ${JSON.stringify(steps)}`, () => {
    assert.deepEqual(parseFieldPath(path), steps);
  });
}

for (const path of ['`a', '`a.b', '`a\\`', 'x.`a.b`c']) {
  test(`field paths: ${path} has a backtick without its pair`, () => {
    assert.throws(() => parseFieldPath(path), /Incomplete backtick pair in path: \[.*\], consider adding a backslash/);
  });
}
