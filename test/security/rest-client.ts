import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Asked extends RequestOptions {
  readonly body?: string;
}

/** Every header as it is given: what browsers and other clients do not let one say. */
export function ask(url: string, path: string, { body, ...options }: Asked = {}): Promise<Reply> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = send(
      `${url}${path}`,
      { agent: false, ...options, headers: { ...length, ...options.headers } },
      response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

export const JSON_TYPE = { 'content-type': 'application/json' };
