import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type RawAnswer, RawEndpoint } from '../support/raw-endpoint.ts';

/** What one answer cost the process that read it. */
export interface Cost {
  /** Megabytes, the most that the process ever took. */
  readonly peakMb: number;
  /** Milliseconds, the longest that the event loop was held. */
  readonly heldMs: number;
  /** The same without this answer. */
  readonly before: { readonly peakMb: number; readonly heldMs: number };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const MEBIBYTE = 1_048_576;

function whole(body: string, head = OK): RawAnswer {
  return { bytes: `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}` };
}

const MULTI = 'HTTP/1.1 207 Multi-Status\r\n';
const HTML = `${OK}content-type: text/html\r\n`;

/** Answers of about the size that is read (1 MiB), in the forms that cost most. */
export const WORST: Readonly<Record<string, RawAnswer>> = {
  'a plain answer': whole('{}'),
  'a megabyte in chunks of one byte': { bytes: `${CHUNKED}${'1\r\nx\r\n'.repeat(MEBIBYTE)}0\r\n\r\n` },
  'chunks of one byte with extensions': {
    bytes: `${CHUNKED}${'1;xxxxxxxxxxxx\r\nx\r\n'.repeat(MEBIBYTE / 4)}0\r\n\r\n`,
  },
  'chunks of one byte, each written alone': { bytes: `${CHUNKED}${'1\r\nx\r\n'.repeat(2_000)}0\r\n\r\n`, piece: 6 },
  'a body without end': { bytes: `${OK}\r\n${'x'.repeat(MEBIBYTE)}`, times: 64 },
  'headers byte by byte': { bytes: `${OK}x: ${'y'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`, piece: 1 },
  '10,000 headers': { bytes: `${OK}${'x:y\r\n'.repeat(10_000)}content-length: 0\r\n\r\n` },
  'a 207 of opening brackets': whole('['.repeat(MEBIBYTE), MULTI),
  'a 207 of opening braces': whole('{"a":'.repeat(MEBIBYTE / 5), MULTI),
  'a 207 of empty arrays': whole(`[${'[],'.repeat(MEBIBYTE / 3 - 2)}[]]`, MULTI),
  'a 207 of objects': whole(`[${'{"status":200},'.repeat(MEBIBYTE / 15 - 2)}{}]`, MULTI),
  'a 207 of names': whole(`[{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join(',')}}]`, MULTI),
  'a 207 of one long number': whole(`[${'9'.repeat(MEBIBYTE - 2)}]`, MULTI),
  'a 207 of backslashes': whole(`["${'\\\\'.repeat(MEBIBYTE / 2 - 3)}"]`, MULTI),
  'a page of blanks': whole(`${'\r\n'.repeat(MEBIBYTE / 2 - 4)}<html>`),
  'a text as HTML': whole('x'.repeat(MEBIBYTE), HTML),
  'a text of brackets as HTML': whole('[[],'.repeat(MEBIBYTE / 4), HTML),
  'a page of comments': whole('<!-- x -->'.repeat(MEBIBYTE / 10)),
};

/** Lets a fresh process deliver to an endpoint that answers so, and asks it what that cost. */
export async function costOf(answer: RawAnswer): Promise<Cost> {
  const endpoint = await new RawEndpoint(() => answer).start();
  try {
    const child = fork(fileURLToPath(new URL('./worst-answers-process.js', import.meta.url)), [endpoint.url.href]);
    const cost = await new Promise<Cost>((resolve, reject) => {
      child.on('message', message => resolve(message as Cost));
      child.on('exit', code => reject(new Error(`the process ended with ${code}`)));
    });
    child.kill();
    return cost;
  } finally {
    await endpoint.close();
  }
}
