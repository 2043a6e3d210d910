import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest body, bytes, of a request that carries a configuration, offsets or a level. */
export const MAX_WRITTEN_BYTES = 1024 * 1024;
/** The largest body of all other requests, bytes: it is read away. */
export const MAX_IGNORED_BYTES = 64 * 1024;

/** Whether the client waits for a word before it sends its body. */
export function awaitsContinue({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.expect?.toLowerCase() === '100-continue';
}

/**
 * The whole body; null when it is larger than `limit`, as soon as that is known. Never resolves when the peer leaves before its end.
 *
 * @param limit bytes
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<Buffer | null> {
  if (Number(request.headers['content-length']) > limit) return null;
  if (awaitsContinue(request)) response.writeContinue();
  return await new Promise(resolve => {
    const chunks: Buffer[] = [];
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.byteLength;
      if (received <= limit) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      resolve(null);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
  });
}
