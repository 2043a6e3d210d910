import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EndpointOrder } from './endpoint-process.ts';
import { RECORDS_HEADER } from './endpoint-process.ts';
import { type Answerer, createModelEndpoint } from './model-endpoint.ts';
import { createReplay } from './recording.ts';

/** The process of a made-up endpoint: told what it is by its first message, it tells its port, and ends with its parent. */
process.on('disconnect', () => process.exit());
// The keyboard's signals are for the one that measures.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('message', order => {
  const answerer = answererOf(order as EndpointOrder);
  const server = createServer((request, response) => serve(request, response, answerer));
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});

function answererOf(order: EndpointOrder): Answerer {
  const random = Math.random;
  return 'model' in order ? createModelEndpoint(order.model, random) : createReplay(order.figures, random);
}

let open = 0;

function serve(request: IncomingMessage, response: ServerResponse, answerer: Answerer): void {
  let bytes = 0;
  open += 1;
  response.once('close', () => {
    open -= 1;
  });
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.once('end', () => {
    const now = performance.now();
    const records = Number(request.headers[RECORDS_HEADER] ?? 1);
    const { at, status } = answerer({ now, records, bytes, others: open - 1 });
    const answer = (): void => {
      response.writeHead(status, { 'content-length': 0 });
      response.end();
    };
    // A timer of a fraction of a millisecond is one of a whole.
    if (at - now < 0.5) answer();
    else setTimeout(answer, Math.round(at - now));
  });
}
