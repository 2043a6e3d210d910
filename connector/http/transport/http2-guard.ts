import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';

const kept = new FinalizationRegistry<unknown>(() => {});
let handleOf: symbol | null = null;

/**
 * Keeps the native half of a connection for as long as a stream of it is in memory. When the header block of an answer breaks the
 * rules and the connection ends by that, Node leaves the headers with the stream; and where one garbage collection takes
 * both, and the connection first, it finds memory missing and ends the process (`Assertion failed: (current_nghttp2_memory_)
 * == (0)`; Node 20 to 26). A registry holds what it was given until its target is gone, which is all that is wanted here.
 */
export function guard(stream: ClientHttp2Stream, session: ClientHttp2Session): void {
  handleOf ??= Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle') ?? null;
  if (handleOf !== null) kept.register(stream, (session as unknown as Record<symbol, unknown>)[handleOf]);
}
