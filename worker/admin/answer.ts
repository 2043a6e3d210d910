import { STATUS_CODES } from 'node:http';

/** What is answered. Bytes and a string are sent as they are, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: unknown;
  /** Methods that the path knows, where it was asked with another. */
  readonly allow?: string;
}

/** Kafka Connect's error body. */
export function failure(status: number, message = `HTTP ${status} ${STATUS_CODES[status]}`): Answer {
  return { status, body: { error_code: status, message } };
}

export function bytesOf({ body }: Answer): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

export function headersOf({ contentType = 'application/json', allow }: Answer, bytes: number): Record<string, string> {
  return {
    'content-type': contentType,
    'content-length': String(bytes),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(allow === undefined ? {} : { allow }),
  };
}

/** The whole answer in bytes, for a connection that no request came of; it ends the connection. */
export function rawAnswer(answer: Answer): Buffer {
  const body = bytesOf(answer);
  const headers = { ...headersOf(answer, body.byteLength), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
