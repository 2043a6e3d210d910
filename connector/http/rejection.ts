import type { Answer } from '../answer.ts';
import type { RecordError } from '../record-error.ts';
import type { Attempted } from './attempt.ts';
import type { Rejection } from './delivery.ts';

/** What an answer says of one record by name. */
export interface NamedAnswer {
  readonly status: number;
  readonly item: unknown;
}

/** Of an attempt that was answered. */
export function answerOf({ status, ms, body }: Attempted, attempt: number): Answer {
  const answer = { status: status!, ms, attempt };
  const kept = body?.();
  return kept === undefined ? answer : { ...answer, body: kept };
}

/**
 * What is said of records that an attempt rejects, answered or not.
 * @param tried which attempt of the request it was, from 1
 * @param named what the answer says of this record, where it names it
 */
export function rejectionOf(
  attempted: Attempted,
  tried: number,
  message: string,
  named: NamedAnswer | null = null,
): Rejection {
  const error: RecordError = {
    stage: 'TASK_PUT',
    className: 'tailrace.HttpSink',
    exceptionClassName: 'org.apache.kafka.connect.errors.ConnectException',
    message,
  };
  if (attempted.status === null) return { error };
  const answer = answerOf(attempted, tried);
  const ofRecord = { ...answer, status: named?.status ?? answer.status };
  const answered = { error: { ...error, httpStatus: ofRecord.status, answer: ofRecord } };
  const { excerpts } = attempted;
  if (excerpts === null) return answered;
  const record = named === null ? null : { status: named.status, body: excerpts.ofItem(named.item) };
  return { ...answered, response: { status: answer.status, body: excerpts.ofBody(), record } };
}
