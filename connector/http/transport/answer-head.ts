/** How the end of an answer's body is told (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

export interface AnswerHead {
  readonly status: number;
  readonly framing: Framing;
  /** The same head as RFC 9112 has it written, with the headers that anybody here looks at. */
  readonly clean: Buffer;
}

/** An answer that can't be read as HTTP/1.1, now or later. The message is our own; nothing of the answer is in it. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly code = 'INVALID_ANSWER';
}

/** As much as curl takes of one header. */
export const HEAD_MAX_BYTES = 65_536;
const LF = 0x0a;
const CR = 0x0d;
const BEGINNING = Buffer.from('HTTP/1.');
const STATUS_LINE = /^HTTP\/1\.(\d)[ \t]+([1-9]\d\d)(?:[ \t]|$)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header's value may not hold these (RFC 9110 §5.5)
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f]/g;
const LENGTH = /^\d{1,15}$/;
/** What is looked at here. An answer may have 20,000 others; framing and connection are said anew. */
export const KEPT = ['content-type', 'content-encoding', 'date', 'retry-after', 'keep-alive'];
const READ = new Set([...KEPT, 'connection', 'transfer-encoding', 'content-length']);
const BODILESS = new Set([204, 304]);

/**
 * Where the status line begins: behind line ends that an earlier answer left (RFC 9112 §2.2).
 * @throws AnswerError for what can't become one
 */
export function startOfHead(head: Buffer): number {
  let start = 0;
  while (head[start] === CR || head[start] === LF) start++;
  const length = Math.min(BEGINNING.length, head.length - start);
  if (BEGINNING.compare(head, start, start + length, 0, length) !== 0) {
    throw new AnswerError('it does not begin with HTTP/1.1');
  }
  return start;
}

/** Where the blank line ends, or -1; `from` is where the search goes on. */
export function endOfHead(head: Buffer, from: number): number {
  for (let at = head.indexOf(LF, from); at !== -1; at = head.indexOf(LF, at + 1)) {
    if (head[at + 1] === LF) return at + 2;
    if (head[at + 1] === CR && head[at + 2] === LF) return at + 3;
  }
  return -1;
}

/**
 * Reads the head of an answer as tolerantly as curl and Java's clients do: bare line feeds, folded lines, blanks before a
 * colon, lines that are no headers, the same length twice, a length beside chunks (RFC 9112 §6.3), chunks in HTTP/1.0, a
 * length on a 204, a transfer coding `identity`. Where the framing was ambiguous, the connection is to be closed behind it.
 *
 * @param head up to and with the blank line
 * @throws AnswerError
 */
export function readHead(head: Buffer): AnswerHead {
  const lines = unfold(head.toString('latin1').split('\n'));
  const [, minor, digits] = STATUS_LINE.exec(lines[0]!) ?? refuse('its first line is not HTTP/1.1’s');
  const status = Number(digits);
  const headers = readHeaders(lines);
  const { framing, doubtful } = readFraming(status, headers, Number(minor));
  const connection = tokens(headers, 'connection');
  const open = Number(minor) === 0 ? connection.includes('keep-alive') : !connection.includes('close');
  return { status, framing, clean: write(status, headers, framing, open && !doubtful && framing.kind !== 'close') };
}

/** What a proxy answers to CONNECT. */
export interface TunnelHead {
  readonly status: number;
  /** The kinds of credentials that it asks for, of those that have a name here. */
  readonly schemes: readonly string[];
}

const SCHEMES = ['Basic', 'Digest', 'NTLM', 'Negotiate', 'Bearer'];

/**
 * Length and codings are not looked at: a success has no body (RFC 9110 §9.3.6), and behind anything else the connection ends.
 * @throws AnswerError
 */
export function readTunnelHead(head: Buffer): TunnelHead {
  const lines = unfold(head.toString('latin1').split('\n'));
  const [, , digits] = STATUS_LINE.exec(lines[0]!) ?? refuse('its first line is not HTTP/1.1’s');
  const offered = lines
    .filter(line => /^proxy-authenticate[ \t]*:/i.test(line))
    .flatMap(line => line.slice(line.indexOf(':') + 1).split(','))
    .map(challenge =>
      challenge
        .trim()
        .split(/[ \t=]/, 1)[0]!
        .toLowerCase(),
    );
  return { status: Number(digits), schemes: SCHEMES.filter(scheme => offered.includes(scheme.toLowerCase())) };
}

type Headers = readonly (readonly [name: string, value: string])[];

function unfold(lines: readonly string[]): string[] {
  const whole: string[][] = [];
  for (const line of lines) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (/^[ \t]/.test(text) && whole.length > 1) whole.at(-1)!.push(text.trim());
    else whole.push([text]);
  }
  return whole.map(pieces => pieces.join(' '));
}

function readHeaders(lines: readonly string[]): Headers {
  const headers: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    if (READ.has(name)) headers.push([name, cleanHeader(line.slice(colon + 1))]);
  }
  return headers;
}

/** Without control characters, and what stands around it. */
export function cleanHeader(value: string): string {
  return value.replace(CONTROLS, ' ').trim();
}

function readFraming(status: number, headers: Headers, minor: number): { framing: Framing; doubtful: boolean } {
  if (status < 200 || BODILESS.has(status)) return { framing: { kind: 'none' }, doubtful: false };
  const codings = tokens(headers, 'transfer-encoding').filter(coding => coding !== 'identity');
  const lengths = headers.filter(([name]) => name === 'content-length').flatMap(([, value]) => value.split(','));
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0] !== 'chunked') refuse('it has a transfer coding that nobody asked for');
    return { framing: { kind: 'chunked' }, doubtful: minor === 0 || lengths.length > 0 };
  }
  if (lengths.length === 0) return { framing: { kind: 'close' }, doubtful: false };
  const [bytes, ...others] = lengths.map(readLength);
  if (others.some(other => other !== bytes)) refuse('it has two lengths that differ');
  return { framing: bytes === 0 ? { kind: 'none' } : { kind: 'length', bytes: bytes! }, doubtful: false };
}

function readLength(text: string): number {
  const digits = text.trim();
  return LENGTH.test(digits) ? Number(digits) : refuse('its length is no number');
}

function tokens(headers: Headers, wanted: string): string[] {
  return headers
    .filter(([name]) => name === wanted)
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map(token => token.trim())
    .filter(token => token !== '');
}

function write(status: number, headers: Headers, framing: Framing, open: boolean): Buffer {
  const lines = [`HTTP/1.1 ${status} `];
  for (const [name, value] of headers) if (KEPT.includes(name)) lines.push(`${name}: ${value}`);
  if (framing.kind === 'chunked') lines.push('transfer-encoding: chunked');
  if (framing.kind === 'length') lines.push(`content-length: ${framing.bytes}`);
  if (framing.kind === 'none' && !BODILESS.has(status)) lines.push('content-length: 0');
  if (!open) lines.push('connection: close');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function refuse(problem: string): never {
  throw new AnswerError(problem);
}
