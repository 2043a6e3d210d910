import { CredentialsError, TailraceError, TransportError } from '../errors.ts';
import type { HttpResponse } from '../ports.ts';
import { retryAfter } from './retry-after.ts';
import { looksLikeHtml, recordStatuses } from './shape.ts';

/** What became of one record of a per-record answer. */
export type RecordOutcome = 'delivered' | 'retry' | 'reject';

/** What one attempt means. `reason` is one line for the user, without anything that the endpoint wrote. */
export type Classified =
  | { readonly class: 'delivered' }
  /** One entry for each record sent, in the order sent. */
  | { readonly class: 'per-record'; readonly statuses: readonly number[] }
  /** The endpoint is out of order: the same again, later. */
  | { readonly class: 'retry'; readonly reason: string; readonly hintMs: number | null }
  /** The credentials have lost their validity. */
  | { readonly class: 're-authenticate'; readonly reason: string }
  /** Too large: the same in two requests. */
  | { readonly class: 'split'; readonly reason: string }
  /** A record in it is at fault; with several, bisection finds which. */
  | { readonly class: 'reject'; readonly reason: string }
  /** The endpoint refuses us as a whole. Only a change of something mends it; `auth`: of the credentials. */
  | { readonly class: 'fatal'; readonly reason: string; readonly auth: boolean };

export interface Sent {
  readonly records: number;
  readonly successStatuses: readonly (readonly [from: number, to: number])[];
  /** Wall-clock epoch milliseconds when the answer came. */
  readonly wall: number;
}

type StatusClass = 'success' | 'per-record' | 'retry' | 're-authenticate' | 'split' | 'reject' | 'fatal';

/** The statuses that do not follow the rule of their hundred, and what the user can do about those that park. */
const ROWS: ReadonlyMap<number, readonly [StatusClass, advice: string]> = new Map([
  [207, ['per-record', '']],
  [401, ['re-authenticate', 'it does not accept the credentials: check http.auth.* and oauth2.*']],
  [402, ['fatal', 'it wants to be paid: check the account']],
  [403, ['fatal', 'the credentials are known but may not do this: have the permission granted']],
  [404, ['fatal', 'there is nothing at this URL: check http.url']],
  [405, ['fatal', 'it does not take this method: check http.method and http.url']],
  [406, ['fatal', 'it can not answer in an accepted form: check the accept header']],
  [407, ['fatal', 'a proxy on the way wants credentials']],
  [408, ['retry', '']],
  [410, ['fatal', 'this URL was given up: check http.url']],
  [411, ['fatal', 'it does not see the content length: is a proxy in between?']],
  [413, ['split', '']],
  [415, ['fatal', 'it does not take this content type: check batch.format and the content-type header']],
  [421, ['fatal', 'it does not answer for this host: check http.url']],
  [425, ['retry', '']],
  [426, ['fatal', 'it wants another protocol version: check http.url']],
  [429, ['retry', '']],
  [431, ['fatal', 'the request headers are too large: check http.headers.*']],
  [451, ['fatal', 'it is not available for legal reasons']],
  [499, ['retry', '']],
  [501, ['fatal', 'it does not know this method: check http.method and http.url']],
  [505, ['fatal', 'it does not speak HTTP/1.1']],
  [511, ['fatal', 'the network wants a log-in first (captive portal)']],
]);

const OUTSIDE_SUCCESS = 'a status that does not count as success: check http.url, or which statuses confirm';
const HUNDREDS: readonly (readonly [StatusClass, advice: string])[] = [
  ['retry', ''],
  ['fatal', 'an interim status as a final one: is it an HTTP endpoint?'],
  ['success', OUTSIDE_SUCCESS],
  ['fatal', 'redirects are not followed: set http.url to the final address'],
  ['reject', ''],
];
const RETRY = ['retry', ''] as const;
const WEB_PAGE = 'with a web page: a log-in page or a proxy in between? check http.url';

/**
 * Says what one attempt means. Pure and total: every status, failure and body gives exactly one class; what is not
 * known is retried, and nothing but a configured success status with a plausible body is ever a success.
 */
export function classify(outcome: HttpResponse | TailraceError, sent: Sent): Classified {
  if (outcome instanceof TailraceError) return classifyFailure(outcome);
  const { status, body } = outcome;
  const [statusClass, advice] = rowOf(status);
  const reason = `the endpoint answered ${status}${advice === '' ? '' : `: ${advice}`}`;
  switch (statusClass) {
    case 'success':
      if (!sent.successStatuses.some(([from, to]) => status >= from && status <= to)) return fatal(reason);
      return looksLikeHtml(body) ? fatal(`the endpoint answered ${status} ${WEB_PAGE}`) : { class: 'delivered' };
    case 'per-record':
      return classifyMultiStatus(body, sent.records);
    case 'retry':
      return { class: 'retry', reason, hintMs: retryAfter(outcome.headers, sent.wall) };
    case 'split':
      return { class: sent.records > 1 ? 'split' : 'reject', reason };
    case 'fatal':
      return fatal(reason, status === 403);
    default:
      return { class: statusClass, reason };
  }
}

/** The same table for one entry of a per-record answer. */
export function classifyRecord(status: number): RecordOutcome {
  switch (rowOf(status)[0]) {
    case 'success':
      return 'delivered';
    case 'retry':
      return 'retry';
    default:
      return 'reject';
  }
}

/** Whether a status says that the same request may be taken later. */
export function mayPass(status: number): boolean {
  return rowOf(status)[0] === 'retry';
}

function rowOf(status: number): readonly [StatusClass, advice: string] {
  return ROWS.get(status) ?? HUNDREDS[Math.floor(status / 100)] ?? RETRY;
}

function classifyFailure(error: TailraceError): Classified {
  if (!error.retriable) return fatal(error.message, isRefusal(error));
  return { class: 'retry', reason: error.message, hintMs: error instanceof CredentialsError ? error.hintMs : null };
}

/** The credentials themselves were refused, as against a token endpoint that can't be reached. */
function isRefusal(error: TailraceError): boolean {
  return error instanceof CredentialsError && !(error.cause instanceof TransportError);
}

function classifyMultiStatus(body: Buffer, records: number): Classified {
  const statuses = recordStatuses(body, records);
  if (statuses !== null) return { class: 'per-record', statuses };
  return fatal(
    'the endpoint answered 207 without one status for each record, so that nothing can be taken as confirmed',
  );
}

function fatal(reason: string, auth = false): Classified {
  return { class: 'fatal', reason, auth };
}
