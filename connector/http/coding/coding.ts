import { isUtf8 } from 'node:buffer';
import type { CodingConfig, Compression } from '../../../config/types.ts';
import { TransportError } from '../../errors.ts';
import { headerValues } from '../../header-values.ts';
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { compress, decompress, isAvailable } from './codecs.ts';

/** `content-encoding` of requests and answers (RFC 9110 §8.4). */
const CODINGS: Readonly<Record<string, Compression>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};
/** What stands there by mistake, as a name of a charset does. */
const NO_CODINGS = new Set(['', 'identity', 'none', 'binary', 'utf-8', 'utf8']);
/** Nobody sends more, and each costs a buffer of the largest answer. */
const MOST_CODINGS = 3;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The value of `accept-encoding`. */
export function acceptedCodings({ compressedAnswers }: CodingConfig): string {
  if (!compressedAnswers) return 'identity';
  return (['gzip', 'deflate', 'br', 'zstd'] as const).filter(isAvailable).join(', ');
}

/**
 * The request as it is to be sent: compressed, or the very one where that does not pay. The memory of the one that was given is
 * nobody's again once there is another; when this throws it may still be read.
 */
export type Compress = (request: HttpRequest, signal: Signal) => Promise<HttpRequest>;

/** Null: requests go as they are. @throws TransportError from what it gives, when the signal fires first */
export function createCompress({ requests }: CodingConfig): Compress | null {
  if (requests === null) return null;
  const { codec, level, minBytes } = requests;
  return async (request, signal) => {
    const { body, headers } = request;
    if (body.length < minBytes || body.length < 2) return request;
    const { bytes, end } = await compress(codec, level, body, body.length - 1, signal);
    switch (end) {
      case 'whole':
        return { ...request, headers: { ...headers, 'content-encoding': codec }, body: bytes };
      case 'bound':
        return request;
      case 'aborted':
        throw new TransportError('the request was given up while it was compressed', 'ABORTED', true, false);
      default:
        throw new TransportError(`the request can not be compressed (${codec})`, 'COMPRESSION_FAILED', true, false);
    }
  };
}

/**
 * What an answer's body is encoded in, in the order in which it was applied; unknown ones as they are written. One that does not
 * say so may still begin as such a text does.
 */
export function codingsOf({ headers, body }: Pick<HttpResponse, 'headers' | 'body'>): readonly string[] {
  const said = headerValues(headers, 'content-encoding')
    .flatMap(value => value.toLowerCase().split(','))
    .map(coding => coding.trim())
    .filter(coding => !NO_CODINGS.has(coding));
  if (said.length > 0) return said;
  if (body.subarray(0, GZIP.length).equals(GZIP)) return ['gzip'];
  return body.subarray(0, ZSTD.length).equals(ZSTD) ? ['zstd'] : [];
}

/**
 * The answer with its body decoded, as far as it can be: beyond `most` bytes, and where the text ends too early, it is what
 * there is of an incomplete one. Where nothing can be decoded it is the answer that was given, its encoding still in its head.
 *
 * @throws TransportError from what it gives, when the signal fires first
 */
export function decodeAnswer(answer: HttpResponse, most: number, signal: Signal): HttpResponse | Promise<HttpResponse> {
  if (answer.body.length === 0) return answer;
  const codings = codingsOf(answer);
  return codings.length === 0 ? answer : decode(answer, codings, most, signal);
}

async function decode(
  answer: HttpResponse,
  codings: readonly string[],
  most: number,
  signal: Signal,
): Promise<HttpResponse> {
  const codecs = codings.map(coding => (Object.hasOwn(CODINGS, coding) ? CODINGS[coding]! : null));
  if (codecs.length > MOST_CODINGS || !codecs.every(codec => codec !== null && isAvailable(codec))) return answer;
  const { 'content-encoding': _, ...headers } = answer.headers;
  // A label on a body that nobody encoded: proxies set it, and servers that give a request's own header back.
  if (isText(answer.body)) return { ...answer, headers };
  const decoded = await decodeAll(answer, codecs as readonly Compression[], most, signal);
  return decoded === null ? answer : { ...answer, headers, ...decoded };
}

type Decoded = Pick<HttpResponse, 'body' | 'complete'>;

/** Null when nothing of it can be read. */
async function decodeAll(
  answer: Decoded,
  codecs: readonly Compression[],
  most: number,
  signal: Signal,
): Promise<Decoded | null> {
  let { body, complete } = answer;
  for (const codec of [...codecs].reverse()) {
    const { bytes, end } = await decompress(codec, body, most, signal);
    if (end === 'aborted') throw new TransportError('the answer was given up', 'ABORTED', true, true);
    if (end === 'broken' || (end === 'cut' && bytes.length === 0)) return null;
    complete &&= end === 'whole';
    body = bytes;
  }
  return { body, complete };
}

const TEXT_BYTES = 4_096;

/** UTF-8 that begins without other controls than those of a text. What a codec gives is none, but for a few of the shortest. */
function isText(bytes: Buffer): boolean {
  const isPlain = (byte: number): boolean => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d);
  return isUtf8(bytes) && bytes.subarray(0, TEXT_BYTES).every(isPlain);
}
