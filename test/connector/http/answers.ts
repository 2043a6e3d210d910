import type { RawAnswer } from '../../support/raw-endpoint.ts';

/**
 * What becomes of a request with three records: `confirmed` at once; `repeated` soon; `parked`, since nothing that may pass
 * by itself mends it; `refused`, as its records'.
 */
export type Verdict = 'confirmed' | 'repeated' | 'parked' | 'refused';

export interface Row {
  readonly name: string;
  readonly answer: RawAnswer;
  readonly verdict: Verdict;
  /** What the user is told, where it is not confirmed. */
  readonly reason: RegExp | null;
}

const OK = 'HTTP/1.1 200 OK\r\n';
export const JSON_TYPE = 'content-type: application/json\r\n';
const HTML_TYPE = 'content-type: text/html\r\n';

export function row(
  verdict: Verdict,
  name: string,
  answer: RawAnswer | string | Buffer,
  reason: RegExp | null = null,
): Row {
  return {
    name,
    verdict,
    answer: typeof answer === 'string' || Buffer.isBuffer(answer) ? { bytes: answer } : answer,
    reason,
  };
}

/** A whole answer around a body. */
export function whole(body: string | Buffer, headers = JSON_TYPE, status = '200 OK'): Buffer {
  const bytes = Buffer.from(body as string);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${headers}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}

function statuses(...of: unknown[]): Buffer {
  return whole(JSON.stringify(of.map(status => ({ status }))), JSON_TYPE, '207 Multi-Status');
}

const UNREADABLE = /can’t be read as HTTP\/1\.1 \(/;
export const PAGE = /with a web page/;

/** Framing and heads that other clients accept. */
const TOLERATED: readonly Row[] = [
  row('confirmed', 'an empty answer', `${OK}content-length: 0\r\n\r\n`),
  row('confirmed', 'a length', whole('{"ok":true}')),
  row('confirmed', 'chunks', `${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  row('confirmed', 'no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n'),
  row('confirmed', 'a reason phrase in Latin-1', 'HTTP/1.1 200 D\u00e9j\u00e0\r\ncontent-length: 0\r\n\r\n'),
  row('confirmed', 'bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'),
  row('confirmed', 'bare line feeds here and there', 'HTTP/1.1 200 OK\r\nx: 1\ncontent-length: 2\r\n\n{}'),
  row('confirmed', 'line ends before the answer', `\r\n\r\n${OK}content-length: 0\r\n\r\n`),
  row('confirmed', 'two blanks in the status line', 'HTTP/1.1  200  OK\r\ncontent-length: 0\r\n\r\n'),
  row('confirmed', 'an interim answer nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${OK}content-length: 0\r\n\r\n`),
  row(
    'confirmed',
    'all kinds of interim answers',
    `${'HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nlink: x\r\n\r\n'.repeat(5)}${OK}content-length: 0\r\n\r\n`,
  ),
  row('confirmed', 'the same length twice', `${OK}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`),
  row('confirmed', 'the same length as a list', `${OK}content-length: 2, 2\r\n\r\n{}`),
  row('confirmed', 'a length with zeros before it', `${OK}content-length: 002\r\n\r\n{}`),
  row('confirmed', '60 KB of headers', `${OK}${`x: ${'y'.repeat(997)}\r\n`.repeat(60)}content-length: 0\r\n\r\n`),
  row('confirmed', 'one header of 60 KB', `${OK}x: ${'y'.repeat(60_000)}\r\ncontent-length: 0\r\n\r\n`),
  row('confirmed', '204 with a length of 0', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'),
  row('confirmed', '204 with a length', 'HTTP/1.1 204 No Content\r\ncontent-length: 25\r\n\r\n'),
  row('confirmed', '204 with chunks', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n'),
  row('confirmed', 'HTTP/1.0 with a length', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
  row('confirmed', 'HTTP/1.0 with an end', { bytes: 'HTTP/1.0 200 OK\r\n\r\n{}', afterwards: 'end' }),
  row('confirmed', 'HTTP/1.0 with chunks', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
  row('confirmed', 'HTTP/1.0 with identity', {
    bytes: 'HTTP/1.0 200 OK\r\ntransfer-encoding: identity\r\n\r\n{}',
    afterwards: 'end',
  }),
  row('confirmed', 'identity beside a length', `${OK}transfer-encoding: identity\r\ncontent-length: 2\r\n\r\n{}`),
  row('confirmed', 'chunks in capitals', `${OK}Transfer-Encoding: CHUNKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  row(
    'confirmed',
    'a length beside chunks',
    `${OK}content-length: 7\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  ),
  row(
    'confirmed',
    'blanks behind the size of a chunk',
    `${OK}transfer-encoding: chunked\r\n\r\n2   \r\n{}\r\n0  \r\n\r\n`,
  ),
  row(
    'confirmed',
    'blanks before the size of a chunk',
    `${OK}transfer-encoding: chunked\r\n\r\n  2\r\n{}\r\n0\r\n\r\n`,
  ),
  row('confirmed', 'bare line feeds around chunks', `${OK}transfer-encoding: chunked\n\n2\n{}\n0\n\n`),
  row('confirmed', 'extensions of chunks', `${OK}transfer-encoding: chunked\r\n\r\n2;a="b;\\"";c\r\n{}\r\n0;x\r\n\r\n`),
  row(
    'confirmed',
    'sizes with zeros before them',
    `${OK}transfer-encoding: chunked\r\n\r\n00000002\r\n{}\r\n000\r\n\r\n`,
  ),
  row('confirmed', 'trailers', `${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\nz: a\r\n\r\n`),
  row('confirmed', 'a folded header', `${OK}x: a\r\n  b\r\n\tc\r\ncontent-length: 0\r\n\r\n`),
  row('confirmed', 'a blank before a colon', `${OK}content-length : 2\r\n\r\n{}`),
  row('confirmed', 'a line that is no header', `${OK}what is this\r\n: nothing\r\ncontent-length: 2\r\n\r\n{}`),
  row('confirmed', 'a name that is none', `${OK}x y: 1\r\n\u00e4: 2\r\ncontent-length: 2\r\n\r\n{}`),
  row('confirmed', 'a zero byte in a header', `${OK}x: a\u0000b\r\ncontent-length: 2\r\n\r\n{}`),
  row('confirmed', 'a date twice', `${OK}date: x\r\ndate: y\r\ncontent-length: 2\r\n\r\n{}`),
  row(
    'confirmed',
    'an upgrade that is offered',
    `${OK}upgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\n{}`,
  ),
  row('confirmed', 'an end in the place of a length', { bytes: `${OK}${JSON_TYPE}\r\n{}`, afterwards: 'end' }),
  row('confirmed', 'a connection that is closed behind it', {
    bytes: `${OK}connection: close\r\ncontent-length: 2\r\n\r\n{}`,
    afterwards: 'end',
  }),
  row('confirmed', 'more bytes than the length', `${OK}content-length: 2\r\n\r\n{}garbage`),
  row(
    'confirmed',
    'a second answer behind it',
    `${OK}content-length: 2\r\n\r\n{}HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n`,
  ),
  row('confirmed', 'byte by byte', {
    bytes: `${OK}transfer-encoding: chunked\r\n\r\n2;x\r\n{}\r\n0\r\nt: 1\r\n\r\n`,
    piece: 1,
  }),
];

/** What will not be an answer the next time either: the records are not sent again and again. */
const HOPELESS: readonly Row[] = [
  row('parked', 'HTTP/2.0', 'HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'HTTP/2', 'HTTP/2 200\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'HTTP/0.9', 'HTTP/0.9 200 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'a bare body', '{"ok":true}', UNREADABLE),
  row('parked', 'RTSP', 'RTSP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'ICY', 'ICY 200 OK\r\n\r\n', UNREADABLE),
  row('parked', 'lower case', 'http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'SSH', 'SSH-2.0-OpenSSH_9.6\r\n', UNREADABLE),
  row('parked', 'a mail server', '220 mail ESMTP\r\n', UNREADABLE),
  row('parked', 'an alert of TLS', Buffer.from('15030300020228', 'hex'), UNREADABLE),
  row('parked', 'frames of HTTP/2', Buffer.from('00001204000000000000', 'hex'), UNREADABLE),
  row('parked', 'zero bytes', Buffer.alloc(100), UNREADABLE),
  row('parked', 'a status that is no number', 'HTTP/1.1 20x OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'a status of four digits', 'HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'a status without a blank', 'HTTP/1.1 200OK\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'no status', 'HTTP/1.1\r\ncontent-length: 0\r\n\r\n', UNREADABLE),
  row('parked', 'two lengths', `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `, UNREADABLE),
  row('parked', 'two lengths in a list', `${OK}content-length: 2, 3\r\n\r\n{} `, UNREADABLE),
  row('parked', 'a negative length', `${OK}content-length: -1\r\n\r\n`, UNREADABLE),
  row('parked', 'a length with a sign', `${OK}content-length: +2\r\n\r\n{}`, UNREADABLE),
  row('parked', 'a length in hex', `${OK}content-length: 0x2\r\n\r\n{}`, UNREADABLE),
  row('parked', 'an empty length', `${OK}content-length:\r\n\r\n{}`, UNREADABLE),
  row('parked', 'a length beyond numbers', `${OK}content-length: 99999999999999999999\r\n\r\n{}`, UNREADABLE),
  row('parked', 'a coding that nobody asked for', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, UNREADABLE),
  row('parked', 'chunks of chunks', `${OK}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, UNREADABLE),
  row('parked', 'a coding of its own', `${OK}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, UNREADABLE),
  row('parked', 'the size of a chunk that is no number', `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`, UNREADABLE),
  row('parked', 'a negative size', `${OK}transfer-encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`, UNREADABLE),
  row('parked', 'a size with 0x', `${OK}transfer-encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`, UNREADABLE),
  row('parked', 'a size beyond numbers', `${OK}transfer-encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\n`, UNREADABLE),
  row(
    'parked',
    'a chunk that is longer than it says',
    `${OK}transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`,
    UNREADABLE,
  ),
  row(
    'parked',
    'extensions without end',
    { bytes: `${OK}transfer-encoding: chunked\r\n\r\n2;${'x'.repeat(100_000)}` },
    UNREADABLE,
  ),
  row(
    'parked',
    'trailers without end',
    { bytes: `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${'x: y\r\n'.repeat(20_000)}` },
    UNREADABLE,
  ),
  row(
    'parked',
    '70 KB of headers',
    `${OK}${`x: ${'y'.repeat(997)}\r\n`.repeat(70)}content-length: 0\r\n\r\n`,
    UNREADABLE,
  ),
  row('parked', 'a header without end', { bytes: `${OK}x: ${'y'.repeat(100_000)}` }, UNREADABLE),
  row('parked', 'a status line without end', { bytes: `HTTP/1.1 200 ${'y'.repeat(100_000)}` }, UNREADABLE),
  row('parked', 'line ends without end', { bytes: '\r\n'.repeat(50_000) }, UNREADABLE),
  row('parked', 'interim answers without end', { bytes: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100) }, UNREADABLE),
  row('parked', 'another protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', UNREADABLE),
  row(
    'parked',
    'an answer before the request',
    { bytes: `${OK}content-length: 0\r\n\r\n`, read: 0 },
    /answers before it was asked/,
  ),
];

/** What looks like a success. */
const DOUBTFUL: readonly Row[] = [
  ...[
    '<!DOCTYPE html>',
    '<html>',
    '<script>x</script>',
    '<meta x>',
    '<title>x</title>',
    '<div>',
    '<form>',
    '<h1>x',
    '<!-- x -->',
  ].map(page => row('parked', `a page that begins with ${page}`, whole(page, ''), PAGE)),
  row(
    'parked',
    'a page behind 2,000 blank lines',
    whole(`${'\r\n'.repeat(2_000)}<html>`, 'content-type: text/plain\r\n'),
    PAGE,
  ),
  row('parked', 'a page in UTF-16', whole(Buffer.from('\ufeff<html>', 'utf16le'), ''), PAGE),
  row('parked', 'a page without length', { bytes: `${OK}\r\n<html>`, afterwards: 'end' }, PAGE),
  row('parked', 'a page as JSON', whole('<html>'), PAGE),
  row('parked', 'a page with 201', whole('<html>', '', '201 Created'), PAGE),
  row('parked', 'a page larger than is read', whole(`<html>${'x'.repeat(100_000)}`, ''), PAGE),
  row('parked', 'a text as HTML', whole('OK', HTML_TYPE), PAGE),
  row('parked', 'half a JSON text as HTML', whole('{"ok":', HTML_TYPE), PAGE),
  row('parked', 'a tower of brackets as HTML', whole('['.repeat(60_000), HTML_TYPE), PAGE),
  row('parked', 'a text as XHTML', whole('OK', 'content-type: application/xhtml+xml; charset=utf-8\r\n'), PAGE),
  row('confirmed', 'JSON as HTML', whole('{"ok":true}', HTML_TYPE)),
  row('confirmed', 'nothing as HTML', whole('', HTML_TYPE)),
  row('confirmed', 'a text', whole('accepted <b>3</b>', 'content-type: text/plain\r\n')),
  row('confirmed', 'XML', whole('<?xml version="1.0"?><title>x</title>', 'content-type: application/xml\r\n')),
  row('confirmed', 'JSON with a byte order mark', whole('\ufeff{}')),
  row('confirmed', 'more than is read', whole(`[${'1,'.repeat(100_000)}1]`)),
  row('confirmed', 'a body without end', { bytes: `${OK}${JSON_TYPE}\r\n${'[1,'.repeat(50_000)}` }),
  row('parked', '206, which is not among the statuses that confirm', whole('{}', '', '206 Partial'), /answered 206/),
  row('parked', '299', whole('{}', '', '299 Odd'), /answered 299/),
  row(
    'repeated',
    'an answer that is cut',
    { bytes: `${OK}content-length: 20\r\n\r\n{}`, afterwards: 'close' },
    /closed|cut/,
  ),
  row(
    'repeated',
    'chunks that are cut',
    { bytes: `${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`, afterwards: 'end' },
    /closed|cut|length/,
  ),
  row('repeated', 'a head that is cut', { bytes: `${OK}content-le`, afterwards: 'end' }, /closed|cut/),
  row('repeated', 'nothing at all', { bytes: '', afterwards: 'end' }, /closed|cut/),
];

/** Statuses, and how long the endpoint asks to wait. */
const STATUSES: readonly Row[] = [
  row('refused', '400', whole('{}', '', '400 Bad'), null),
  row('refused', '400 with more than is read', whole('x'.repeat(100_000), '', '400 Bad'), null),
  row('refused', '422 as a page', whole('<html>', HTML_TYPE, '422 Unprocessable'), null),
  row('repeated', '503', whole('', '', '503 Busy'), /answered 503/),
  row('repeated', '503 with more than is read', whole('x'.repeat(100_000), '', '503 Busy'), /answered 503/),
  row('repeated', '429 with parts of a second', whole('', 'retry-after: 0.0\r\n', '429 Slow'), /answered 429/),
  row(
    'repeated',
    '429 that says it twice',
    whole('', 'retry-after: 0\r\nretry-after: 0\r\n', '429 Slow'),
    /answered 429/,
  ),
  row('repeated', 'a status beyond all', whole('', '', '999 Odd'), /answered 999/),
  row('parked', 'a redirect', whole('', 'location: /\r\n', '302 Found'), /answered 302/),
  row('parked', '304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', /answered 304/),
  row('parked', '407', whole('', '', '407 Proxy'), /answered 407/),
];

/** 207. */
const PER_RECORD: readonly Row[] = [
  row('confirmed', '207 with a success each', statuses(200, 201, 204)),
  row('confirmed', '207 as HTML', whole('[{"status":200},{"status":200},{"status":200}]', HTML_TYPE, '207 Multi')),
  row('refused', '207 with a fault each', statuses(400, 422, 409), null),
  row('repeated', '207 with a wait each', statuses(503, 429, 500)),
  ...[203, 206, 226, 299, 302, 401, 403, 404, 407].map(status =>
    row('parked', `207 with ${status} each`, statuses(status, status, status), new RegExp(`207 with ${status}`)),
  ),
  row('parked', '207 with one too few', statuses(200, 200), /without one status for each/),
  row('parked', '207 with texts', statuses('200', '200', '200'), /without one status for each/),
  row('parked', '207 with nothing', whole('', '', '207 Multi'), /without one status for each/),
  row(
    'parked',
    '207 with a tower of brackets',
    whole('['.repeat(60_000), JSON_TYPE, '207 Multi'),
    /without one status for each/,
  ),
  row(
    'parked',
    '207 in another order',
    whole('[{"index":2,"status":200},{"index":1,"status":200},{"index":0,"status":200}]', '', '207 Multi'),
    /without one status/,
  ),
  row(
    'parked',
    '207 with the ids of others',
    whole('[{"id":1,"status":200},{"id":0,"status":200},{"id":2,"status":200}]', '', '207 Multi'),
    /without one status/,
  ),
  row(
    'parked',
    '207 with more than is read',
    whole(`[${'{"status":200,"x":"yyyyyyyyyyyyy"},'.repeat(2_000)}]`, '', '207 Multi'),
    /raise http\.response\.max\.bytes/,
  ),
];

export const ANSWERS: readonly Row[] = [...TOLERATED, ...HOPELESS, ...DOUBTFUL, ...STATUSES, ...PER_RECORD];
