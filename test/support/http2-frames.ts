/** Frame types (RFC 9113 §6). */
export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const PRIORITY = 0x20;

/** Error codes (RFC 9113 §7). */
export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const INTERNAL_ERROR = 2;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;
export const ENHANCE_YOUR_CALM = 11;
export const INADEQUATE_SECURITY = 12;
export const HTTP_1_1_REQUIRED = 13;

/** Settings (RFC 9113 §6.5.2). */
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_CONCURRENT_STREAMS = 3;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const HEAD_BYTES = 9;
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Any frame, valid or not. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** @param of by their numbers */
export function settings(of: Readonly<Record<number, number>> = {}): Buffer {
  const entries = Object.entries(of).map(([name, value]) => {
    const entry = Buffer.alloc(6);
    entry.writeUInt16BE(Number(name), 0);
    entry.writeUInt32BE(value, 2);
    return entry;
  });
  return frame(SETTINGS, 0, 0, Buffer.concat(entries));
}

/** A block of headers, each a literal that is not indexed (RFC 7541 §6.2.2), names included. */
export function block(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length), bytes]);
}

/** An integer with a prefix of seven bits (RFC 7541 §5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** The head of an answer, with END_HEADERS and what else is given. */
export function head(
  stream: number,
  status: number | string,
  flags = 0,
  headers: readonly (readonly [name: string, value: string])[] = [],
): Buffer {
  return frame(HEADERS, END_HEADERS | flags, stream, block([[':status', String(status)], ...headers]));
}

/** A whole answer. */
export function answer(stream: number, status: number, body = '', headers: [string, string][] = []): Buffer {
  if (body === '') return head(stream, status, END_STREAM, headers);
  return Buffer.concat([head(stream, status, 0, headers), data(stream, body, END_STREAM)]);
}

export function data(stream: number, body: string | Buffer, flags = 0): Buffer {
  return frame(DATA, flags, stream, Buffer.from(body as string));
}

export function reset(stream: number, code: number): Buffer {
  return frame(RST_STREAM, 0, stream, number(code));
}

export function goaway(lastStream: number, code: number): Buffer {
  return frame(GOAWAY, 0, 0, Buffer.concat([number(lastStream), number(code)]));
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  return frame(WINDOW_UPDATE, 0, stream, number(bytes));
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Takes frames from bytes as they come. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  /** @throws Error when the client does not begin as RFC 9113 §3.4 has it */
  take(bytes: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (!this.#begun) {
      if (this.#rest.length < PREFACE.length) return [];
      if (!this.#rest.subarray(0, PREFACE.length).equals(PREFACE)) throw new Error('no HTTP/2');
      this.#rest = this.#rest.subarray(PREFACE.length);
      this.#begun = true;
    }
    const frames: Frame[] = [];
    for (;;) {
      if (this.#rest.length < HEAD_BYTES) return frames;
      const end = HEAD_BYTES + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return frames;
      frames.push({
        type: this.#rest[3]!,
        flags: this.#rest[4]!,
        stream: this.#rest.readUInt32BE(5),
        payload: this.#rest.subarray(HEAD_BYTES, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
  }
}
