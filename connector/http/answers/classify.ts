import { CredentialsError, TailraceError, TransportError } from '../../errors.ts';
import type { HttpResponse } from '../../ports.ts';
import { type Doubt, doubtOf } from './page.ts';
import { type AnswerReader, createAnswerReader, isWithin } from './reader.ts';
import type { RecordAnswers, RecordStatus } from './record-answers.ts';
import { retryAfter } from './retry-after.ts';

/**
 * What became of one record of a per-record answer. `repeat`: it is refused, and is sent again first, as the user wants it.
 * `withhold`: nothing, since the endpoint refuses us as a whole.
 */
export type RecordOutcome = 'delivered' | 'retry' | 'repeat' | 'reject' | 'withhold';

/** What follows from an answer that refuses us as a whole. */
export interface Refusal {
  readonly reason: string;
  /** It is about the credentials. */
  readonly auth: boolean;
  /** Nothing that may pass by itself, and the endpoint may hold the records: it is tried again after a minute at the least. */
  readonly patient: boolean;
}

/** What one attempt means. `reason` is one line for the user, without anything that the endpoint wrote. */
export type Classified =
  | { readonly class: 'delivered' }
  | PerRecord
  /** The endpoint is out of order: the same again, later. */
  | { readonly class: 'retry'; readonly reason: string; readonly hintMs: number | null }
  /** A record in it is at fault, and the user wants that tried again first: the same again, later. */
  | { readonly class: 'repeat'; readonly reason: string; readonly hintMs: number | null }
  /** The credentials have lost their validity. */
  | { readonly class: 're-authenticate'; readonly reason: string }
  /** Too large: the same in two requests. */
  | { readonly class: 'split'; readonly reason: string }
  /** A record in it is at fault; with several, bisection finds which. */
  | { readonly class: 'reject'; readonly reason: string }
  | FatalClass;

/** The endpoint refuses us as a whole. Only a change of something mends it. */
type FatalClass = { readonly class: 'fatal' } & Refusal;

/** One status for each record sent, in the order sent. With a refusal, there are records that it withholds. */
export interface PerRecord extends RecordAnswers {
  readonly class: 'per-record';
  readonly outcomeOf: (status: RecordStatus) => RecordOutcome;
  readonly refusal: ({ readonly class: 're-authenticate' } & Pick<Refusal, 'reason'>) | FatalClass | null;
}

export interface Sent {
  readonly records: number;
  readonly successStatuses: readonly (readonly [from: number, to: number])[];
  /** Statuses that renew the credentials; 401 alone where it is not said. */
  readonly renewStatuses?: readonly (readonly [from: number, to: number])[];
  /** Statuses about a record after which the same is sent again first; none where it is missing. */
  readonly repeatedStatuses?: readonly (readonly [from: number, to: number])[] | undefined;
  /** The request's body went compressed. */
  readonly compressed: boolean;
  /** Wall-clock epoch milliseconds when the answer came. */
  readonly wall: number;
  /** Where one record goes by what it holds: nothing there is that record's error. */
  readonly ofRecord?: boolean;
  /** Statuses that say of a record that was to be deleted that it is gone. */
  readonly gone?: readonly (readonly [from: number, to: number])[];
  /** How answers are understood; by their status where it is missing, and a 207 by one for each record. */
  readonly reader?: AnswerReader;
  /** The places of the records by their ids, `topic-partition-offset`. */
  readonly ids?: () => ReadonlyMap<string, number>;
}

const USUAL_READER = createAnswerReader(null, []);

type StatusClass = 'success' | 'retry' | 're-authenticate' | 'split' | 'reject' | 'fatal';

/** The statuses that do not follow the rule of their hundred, and what the user can do about those that park. */
const ROWS: ReadonlyMap<number, readonly [StatusClass, advice: string]> = new Map([
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
  [426, ['fatal', 'it wants another protocol: check http.url and http.version']],
  [429, ['retry', '']],
  [431, ['fatal', 'the request headers are too large: check http.headers.*']],
  [451, ['fatal', 'it is not available for legal reasons']],
  [499, ['retry', '']],
  [501, ['fatal', 'it does not know this method: check http.method and http.url']],
  [505, ['fatal', 'it does not speak this version of HTTP: check http.version']],
  [511, ['fatal', 'the network wants a log-in first (captive portal)']],
]);

/** What a compressed body is answered with where it is not understood: RFC 7694 §3, and as if it were no JSON. */
const COMPRESSION_STATUSES = new Set([400, 415]);
const COMPRESSION_HINT = ' (the body went compressed: does the endpoint take that? see http.request.compression)';

const OUTSIDE_SUCCESS = 'a status that does not count as success: check http.url, or which statuses confirm';
const HUNDREDS: readonly (readonly [StatusClass, advice: string])[] = [
  ['retry', ''],
  ['fatal', 'an interim status as a final one: is it an HTTP endpoint?'],
  ['success', OUTSIDE_SUCCESS],
  ['fatal', 'redirects are not followed: set http.url to the final address'],
  ['reject', ''],
];
const RETRY = ['retry', ''] as const;
const DOUBTS: Readonly<Record<Doubt, string>> = {
  page: 'with a web page, which confirms nothing: a log-in page or a proxy in between? check http.url',
  encoding: 'with a body whose encoding can not be read, so that nothing can be taken as confirmed',
};
/** Of a TransportError: what came was no answer, and would be none the next time. */
const UNREADABLE = new Set([
  'INVALID_ANSWER',
  'ANSWERED_UNASKED',
  'HTTP2_VIOLATED',
  'HTTP2_HEADERS_TOO_LARGE',
  'HTTP2_ENDLESS_INTERIM',
]);

/**
 * Says what one attempt means. Pure and total: every status, failure and body gives exactly one class; what is not
 * known is retried, and nothing but a configured success status with a plausible body is ever a success.
 */
export function classify(outcome: HttpResponse | TailraceError, sent: Sent): Classified {
  if (outcome instanceof TailraceError) return classifyFailure(outcome);
  const { status } = outcome;
  const { reader = USUAL_READER, gone } = sent;
  if (gone !== undefined && status > 299 && isWithin(status, gone)) return { class: 'delivered' };
  if (reader.isPerRecord(status)) return classifyRecords(outcome, reader, sent);
  if (isWithin(status, sent.successStatuses)) return classifySuccess(outcome, reader, sent);
  return classifyStatus(outcome, status, answered(outcome), sent);
}

/** @param status what the answer counts as */
function classifyStatus(outcome: HttpResponse, status: number, what: string, sent: Sent): Classified {
  const [statusClass, advice] = rowOf(status, sent);
  const hint = sent.compressed && COMPRESSION_STATUSES.has(status) ? COMPRESSION_HINT : '';
  const reason = `${what}${advice === '' ? '' : `: ${advice}`}${hint}`;
  switch (statusClass) {
    case 'success':
      return fatal(reason);
    case 'retry':
      return { class: 'retry', reason, hintMs: retryAfter(outcome.headers, sent.wall) };
    case 'split':
      return { class: sent.records > 1 ? 'split' : 'reject', reason };
    case 'fatal':
      if (sent.ofRecord === true && NOTHING_THERE.has(status)) return rejected(outcome, status, reason, sent);
      return fatal(reason, isAboutCredentials(status));
    case 'reject':
      return rejected(outcome, status, reason, sent);
    default:
      return { class: statusClass, reason };
  }
}

function rejected({ headers }: HttpResponse, status: number, reason: string, sent: Sent): Classified {
  if (!isRepeated(status, sent)) return { class: 'reject', reason };
  return { class: 'repeat', reason, hintMs: retryAfter(headers, sent.wall) };
}

/** What is too large is so the next time. */
function isRepeated(status: RecordStatus, { repeatedStatuses }: Sent): boolean {
  if (repeatedStatuses === undefined || status === 'taken' || rowOf(status)[0] === 'split') return false;
  return isWithin(status, repeatedStatuses);
}

/** Not found, and gone (RFC 9110 §15.5.5, §15.5.11). */
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 410]);

function answered(answer: HttpResponse): string {
  const { status, forwardedBy } = answer;
  const who = forwardedBy === undefined ? 'the endpoint' : `the endpoint, or the proxy ${forwardedBy} before it,`;
  return `${who} answered ${status}`;
}

/** Whether a status says that the same request may be taken later. */
export function mayPass(status: number): boolean {
  return rowOf(status)[0] === 'retry';
}

function rowOf(status: number, sent: Sent | null = null): readonly [StatusClass, advice: string] {
  const row = ROWS.get(status) ?? HUNDREDS[Math.floor(status / 100)] ?? RETRY;
  const renews = sent?.renewStatuses;
  if (renews === undefined || status < 400 || status > 499) return row;
  if (isWithin(status, renews)) return ['re-authenticate', row[1]];
  // The credentials were refused all the same, and nobody wants them renewed for it.
  return row[0] === 're-authenticate' ? ['fatal', row[1]] : row;
}

function classifyFailure(error: TailraceError): Classified {
  if (!error.retriable) return fatal(error.message, isRefusal(error), isUnreadable(error));
  return { class: 'retry', reason: error.message, hintMs: error instanceof CredentialsError ? error.hintMs : null };
}

/** The credentials themselves were refused, as against a token endpoint that can't be reached. */
function isRefusal(error: TailraceError): boolean {
  return error instanceof CredentialsError && !(error.cause instanceof TransportError);
}

function isUnreadable(error: TailraceError): boolean {
  return error instanceof TransportError && UNREADABLE.has(error.code);
}

function classifySuccess(answer: HttpResponse, { judge }: AnswerReader, sent: Sent): Classified {
  const what = answered(answer);
  const doubt = doubtOf(answer);
  if (doubt !== null) return fatal(`${what} ${DOUBTS[doubt]}`, false, doubt === 'encoding');
  if (isEarly(answer)) return { class: 'retry', reason: `${what} ${EARLY}`, hintMs: null };
  const judgement = judge === null ? 'taken' : judge.ofAnswer(answer, sent.records);
  if (judgement === 'taken') return { class: 'delivered' };
  if (judgement === 'unclear') return fatal(`${what} ${UNCLEAR}`, false, true);
  return classifyStatus(answer, judgement, `${what} ${SUCH_BODY} ${judgement}`, sent);
}

/**
 * The same table for the entries of a per-record answer. What would park a whole request is about one record only where the
 * same answer confirms others; lost credentials never are.
 */
function classifyRecords(answer: HttpResponse, reader: AnswerReader, sent: Sent): Classified {
  const what = answered(answer);
  const doubt = doubtOf(answer);
  if (doubt !== null) return fatal(`${what} ${DOUBTS[doubt]}`, false, true);
  if (isEarly(answer)) return { class: 'retry', reason: `${what} ${EARLY}`, hintMs: null };
  if (!answer.complete) return fatal(`${what} ${TOO_LARGE}`, false, true);
  const answers = reader.readRecords(answer, { records: sent.records, ids: sent.ids ?? NO_IDS });
  if (answers === null) return fatal(`${what} ${NO_STATUSES}`, false, true);
  const takesSome = answers.statuses.some(status => entryClass(status, sent) === 'success');
  const outcomeOf = (status: RecordStatus): RecordOutcome => {
    const kind = entryClass(status, sent);
    if (kind === 'success') return 'delivered';
    if (kind === 'retry') return 'retry';
    if (kind === 're-authenticate' || (kind === 'fatal' && !takesSome)) return 'withhold';
    return isRepeated(status, sent) ? 'repeat' : 'reject';
  };
  const withheld = answers.statuses.filter(status => outcomeOf(status) === 'withhold') as readonly number[];
  return { class: 'per-record', ...answers, outcomeOf, refusal: refusalOf(withheld, what, sent) };
}

/** Up to 299 the transport itself takes no answer to half a request for a success. */
function isEarly({ status, bodySent }: HttpResponse): boolean {
  return status > 299 && !bodySent;
}

const NO_IDS = (): ReadonlyMap<string, number> => new Map();

/** What the endpoint refuses us for, by the statuses of the records that it withholds. */
function refusalOf(withheld: readonly number[], what: string, sent: Sent): PerRecord['refusal'] {
  const [first] = withheld;
  if (first === undefined) return null;
  const renewing = withheld.find(status => entryClass(status, sent) === 're-authenticate');
  if (renewing !== undefined) return { class: 're-authenticate', reason: entryReason(renewing, what) };
  return fatal(entryReason(first, what), isAboutCredentials(first));
}

function isAboutCredentials(status: number): boolean {
  return status === 401 || status === 403;
}

const NO_STATUSES = 'without one status for each record in its place, so that nothing can be taken as confirmed';
const TOO_LARGE = 'with more than is read, so that nothing is known: raise http.response.max.bytes';
const EARLY = 'before it had the whole request, which confirms nothing';
const UNCLEAR =
  'with a body that leaves it open whether http.response.success.when or http.response.failure.when.* holds (nothing, no ' +
  'JSON, or more than http.response.max.bytes), so that nothing can be taken as confirmed';
const SUCH_BODY = 'and what http.response.success.when and http.response.failure.when.* say counts as';

function entryClass(status: RecordStatus, sent: Sent): StatusClass {
  if (status === 'taken') return 'success';
  if (status !== MULTI_STATUS && isWithin(status, sent.successStatuses)) return 'success';
  const [statusClass] = rowOf(status, sent);
  return statusClass === 'success' ? 'fatal' : statusClass;
}

/** A record can not have several statuses. */
const MULTI_STATUS = 207;

function entryReason(status: number, what: string): string {
  const [, advice] = rowOf(status);
  return `${what} with ${status} for its records${advice === '' ? '' : `: ${advice}`}`;
}

function fatal(reason: string, auth = false, patient = false): FatalClass {
  return { class: 'fatal', reason, auth, patient };
}
