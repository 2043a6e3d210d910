import { STATUS_CODES } from 'node:http';
import { escapeControls } from '../telemetry/text.ts';

/** What is answered. Bytes and a string are sent as they are, anything else as JSON that a terminal may show. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Beside those of every answer; small letters. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Kafka Connect's error body. */
export function failure(
  status: number,
  message = `HTTP ${status} ${STATUS_CODES[status]}`,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body: { error_code: status, message }, headers };
}

export function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : escapeControls(JSON.stringify(body)));
}

/** Of every answer. */
export const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function headersOf({ headers }: Answer, bytes: number): Record<string, string> {
  return { 'content-type': 'application/json', 'content-length': String(bytes), ...COMMON_HEADERS, ...headers };
}

/** The whole answer in bytes, for a connection that no request came of; it ends the connection. */
export function rawAnswer(answer: Answer): Buffer {
  const body = bytesOf(answer.body);
  const headers = { ...headersOf(answer, body.byteLength), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
