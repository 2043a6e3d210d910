import * as h2 from '../../support/http2-frames.ts';
import type { PeerLink } from '../../support/http2-peer.ts';
import type { Verdict } from './answers.ts';

/** What a peer does on its first connection; all later ones, and what is left of this one, are confirmed. */
export interface Http2Row {
  readonly name: string;
  readonly verdict: Verdict;
  readonly script: (link: PeerLink) => Promise<void>;
  /** Of the transport's error, where there is one. */
  readonly code: string | null;
  /** Whether the endpoint may have the records. */
  readonly ambiguous: boolean;
  /** What the user is told. */
  readonly reason: RegExp | null;
  /** Far more than windows and kernel take. */
  readonly large: boolean;
}

type Changes = Partial<Pick<Http2Row, 'code' | 'ambiguous' | 'reason' | 'large'>>;

export function row(verdict: Verdict, name: string, script: Http2Row['script'], changes: Changes = {}): Http2Row {
  return { name, verdict, script, code: null, ambiguous: true, reason: null, large: false, ...changes };
}

/** Answers the first whole request with these frames. */
export function after(frames: (stream: number) => readonly Buffer[]): Http2Row['script'] {
  return async link => {
    link.greet();
    const stream = await link.whole();
    link.write(...frames(stream));
    await link.serve();
  };
}

/** Answers when the head of a request is there, and takes nothing of its body. */
function early(frames: (stream: number) => readonly Buffer[]): Http2Row['script'] {
  return async link => {
    link.generous = false;
    link.greet();
    const stream = await link.begun();
    link.write(...frames(stream));
    link.relent();
    await link.serve();
  };
}

/** Says something before any request. */
export function rude(...bytes: readonly (Buffer | string)[]): Http2Row['script'] {
  return async link => {
    link.write(...bytes);
    await link.serve();
  };
}

/** The largest stream id and the largest window. */
export const LAST = 2 ** 31 - 1;
const json: [string, string] = ['content-type', 'application/json'];

const ANSWERED: readonly Http2Row[] = [
  row(
    'confirmed',
    'a head alone',
    after(id => [h2.answer(id, 200)]),
  ),
  row(
    'confirmed',
    'a head and a body',
    after(id => [h2.answer(id, 200, '{}', [json])]),
  ),
  row(
    'confirmed',
    '204',
    after(id => [h2.answer(id, 204)]),
  ),
  row(
    'confirmed',
    'a body in pieces',
    after(id => [h2.head(id, 200), h2.data(id, '{'), h2.data(id, '}', h2.END_STREAM)]),
  ),
  row(
    'confirmed',
    'an empty last piece',
    after(id => [h2.head(id, 200), h2.data(id, '{}'), h2.data(id, '', h2.END_STREAM)]),
  ),
  row(
    'confirmed',
    'trailers',
    after(id => [h2.head(id, 200), h2.data(id, '{}'), trailers(id)]),
  ),
  row(
    'confirmed',
    'trailers without a body',
    after(id => [h2.head(id, 200), trailers(id)]),
  ),
  row(
    'confirmed',
    'interim answers',
    after(id => [h2.head(id, 100), h2.head(id, 103, 0, [['link', 'x']]), h2.answer(id, 200)]),
  ),
  row(
    'confirmed',
    'padding',
    after(id => [h2.head(id, 200), h2.frame(h2.DATA, h2.PADDED | h2.END_STREAM, id, Buffer.from('\u0003{}\0\0\0'))]),
  ),
  row(
    'confirmed',
    'a head in pieces',
    after(id => continued(id, 3)),
  ),
  row(
    'confirmed',
    '60 KB of headers',
    after(id => big(id, 3, 20_000)),
  ),
  row(
    'confirmed',
    'frames of unknown types',
    after(id => [h2.frame(0xbe, 0xff, id, Buffer.alloc(100)), h2.answer(id, 200)]),
  ),
  row('confirmed', 'unknown settings', rude(h2.settings({ 61440: 1, 8: 1 }))),
  row(
    'confirmed',
    'a header with blanks around its value',
    after(id => [h2.answer(id, 200, '{}', [['content-type', ' application/json ']])]),
  ),
  row(
    'confirmed',
    'a whole answer, and the stream reset with NO_ERROR',
    after(id => [h2.answer(id, 200, '{}'), h2.reset(id, h2.NO_ERROR)]),
  ),
  row(
    'confirmed',
    'a whole answer, and GOAWAY',
    after(id => [h2.answer(id, 200), h2.goaway(id, h2.NO_ERROR)]),
  ),
  row(
    'confirmed',
    'GOAWAY in two steps, and the answer',
    after(id => [h2.goaway(LAST, h2.NO_ERROR), h2.goaway(id, h2.NO_ERROR), h2.answer(id, 200)]),
  ),
  row('confirmed', 'a limit of one request at a time', rude(h2.settings({ [h2.MAX_CONCURRENT_STREAMS]: 1 }))),
  row('confirmed', 'a window of one byte at a time', rude(h2.settings({ [h2.INITIAL_WINDOW_SIZE]: 1 }))),
  row('confirmed', 'no request at first, and later some', async link => {
    link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 0 });
    await link.seen(({ type, flags }) => type === h2.SETTINGS && flags === h2.ACK);
    link.greet({ [h2.MAX_CONCURRENT_STREAMS]: 7 });
    await link.serve();
  }),
  row('confirmed', 'no window at first, and later one', async link => {
    link.greet({ [h2.INITIAL_WINDOW_SIZE]: 0 });
    await link.begun();
    link.greet({ [h2.INITIAL_WINDOW_SIZE]: 65_535 });
    link.write(h2.answer(1, 200));
    await link.serve();
  }),
  row(
    'repeated',
    '503',
    after(id => [h2.answer(id, 503)]),
  ),
  row(
    'repeated',
    '429',
    after(id => [h2.answer(id, 429, '', [['retry-after', '0']])]),
  ),
  row(
    'parked',
    '403',
    after(id => [h2.answer(id, 403)]),
    { reason: /403/ },
  ),
  row(
    'parked',
    '505',
    after(id => [h2.answer(id, 505)]),
    { reason: /http\.version/ },
  ),
  row(
    'parked',
    'a web page',
    after(id => [h2.answer(id, 200, '<html>', [['content-type', 'text/html']])]),
    { reason: /web page/ },
  ),
  row(
    'parked',
    '421',
    after(id => [h2.answer(id, 421)]),
    { reason: /does not answer for this host/ },
  ),
  row(
    'refused',
    '400',
    after(id => [h2.answer(id, 400)]),
  ),
];

const EARLY: readonly Http2Row[] = [
  row(
    'refused',
    '413 and a reset with NO_ERROR, early',
    early(id => [h2.answer(id, 413), h2.reset(id, h2.NO_ERROR)]),
    { large: true },
  ),
  row(
    'refused',
    '413 early, and nothing behind it',
    early(id => [h2.answer(id, 413)]),
    { large: true },
  ),
  row(
    'repeated',
    '503 early, and the stream reset with an error',
    early(id => [h2.answer(id, 503, '{}'), h2.reset(id, h2.CANCEL)]),
    { large: true },
  ),
  row(
    'repeated',
    'a success early, and the stream reset with NO_ERROR',
    early(id => [h2.answer(id, 200, '{}'), h2.reset(id, h2.NO_ERROR)]),
    {
      large: true,
      code: 'ANSWERED_EARLY',
    },
  ),
  row(
    'repeated',
    'a success early, and the stream reset with CANCEL',
    early(id => [h2.answer(id, 200), h2.reset(id, h2.CANCEL)]),
    {
      large: true,
      code: 'ANSWERED_EARLY',
    },
  ),
  row(
    'repeated',
    'the stream reset with NO_ERROR early, without an answer',
    early(id => [h2.reset(id, h2.NO_ERROR)]),
    {
      large: true,
      code: 'HTTP2_RESET_NO_ERROR',
    },
  ),
  row(
    'repeated',
    'the head of a success early, and the stream reset with NO_ERROR',
    early(id => [h2.head(id, 200), h2.reset(id, h2.NO_ERROR)]),
    {
      large: true,
      code: 'HTTP2_RESET_NO_ERROR',
    },
  ),
  row(
    'repeated',
    'a success early, and the connection closed',
    async link => {
      link.generous = false;
      link.greet();
      link.write(h2.answer(await link.begun(), 200, '{}'));
      link.socket.end();
    },
    { large: true, code: 'ANSWERED_EARLY' },
  ),
  row(
    'repeated',
    'a success early, and GOAWAY with an error',
    early(id => [h2.answer(id, 200), h2.goaway(id, h2.INTERNAL_ERROR)]),
    {
      large: true,
      code: 'ANSWERED_EARLY',
    },
  ),
  row(
    'repeated',
    'a success early, windows without end, nothing read, and the connection closed',
    async link => {
      link.generous = false;
      link.greet({ [h2.INITIAL_WINDOW_SIZE]: LAST });
      link.write(h2.windowUpdate(0, LAST - 65_535));
      await link.begun();
      link.socket.pause();
      link.write(h2.answer(1, 200));
      await new Promise(resolve => setImmediate(resolve));
      link.socket.destroy();
    },
    { large: true, code: 'ANSWERED_EARLY' },
  ),
  row(
    'confirmed',
    'a success early, windows without end, and the rest read at last',
    async link => {
      link.generous = false;
      link.greet({ [h2.INITIAL_WINDOW_SIZE]: LAST });
      link.write(h2.windowUpdate(0, LAST - 65_535));
      await link.begun();
      link.socket.pause();
      link.write(h2.answer(1, 200));
      await new Promise(resolve => setTimeout(resolve, 20));
      link.socket.resume();
      await link.serve();
    },
    { large: true },
  ),
  row(
    'confirmed',
    'a success early, and the rest read all the same',
    async link => {
      link.greet();
      link.write(h2.answer(await link.begun(), 200));
      await link.serve();
    },
    { large: true },
  ),
];

function trailers(stream: number): Buffer {
  return h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.block([['x-checksum', '1']]));
}

/** The head of an answer in so many frames. */
function continued(stream: number, pieces: number, more: [string, string][] = []): Buffer[] {
  const whole = h2.block([[':status', '200'], ['x-long', 'y'.repeat(300)], ...more]);
  const size = Math.ceil(whole.length / pieces);
  return Array.from({ length: pieces }, (_, i) => {
    const type = i === 0 ? h2.HEADERS : h2.CONTINUATION;
    const flags = (i === 0 ? h2.END_STREAM : 0) | (i === pieces - 1 ? h2.END_HEADERS : 0);
    return h2.frame(type, flags, stream, whole.subarray(i * size, (i + 1) * size));
  });
}

/** Headers of so many bytes each. */
export function big(stream: number, count: number, bytes: number): Buffer[] {
  const headers = Array.from({ length: count }, (_, i): [string, string] => [`x-${i}`, 'y'.repeat(bytes)]);
  return continued(stream, Math.ceil((count * (bytes + 32) + 400) / 16_000), headers);
}

/** What is an answer, sooner or later. */
export const HTTP2_ANSWERED: readonly Http2Row[] = [...ANSWERED, ...EARLY];
