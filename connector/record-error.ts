import type { Answer } from './answer.ts';

/** The steps at which a record can fail, by Kafka Connect's names. */
export type Stage = 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'HEADER_CONVERTER' | 'TRANSFORMATION' | 'TASK_PUT';

/** Why a record can not be delivered, as plain data; the names are Kafka Connect's (`Stage`, exception classes). */
export interface RecordError {
  readonly stage: Stage;
  /** Class that refused it, as Connect would name it, e.g. org.apache.kafka.connect.json.JsonConverter. */
  readonly className: string;
  /** e.g. org.apache.kafka.connect.errors.DataException. */
  readonly exceptionClassName: string;
  /** One line, no secret; Connect's own where a user may look for it. */
  readonly message: string;
  /** What lies behind it, the outermost first, each as `class: message`. */
  readonly causes?: readonly string[];
  /** HTTP status of the refusal, where there was one. */
  readonly httpStatus?: number;
  /** The answer that refused it, where there was one. */
  readonly answer?: Answer;
}

/** What Connect names for errors that a sink reports. */
export const SINK_TASK = 'org.apache.kafka.connect.sink.SinkTask';

/** What a sink itself says of a record, by Connect's names. */
export function putError(message: string): RecordError {
  return {
    stage: 'TASK_PUT',
    className: SINK_TASK,
    exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
    message,
  };
}

/** The whole reason in one line. */
export function reasonOf({ message, causes = [] }: RecordError): string {
  const behind = causes.map(cause => cause.slice(cause.indexOf(': ') + 2));
  return [message, ...behind].map(part => part.trim()).join(' ');
}

/** For a place that shows nothing of a record: what the endpoint refused is told in our words; a converter's or a transform's may quote the record. */
export function shownReason(error: RecordError): string {
  const { stage, exceptionClassName, className } = error;
  return stage === 'TASK_PUT' ? reasonOf(error) : `${exceptionClassName} of ${className}, the log says why`;
}
