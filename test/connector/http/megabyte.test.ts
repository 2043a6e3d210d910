import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson } from '../../../connector/http/answers/bounded-json.ts';
import { classify } from '../../../connector/http/answers/classify.ts';
import { doubtOf } from '../../../connector/http/answers/page.ts';
import { retryAfter } from '../../../connector/http/answers/retry-after.ts';
import { isHeaderSafe } from '../../../connector/http/credentials/header-safety.ts';
import { readHead } from '../../../connector/http/transport/answer-head.ts';
import { ChunkedBody } from '../../../connector/http/transport/chunked-body.ts';
import { diagnose } from '../../../connector/http/transport/diagnose.ts';
import { answer } from './fixtures.ts';

const SIZE = 1_000_000;
/** A head is never longer. */
const HEAD_SIZE = 65_536;
const URL_OF_NOBODY = new URL('http://endpoint.test/');
/** What backtracks, in patterns that do: runs of one kind, and runs that nearly match what is looked for. */
const UNITS = [
  '0',
  '9',
  ' ',
  '\t',
  '\n',
  '\r\n',
  'a',
  'A',
  '<',
  '<?',
  '<!--',
  '-->',
  '/',
  ';',
  ',',
  ':',
  '"',
  '\\',
  '[',
  '{',
  '1.',
  '\0',
  'ü',
  '\u{1F600}',
  'text/html;',
  'HTTP/1.1 ',
  'Mon, ',
];
const WORST = UNITS.flatMap(unit => {
  const run = unit.repeat(Math.ceil(SIZE / unit.length));
  return [run, `${run}!`, `<${run}`, `<?xml ${run}`, `<!-- ${run}`];
});

/** Each takes what an endpoint wrote, or a network error holds. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a body': text => doubtOf({ headers: {}, body: Buffer.from(text), complete: true }),
  'a body as HTML': text =>
    doubtOf({ headers: { 'content-type': 'text/html' }, body: Buffer.from(text), complete: true }),
  'a content type': text => doubtOf({ headers: { 'content-type': text }, body: Buffer.from('x'), complete: true }),
  'a content encoding': text =>
    doubtOf({ headers: { 'content-encoding': text }, body: Buffer.from('x'), complete: true }),
  'a 207': text =>
    classify(answer(207, text), { records: 3, successStatuses: [[200, 299]], compressed: false, wall: 0 }),
  'Retry-After': text => retryAfter({ 'retry-after': text, date: text }, 0),
  JSON: text => parseJson(Buffer.from(text), 1_000),
  'a token': text => isHeaderSafe(text),
  'a head': text => {
    const part = text.slice(0, HEAD_SIZE);
    attempt(() =>
      readHead(
        Buffer.from(`HTTP/1.1 200 ${part}
x: ${part}
content-length: ${part}

`),
      ),
    );
  },
  'a status line': text =>
    attempt(() =>
      readHead(
        Buffer.from(`${text.slice(0, HEAD_SIZE)}

`),
      ),
    ),
  chunks: text => attempt(() => new ChunkedBody().take(Buffer.from(text))),
  'an error': text => diagnose(Object.assign(new Error(text), { code: text }), URL_OF_NOBODY, false).message.length,
};

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof Error && error.message.length < 200, 'nothing of the answer is in its fault');
    return null;
  }
}

describe('a megabyte of anything', () => {
  for (const [name, read] of Object.entries(READERS)) {
    // What is quadratic takes minutes here, and what is linear milliseconds.
    it(`is read at once as ${name}`, { timeout: 60_000 }, () => {
      for (const text of WORST) read(text);
    });
  }
});
