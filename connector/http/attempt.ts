import type { AttemptsConfig } from '../../config/answer-types.ts';
import type { HttpConfig } from '../../config/types.ts';
import type { AnswerBody } from '../answer.ts';
import { CredentialsError, TailraceError, TransportError } from '../errors.ts';
import type { Clock, HttpRequest, HttpResponse, HttpTransport } from '../ports.ts';
import { Scope, type Signal } from '../scope.ts';
import { type Classified, classify } from './answers/classify.ts';
import { createExcerpts, type Excerpts } from './answers/excerpt.ts';
import { type KeptBodies, keepBody } from './answers/kept-body.ts';
import { once } from './answers/once.ts';
import type { AnswerReader } from './answers/reader.ts';
import { parseImfFixdate } from './answers/retry-after.ts';
import type { createRequestBuilder } from './build.ts';
import { type Compress, decodeAnswer } from './coding/coding.ts';
import type { Authorization, Credentials } from './credentials/credentials.ts';
import type { Encoder } from './encode.ts';
import { countRecords, destinationOf, type Part, recordIds } from './parts.ts';
import type { RequestSpan, StartSpan } from './request-span.ts';
import { diagnose } from './transport/diagnose.ts';

export interface AttemptParts {
  readonly http: HttpConfig;
  readonly encoder: Encoder;
  readonly credentials: Credentials;
  readonly build: ReturnType<typeof createRequestBuilder>;
  /** Null: requests go as they were built. */
  readonly compress: Compress | null;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly reader: AnswerReader;
  /** Hides secrets in what dead letters keep of answers; null: they keep nothing. */
  readonly mask: ((text: string) => string) | null;
  /** Null: there are no traces. */
  readonly startSpan: StartSpan | null;
  /** Null: reports keep nothing either. */
  readonly bodies: (KeptBodies & { readonly mask: (text: string) => string }) | null;
}

export interface Attempted {
  readonly result: Classified;
  readonly records: number;
  /** Bytes of the body, before it was compressed. */
  readonly bytes: number;
  readonly ms: number;
  /** Null without an answer; `code` then says why. */
  readonly status: number | null;
  readonly code: string | null;
  readonly ambiguous: boolean;
  /** What it was sent with; null when it was not sent for want of it. */
  readonly authorization: Authorization | null;
  /** When it was answered, by the endpoint's own clock, epoch milliseconds; null when it did not say, or confirmed. */
  readonly answeredAt: number | null;
  /** Null where nothing of the answer is kept. */
  readonly excerpts: Excerpts | null;
  /** Null where nothing of it is kept for reports. */
  readonly body: (() => AnswerBody | undefined) | null;
}

/**
 * One attempt: encode → authorize → build → compress → apply → send → decode → classify, within http.timeout.ms. Null when the signal fired, or
 * when nothing is left to send.
 *
 * @param take gives what is still to be sent. A token may be long in coming; what was detached meanwhile belongs to
 *   another owner by the time it is there, so it is asked again then.
 * @param number which attempt it is, from 1
 * @param repeatedStatuses about a record, and answered by sending the same again
 */
export async function attempt(
  sink: AttemptParts,
  take: () => readonly Part[] | null,
  signal: Signal,
  number: number,
  repeatedStatuses?: AttemptsConfig['retryStatuses'],
): Promise<Attempted | null> {
  const { http, clock } = sink;
  const started = clock.now();
  const first = take();
  if (first === null) return null;
  let parts = first;
  let body = sink.encoder.encode(parts);
  const scope = new Scope(signal);
  let late = false;
  const cancelTimer = clock.timer(http.timeoutMs, () => {
    late = true;
    scope.abort();
  });
  let authorization: Authorization | null = null;
  let compressed = false;
  let credentials: readonly string[] = [];
  let outcome: HttpResponse | TailraceError;
  let span: RequestSpan | null = null;
  try {
    authorization = await sink.credentials.authorize(scope);
    let request: HttpRequest;
    for (;;) {
      const left = take();
      if (left === null) return null;
      if (left !== parts) {
        parts = left;
        body = sink.encoder.encode(parts);
      }
      span = sink.startSpan?.(parts, number) ?? null;
      const plain = sink.build(body, parts);
      const built = span === null ? plain : span.carriedBy(plain);
      const coded = sink.compress === null ? built : await sink.compress(built, scope);
      compressed = coded !== built;
      if (compressed) sink.encoder.reuse(body);
      const applied = authorization.apply(coded);
      request = applied instanceof Promise ? await applied : applied;
      if (sink.mask !== null || sink.bodies !== null) credentials = addedTo(coded, request);
      // What was detached while it was made is not sent.
      const isAtOnce = sink.compress === null && request === applied;
      if (isAtOnce || take() === parts) break;
    }
    const send = () => sink.transport.send(request, { signal: scope, maxResponseBytes: http.responseMaxBytes });
    const answer = await (span === null ? send() : span.over(request, send));
    if (answer.bodySent && !compressed) sink.encoder.reuse(body);
    const decoded = decodeAnswer(answer, http.responseMaxBytes, scope);
    outcome = decoded instanceof Promise ? await decoded : decoded;
  } catch (error) {
    if (signal.aborted) {
      span?.end(null);
      return null;
    }
    outcome = failure(error, late, http);
  } finally {
    cancelTimer();
    scope.release();
  }
  const failed = outcome instanceof TailraceError;
  const records = countRecords(parts);
  const destination = destinationOf(parts);
  const removes = destination?.removes === true;
  const result = classify(outcome, {
    records,
    successStatuses: http.successStatuses,
    renewStatuses: http.authRenewStatuses,
    repeatedStatuses,
    compressed,
    wall: clock.wall(),
    ofRecord: destination?.ofRecord === true,
    // What is asked of bodies is asked of answers to records.
    ...(removes ? { gone: http.route?.goneStatuses ?? [] } : { reader: sink.reader }),
    ids: () => recordIds(parts),
  });
  const status = failed ? null : (outcome as HttpResponse).status;
  const code = failed ? (outcome as TailraceError).code : null;
  span?.end({ result, status, code });
  return {
    result,
    records,
    bytes: body.length,
    ms: clock.now() - started,
    status,
    code,
    ambiguous: outcome instanceof TransportError && outcome.ambiguous,
    authorization,
    answeredAt: failed || result.class === 'delivered' ? null : dateOf(outcome as HttpResponse),
    excerpts: failed || sink.mask === null ? null : createExcerpts(outcome as HttpResponse, sink.mask, credentials),
    body: failed ? null : bodyFor(sink.bodies, result, outcome as HttpResponse, credentials),
  };
}

/** An answer that is read record by record confirms some and refuses others. */
function bodyFor(
  kept: AttemptParts['bodies'],
  result: Classified,
  answer: HttpResponse,
  credentials: readonly string[],
): Attempted['body'] {
  if (kept === null) return null;
  const { success, error, maxBytes, mask } = kept;
  const wanted = result.class === 'per-record' || (result.class === 'delivered' ? success : error);
  return wanted ? once(() => keepBody(answer, maxBytes, mask, credentials)) : null;
}

function dateOf({ headers }: HttpResponse): number | null {
  const date = headers['date'];
  return typeof date === 'string' ? parseImfFixdate(date) : null;
}

/** Values of the headers that the authorization has put on a request. */
function addedTo(before: HttpRequest, after: HttpRequest): readonly string[] {
  return Object.entries(after.headers).flatMap(([name, value]) => (before.headers[name] === value ? [] : [value]));
}

function failure(error: unknown, late: boolean, { url, timeoutMs }: HttpConfig): TailraceError {
  if (error instanceof CredentialsError) {
    if (!late) return error;
    return new CredentialsError(`no token within ${timeoutMs} ms`, 'DEADLINE_EXCEEDED', true, null, error);
  }
  if (!(error instanceof TransportError)) return diagnose(error, url, true);
  return late ? diagnose('DEADLINE_EXCEEDED', url, error.ambiguous) : error;
}
