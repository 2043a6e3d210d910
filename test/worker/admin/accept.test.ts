import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsJson, prefersHtml } from '../../../worker/admin/accept.ts';

/** What a client accepts, whether it may have JSON, and whether it gets a page where there is one. */
const CASES: readonly (readonly [accept: string | undefined, json: boolean, html: boolean])[] = [
  [undefined, true, false],
  ['', true, false],
  ['*/*', true, false],
  ['application/json', true, false],
  ['text/html', false, true],
  ['TEXT/HTML', false, true],
  // Chromium's and Firefox's.
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8', true, true],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true, true],
  ['text/html, */*', true, true],
  ['application/json, text/html', true, false],
  ['application/json;q=0.9, text/html', true, true],
  ['application/json, text/html;q=0.9', true, false],
  ['text/html;q=0, application/json', true, false],
  ['text/html;q=0.5, */*;q=0.8', true, false],
  ['application/json;q=0', false, false],
  ['application/json;q=0, */*', false, false],
  ['application/*', true, false],
  ['text/*', false, false],
  ['text/plain', false, false],
  [', ,;;q=,', false, false],
];

test('a page is for who names HTML and does not want JSON as much', () => {
  for (const [accept, json, html] of CASES) {
    assert.deepEqual([acceptsJson(accept), prefersHtml(accept)], [json, html], String(accept));
  }
});
