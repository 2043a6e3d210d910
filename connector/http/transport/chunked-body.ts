import { AnswerError } from './answer-head.ts';

const LF = 0x0a;
const CR = 0x0d;
/** What stands around the chunks of one answer: extensions and trailers. Nobody needs them. */
const AROUND_MAX_BYTES = 65_536;
const SIZE_MAX_DIGITS = 12;
const LAST = Buffer.from('0\r\n\r\n');
const NOTHING = Buffer.alloc(0);

type State = 'size' | 'size-end' | 'data' | 'data-end' | 'trailer' | 'trailer-line' | 'done';

/**
 * The chunks of one answer (RFC 9112 §7.1), written anew: all that came in one read is one chunk, without extensions and
 * trailers. Bare line feeds and blanks around a size are taken, as curl and Java's clients do.
 */
export class ChunkedBody {
  #state: State = 'size';
  #digits = 0;
  #size = 0;
  #around = 0;

  get done(): boolean {
    return this.#state === 'done';
  }

  /**
   * @returns the clean chunk, empty where the bytes held no data yet, and how many of the bytes belonged to this body
   * @throws AnswerError
   */
  take(bytes: Buffer): { readonly clean: Buffer; readonly used: number } {
    if (this.done) return { clean: NOTHING, used: 0 };
    const data = Buffer.allocUnsafe(bytes.length);
    let filled = 0;
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size);
        filled += bytes.copy(data, filled, at, end);
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = 'data-end';
      } else this.#step(bytes[at++]!);
    }
    const pieces = filled === 0 ? [] : [`${filled.toString(16)}\r\n`, data.subarray(0, filled), '\r\n'];
    if (this.done) pieces.push(LAST);
    return { clean: pieces.length === 0 ? NOTHING : Buffer.concat(pieces.map(toBuffer)), used: at };
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#takeSize(byte);
      case 'size-end':
        if (byte === LF) this.#state = this.#size === 0 ? 'trailer' : 'data';
        else if (byte !== CR) this.#pass();
        return;
      case 'data-end':
        if (byte === LF) this.#begin();
        else if (byte !== CR) throw new AnswerError('a chunk is longer than it says');
        return;
      default:
        this.#takeTrailer(byte);
    }
  }

  #takeSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > SIZE_MAX_DIGITS) throw new AnswerError('the size of a chunk is too large');
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits > 0 && (isBlank(byte) || byte === 0x3b || byte === CR)) this.#state = 'size-end';
    else if (this.#digits > 0 && byte === LF) this.#state = this.#size === 0 ? 'trailer' : 'data';
    else if (!isBlank(byte)) throw new AnswerError('the size of a chunk is no number');
    else this.#pass();
  }

  #takeTrailer(byte: number): void {
    this.#pass();
    if (byte === LF) this.#state = this.#state === 'trailer' ? 'done' : 'trailer';
    else if (byte !== CR) this.#state = 'trailer-line';
  }

  #begin(): void {
    this.#state = 'size';
    this.#digits = 0;
    this.#size = 0;
  }

  #pass(): void {
    if (++this.#around > AROUND_MAX_BYTES) throw new AnswerError('there is no end to what stands around its chunks');
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function toBuffer(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
}
