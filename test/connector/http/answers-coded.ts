import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { PAGE, type Row, row, whole } from './answers.ts';

const UNREADABLE = /whose encoding can not be read/;
const NO_STATUSES = /without one status for each record/;
const TOO_LARGE = /more than is read/;

/** Of 65,536 bytes that are read. */
const BOMB = Buffer.alloc(10_000_000, '[');
const PAGE_TEXT = '<html><body>Please log in</body></html>';
const JSON_TEXT = JSON.stringify({ ok: true, ids: Array.from({ length: 200 }, (_, i) => i) });
const STATUSES = JSON.stringify([200, 201, 202].map(status => ({ status })));
/** A gzip text of nothing that is compressed, so that damage shows in its checksum alone. */
const STORED = gzipSync(JSON_TEXT, { level: 0 });

function coded(coding: string, body: string | Buffer, status = '200 OK'): Buffer {
  return whole(body, `content-type: application/json\r\ncontent-encoding: ${coding}\r\n`, status);
}

function multi(coding: string, body: string | Buffer): Buffer {
  return coded(coding, body, '207 Multi-Status');
}

function damaged(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at]! ^= 0xff;
  return other;
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}

/** A gzip head with each of its optional fields (RFC 1952 §2.3). */
function withFields(gzipped: Buffer): Buffer {
  const fields = Buffer.from('\x05\x00extraname\0comment\0', 'latin1');
  const head = Buffer.from(gzipped.subarray(0, 10));
  head[3] = 4 | 8 | 16;
  return Buffer.concat([head, fields, gzipped.subarray(10)]);
}

const GARBAGE = Buffer.from('garbage behind the end');

/** What nobody asked for is understood all the same. */
const UNDERSTOOD: readonly Row[] = [
  row('confirmed', 'JSON in gzip', coded('gzip', gzipSync(JSON_TEXT))),
  row('confirmed', 'JSON in x-gzip', coded('x-gzip', gzipSync(JSON_TEXT))),
  row('confirmed', 'JSON in GZIP', coded('GZIP', gzipSync(JSON_TEXT))),
  row('confirmed', 'JSON in gzip, without telling', whole(gzipSync(JSON_TEXT))),
  row('confirmed', 'JSON in deflate', coded('deflate', deflateSync(JSON_TEXT))),
  row('confirmed', 'JSON in deflate without zlib’s head', coded('deflate', deflateRawSync(JSON_TEXT))),
  row('confirmed', 'JSON in brotli', coded('br', brotliCompressSync(JSON_TEXT))),
  row('confirmed', 'JSON in gzip in brotli', coded('gzip, br', brotliCompressSync(gzipSync(JSON_TEXT)))),
  row(
    'confirmed',
    'JSON in gzip in brotli, in two headers',
    coded('gzip\r\ncontent-encoding: br', brotliCompressSync(gzipSync(JSON_TEXT))),
  ),
  row('confirmed', 'gzip of two texts', coded('gzip', Buffer.concat([gzipSync('{"ok":'), gzipSync('1}')]))),
  row('confirmed', 'gzip with every field of its head', coded('gzip', withFields(gzipSync(JSON_TEXT)))),
  row('confirmed', 'gzip and zeros', coded('gzip', Buffer.concat([gzipSync(JSON_TEXT), Buffer.alloc(40)]))),
  row('confirmed', 'gzip and garbage', coded('gzip', Buffer.concat([gzipSync(JSON_TEXT), GARBAGE]))),
  row('confirmed', 'all fields, gzip, garbage', coded('gzip', Buffer.concat([withFields(STORED), GARBAGE]))),
  row('confirmed', 'deflate and garbage', coded('deflate', Buffer.concat([deflateSync(JSON_TEXT), GARBAGE]))),
  row('confirmed', 'brotli and garbage', coded('br', Buffer.concat([brotliCompressSync(JSON_TEXT), GARBAGE]))),
  row('confirmed', 'half of gzip', coded('gzip', half(gzipSync(JSON_TEXT)))),
  row('confirmed', 'a bomb in gzip', coded('gzip', gzipSync(BOMB))),
  row('confirmed', 'a bomb in a bomb', coded('gzip, gzip', gzipSync(gzipSync(BOMB)))),
  row('confirmed', 'a bomb in brotli', coded('br', brotliCompressSync(BOMB))),
  row('confirmed', 'nothing in gzip', coded('gzip', '')),
  row('confirmed', 'zeros in gzip', coded('gzip', Buffer.alloc(1_000))),
  row('confirmed', 'gzip of nothing', coded('gzip', gzipSync(''))),
  row('confirmed', 'identity', coded('identity', '{}')),
  row('confirmed', 'a charset as the encoding', coded('UTF-8', '{}')),
  row('confirmed', 'JSON that says it is gzip', coded('gzip', JSON_TEXT)),
  row('confirmed', 'JSON that says it is deflate', coded('deflate', '{"ok":true}')),
  row('confirmed', 'JSON that says it is brotli', coded('br', '{"ok":true}')),
  row('confirmed', '207 in gzip', multi('gzip', gzipSync(STATUSES))),
  row('confirmed', '207 in gzip, without telling', multi('', gzipSync(STATUSES))),
  row('confirmed', '207 that says it is gzip', multi('gzip', STATUSES)),
  row('confirmed', '207 in gzip and garbage', multi('gzip', Buffer.concat([gzipSync(STATUSES), GARBAGE]))),
];

const PAGES: readonly Row[] = [
  row('parked', 'a page in gzip', coded('gzip', gzipSync(PAGE_TEXT)), PAGE),
  row('parked', 'a page in gzip, without telling', whole(gzipSync(PAGE_TEXT), ''), PAGE),
  row('parked', 'a page in deflate', coded('deflate', deflateSync(PAGE_TEXT)), PAGE),
  row('parked', 'a page in deflate without zlib’s head', coded('deflate', deflateRawSync(PAGE_TEXT)), PAGE),
  row('parked', 'a page in brotli', coded('br', brotliCompressSync(PAGE_TEXT)), PAGE),
  row('parked', 'a page in gzip in gzip', coded('gzip, gzip', gzipSync(gzipSync(PAGE_TEXT))), PAGE),
  row('parked', 'half of a page in gzip', coded('gzip', half(gzipSync(PAGE_TEXT.repeat(9), { level: 0 }))), PAGE),
  row('parked', 'a page that says it is gzip', coded('gzip', PAGE_TEXT), PAGE),
  row('parked', 'a page that says it is deflate', coded('deflate', `\n${PAGE_TEXT}`), PAGE),
  row('parked', 'a page that says it is brotli', coded('br', `\n${PAGE_TEXT}`), PAGE),
  row('parked', 'a page and a bomb', coded('gzip', gzipSync(Buffer.concat([Buffer.from(PAGE_TEXT), BOMB]))), PAGE),
];

const NOT_UNDERSTOOD: readonly Row[] = [
  row('parked', 'an encoding that nobody knows', coded('snappy', gzipSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'gzip in one that nobody knows', coded('gzip, lz4', gzipSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'an encoding called as every object', coded('constructor', gzipSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'gzip that says it is brotli', coded('br', gzipSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'brotli that says it is gzip', coded('gzip', brotliCompressSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'gzip once where it says twice', coded('gzip, gzip', gzipSync(JSON_TEXT)), UNREADABLE),
  row('parked', 'gzip twice where it says once', coded('gzip', gzipSync(gzipSync(JSON_TEXT))), UNREADABLE),
  row(
    'parked',
    'four encodings',
    coded('gzip, gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(gzipSync('{}'))))),
    UNREADABLE,
  ),
  row('parked', 'gzip’s head alone', coded('gzip', gzipSync(JSON_TEXT).subarray(0, 10)), UNREADABLE),
  row('parked', 'gzip with a wrong checksum', coded('gzip', damaged(STORED, STORED.length - 8)), UNREADABLE),
  row('parked', 'gzip with a damaged text', coded('gzip', damaged(STORED, 100)), UNREADABLE),
  row('parked', 'noise in gzip', coded('gzip', Buffer.alloc(1_000, 0x90)), UNREADABLE),
  row('parked', 'noise in deflate', coded('deflate', Buffer.alloc(1_000, 0x90)), UNREADABLE),
  row('parked', '207 in an encoding that nobody knows', multi('snappy', gzipSync(STATUSES)), UNREADABLE),
  row('parked', '207 with noise in gzip', multi('gzip', damaged(gzipSync(STATUSES), 0)), UNREADABLE),
  row('parked', '207 in gzip without statuses', multi('gzip', gzipSync('[]')), NO_STATUSES),
  row('parked', '207 with half of gzip', multi('gzip', half(gzipSync(STATUSES, { level: 0 }))), TOO_LARGE),
  row('parked', '207 with a bomb', multi('gzip', gzipSync(Buffer.concat([Buffer.from(STATUSES), BOMB]))), TOO_LARGE),
];

/** Their status is what counts, whatever the body is. */
const OF_STATUS: readonly Row[] = [
  row('repeated', '503 in gzip', coded('gzip', gzipSync(PAGE_TEXT), '503 Busy'), /answered 503/),
  row('repeated', '503 with noise in gzip', coded('gzip', Buffer.alloc(99, 0xff), '503 Busy'), /answered 503/),
  row('refused', '400 with a bomb', coded('gzip', gzipSync(BOMB), '400 Bad'), /answered 400$/),
  row('parked', '415 in brotli', coded('br', brotliCompressSync('{}'), '415 No'), /content-type header$/),
];

/** Answers in an encoding, each to a request that asked for none. */
export const CODED: readonly Row[] = [...UNDERSTOOD, ...PAGES, ...NOT_UNDERSTOOD, ...OF_STATUS];
