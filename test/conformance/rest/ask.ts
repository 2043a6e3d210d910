import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer, Request } from './step.ts';

const EACH_MS = 90_000;

/** Sends it as it is written: nothing is added but the length, and the path is not touched. */
export async function ask(origin: URL, { method, path, headers, body }: Request): Promise<Answer> {
  const sent = httpRequest({ host: origin.hostname, port: origin.port, method, path, headers, agent: false });
  sent.setTimeout(EACH_MS, () => sent.destroy(new Error(`${method} ${path} has no answer within ${EACH_MS} ms`)));
  sent.end(body ?? undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode!,
    contentType: response.headers['content-type'] ?? null,
    location: response.headers.location ?? null,
    allow: response.headers['allow'] ?? null,
    body: await text(response),
  };
}
