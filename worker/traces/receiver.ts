import type { TracesConfig } from '../../config/types.ts';
import { TransportError } from '../../connector/errors.ts';
import { parseJson, VALUES_MAX } from '../../connector/http/answers/bounded-json.ts';
import { type Entry, isObject } from '../../connector/http/answers/members.ts';
import { retryAfter } from '../../connector/http/answers/retry-after.ts';
import { createCompress } from '../../connector/http/coding/coding.ts';
import type { Clock, HttpRequest, HttpResponse, HttpTransport } from '../../connector/ports.ts';
import { Scope, type Signal } from '../../connector/scope.ts';

/** What became of one attempt to export. Reasons may repeat what the receiver says, at any length. */
export type Exported =
  /** All but so many were taken; those will not be taken another time. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly reason: string | null }
  | { readonly kind: 'again'; readonly reason: string; readonly hintMs: number | null }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ReceiverParts {
  readonly config: TracesConfig;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly version: string;
}

const MOST_ANSWER = 65_536;
/** OTLP/HTTP, "Retryable Response Codes". */
const AGAIN = new Set([429, 502, 503, 504]);
const COMPRESSED_FROM = 1_024;

/** One attempt to hand an export over, by OTLP/HTTP. Never rejects. */
export function createReceiver({ config, transport, clock, version }: ReceiverParts) {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': `tailrace/${version}`,
    'accept-encoding': 'identity',
  };
  for (const [name, value] of Object.entries(config.headers)) headers[name] = value.reveal();
  const compress =
    config.compression === 'none'
      ? null
      : createCompress({
          requests: { codec: config.compression, level: -1, minBytes: COMPRESSED_FROM },
          compressedAnswers: false,
        });

  return async (body: Buffer, signal: Signal): Promise<Exported> => {
    const scope = new Scope(signal);
    let late = false;
    const cancel = clock.timer(config.timeoutMs, () => {
      late = true;
      scope.abort();
    });
    try {
      const plain: HttpRequest = { method: 'POST', url: config.endpoint, headers, body };
      const request = compress === null ? plain : await compress(plain, scope);
      return meaningOf(await transport.send(request, { signal: scope, maxResponseBytes: MOST_ANSWER }), clock.wall());
    } catch (error) {
      if (late) return { kind: 'again', reason: `no answer within ${config.timeoutMs} ms`, hintMs: null };
      const reason = error instanceof Error ? error.message : String(error);
      return error instanceof TransportError ? { kind: 'again', reason, hintMs: null } : { kind: 'refused', reason };
    } finally {
      cancel();
      scope.release();
    }
  };
}

function meaningOf({ status, headers, body }: HttpResponse, wall: number): Exported {
  const said = membersOf(parseJson(body, VALUES_MAX));
  if (status >= 200 && status < 300) {
    const partial = membersOf(said['partialSuccess']);
    const rejected = Number(partial['rejectedSpans'] ?? 0);
    if (!(rejected > 0)) return { kind: 'taken', rejected: 0, reason: null };
    return { kind: 'taken', rejected, reason: `it refused some${quoted(partial['errorMessage'])}` };
  }
  const reason = `it answered ${status}${quoted(said['message'])}`;
  return AGAIN.has(status) ? { kind: 'again', reason, hintMs: retryAfter(headers, wall) } : { kind: 'refused', reason };
}

function membersOf(value: unknown): Entry {
  return isObject(value) ? value : {};
}

function quoted(text: unknown): string {
  return typeof text === 'string' && text !== '' ? `: ${text}` : '';
}
