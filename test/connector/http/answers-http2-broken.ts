import * as h2 from '../../support/http2-frames.ts';
import { after, big, type Http2Row, LAST, row, rude } from './answers-http2.ts';

const BROKEN_OFF: readonly Http2Row[] = [
  row(
    'repeated',
    'REFUSED_STREAM',
    after(id => [h2.reset(id, h2.REFUSED_STREAM)]),
    {
      code: 'HTTP2_RESET_REFUSED_STREAM',
      ambiguous: false,
      reason: /overloaded/,
    },
  ),
  row(
    'repeated',
    'CANCEL',
    after(id => [h2.reset(id, h2.CANCEL)]),
    { code: 'HTTP2_RESET_CANCEL' },
  ),
  row(
    'repeated',
    'INTERNAL_ERROR',
    after(id => [h2.reset(id, h2.INTERNAL_ERROR)]),
    { code: 'HTTP2_RESET_INTERNAL_ERROR' },
  ),
  row(
    'repeated',
    'ENHANCE_YOUR_CALM',
    after(id => [h2.reset(id, h2.ENHANCE_YOUR_CALM)]),
    {
      code: 'HTTP2_RESET_ENHANCE_YOUR_CALM',
      reason: /fewer/,
    },
  ),
  row(
    'repeated',
    'an unknown code',
    after(id => [h2.reset(id, 0xdeadbeef)]),
    { code: 'HTTP2_RESET_UNKNOWN' },
  ),
  row(
    'parked',
    'HTTP_1_1_REQUIRED',
    after(id => [h2.reset(id, h2.HTTP_1_1_REQUIRED)]),
    {
      code: 'HTTP2_RESET_HTTP_1_1_REQUIRED',
      reason: /take http\.version=2 out/,
    },
  ),
  row(
    'repeated',
    'NO_ERROR without an answer',
    after(id => [h2.reset(id, h2.NO_ERROR)]),
    { code: 'HTTP2_RESET_NO_ERROR' },
  ),
  row(
    'repeated',
    'NO_ERROR behind the head of a success',
    after(id => [h2.head(id, 200), h2.reset(id, h2.NO_ERROR)]),
    {
      code: 'HTTP2_RESET_NO_ERROR',
    },
  ),
  row(
    'repeated',
    'NO_ERROR within the body of a success',
    after(id => [h2.head(id, 200), h2.data(id, '{'), h2.reset(id, h2.NO_ERROR)]),
    {
      code: 'HTTP2_RESET_NO_ERROR',
    },
  ),
  row(
    'repeated',
    'an error within the body of a success',
    after(id => [h2.head(id, 200), h2.data(id, '{'), h2.reset(id, h2.INTERNAL_ERROR)]),
    {
      code: 'HTTP2_RESET_INTERNAL_ERROR',
    },
  ),
  row(
    'repeated',
    'the connection cut within the body of a success',
    async link => {
      link.greet();
      link.write(h2.head(await link.whole(), 200), h2.data(1, '{'));
      link.socket.end();
    },
    { code: 'HTTP2_CLOSED' },
  ),
  row(
    'repeated',
    'the connection closed in place of an answer',
    async link => {
      link.greet();
      await link.whole();
      link.socket.end();
    },
    { code: 'HTTP2_CLOSED' },
  ),
  row(
    'repeated',
    'a body shorter than its length',
    after(id => [h2.answer(id, 200, '{}', [['content-length', '3']])]),
    {
      code: 'HTTP2_RESET_PROTOCOL_ERROR',
    },
  ),
  row(
    'repeated',
    'an answer without a status',
    after(id => [h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, id, h2.block([['server', 'x']]))]),
    { code: 'HTTP2_RESET_PROTOCOL_ERROR' },
  ),
  row(
    'repeated',
    'a status that is none',
    after(id => [h2.head(id, 'OK', h2.END_STREAM)]),
    { code: 'HTTP2_RESET_PROTOCOL_ERROR' },
  ),
  row(
    'repeated',
    'a change of protocols',
    after(id => [h2.head(id, 101), h2.answer(id, 200)]),
    { code: 'HTTP2_RESET_PROTOCOL_ERROR' },
  ),
  row(
    'repeated',
    'a head of a name in capitals',
    after(id => [h2.answer(id, 200, '', [['Content-Type', 'x']])]),
    {
      code: 'HTTP2_RESET_PROTOCOL_ERROR',
    },
  ),
];

const GOING_AWAY: readonly Http2Row[] = [
  row('confirmed', 'GOAWAY that took the request not any more: it goes to the next connection', async link => {
    link.greet();
    link.write(h2.answer(await link.whole(), 503));
    await link.whole();
    link.write(h2.goaway(1, h2.NO_ERROR));
  }),
  row(
    'repeated',
    'GOAWAY before anything was served',
    after(() => [h2.goaway(0, h2.NO_ERROR)]),
    {
      code: 'HTTP2_NOT_TAKEN',
      ambiguous: false,
    },
  ),
  row('repeated', 'GOAWAY right behind SETTINGS', rude(h2.settings(), h2.goaway(0, h2.NO_ERROR)), {
    code: 'HTTP2_NOT_TAKEN',
    ambiguous: false,
  }),
  row(
    'repeated',
    'GOAWAY with an error, the request taken',
    after(id => [h2.goaway(id, h2.INTERNAL_ERROR)]),
    {
      code: 'HTTP2_GOAWAY_INTERNAL_ERROR',
    },
  ),
  row(
    'repeated',
    'GOAWAY with an error, the request not taken',
    after(() => [h2.goaway(0, h2.INTERNAL_ERROR)]),
    {
      code: 'HTTP2_GOAWAY_INTERNAL_ERROR',
      ambiguous: false,
    },
  ),
  row(
    'repeated',
    'GOAWAY with ENHANCE_YOUR_CALM',
    after(() => [h2.goaway(0, h2.ENHANCE_YOUR_CALM)]),
    {
      code: 'HTTP2_GOAWAY_ENHANCE_YOUR_CALM',
      ambiguous: false,
      reason: /fewer/,
    },
  ),
  row(
    'parked',
    'GOAWAY with HTTP_1_1_REQUIRED',
    after(() => [h2.goaway(0, h2.HTTP_1_1_REQUIRED)]),
    {
      code: 'HTTP2_GOAWAY_HTTP_1_1_REQUIRED',
      ambiguous: false,
      reason: /take http\.version=2 out/,
    },
  ),
  row(
    'parked',
    'GOAWAY with INADEQUATE_SECURITY',
    after(() => [h2.goaway(0, h2.INADEQUATE_SECURITY)]),
    {
      code: 'HTTP2_GOAWAY_INADEQUATE_SECURITY',
      ambiguous: false,
      reason: /too weak/,
    },
  ),
];

const HOSTILE: readonly Http2Row[] = [
  row('parked', 'an answer in HTTP/1.1', rude('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'), {
    code: 'HTTP2_NOT_SPOKEN',
    ambiguous: false,
    reason: /does not speak HTTP\/2.*take http\.version=2 out/,
  }),
  row('parked', 'another protocol', rude('SSH-2.0-OpenSSH_9.2\r\n'), { code: 'HTTP2_NOT_SPOKEN', ambiguous: false }),
  row('parked', 'GOAWAY in place of SETTINGS', rude(h2.goaway(0, h2.NO_ERROR)), {
    code: 'HTTP2_NOT_SPOKEN',
    ambiguous: false,
  }),
  row(
    'repeated',
    'the connection closed at once',
    async link => {
      link.socket.end();
    },
    { code: 'HTTP2_CLOSED_UNANSWERED', ambiguous: false, reason: /http\.version=2/ },
  ),
  row(
    'parked',
    'no end to interim answers',
    after(id => Array.from({ length: 17 }, () => h2.head(id, 103))),
    {
      code: 'HTTP2_ENDLESS_INTERIM',
      reason: /no end/,
    },
  ),
  row(
    'parked',
    '70 KB of headers',
    after(id => big(id, 7, 10_000)),
    { code: 'HTTP2_HEADERS_TOO_LARGE', reason: /64 KiB/ },
  ),
  row(
    'parked',
    'a megabyte of headers in a few bytes',
    after(id => [bomb(id)]),
    { code: 'HTTP2_HEADERS_TOO_LARGE' },
  ),
  row(
    'repeated',
    'a megabyte of headers in a few bytes, when the limit is agreed on',
    async link => {
      link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 0 });
      await link.seen(({ type }) => type === h2.SETTINGS);
      link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 1 });
      link.write(bomb(await link.whole()));
      await link.serve();
    },
    { code: 'HTTP2_RESET_ENHANCE_YOUR_CALM' },
  ),
  row(
    'parked',
    'no end to CONTINUATION',
    after(id => [...endless(id)]),
    { code: 'HTTP2_VIOLATED' },
  ),
  row(
    'parked',
    'a window beyond 2^31',
    after(() => [h2.windowUpdate(0, LAST)]),
    { code: 'HTTP2_VIOLATED' },
  ),
  row(
    'parked',
    'a push that was turned off',
    after(id => [
      h2.frame(h2.PUSH_PROMISE, h2.END_HEADERS, id, Buffer.concat([Buffer.of(0, 0, 0, 2), h2.block([[':path', '/']])])),
    ]),
    { code: 'HTTP2_VIOLATED' },
  ),
  row(
    'parked',
    'SETTINGS that are not allowed',
    after(() => [h2.settings({ [h2.INITIAL_WINDOW_SIZE]: 0xffffffff })]),
    {
      code: 'HTTP2_VIOLATED',
    },
  ),
];

/** One entry of the table of 4,000 bytes, and 300 times its number (RFC 7541 §6.1). */
function bomb(stream: number): Buffer {
  const status = h2.block([[':status', '200']]);
  const entry = h2.block([['x-bomb', 'y'.repeat(4_000)]]);
  entry[0] = 0x40;
  return h2.frame(
    h2.HEADERS,
    h2.END_HEADERS | h2.END_STREAM,
    stream,
    Buffer.concat([status, entry, Buffer.alloc(300, 0xbe)]),
  );
}

function* endless(stream: number): Generator<Buffer> {
  yield h2.frame(h2.HEADERS, 0, stream, h2.block([[':status', '200']]));
  for (let i = 0; i < 1_000; i++) yield h2.frame(h2.CONTINUATION, 0, stream, h2.block([[`x-${i}`, 'y']]));
}

/** What is none, or no whole one. */
export const HTTP2_BROKEN: readonly Http2Row[] = [...BROKEN_OFF, ...GOING_AWAY, ...HOSTILE];
