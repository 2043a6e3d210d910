import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CredentialsError, TransportError } from '../../../connector/errors.ts';
import { parseJson } from '../../../connector/http/answers/bounded-json.ts';
import { type Classified, classify, type Sent } from '../../../connector/http/answers/classify.ts';
import { readMultiStatus } from '../../../connector/http/answers/multi-status.ts';
import { doubtOf } from '../../../connector/http/answers/page.ts';
import { answer } from './fixtures.ts';

const SENT: Sent = { records: 3, successStatuses: [[200, 206]], compressed: false, wall: 0 };

function classOf(status: number, body = '', sent: Partial<Sent> = {}): Classified['class'] {
  return classify(answer(status, body), { ...SENT, ...sent }).class;
}

function recordStatuses(body: Buffer, records: number): readonly unknown[] | null {
  return readMultiStatus(parseJson(body, 1_000), records)?.statuses ?? null;
}

/** Every rule of the table, first match counts. What no rule names is retried. */
const RULES: [match: (status: number) => boolean, expected: Classified['class']][] = [
  [status => status >= 200 && status <= 206, 'delivered'],
  [status => status === 401, 're-authenticate'],
  [status => status === 413, 'split'],
  [status => [408, 425, 429, 499].includes(status), 'retry'],
  [status => [402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 431, 451].includes(status), 'fatal'],
  [status => [501, 505, 511].includes(status), 'fatal'],
  [status => status >= 100 && status < 400, 'fatal'],
  [status => status >= 400 && status < 500, 'reject'],
  [() => true, 'retry'],
];

const BODIES = [
  '',
  'ok',
  '{}',
  '[]',
  '{"error":"no"}',
  '[{"status":200},{"status":200},{"status":200}]',
  '{"responses":[{"status":400}]}',
  '\u0000\ufffd',
  '<!doctype html><title>log in</title>',
];

describe('classify', () => {
  it('gives every status with every body exactly the class of its rule (A22, A23, A24)', () => {
    for (let status = 0; status <= 999; status++) {
      const rule = RULES.find(([match]) => match(status))![1];
      for (const body of BODIES) {
        const page = body.startsWith('<!doctype') && rule === 'delivered';
        const expected = page ? 'fatal' : status === 207 ? (body === BODIES[5] ? 'per-record' : 'fatal') : rule;
        assert.equal(classOf(status, body), expected, `${status} ${body}`);
      }
    }
  });

  it('never takes anything for a success outside the configured statuses (A23)', () => {
    const range = fc.tuple(fc.integer({ min: 200, max: 299 }), fc.integer({ min: 200, max: 299 }));
    fc.assert(
      fc.property(
        fc.array(range),
        fc.integer({ min: -10, max: 1100 }),
        fc.string(),
        (successStatuses, status, body) => {
          const confirmed = classOf(status, body, { successStatuses }) === 'delivered';
          assert.ok(!confirmed || successStatuses.some(([from, to]) => from <= status && status <= to));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is total over statuses that are none', () => {
    for (const status of [Number.NaN, -1, 0, 42, 1000, Number.POSITIVE_INFINITY])
      assert.equal(classOf(status), 'retry');
  });

  it('rejects a single record that is too large, where several are split', () => {
    assert.equal(classOf(413, '', { records: 2 }), 'split');
    assert.equal(classOf(413, '', { records: 1 }), 'reject');
  });

  it('knows which refusals are about the credentials', () => {
    const auth = [403, 404, 415].map(status => {
      const result = classify(answer(status), SENT);
      return result.class === 'fatal' && result.auth;
    });
    assert.deepEqual(auth, [true, false, false]);
  });

  it('passes on how long the endpoint asks to wait', () => {
    const result = classify(answer(429, '', { 'retry-after': '7' }), SENT);
    assert.deepEqual(result, { class: 'retry', reason: 'the endpoint answered 429', hintMs: 7000 });
  });

  it('says nothing that the endpoint wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), status => {
        const result = classify(answer(status, '{"secret":"canary"}', { location: 'http://canary/' }), SENT);
        assert.ok(!JSON.stringify(result).includes('canary'));
      }),
    );
  });

  it('retries a failure that may pass, and parks on one that may not', () => {
    const failures: [TransportError | CredentialsError, Classified][] = [
      [new TransportError('cut', 'ECONNRESET', true, true), { class: 'retry', reason: 'cut', hintMs: null }],
      [
        new TransportError('self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', false, false),
        { class: 'fatal', reason: 'self-signed', auth: false, patient: false },
      ],
      [new CredentialsError('busy', 'TOKEN_UNAVAILABLE', true, 90), { class: 'retry', reason: 'busy', hintMs: 90 }],
      [
        new CredentialsError('no', 'TOKEN_REFUSED', false),
        { class: 'fatal', reason: 'no', auth: true, patient: false },
      ],
      [
        new CredentialsError('tls', 'X', false, null, new TransportError('tls', 'X', false, false)),
        { class: 'fatal', reason: 'tls', auth: false, patient: false },
      ],
    ];
    for (const [failure, expected] of failures) assert.deepEqual(classify(failure, SENT), expected);
  });
});

describe('a per-record answer', () => {
  const three = [{ status: 200 }, { status: 429 }, { status: 422 }];
  const read: [name: string, body: unknown, statuses: number[] | null][] = [
    ['an array', three, [200, 429, 422]],
    ['responses', { responses: three }, [200, 429, 422]],
    ['results', { results: three, other: 1 }, [200, 429, 422]],
    ['items', { items: three }, [200, 429, 422]],
    ['statusCode', three.map(({ status }) => ({ statusCode: status })), [200, 429, 422]],
    ['one too few', three.slice(1), null],
    ['one too many', [...three, { status: 200 }], null],
    ['no status', [{ status: 200 }, {}, { status: 200 }], null],
    ['a status as text', [{ status: '200' }, ...three.slice(1)], null],
    ['half a status', [{ status: 200.5 }, ...three.slice(1)], null],
    ['null entries', [null, ...three.slice(1)], null],
    ['plain numbers', [200, 200, 200], null],
    ['another name', { records: three }, null],
    ['null', null, null],
    ['a text', 'ok', null],
  ];
  for (const [name, body, statuses] of read) {
    it(`${name}: ${statuses === null ? 'is none' : 'is understood'}`, () => {
      assert.deepEqual(recordStatuses(Buffer.from(JSON.stringify(body)), 3), statuses);
    });
  }

  it('is none when the body is broken, or reaches into a prototype', () => {
    for (const body of ['', '[{"status":200},{"sta', '{"__proto__":{"responses":[]}}', '\u0000']) {
      assert.equal(recordStatuses(Buffer.from(body), 0), null);
    }
  });

  const places: [name: string, entries: object[], statuses: number[] | null][] = [
    ['an index from 0', [{ index: 0 }, { index: 1 }, { index: 2 }], [200, 200, 200]],
    ['an index from 1', [{ index: 1 }, { index: 2 }, { index: 3 }], [200, 200, 200]],
    ['an index as text', [{ index: '0' }, { index: '1' }, { index: '2' }], [200, 200, 200]],
    ['an index here and there', [{}, { index: 1 }, {}], [200, 200, 200]],
    ['names of indices', [{ index: 'logs' }, { index: 'logs' }, { index: 'logs' }], [200, 200, 200]],
    ['indices in another order', [{ index: 2 }, { index: 1 }, { index: 0 }], null],
    ['the same index twice', [{ index: 0 }, { index: 0 }, { index: 2 }], null],
    ['an index beyond', [{ index: 0 }, { index: 1 }, { index: 7 }], null],
    ['ids of its own', [{ id: 1001 }, { id: 1003 }, { id: 1002 }], [200, 200, 200]],
    ['ids as texts', [{ id: 'b' }, { id: 'a' }, { id: '0' }], [200, 200, 200]],
    ['ids as places', [{ id: '0' }, { id: '1' }, { id: '2' }], [200, 200, 200]],
    ['ids as other places', [{ id: 0 }, { id: 2 }, { id: 1 }], null],
  ];
  for (const [name, entries, statuses] of places) {
    it(`with ${name}: ${statuses === null ? 'is none' : 'is understood'}`, () => {
      const body = entries.map(entry => ({ ...entry, status: 200 }));
      assert.deepEqual(recordStatuses(Buffer.from(JSON.stringify(body)), 3), statuses);
    });
  }

  it('confirms, puts off or refuses each record by the same table', () => {
    const of = (...statuses: number[]): unknown => {
      const body = JSON.stringify(statuses.map(status => ({ status })));
      const result = classify(answer(207, body), { ...SENT, records: statuses.length });
      assert.ok(result.class === 'per-record');
      return [statuses.map(result.outcomeOf), result.refusal?.class ?? null];
    };
    const all = (count: number, outcome: string): string[] => Array(count).fill(outcome);
    assert.deepEqual(of(200, 201, 204, 206), [all(4, 'delivered'), null]);
    assert.deepEqual(of(408, 425, 429, 500, 503, 599, 0, -1, 1000), [all(9, 'retry'), null]);
    assert.deepEqual(of(400, 409, 413, 422), [all(4, 'reject'), null]);
    for (const status of [100, 207, 226, 299, 302, 403, 404, 407, 501]) {
      assert.deepEqual(of(status, status), [all(2, 'withhold'), 'fatal'], `${status} for each`);
      assert.deepEqual(of(422, status, 503), [['reject', 'withhold', 'retry'], 'fatal'], `${status}, and none taken`);
      assert.deepEqual(of(200, status, 503), [['delivered', 'reject', 'retry'], null], `${status} beside a success`);
    }
    const sent = { ...SENT, records: 1, successStatuses: [[200, 299]] as const };
    const nested = classify(answer(207, '[{"status":207}]'), sent);
    assert.ok(nested.class === 'per-record' && nested.outcomeOf(207) === 'withhold', 'one record has one status');
    assert.deepEqual(of(401, 401), [all(2, 'withhold'), 're-authenticate']);
    assert.deepEqual(of(200, 401, 404), [['delivered', 'withhold', 'reject'], 're-authenticate']);
  });
});

describe('a web page in place of an answer', () => {
  const pages = [
    '<!DOCTYPE html><html></html>',
    '  \n<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">',
    '\ufeff<html lang="en">',
    '<HTML>',
    '<html',
    '<head><title>Log in</title>',
    '<!-- proxy --><!-- 1 --> <html>',
    '<?xml version="1.0"?>\n<!DOCTYPE html>',
    `<!-- ${'x'.repeat(5000)} --><html>`,
    `${'\r\n'.repeat(2000)}<html>`,
    '<script>location = "/login"</script>',
    '<meta http-equiv="refresh" content="0">',
    '<title>Log in</title>',
    '<div>no</div>',
    '<form action="/login">',
    '<h1>It works!</h1>',
    '<center>',
    '<p>',
    '</p>',
    'Notice: x<br /><html >',
    '<?php?><html>',
  ];
  const others = [
    '',
    ' \r\n ',
    'ok',
    '{}',
    '{"page":"<html>"}',
    '"<html>"',
    '<htmlx>',
    '<ok/>',
    '<data>1</data>',
    '<result status="ok"/>',
    '<?xml version="1.0"?><!-- 1 --><ok/>',
    '<?xml version="1.0"?><title/>',
    '<',
  ];
  const doubt = (body: Buffer | string, headers = {}): unknown =>
    doubtOf({ body: Buffer.from(body as string), headers, complete: true });
  for (const page of pages) it(`is ${page.slice(0, 40)}`, () => assert.equal(doubt(page), 'page'));
  for (const other of others) it(`is not ${other}`, () => assert.equal(doubt(other), null));

  it('is known in UTF-16, with and without a byte order mark', () => {
    for (const mark of ['', '\ufeff']) {
      const little = Buffer.from(`${mark}\n<!DOCTYPE html>`, 'utf16le');
      assert.equal(doubt(little), 'page');
      assert.equal(doubt(Buffer.from(little).swap16()), 'page');
    }
  });

  it('is whatever is no JSON under a type of HTML', () => {
    const types = ['text/html', 'text/html; charset=utf-8', 'Text/HTML;charset=x', 'application/xhtml+xml'];
    for (const type of types) {
      assert.equal(doubt('OK', { 'content-type': type }), 'page', type);
      assert.equal(doubt('{"ok":', { 'content-type': type }), 'page');
      for (const fine of ['', '\n', '{"ok":true}', '\ufeff[]', '1'])
        assert.equal(doubt(fine, { 'content-type': type }), null);
    }
    assert.equal(doubt('OK', { 'content-type': ['text/plain', 'text/html'] }), 'page');
    assert.equal(doubt('OK', { 'content-type': 'text/htmlx' }), null);
    assert.equal(
      doubtOf({ body: Buffer.from('1'), headers: { 'content-type': 'text/html' }, complete: false }),
      'page',
    );
  });

  it('may be XML of any root under a type of XML, but not XHTML', () => {
    for (const type of ['text/xml', 'application/xml; charset=utf-8', 'application/soap+xml']) {
      assert.equal(doubt('<title>a</title>', { 'content-type': type }), null);
      assert.equal(doubt('<!-- a --><ok/>', { 'content-type': type }), null);
      assert.equal(doubt('<?xml version="1.0"?><html xmlns="x"/>', { 'content-type': type }), 'page');
    }
  });

  it('may hide in an encoding that nobody asked for', () => {
    for (const coding of ['gzip', 'br', 'deflate', 'zstd', 'x-gzip', 'identity, gzip', 'GZIP']) {
      assert.equal(doubt('x', { 'content-encoding': coding }), 'encoding', coding);
      assert.equal(doubt('', { 'content-encoding': coding }), null, 'nothing is nothing, in any encoding');
    }
    for (const coding of ['identity', 'Identity', '', ' '])
      assert.equal(doubt('x', { 'content-encoding': coding }), null);
    assert.equal(doubt(gzipSync('<html>')), 'encoding', 'that it does not tell');
  });
});
