import { availableParallelism } from 'node:os';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression } from '../../../config/types.ts';
import type { Signal } from '../../scope.ts';
import { PoolShare } from './pool-share.ts';

/** How a run of a codec went. */
export interface CodecRun {
  readonly bytes: Buffer;
  /**
   * `whole`; `bound` there is more than was wanted; `cut` the input ends too early; `broken` it is nothing of this codec,
   * or damaged; `aborted`. But for the first two, `bytes` is what was there before.
   */
  readonly end: 'whole' | 'bound' | 'cut' | 'broken' | 'aborted';
}

/** What Node 22.15 and later have beside the rest. */
interface Zstd {
  createZstdCompress?(options: object): Transform;
  createZstdDecompress?(options: object): Transform;
}

const { constants } = zlib;
const zstd = zlib as Zstd;
/** Of zstd's own constants, for Nodes whose zlib has none of them (zstd.h). */
const ZSTD = { compressionLevel: 100, windowLogMax: 100, flush: 1 };
/** RFC 9659: a decoder on the web needs no larger window, and an encoder may not use one. */
const ZSTD_WINDOW_LOG = 23;

/** At most so much of the input is one job of libuv's pool, so that a read never waits long behind one. */
const PIECE_BYTES = 262_144;
const CHUNK_BYTES = { least: 1_024, most: 65_536 };

/**
 * The pool has 16 threads (worker/bin), and reads, DNS and files wait there too. More runs than cores would take them and be no
 * faster.
 */
const share = new PoolShare(Math.min(availableParallelism(), 8));

export function isAvailable(codec: Compression): boolean {
  return codec !== 'zstd' || zstd.createZstdCompress !== undefined;
}

/**
 * Compresses in libuv's pool.
 * @param most bytes of output that are wanted
 */
export function compress(
  codec: Compression,
  level: number,
  input: Buffer,
  most: number,
  signal: Signal,
): Promise<CodecRun> {
  return run(() => compressor(codec, level, input.length), input, most, signal);
}

function compressor(codec: Compression, level: number, bytes: number): Transform {
  const chunkSize = chunkSizeFor(bytes);
  switch (codec) {
    case 'gzip':
      return zlib.createGzip({ level, chunkSize });
    case 'deflate':
      return zlib.createDeflate({ level, chunkSize });
    case 'br': {
      const params = { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: bytes };
      return zlib.createBrotliCompress({ params, chunkSize });
    }
    case 'zstd':
      return zstd.createZstdCompress!({
        params: { [ZSTD.compressionLevel]: level },
        pledgedSrcSize: bytes,
        chunkSize,
      });
  }
}

/**
 * Decompresses in libuv's pool: what begins as it should, at most `most` bytes of it. Of a text that is cut, what is there;
 * what stands behind the end of one is no part of it.
 */
export async function decompress(codec: Compression, input: Buffer, most: number, signal: Signal): Promise<CodecRun> {
  const result = await decompressAs(codec, input, most, signal);
  if (result.end !== 'broken') return result;
  if (codec === 'gzip') return withoutTail(input, most, signal);
  // RFC 9110 §8.4.1.2: some send `deflate` without zlib's head around it.
  return codec === 'deflate' ? decompressAs('raw', input, most, signal) : result;
}

type Decoder = Compression | 'raw';

async function decompressAs(codec: Decoder, input: Buffer, most: number, signal: Signal): Promise<CodecRun> {
  const result = await run(() => decompressor(codec, false, chunkSizeFor(input.length)), input, most, signal);
  if (result.end === 'cut') {
    const { bytes, end } = await run(() => decompressor(codec, true, CHUNK_BYTES.least), input, most, signal);
    return { bytes, end: end === 'whole' ? 'cut' : end };
  }
  // Before Node 24 zstd says nothing of an input that ends too early.
  return codec === 'zstd' && result.end === 'whole' && result.bytes.length === 0 && input.length > 0
    ? { ...result, end: 'cut' }
    : result;
}

/** @param soft what is there of an input that ends too early is given */
function decompressor(codec: Decoder, soft: boolean, chunkSize: number): Transform {
  const deflated = { chunkSize, ...(soft && { finishFlush: constants.Z_SYNC_FLUSH }) };
  switch (codec) {
    case 'gzip':
      return zlib.createGunzip(deflated);
    case 'deflate':
      return zlib.createInflate(deflated);
    case 'raw':
      return zlib.createInflateRaw(deflated);
    case 'br':
      return zlib.createBrotliDecompress({
        chunkSize,
        ...(soft && { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
      });
    case 'zstd':
      return zstd.createZstdDecompress!({
        chunkSize,
        params: { [ZSTD.windowLogMax]: ZSTD_WINDOW_LOG },
        ...(soft && { finishFlush: ZSTD.flush }),
      });
  }
}

/**
 * zlib takes what stands behind the end of a gzip text for another one. Curl and browsers do not look at it: the same without
 * it, where the first text is sound.
 */
async function withoutTail(input: Buffer, most: number, signal: Signal): Promise<CodecRun> {
  const head = gzipHead(input);
  const inflater = zlib.createInflateRaw();
  if (head === null) return { bytes: Buffer.alloc(0), end: 'broken' };
  const { end } = await run(() => inflater, input.subarray(head), most, signal);
  if (end !== 'whole') return { bytes: Buffer.alloc(0), end: end === 'aborted' ? end : 'broken' };
  return decompressAs('gzip', input.subarray(0, head + inflater.bytesWritten + GZIP_TRAILER), most, signal);
}

const GZIP_TRAILER = 8;
const GZIP_FLAG = { headChecksum: 2, extra: 4, name: 8, comment: 16 };

/** The bytes of the first text's head (RFC 1952 §2.3); null where there is none. */
function gzipHead(input: Buffer): number | null {
  if (input.length < 10 || input.readUInt16BE(0) !== 0x1f8b || input[2] !== 8) return null;
  const flags = input[3]!;
  let at = 10;
  if ((flags & GZIP_FLAG.extra) !== 0) at += 2 + (input[at] ?? 0) + (input[at + 1] ?? 0) * 256;
  for (const flag of [GZIP_FLAG.name, GZIP_FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = input.indexOf(0, at);
    if (end === -1) return null;
    at = end + 1;
  }
  if ((flags & GZIP_FLAG.headChecksum) !== 0) at += 2;
  return at < input.length ? at : null;
}

function chunkSizeFor(bytes: number): number {
  return Math.max(CHUNK_BYTES.least, Math.min(CHUNK_BYTES.most, bytes));
}

const ABORTED: CodecRun = { bytes: Buffer.alloc(0), end: 'aborted' };

async function run(create: () => Transform, input: Buffer, most: number, signal: Signal): Promise<CodecRun> {
  if (!(await share.take(signal))) return ABORTED;
  if (signal.aborted) {
    share.give();
    return ABORTED;
  }
  const stream = create();
  stream.once('close', () => share.give());
  return pump(stream, input, most, signal);
}

function pump(stream: Transform, input: Buffer, most: number, signal: Signal): Promise<CodecRun> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const abort = (): void => finish('aborted');
    const finish = (end: CodecRun['end']): void => {
      signal.removeEventListener('abort', abort);
      resolve({ bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes), end });
      // A job that is under way in the pool goes on; what it gives comes to nothing.
      stream.destroy();
    };
    stream.on('data', (chunk: Buffer) => {
      const taken = chunk.subarray(0, most - bytes);
      chunks.push(taken);
      bytes += taken.length;
      if (taken.length < chunk.length) finish('bound');
    });
    stream.on('end', () => finish('whole'));
    stream.on('error', error => finish((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'cut' : 'broken'));
    signal.addEventListener('abort', abort);
    for (let at = 0; at < input.length; at += PIECE_BYTES) stream.write(input.subarray(at, at + PIECE_BYTES));
    stream.end();
  });
}
